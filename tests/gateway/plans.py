"""How a database goes about a question, for the tests that promise that it reads little."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.engine import Connection

from gateway.reader import Prepared


def steps(connection: Connection, question: Any, values: Mapping[str, Any]) -> list[str]:
    """SQLite's plan, line by line."""
    prepared = Prepared(question, connection.dialect)
    told = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + prepared.text, tuple(prepared.arguments(values)))
    return [str(row[3]) for row in told]


def nodes(connection: Connection, question: Any, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """PostgreSQL's plan as it was carried out, for these very values and as the connections for searches plan."""
    for setting in ("enable_seqscan = off", "plan_cache_mode = force_custom_plan"):
        connection.exec_driver_sql(f"SET LOCAL {setting}")
    compiled = question.compile(connection)
    plan = connection.exec_driver_sql(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {compiled}", compiled.construct_params(dict(values))
    ).scalar_one()
    return list(_below(plan[0]["Plan"]))


def rows_read(node: Mapping[str, Any]) -> int:
    """How many rows a node of a plan looked at."""
    looked_at = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return int(looked_at * node["Actual Loops"])


def _below(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _below(below)

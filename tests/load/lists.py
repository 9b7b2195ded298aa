"""`python -m tests.load.lists`: lists with every combination of filters, and duplicates, among many issues of one community.

Nothing here is random twice: the same issues, the same questions. Each database is filled anew with issues at their worst:
frequent values that never occur together, one building and one category with half of everything. It prints the worst
combinations, the plans of the databases, and what an issue more costs to write. Where the machine does other work as well,
the work of this process still tells what SQLite costs, for SQLite works within it.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from gateway.cursor import END, FIRST
from gateway.leading import Leading
from gateway.queries import many, shape_of
from gateway.reader import Prepared
from gateway.sight import Sight
from gateway.similar.finding import Similar, Sought
from gateway.store import METADATA, VIEW_TABLES, keep_newest
from gateway.told import view_row
from gateway.views import Views
from services.database import open_engine
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import STAFF, VIEWS
from services.ids import derived_id
from services.issues.contract import IssueState, Place, Point, Status
from services.wire import to_data
from tests import servers
from tests.settings import take_settings

COMMUNITY = "wuhan-caochang"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
OFFICER = Sight(STAFF, derived_id("member", "officer"))
RESIDENT = Sight(FOR_COMMUNITY, derived_id("member", "7"))
BUILDINGS = [derived_id("building", str(number)) for number in range(37)]
GRIDS = [derived_id("grid", str(number)) for number in range(6)]
HANDLERS = [derived_id("member", f"handler {number}") for number in range(20)]
TOPICS = [derived_id("topic", str(number)) for number in range(10)]
CATEGORIES = ["road", "light", "rubbish", "noise", "parking", "pipe", "lift", "other"]
STATUSES = [Status.CONFIRMED, Status.REPORTED, Status.ACCEPTED, Status.RESOLVED]
WORDS = "井盖路灯电梯垃圾水管噪音停车门禁飞线杂物破损不亮漏水堵塞占道异响松动丢失危险晚上门口楼道单元"
AT_ONCE = 1000


def issue(number: int, issues: int) -> IssueState:
    """One of the issues; even and odd ones have nothing in common but their building."""
    draw = random.Random(number)
    odd, rare = number % 2, number % 10 == 0
    at = NOW - timedelta(days=30) + timedelta(days=30) * number / issues
    handled = odd or rare
    building = draw.choice(BUILDINGS) if rare else BUILDINGS[0]
    words = _words(draw, 8)
    return IssueState(
        community_id=COMMUNITY,
        id=derived_id("issue", str(number)),
        version=1,
        audience=STAFF if draw.random() < 0.03 else FOR_COMMUNITY,
        status=draw.choice(STATUSES) if rare else Status.ACCEPTED if odd else Status.REPORTED,
        category=draw.choice(CATEGORIES) if rare else "road" if odd else "light",
        title="".join(words[:3]),
        text=f"{number}号:" + ",".join(words),
        place=Place(building_id=building, point=_point(draw) if number % 3 else None),
        building_id=building,
        grid_id=draw.choice(GRIDS) if rare else GRIDS[odd],
        handler_id=draw.choice(HANDLERS) if rare else HANDLERS[0] if handled else None,
        overnight=draw.random() < 0.02,
        topic_id=draw.choice(TOPICS) if draw.random() < 0.01 else None,
        reporter_id=derived_id("member", str(draw.randrange(4000))),
        created_at=at,
        updated_at=at,
    )


def _words(draw: random.Random, number: int) -> list[str]:
    """Some of the words of two characters that `WORDS` is a row of."""
    return draw.sample([WORDS[at : at + 2] for at in range(0, len(WORDS), 2)], number)


def _point(draw: random.Random) -> Point:
    return Point(lat=30.62 + draw.random() * 0.005, lon=114.31 + draw.random() * 0.005)


def rows(first: int, last: int, issues: int) -> list[Mapping[str, Any]]:
    """The rows of some of the issues."""
    return [view_row(IssueState, to_data(issue(number, issues))).values for number in range(first, last)]


def fill(engine: Engine, issues: int) -> None:
    """Make the tables and write the issues."""
    METADATA.create_all(engine)
    table = VIEW_TABLES[IssueState]
    for first in range(0, issues, AT_ONCE):
        told = rows(first, min(issues, first + AT_ONCE), issues)
        with engine.begin() as connection:
            connection.execute(sa.insert(table), told)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE view_issue")


def all_filters() -> Iterator[dict[str, str]]:
    """Every combination of filters, with the frequent values of the odd and of the even ones and with rare ones."""
    values = {
        "status": ("reported", "accepted", "resolved", "rejected"),
        "category": ("road", "light", "noise"),
        "building_id": (BUILDINGS[0], BUILDINGS[5]),
        "grid_id": (GRIDS[0], GRIDS[1], GRIDS[3]),
        "handler_id": (HANDLERS[0], HANDLERS[7]),
        "overnight": ("true", "false"),
        "topic_id": (TOPICS[0],),
    }
    draw = random.Random(3)
    for size in range(len(VIEWS[IssueState].filters) + 1):
        for names in combinations(VIEWS[IssueState].filters, size):
            for _ in range(8 if size > 1 else 4):
                yield {name: draw.choice(values[name]) for name in names}


def sought(number: int, *, place: bool = True) -> Sought:
    """What somebody is about to report."""
    draw = random.Random(-number)
    words = _words(draw, 6)
    building, point = (BUILDINGS[0], _point(draw) if number % 2 else None) if place else (None, None)
    return Sought(
        COMMUNITY, ("road", "light")[number % 4 // 2], "".join(words[:2]), "".join(words), building, point, NOW
    )


Timed = list[tuple[float, float, str]]


async def timed(each: Sequence[tuple[str, Callable[[], Coroutine[Any, Any, Any]]]], turns: int) -> Timed:
    """Each question's best of some turns after one to warm up, in milliseconds, the slowest question first."""
    found: Timed = []
    for name, ask in each:
        await ask()
        took, worked = [], []
        for _ in range(turns):
            begun, busy = time.perf_counter(), time.process_time()
            await ask()
            took.append(1000 * (time.perf_counter() - begun))
            worked.append(1000 * (time.process_time() - busy))
        found.append((min(took), min(worked), name))
    return sorted(found, reverse=True)


async def measure(url: URL, turns: int) -> dict[str, Timed]:
    """How long lists and searches for duplicates take."""
    views = Views.open(url)
    similar = Similar(views.reader)
    try:
        asked = list({str(sorted(each.items())): each for each in all_filters()}.values())

        def listing(sight: Sight, filters: dict[str, str], mine: bool) -> Callable[[], Coroutine[Any, Any, Any]]:
            return lambda: views.list(IssueState, COMMUNITY, sight, filters=filters, mine=mine)

        def looking(what: Sought, sight: Sight) -> Callable[[], Coroutine[Any, Any, Any]]:
            return lambda: similar.find(what, sight)

        return {
            f"lists, {name}": await timed([
                (told(each), listing(sight, each, mine)) for each in asked if sight is OFFICER or "handler_id" not in each
            ], turns)
            for name, sight, mine in (("officer", OFFICER, False), ("resident", RESIDENT, False), ("mine", RESIDENT, True))
        } | {
            f"duplicates, {name}": await timed(
                [(str(n), looking(sought(n, place=place), sight)) for n in range(40)], turns
            )
            for name, sight, place in (
                ("officer", OFFICER, True), ("resident", RESIDENT, True), ("words only", RESIDENT, False),
            )
        }  # fmt: skip
    finally:
        await views.close()


def told(filters: Mapping[str, str]) -> str:
    """Some filters in short."""
    return " ".join(f"{name}={value[:8]}" for name, value in filters.items()) or "no filter"


def write_cost(engine: Engine, issues: int, more: int = 4000, batch: int = 50) -> float:
    """Issues a second that are written, so many in each transaction."""
    keep = keep_newest(VIEW_TABLES[IssueState], engine.dialect.name)
    batches = [rows(issues + at, issues + at + batch, issues) for at in range(0, more, batch)]
    begun = time.perf_counter()
    for each in batches:
        with engine.begin() as connection:
            connection.execute(keep, each)
    return more / (time.perf_counter() - begun)


def plan(connection: Connection, prepared: Any, values: Mapping[str, Any]) -> list[str]:
    """How the database goes about a question."""
    if connection.dialect.name == "postgresql":
        rows_ = connection.execute(
            sa.text(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {literal(prepared, connection, values)}")
        )
        return [str(row[0]) for row in rows_]
    statement = Prepared(prepared, connection.dialect)
    rows_ = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement.text, tuple(statement.arguments(values)))
    return [str(row[3]) for row in rows_]


def literal(prepared: Any, connection: Connection, values: Mapping[str, Any]) -> str:
    """A question with its values in it."""
    return str(prepared.params(values).compile(connection, compile_kwargs={"literal_binds": True}))


async def leads(url: URL, each: Sequence[dict[str, str]]) -> list[str]:
    """Which filter leads in each of some lists."""
    views = Views.open(url)
    leading = Leading(views.reader)
    try:
        return [await leading.of(IssueState, COMMUNITY, filters) for filters in each]
    finally:
        await views.close()


def show_plans(engine: Engine, worst: Sequence[dict[str, str]]) -> None:
    """Print the plans of some lists, as they are asked."""
    chosen = asyncio.run(leads(engine.url, worst))
    with engine.connect() as connection:
        for filters, lead in zip(worst, chosen, strict=True):
            shape = shape_of(
                IssueState, COMMUNITY, RESIDENT, filters, lead="" if filters.get(lead) == "false" else lead
            )
            shape = replace(shape, before=False, since=False)
            values = {
                "community_id": COMMUNITY, "member_id": RESIDENT.member_id, "number": 21, "since": FIRST,
                "before_at": END[0], "before_id": END[1], **{f"is_{name}": value for name, value in filters.items()},
            }  # fmt: skip
            click.echo(f"\n{told(filters)}")
            for line in plan(connection, many(shape, connection.dialect), values):
                click.echo(f"    {line}")


def report(found: Mapping[str, Timed], show: int) -> None:
    """Print what was measured."""
    for name, took in found.items():
        cost = sorted((busy for _, busy, _ in took), reverse=True)
        middle, last = len(took) // 2, len(took) // 100
        click.echo(
            f"{name:24} p50 {took[middle][0]:6.2f}  p99 {took[last][0]:6.2f}  worst {took[0][0]:6.2f} ms of {len(took)};"
            f"  work of this process p50 {cost[middle]:6.2f}  p99 {cost[last]:6.2f}  worst {cost[0]:6.2f} ms"
        )
        for each, busy, what in took[:show]:
            click.echo(f"      {each:6.2f} ms ({busy:.2f} of work)  {what}")


@contextmanager
def sqlite_file() -> Iterator[URL]:
    """An empty file."""
    with tempfile.TemporaryDirectory() as folder:
        yield URL.create("sqlite", database=str(Path(folder) / "lists.db"))


@contextmanager
def postgres_database() -> Iterator[URL]:
    """An empty database."""
    given = take_settings()
    with (
        servers.postgres(given.postgres_image, given.database_url, durable=True) as server,
        servers.fresh_database(server) as url,
    ):
        yield url.set(drivername="postgresql+psycopg")


@click.command()
@click.option("--issues", default=100_000, show_default=True, help="Issues of one community.")
@click.option("--turns", default=2, show_default=True, help="How often each question is asked.")
@click.option("--only", type=click.Choice(["sqlite", "postgresql"]), help="One of the two databases.")
@click.option("--show", default=3, show_default=True, help="How many of the slowest are named, and their plans shown.")
def main(issues: int, turns: int, only: str | None, show: int) -> None:
    """Fill a database and ask it everything."""
    places = {"sqlite": sqlite_file, "postgresql": postgres_database}
    for name, place in places.items():
        if only in (None, name):
            with place() as url:
                engine = open_engine(url)
                fill(engine, issues)
                click.echo(f"\n## {name}, {issues} issues of one community")
                click.echo(f"written: {write_cost(engine, issues):.0f} issues a second")
                found = asyncio.run(measure(url, turns))
                report(found, show)
                slowest = [what for _, _, what in found["lists, resident"]]
                by_name = {told(each): each for each in all_filters()}
                show_plans(engine, [by_name[what] for what in slowest[:show]])
                engine.dispose()


if __name__ == "__main__":
    main()

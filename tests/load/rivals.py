"""The rivals as running processes: how each is started, when it is ready, and which load each measure puts on it."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from deploy.machine import free_port, is_free
from tests.load.generator import Plan, Request
from tests.load.processes import LOGS, running
from tests.load.tables import COMMUNITY, REPORT, Base, seed

Plans = dict[str, Plan]
ISSUES = f"/communities/{COMMUNITY}/issues"


def fill(database: sa.URL, issues: int) -> list[str]:
    """Make the rivals' tables in an empty database and so many issues; 1,000 of their ids."""
    engine = sa.create_engine(database.set(drivername="postgresql+psycopg"))
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        ids = seed(connection, issues)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
    engine.dispose()
    return ids


@contextmanager
def nameko(amqp: str, database: sa.URL) -> Iterator[Plans]:
    """Rival (a), its two processes."""
    url, port = _url(database, "postgresql+psycopg"), free_port()
    changed = {"PSYCOPG_WAIT_FUNC": "wait_selector"}
    program, log = [sys.executable, "-m", "tests.load.rival_nameko"], LOGS / "nameko-issues.log"
    issues, gateway = [*program, "issues", "0", amqp, url], [*program, "gateway", str(port), amqp, url]
    with (
        running("nameko-issues", issues, lambda: "started" in log.read_text(), changed),
        running("nameko-gateway", gateway, lambda: not is_free(port), changed),
    ):
        yield {"report": Plan(port, [_report()])}


@contextmanager
def fastapi(database: sa.URL, workers: int, ids: Sequence[str]) -> Iterator[Plans]:
    """Rival (b) with a number of workers."""
    changed, port = {"BENCH_DATABASE": _url(database, "postgresql+asyncpg")}, free_port()
    command = [sys.executable, "-m", "tests.load.rival_fastapi", str(port), str(workers)]
    with running(f"fastapi-{workers}", command, lambda: not is_free(port), changed):
        yield {
            "report": Plan(port, [_report()]),
            "list": Plan(port, [Request("GET", f"{ISSUES}?limit=20")]),
            "read": Plan(port, [Request("GET", f"{ISSUES}/{issue}") for issue in ids]),
        }


@contextmanager
def bare() -> Iterator[Plans]:
    """The bare "ok"."""
    port = free_port()
    with running("bare", [sys.executable, "-m", "tests.load.rival_bare", str(port)], lambda: not is_free(port)):
        yield {"ok": Plan(port, [Request("GET", "/ok")])}


def _report() -> Request:
    return Request("POST", ISSUES, body=json.dumps(REPORT))


def _url(database: sa.URL, driver: str) -> str:
    return database.set(drivername=driver).render_as_string(hide_password=False)

"""`python -m tests.load.exports`: how long an export of many issues takes and how much memory, and the numbers over the same rows.

On SQLite and on PostgreSQL, in a process of its own each; the machine is noisy, so that no figure here is a test.
"""

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy.engine import URL, make_url

from gateway.identity import Keys
from gateway.numbers.facts import Facts, fact_of
from gateway.store import METADATA, STORE, VIEW_TABLES, issue_facts
from gateway.told import view_row, write_told
from services.clock import utc_now
from services.database import open_engine
from services.ids import derived_id
from services.issues.contract import IssueReported, IssueState, Status
from services.many import insert_all
from services.wire import to_data
from tests import servers
from tests.gateway.numbers.office import HERE, PEOPLE, Desk, catalogue, community, issue
from tests.gateway.world import told
from tests.settings import take_settings
from tests.shared.samples import NOON

AT_ONCE = 1000
BATCH = 100
YEAR = {"from": b"2024-01-01", "until": b"2024-12-31"}
FILES = ("issues.csv", "issues.geojson")
NUMBERS = ("community", "category", "building", "day")


@click.command()
@click.option("--issues", default=250_000, show_default=True, help="How many are exported.")
@click.option("--only", type=click.Choice(["sqlite", "postgresql"]), help="One of the databases.")
def main(issues: int, only: str | None) -> None:
    """Fill a community with issues, export them, and count them."""
    with tempfile.TemporaryDirectory() as folder:
        for name, url in databases(Path(folder), only):
            begun = time.perf_counter()
            fill(url, issues)
            click.echo(f"{name}: {issues} issues were written in {time.perf_counter() - begun:.0f} s")
            for line in batches(url):
                click.echo(f"{name}: {line}")
            child = multiprocessing.get_context("spawn").Process(target=measure, args=(name, str_of(url), folder))
            child.start()
            child.join()


def databases(folder: Path, only: str | None) -> Iterator[tuple[str, URL]]:
    """The databases, one after the other."""
    if only != "postgresql":
        yield "sqlite", URL.create("sqlite", database=str(folder / "gateway.db"))
    if only != "sqlite":
        given = take_settings()
        with (
            servers.postgres(given.postgres_image, given.database_url, durable=True) as server,
            servers.fresh_database(server) as url,
        ):
            yield "postgresql", url.set(drivername="postgresql+psycopg")


def fill(url: URL, number: int) -> None:
    """Write views and facts; each issue has its own id, day and status, and the words of one."""
    engine = open_engine(url)
    METADATA.create_all(engine)
    with engine.begin() as connection:
        write_told(connection, STORE, [told(community()), told(catalogue())])
    view, settled = view_of("0"), list(Status)
    for first in range(0, number, AT_ONCE):
        views, facts = [], []
        for each in range(first, min(first + AT_ONCE, number)):
            id_, at = derived_id("many", str(each)), NOON + timedelta(days=each % 180, minutes=each % 600)
            status = settled[each % len(settled)]
            fact = fact_of(to_data(issue("0", status, each % 200, each % 900)), "Asia/Shanghai")
            facts.append({**fact, "issue_id": id_, "day": at.date(), "created_at": at})
            renditions = {
                name: view[name].replace(str(view["id"]).encode(), id_.encode())
                for name in ("own", "staff", "community")
            }
            views.append({**view, "id": id_, "number": each, "created_at": at, **renditions})
        with engine.begin() as connection:
            insert_all(connection, VIEW_TABLES[IssueState], views)
            insert_all(connection, issue_facts, facts)
    engine.dispose()


def view_of(name: str) -> dict[str, Any]:
    """The row of an issue's view."""
    return dict(
        view_row(
            IssueState, to_data(issue(name, Status.RESOLVED, 5, 9, text="三号楼前的井盖破了,晚上很危险。" * 8))
        ).values
    )


def batches(url: URL) -> Iterator[str]:
    """What a batch of the edge costs, with the facts and without them."""
    engine = open_engine(url)
    facts, seconds = Facts(), {"facts": 0.0, "views and feed": 0.0}
    for turn in range(20):
        rows = [told(IssueReported(issue=issue(f"batch {turn} {each}", Status.REPORTED))) for each in range(BATCH)]
        with engine.begin() as connection:
            for name, write in (("facts", facts.write), ("views and feed", write_told)):
                begun = time.perf_counter()
                write(connection, STORE, rows)
                seconds[name] += time.perf_counter() - begun
    engine.dispose()
    for name, spent in seconds.items():
        yield f"a batch of {BATCH} events costs {spent / 20 * 1000:.1f} ms for {name}"


def measure(name: str, url: str, folder: str) -> None:
    """In a process of its own: seconds and memory of each file, seconds of the numbers."""
    os.environ["SANSAN_DATA_DIRECTORY"] = folder  # where the keys of the token lie
    asyncio.run(_measure(name, make_url(url), Keys(Path(folder) / "keys", utc_now)))


async def _measure(name: str, url: URL, keys: Keys) -> None:
    desk = Desk(url)
    token = f"Bearer {keys.sign(PEOPLE['officer'])}".encode()
    for by in NUMBERS:
        with watch() as watched:
            size = await ask(desk, "numbers", token, b"from=2024-01-01&until=2024-12-31&by=" + by.encode())
        click.echo(f"{name}: numbers by {by} in {watched['seconds']:.2f} s ({size} bytes)")
    for file in FILES:
        with watch() as watched:
            size = await ask(desk, file, token, b"")
        click.echo(
            f"{name}: {file}, {size / 1e6:.0f} MB, in {watched['seconds']:.1f} s; memory grew by {watched['mb']:.1f} MB at most"
        )
    await desk.views.close()


@contextmanager
def watch() -> Iterator[dict[str, float]]:
    """Seconds, and how much more memory the process needed than before, at the highest."""
    Path("/proc/self/clear_refs").write_text("5")  # the highest begins anew
    before, begun = highest_mb(), time.perf_counter()
    watched: dict[str, float] = {}
    yield watched
    watched |= {"seconds": time.perf_counter() - begun, "mb": highest_mb() - before}


def highest_mb() -> float:
    """The most memory that this process has had, in MB (10^6 bytes)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


async def ask(desk: Desk, path: str, token: bytes, query: bytes) -> int:
    """The bytes of an answer, which nobody keeps."""
    size, waits = 0, asyncio.Event()

    async def receive() -> dict[str, Any]:
        await waits.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal size
        assert message.get("status", 200) == 200, message
        size += len(message.get("body", b""))

    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{HERE}/{path}",
        "query_string": query,
        "headers": [(b"authorization", token)],
    }
    await desk.app(scope, receive, send)
    return size


def str_of(url: URL) -> str:
    """A URL with its password."""
    return url.render_as_string(hide_password=False)


if __name__ == "__main__":
    main()

"""`python -m tests.load.sweep`: how long a service takes over the cut-off of many open issues, and what commands notice of it.

The issues of ten communities all fall due at the same cut-off. The service runs as its own process; commands (reports)
reach it over the broker at a steady rate, before the cut-off and during the sweep. No number here is a test.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa

from services.actor import Role
from services.clock import utc_now, zone_of
from services.communities import keep_communities
from services.database import open_engine
from services.ids import new_id
from services.issues.contract import Alarm, Place, Status, Turn
from services.issues.model import Issue
from services.issues.policy import CUT_OFF_MINUTE
from services.issues.store import STORE, issues
from services.many import insert_all
from tests import servers
from tests.settings import take_settings
from tests.shared.running import Caller, House
from tests.shared.samples import BUILDING, COMMUNITY, OFFICER, REPORTER, caochang, member, report

PLACES = (COMMUNITY, *(f"{COMMUNITY}-{number}" for number in range(1, 10)))
RESIDENT = member(REPORTER, Role.RESIDENT)
FILLED_AT_ONCE = 2000
SLOWEST_FILLING = 1500  # issues a second
LOCAL_HOURS = range(13, 23)  # in which a cut-off may lie
QUIET_SECONDS = 15


@click.command()
@click.option("--issues", "number", default=100_000, show_default=True, help="Open issues that fall due together.")
@click.option("--rate", default=50, show_default=True, help="Commands a second.")
@click.option("--relay/--no-relay", default=False, help="Whether the relay publishes meanwhile, or afterwards.")
@click.option("--processes", default=1, show_default=True, help="How many processes of the service.")
@click.option("--database", type=click.Choice(["postgresql", "sqlite"]), default="postgresql", show_default=True)
def main(number: int, rate: int, relay: bool, processes: int, database: str) -> None:
    """Fill a database, wait for the cut-off, and print what happened."""
    with house(database) as here:
        cut_off = next_minute(utc_now() + timedelta(seconds=2 * QUIET_SECONDS + number / SLOWEST_FILLING))
        prepare(here, number, cut_off, relay)
        for _ in range(processes):
            here.begin("services.issues.service:IssuesService")
        for each in here.running:
            each.await_ready()
        with here.caller(RESIDENT) as caller:
            line = Line(caller, rate)
            line.run(2.0, lambda: False)
            quiet = line.run((cut_off - utc_now()).total_seconds() - 1, lambda: False)
            begun = time.time()
            swept = Swept(here, cut_off)
            busy = line.run(600, swept.is_set)
        took = swept.at - max(begun, cut_off.timestamp())
        click.echo(f"{database}, {number} issues, {processes} process(es), {rate} commands/s, relay {relay}")
        click.echo(f"sweep: {took:.1f} s, {number / took:.0f} issues/s; {swept.right} stayed overnight")
        click.echo(
            f"commands before: {quiet}\ncommands during: {busy}\np99 {busy.p99 / quiet.p99:.2f} times its normal"
        )


@contextmanager
def house(database: str) -> Iterator[House]:
    """A broker, a database and a directory."""
    given = take_settings()
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.broker(Path(folder) / "broker", given.rabbitmq_image) as broker,
        broker.vhost() as amqp,
        servers.postgres(given.postgres_image, given.database_url, durable=True) as server,
        servers.fresh_databases(server) as (prefix, _),
    ):
        url = server.set(database=prefix).render_as_string(hide_password=False) + "_{service}"
        here = House(amqp, url if database == "postgresql" else f"sqlite:///{folder}/{{service}}.db", Path(folder))
        try:
            yield here
        finally:
            here.end()


def next_minute(at: datetime) -> datetime:
    """The full minute after an instant."""
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)


def prepare(here: House, number: int, cut_off: datetime, relay: bool) -> None:
    """The communities, whose day is cut off at that instant, and their issues."""
    here.prepare(STORE)
    engine = open_engine(here.url_of(STORE))
    zone = next(name for name in zones() if cut_off.astimezone(zone_of(name)).hour in LOCAL_HOURS)
    local = cut_off.astimezone(zone_of(zone))
    numbers = {CUT_OFF_MINUTE.name: ((local.date() - timedelta(days=9), local.hour * 60 + local.minute),)}
    known = [caochang(each, version=2, zone=zone, parameters=numbers) for each in PLACES]
    with engine.begin() as connection:
        keep_communities(connection, STORE, known)
        if not relay:
            insert_all(
                connection,
                STORE.table("lease"),
                [{"name": "relay", "holder": "bench", "until": cut_off + timedelta(hours=1)}],
            )
    ids = count()
    while (begin := next(ids) * FILLED_AT_ONCE) < number:
        rows = [row(index, cut_off) for index in range(begin, min(begin + FILLED_AT_ONCE, number))]
        with engine.begin() as connection:
            insert_all(connection, issues, rows)
    assert cut_off - utc_now() > timedelta(seconds=QUIET_SECONDS), "filling took too long"
    engine.dispose()


def zones() -> Iterator[str]:
    """A time zone for every hour."""
    return (f"Etc/GMT{hours:+d}" for hours in range(-14, 13))


def row(index: int, cut_off: datetime) -> dict[str, Any]:
    """An issue in progress that falls due at the cut-off, of which the grid officer was reminded."""
    begun = cut_off - timedelta(hours=9)
    moves = (("report", Status.REPORTED), ("accept", Status.ACCEPTED), ("start", Status.IN_PROGRESS))
    issue = Issue(
        community_id=PLACES[index % len(PLACES)],
        id=new_id(),
        version=4,
        status=Status.IN_PROGRESS,
        category="other",
        title=f"井盖破损 {index}",
        text="三号楼前的井盖破了,晚上很危险,请尽快处理。" * 3,
        place=Place(building_id=BUILDING, spot="三号楼前"),
        audience="community",
        reporter_id=REPORTER,
        handler_id=OFFICER,
        created_at=begun,
        updated_at=begun,
        responded_at=begun,
        settle_by=cut_off,
        watch_at=cut_off,
        alarm=Alarm.GRID_OFFICER,
        history=tuple(Turn(move=move, at=begun, status=status, by=OFFICER) for move, status in moves),
    )
    return {str(column.name): getattr(issue, column.name) for column in issues.columns}


@dataclass(frozen=True)
class Times:
    """How long commands took, from when they were to be sent until their reply came, in milliseconds."""

    all: Sequence[float]

    def at(self, share: float) -> float:
        """The time within which such a share of them was answered."""
        return sorted(self.all)[int(len(self.all) * share)]

    @property
    def p99(self) -> float:
        """The 99th percentile."""
        return self.at(0.99)

    def __str__(self) -> str:
        return f"{len(self.all)}, p50 {self.at(0.5):.1f} ms, p99 {self.p99:.1f} ms, longest {max(self.all):.0f} ms"


@dataclass
class Line:
    """Commands at a steady rate, whatever the service does."""

    caller: Caller
    rate: int
    sent: dict[str, float] = field(default_factory=dict)

    def run(self, seconds: float, is_over: Callable[[], bool]) -> Times:
        """Send until the time is up or something is over, and wait for the last replies."""
        times: list[float] = []
        self.sent.clear()
        self.caller.replies.clear()
        begun = due = time.perf_counter()
        while time.perf_counter() - begun < seconds and not is_over():
            if due <= time.perf_counter():
                self.sent[self.caller.ask(report(category="upstairs_leak"))] = due
                due += 1 / self.rate
            self._take(times, max(0.0, min(due - time.perf_counter(), 0.05)))
        while self.sent:
            self._take(times, 1.0)
        return Times(times)

    def _take(self, times: list[float], wait: float) -> None:
        self.caller.link.drain(wait)
        for each in list(self.caller.replies):
            answer = self.caller.replies.pop(each)
            assert answer["error"] is None, answer
            times.append((time.perf_counter() - self.sent.pop(each)) * 1000)


class Swept:
    """Looks from outside, once in half a second, whether anything is left to be swept."""

    def __init__(self, here: House, cut_off: datetime) -> None:
        self.at = 0.0
        self.right = 0
        self._engine = open_engine(here.url_of(STORE))
        self._cut_off = cut_off
        self._over = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def is_set(self) -> bool:
        """Whether nothing is left."""
        return self._over.is_set()

    def _look(self) -> None:
        left = sa.select(sa.literal(1)).where(issues.c.watch_at <= self._cut_off).limit(1)
        done = sa.select(sa.func.count()).where(issues.c.status == Status.ESCALATED, issues.c.overnights == 1)
        while not self._over.wait(0.5):
            with self._engine.connect().execution_options(reading=True) as connection:
                if datetime.now(UTC) < self._cut_off or connection.execute(left).first():
                    continue
                self.at = time.time()
                self.right = connection.execute(done).scalar_one()
            self._over.set()


if __name__ == "__main__":
    main()

"""`python -m tests.load`: every measure on both sides in turns, on the same PostgreSQL, the same RabbitMQ and the same cores.

The machine is noisy, so that no number here is a test: it prints ratios, medians of several short rounds. Only the side
that is measured runs: ours with all its processes, then each rival.
"""

import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click
from sqlalchemy.engine import URL

from tests import servers
from tests.load import rival_database, rivals
from tests.load.events import Flow, publish, subscriber
from tests.load.generator import Plan, load
from tests.load.ours import EVENTS, Ours
from tests.load.processes import LOGS, memory_mb, settle
from tests.load.table import Figures
from tests.settings import take_settings


@dataclass(frozen=True)
class Extent:
    """How long and how much."""

    rounds: int
    seconds: float
    issues: int
    events: int


@click.command()
@click.option("--rounds", default=3, show_default=True, help="Turns of each side.")
@click.option("--seconds", default=5.0, show_default=True, help="Length of one measurement.")
@click.option(
    "--issues", default=100_000, show_default=True, help="Issues on both sides; ours are reported one by one."
)
@click.option("--events", default=30_000, show_default=True, help="Events that the relay has to deliver.")
@click.option("--only-rivals", is_flag=True, help="Leave our side out.")
def main(rounds: int, seconds: float, issues: int, events: int, only_rivals: bool) -> None:
    """Measure sansan against its rivals and print the ratios."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    extent, figures, given = Extent(rounds, seconds, issues, events), Figures(), take_settings()
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.broker(Path(folder) / "broker", given.rabbitmq_image) as broker,
        servers.postgres(given.postgres_image, given.database_url, durable=True) as server,
    ):
        if only_rivals:
            measure_rivals(broker, server, extent, figures)
        else:
            measure_both(broker, server, extent, figures)
    LOGS.mkdir(parents=True, exist_ok=True)
    (LOGS.parent / "bench.md").write_text(figures.markdown())
    click.echo(figures.markdown())


def measure_rivals(broker: servers.BrokerForTests, server: URL, extent: Extent, figures: Figures) -> None:
    """The rivals alone."""
    with rivals_turn(broker, server, extent, figures) as turn:
        for _ in range(extent.rounds):
            turn()
            raw_turn(broker, extent, figures)


def measure_both(broker: servers.BrokerForTests, server: URL, extent: Extent, figures: Figures) -> None:
    """Fill our side by reporting, then take turns, then look at the events."""
    with servers.fresh_databases(server) as (prefix, _), broker.vhost() as amqp:
        url = server.set(database=prefix).render_as_string(hide_password=False)
        ours = Ours(amqp, url + "_{service}")
        say("our side is prepared")
        ours.prepare()
        with rivals_turn(broker, server, extent, figures) as turn:
            with ours.running() as pids:
                ours.onboard()
                fill_ours(ours, pids, extent, figures)
            for _ in range(extent.rounds):
                with ours.running() as pids:
                    take(figures, "sansan", ours.plans(), extent)
                    say(f"our side is at rest after {settle(list(pids.values())):.1f} s")
                turn()
            with ours.running():
                age_at_half_load(ours, extent, figures)
                ours.hold_relay()
                load(Plan(ours.port, ours.reports(), count=extent.events))
            relay_turn(ours, broker, extent, figures)


def fill_ours(ours: Ours, pids: dict[str, int], extent: Extent, figures: Figures) -> None:
    """Report all the issues that the lists are made of, and look at the memory at one fifth and at the end."""
    say(f"{extent.issues} reports over HTTP, to fill our side and to watch its memory")
    load(Plan(ours.port, ours.reports(), count=extent.issues // 5))
    settle(list(pids.values()))
    before = {name: memory_mb(pid) for name, pid in pids.items()}
    load(Plan(ours.port, ours.reports(), count=extent.issues - extent.issues // 5))
    settle(list(pids.values()))
    after = {name: memory_mb(pid) for name, pid in pids.items()}
    say(", ".join(f"{name} {before[name]:.0f} to {after[name]:.0f} MB" for name in pids))
    figures.ours["growth"] = max(after[name] - before[name] for name in pids)
    figures.ours["memory of web"] = after.pop("web")
    figures.ours["memory"] = max(after.values())
    ours.find_ids()


def age_at_half_load(ours: Ours, extent: Extent, figures: Figures) -> None:
    """How old events are when a subscriber gets them, at half of the reports a second that were reached."""
    rate = figures.median(["sansan"], "report") / 2
    say(f"events under {rate:.0f} reports a second")
    with subscriber(ours.amqp, EVENTS, 0) as listening:
        figures.note("sansan", "report at half load", load(Plan(ours.port, ours.reports(), seconds=10, rate=rate)))
        figures.ours["age p99"] = listening.result().p99_ms


def relay_turn(ours: Ours, broker: servers.BrokerForTests, extent: Extent, figures: Figures) -> None:
    """The relay with a backlog, between two measurements of raw publishing."""
    raw_turn(broker, extent, figures)
    say(f"the relay delivers the {ours.unsent()} events that wait")
    with broker.vhost() as amqp:
        flow = ours.drain(amqp)
    figures.note("sansan", "events", flow.per_second)
    raw_turn(broker, extent, figures)


def raw_turn(broker: servers.BrokerForTests, extent: Extent, figures: Figures) -> None:
    """Raw confirmed publishing to one subscriber; what counts is what reached the subscriber."""
    say("raw publishing")
    with broker.vhost() as amqp, subscriber(amqp, "raw.events", extent.events) as listening:
        published: Flow = publish(amqp, "raw.events", extent.events)
        figures.note("raw", "events", listening.result().per_second)
        figures.note("raw", "events confirmed", published.per_second)


@contextmanager
def rivals_turn(
    broker: servers.BrokerForTests, server: URL, extent: Extent, figures: Figures
) -> Iterator[Callable[[], None]]:
    """A function that gives each rival one turn."""
    with servers.fresh_database(server) as database, broker.vhost() as amqp:
        say("the rivals' database is filled")
        ids = rivals.fill(database, extent.issues)

        def turn() -> None:
            sides: dict[str, Callable[[], AbstractContextManager[rivals.Plans]]] = {
                "nameko": lambda: rivals.nameko(amqp, database),
                "fastapi 1": lambda: rivals.fastapi(database, 1, ids),
                "fastapi 2": lambda: rivals.fastapi(database, 2, ids),
                "bare": rivals.bare,
            }
            for side, running in sides.items():
                with running() as plans:
                    take(figures, side, plans, extent)
            figures.note("database", "report", rival_database.commits_per_second(database, extent.seconds))

        yield turn


def take(figures: Figures, side: str, plans: rivals.Plans, extent: Extent) -> None:
    """Measure one side once."""
    for measure, plan in plans.items():
        found = load(replace(plan, seconds=extent.seconds))
        say(f"{side}: {measure} {found.per_second:.0f}/s, p50 {found.p50_ms:.1f} ms, p99 {found.p99_ms:.1f} ms")
        figures.note(side, measure, found)


def say(words: str) -> None:
    """Tell whoever waits what is going on."""
    click.echo(words, err=True)


if __name__ == "__main__":
    main()

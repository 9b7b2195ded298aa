"""The relay publishes what was committed, all of it, in order and confirmed; one at a time, and nobody marks what is not theirs."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import URL

from services.communities import keep_communities
from services.database import open_engine
from services.envelope import Envelope
from services.ids import new_id
from services.issues.store import METADATA, STORE
from services.journal import audit
from services.relay import BATCH, LEASE_SECONDS, Relay
from services.work import Desk
from tests import servers
from tests.shared.desks import SetClock, desks, job, open_desk, perform, reports, rows, settled
from tests.shared.samples import caochang, report

JOURNAL = STORE.table("journal")


class BrokerAway(Exception):
    """The broker did not confirm."""


@dataclass
class Wire:
    """Where events arrive; it can be cut."""

    sent: list[Envelope] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    cut: bool = False

    def publish(self, events: Sequence[tuple[Envelope, bytes]]) -> None:
        """Take a batch and confirm it, or neither."""
        if self.cut:
            raise BrokerAway
        self.sent += [envelope for envelope, _ in events]
        self.bodies += [body for _, body in events]

    @property
    def ids(self) -> list[str]:
        """The ids of what arrived, in order."""
        return [envelope.id for envelope in self.sent]


def relay_of(desk: Desk, wire: Wire) -> Relay:
    """A relay that publishes into a wire."""
    return Relay(desk.engine, STORE, wire.publish, desk.clock)


def faults(desk: Desk) -> list[str]:
    """What an audit finds."""
    with desk.engine.connect() as connection:
        return [found.fault for found in audit(connection, STORE) if found.fault]


def test_everything_is_published_in_order_and_marked(desk: Desk) -> None:
    wire = Wire()
    relay = relay_of(desk, wire)
    settled(desk)
    assert relay.step() == 3
    told = rows(desk, "journal")
    assert wire.ids == [row.id for row in told]
    assert wire.bodies == [row.data.encode() for row in told]
    assert [envelope.type for envelope in wire.sent] == [row.type for row in told]
    assert [row.sequence for row in told] == [1, 2, 3]
    assert all(row.sent_at == desk.clock() and row.hash for row in told)
    assert relay.step() == 0
    assert faults(desk) == []


def test_a_step_takes_a_limited_batch(desk: Desk) -> None:
    wire = Wire()
    relay = relay_of(desk, wire)
    perform(desk, *(job(command) for command in reports(BATCH + 3)))
    assert [relay.step() for _ in range(3)] == [BATCH, 3, 0]
    assert wire.ids == sorted(wire.ids)
    assert len(set(wire.ids)) == BATCH + 3


def test_what_was_not_confirmed_is_not_marked_and_is_published_again(desk: Desk) -> None:
    wire = Wire(cut=True)
    relay = relay_of(desk, wire)
    settled(desk)
    for _ in range(2):
        with pytest.raises(BrokerAway):
            relay.step()
    assert all(row.sent_at is row.hash is row.sequence is None for row in rows(desk, "journal"))
    wire.cut = False
    assert relay.step() == 3
    assert len(wire.sent) == 3


def test_only_one_relay_publishes(desk: Desk, database_url: URL, clock: SetClock) -> None:
    first, second = Wire(), Wire()
    settled(desk)
    with desks(STORE, database_url, clock, 1) as (other,):
        one, two = relay_of(desk, first), relay_of(other, second)
        assert one.step() == 3
        settled(desk)
        for _ in range(5):
            assert two.step() == 0
            assert not two.holds
            clock.forward(seconds=LEASE_SECONDS / 3)
            one.step()
        assert one.holds
    assert (len(first.sent), len(second.sent)) == (6, 0)


def test_another_one_takes_over_when_the_lease_is_over(desk: Desk, database_url: URL, clock: SetClock) -> None:
    first, second = Wire(), Wire()
    settled(desk)
    with desks(STORE, database_url, clock, 1) as (other,):
        one, two = relay_of(desk, first), relay_of(other, second)
        one.step()
        settled(desk)
        clock.forward(seconds=LEASE_SECONDS)
        assert two.step() == 0
        clock.forward(milliseconds=1)
        assert two.step() == 3
        assert one.step() == 0
        assert not one.holds
    assert faults(desk) == []


def test_a_lease_that_is_given_back_is_taken_at_once(desk: Desk, database_url: URL, clock: SetClock) -> None:
    settled(desk)
    with desks(STORE, database_url, clock, 1) as (other,):
        one, two = relay_of(desk, Wire()), relay_of(other, Wire())
        assert one.step() == 3
        two.release()
        assert two.step() == 0
        one.release()
        settled(desk)
        assert two.step() == 3
        assert one.step() == 0


def test_whoever_lost_the_lease_while_publishing_marks_nothing(desk: Desk, database_url: URL, clock: SetClock) -> None:
    first, second = Wire(), Wire()
    settled(desk)
    with desks(STORE, database_url, clock, 1) as (other,):
        two = relay_of(other, second)

        def publish_slowly(events: Sequence[tuple[Envelope, bytes]]) -> None:
            first.publish(events)
            clock.forward(seconds=LEASE_SECONDS + 1)
            assert two.step() == 3

        slow = Relay(desk.engine, STORE, publish_slowly, clock)
        assert slow.step() == 0
        assert not slow.holds
    assert first.ids == second.ids
    assert [row.sequence for row in rows(desk, "journal")] == [1, 2, 3]
    assert faults(desk) == []


def test_whoever_lost_the_lease_leaves_to_the_other_what_that_one_has_not_published_yet(
    desk: Desk, database_url: URL, clock: SetClock
) -> None:
    second = Wire(cut=True)
    settled(desk)
    with desks(STORE, database_url, clock, 1) as (other,):
        two = relay_of(other, second)

        def publish_slowly(events: Sequence[tuple[Envelope, bytes]]) -> None:
            clock.forward(seconds=LEASE_SECONDS + 1)
            with pytest.raises(BrokerAway):
                two.step()

        assert Relay(desk.engine, STORE, publish_slowly, clock).step() == 0
        assert all(row.sent_at is None for row in rows(desk, "journal"))
        second.cut = False
        assert two.step() == 3


def late_row(desk: Desk) -> dict[str, Any]:
    """A row whose id is lower than that of every row in the journal."""
    row: dict[str, Any] = rows(desk, "journal")[0]._asdict()
    return row | {"id": new_id(0), "sequence": None, "hash": None, "sent_at": None}


def test_a_row_with_a_lower_id_that_comes_after_a_higher_one_was_sent_is_sent(desk: Desk) -> None:
    wire = Wire()
    relay = relay_of(desk, wire)
    settled(desk)
    assert relay.step() == 3
    late = late_row(desk)
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(JOURNAL), [late])
    assert relay.step() == 1
    assert wire.ids[-1] == late["id"]
    assert max(row.sequence for row in rows(desk, "journal") if row.id == late["id"]) == 4
    assert faults(desk) == []


def test_a_row_that_commits_late_is_sent(postgres_desk: Desk) -> None:
    desk, wire = postgres_desk, Wire()
    relay = relay_of(desk, wire)
    settled(desk)
    late = late_row(desk)
    with desk.engine.connect() as connection:
        connection.execute(sa.insert(JOURNAL), [late])
        assert relay.step() == 3
        connection.commit()
    assert relay.step() == 1
    assert wire.ids[-1] == late["id"]


def test_the_lag_tells_how_much_waits_and_how_long(desk: Desk, clock: SetClock) -> None:
    relay = relay_of(desk, Wire())
    assert relay.lag() == (0, 0.0)
    perform(desk, job(report()))
    clock.forward(seconds=90)
    perform(desk, job(report()))
    assert relay.lag() == (2, 90.0)
    relay.step()
    assert relay.lag() == (0, 0.0)


def test_two_relays_and_two_writers_at_once_lose_nothing_and_keep_each_things_order(
    desk: Desk, database_url: URL, clock: SetClock
) -> None:
    wire, writing = Wire(), threading.Event()
    with desks(STORE, database_url, clock, 4) as (one, two, left, right):

        def write(own: Desk) -> None:
            for _ in range(15):
                settled(own)

        def relay(own: Desk) -> None:
            each = relay_of(own, wire)
            while not writing.is_set() or each.step():
                if each.step():
                    each.release()

        relays = [threading.Thread(target=relay, args=(own,)) for own in (one, two)]
        writers = [threading.Thread(target=write, args=(own,)) for own in (left, right)]
        for thread in (*relays, *writers):
            thread.start()
        for thread in writers:
            thread.join()
        writing.set()
        for thread in relays:
            thread.join()
        last = relay_of(desk, wire)
        clock.forward(seconds=LEASE_SECONDS + 1)
        while last.step():
            pass
    told = rows(desk, "journal")
    assert len(told) == 90
    assert set(wire.ids) == {row.id for row in told}
    assert sorted(row.sequence for row in told) == list(range(1, 91))
    for subject in {envelope.subject for envelope in wire.sent}:
        versions = [envelope.sequence for envelope in wire.sent if envelope.subject == subject]
        assert list(dict.fromkeys(versions)) == [1, 2, 3]
    assert faults(desk) == []


DEEDS = st.lists(st.sampled_from(["write", "one", "two", "cut", "mend", "wait", "give back"]), max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DEEDS)
def test_whatever_happens_everything_is_published_once_it_can_be(deeds: list[str]) -> None:
    clock, wire = SetClock(), Wire()
    with TemporaryDirectory() as folder:
        engine = open_engine(URL.create("sqlite", database=str(Path(folder) / "test.db")))
        METADATA.create_all(engine)
        desk = Desk(engine, STORE, clock)
        with engine.begin() as connection:
            keep_communities(connection, STORE, [caochang()])
        one, two = relay_of(desk, wire), relay_of(desk, wire)
        for deed in deeds:
            if deed == "write":
                perform(desk, job(report()))
            elif deed in ("one", "two"):
                relay = one if deed == "one" else two
                try:
                    relay.step()
                except BrokerAway:
                    assert wire.cut
            elif deed == "wait":
                clock.forward(seconds=LEASE_SECONDS + 1)
            elif deed == "give back":
                one.release()
            else:
                wire.cut = deed == "cut"
        wire.cut = False
        clock.forward(seconds=LEASE_SECONDS + 1)
        while two.step():
            pass
        told = rows(desk, "journal")
        assert wire.ids == [row.id for row in told]
        assert sorted(row.sequence for row in told) == list(range(1, len(told) + 1))
        assert faults(desk) == []
        engine.dispose()


def test_what_was_sent_does_not_slow_down_what_waits(postgres_url: URL) -> None:
    """PostgreSQL knows nothing yet of a table that grows fast: it must not look through all that was sent since it counted."""
    with (
        servers.fresh_database(postgres_url) as named,
        open_desk(STORE, named.set(drivername="postgresql+psycopg"), SetClock()) as desk,
    ):
        relay = relay_of(desk, Wire())
        for number in (*[500] * 6, 3, 3):  # each look at the index marks what it need not look at again
            perform(desk, *(job(each) for each in reports(number)))
            assert relay.step() == number
        perform(desk, *(job(each) for each in reports(3)))
        with desk.engine.connect() as connection:
            asked = relay._unsent.compile(connection, compile_kwargs={"literal_binds": True})
            told = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {asked}").scalar_one()
    (scan,) = told[0]["Plan"]["Plans"]
    assert (scan["Node Type"], scan.get("Index Name")) == ("Index Scan", "journal_unsent")
    assert (scan["Actual Rows"], scan["Shared Hit Blocks"] < 100) == (3, True), scan

"""The journal tells everything once, and an audit finds what was altered, removed, put in between or cut off."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from services.actor import Role
from services.envelope import read_envelope
from services.ids import new_id
from services.issues.store import STORE
from services.journal import FIRST_HASH, Audit, audit, chain, envelope_of, row_hash
from services.relay import Relay
from services.work import Desk
from tests.shared.desks import job, perform, reports, rows, settled
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, NOON, REPORTER, member, report

JOURNAL, CHAIN = STORE.table("journal"), STORE.table("chain")


def send_all(desk: Desk) -> None:
    """Publish everything to nobody, so that it is chained."""
    relay = Relay(desk.engine, STORE, lambda events: None, desk.clock)
    while relay.step():
        pass
    relay.release()


def audited(desk: Desk) -> dict[str, Audit]:
    """What an audit says, by community."""
    with desk.engine.connect() as connection:
        return {found.community_id: found for found in audit(connection, STORE)}


def report_elsewhere(number: int) -> list[Any]:
    """Some reports in another community."""
    somebody = member(REPORTER, Role.RESIDENT, community_id=ANOTHER_COMMUNITY)
    return [job(report(community_id=ANOTHER_COMMUNITY), somebody) for _ in range(number)]


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A journal of five rows in one community and two in another, all of them sent."""
    perform(desk, *(job(command) for command in reports(2)), *report_elsewhere(2))
    settled(desk)
    send_all(desk)
    return desk


def break_open(desk: Desk, deed: Callable[[Connection], object]) -> None:
    """Do what the guard of the journal refuses, as somebody with all rights could."""
    with desk.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for name in ("journal_guard_update", "journal_guard_delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("ALTER TABLE journal DISABLE TRIGGER ALL")
        deed(connection)


def number(sequence: int, community_id: str = COMMUNITY) -> Any:
    """The condition for one row of a chain."""
    return sa.and_(JOURNAL.c.community_id == community_id, JOURNAL.c.sequence == sequence)


def row_of(connection: Connection, sequence: int) -> Any:
    """One row of the first community's chain."""
    return connection.execute(sa.select(JOURNAL).where(number(sequence))).one()


def test_an_untouched_journal_holds(told: Desk) -> None:
    found = audited(told)
    assert {name: (each.rows, each.fault) for name, each in found.items()} == {
        COMMUNITY: (5, ""),
        ANOTHER_COMMUNITY: (2, ""),
    }
    heads = {row.community_id: row.hash for row in rows(told, "chain")}
    assert heads == {name: each.head for name, each in found.items()}


def test_each_community_has_a_chain_of_its_own(told: Desk) -> None:
    for community_id, length in ((COMMUNITY, 5), (ANOTHER_COMMUNITY, 2)):
        own = sorted(
            (row for row in rows(told, "journal") if row.community_id == community_id), key=lambda r: r.sequence
        )
        assert [row.sequence for row in own] == list(range(1, length + 1))
        previous = FIRST_HASH
        for row in own:
            assert row.hash == row_hash(previous, row)
            previous = row.hash


ALTERED = {
    "type": "issues.issue.rejected.v1",
    "subject": new_id(),
    "version": 77,
    "audience": "public",
    "member_id": "",
    "actor": new_id(),
    "at": NOON + timedelta(seconds=1),
    "causation_id": new_id(),
    "traceparent": "x",
    "data": "{}",
    "id": new_id(),
}


@pytest.mark.parametrize("name", ALTERED)
def test_a_row_that_was_altered_is_found(told: Desk, name: str) -> None:
    break_open(told, lambda c: c.execute(sa.update(JOURNAL).where(number(3)).values({name: ALTERED[name]})))
    found = audited(told)
    assert (found[COMMUNITY].rows, found[COMMUNITY].fault.startswith("row 3 (")) == (2, True)
    assert found[COMMUNITY].fault.endswith("was altered")
    assert found[ANOTHER_COMMUNITY].fault == ""


@pytest.mark.parametrize("sequence", [1, 3])
def test_a_row_that_was_removed_is_found(told: Desk, sequence: int) -> None:
    break_open(told, lambda c: c.execute(sa.delete(JOURNAL).where(number(sequence))))
    assert audited(told)[COMMUNITY].fault == f"row {sequence} is missing"


def test_a_row_that_was_cut_off_at_the_end_is_found(told: Desk) -> None:
    break_open(told, lambda c: c.execute(sa.delete(JOURNAL).where(number(5))))
    assert audited(told)[COMMUNITY].fault == "rows after 4 are missing"


def test_a_whole_chain_that_was_cut_off_is_found(told: Desk) -> None:
    break_open(told, lambda c: c.execute(sa.delete(JOURNAL).where(JOURNAL.c.community_id == COMMUNITY)))
    assert audited(told)[COMMUNITY].fault == "rows after 0 are missing"


def test_a_head_that_was_removed_is_found(told: Desk) -> None:
    break_open(told, lambda c: c.execute(sa.delete(CHAIN).where(CHAIN.c.community_id == COMMUNITY)))
    assert audited(told)[COMMUNITY].fault == "the head of its chain is missing"
    assert audited(told)[ANOTHER_COMMUNITY].fault == ""


def test_a_row_that_was_put_in_between_is_found(told: Desk) -> None:
    def put_in(connection: Connection) -> None:
        row = row_of(connection, 2)
        for sequence in (5, 4, 3):
            connection.execute(sa.update(JOURNAL).where(number(sequence)).values(sequence=sequence + 1))
        forged = {**row._asdict(), "id": new_id(), "sequence": 3, "hash": row_hash(row.hash, row)}
        connection.execute(sa.insert(JOURNAL).values(forged))

    break_open(told, put_in)
    assert "row 3" in audited(told)[COMMUNITY].fault


def test_rows_that_were_put_at_the_end_are_found(told: Desk) -> None:
    def append(connection: Connection) -> None:
        last = row_of(connection, 5)
        forged = {**last._asdict(), "id": new_id(), "sequence": 6}
        forged["hash"] = row_hash(last.hash, SimpleNamespace(**forged))
        connection.execute(sa.insert(JOURNAL).values(forged))

    break_open(told, append)
    assert audited(told)[COMMUNITY].fault == "rows after 5 were put there by somebody else"


def test_two_rows_that_changed_places_are_found(told: Desk) -> None:
    def swap(connection: Connection) -> None:
        for before, after in ((2, 99), (3, 2), (99, 3)):
            connection.execute(sa.update(JOURNAL).where(number(before)).values(sequence=after))

    break_open(told, swap)
    assert "row 2" in audited(told)[COMMUNITY].fault


def test_what_is_not_sent_yet_belongs_to_no_chain(told: Desk) -> None:
    perform(told, job(report()))
    assert audited(told)[COMMUNITY].rows == 5
    send_all(told)
    assert (audited(told)[COMMUNITY].rows, audited(told)[COMMUNITY].fault) == (6, "")


def test_a_chain_goes_on_where_it_ended_over_many_batches(desk: Desk) -> None:
    for _ in range(4):
        perform(desk, *(job(command) for command in reports(3)))
        send_all(desk)
    assert audited(desk)[COMMUNITY] == replace(audited(desk)[COMMUNITY], rows=12, fault="")


def test_links_follow_the_order_in_which_rows_are_given(desk: Desk) -> None:
    perform(desk, *(job(command) for command in reports(3)), *report_elsewhere(1))
    unsent = rows(desk, "journal")
    with desk.engine.begin() as connection:
        links = chain(connection, STORE, unsent[::-1])
    assert [link["id"] for link in links] == [row.id for row in unsent[::-1]]
    assert [link["sequence"] for link in links if link["community_id"] == COMMUNITY] == [1, 2, 3]


def test_an_empty_journal_has_nothing_to_audit(desk: Desk) -> None:
    assert audited(desk) == {}


def test_a_row_becomes_the_envelope_of_its_event(told: Desk) -> None:
    for row in rows(told, "journal"):
        envelope = envelope_of("issues", row)
        assert (envelope.id, envelope.subject, envelope.sequence) == (row.id, row.subject, row.version)
        assert envelope.source == "/sansan/issues"
        assert read_envelope(envelope.headers()) == envelope

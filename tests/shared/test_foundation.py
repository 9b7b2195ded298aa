"""The database itself keeps the journal as it was told: nobody changes or removes a row, whoever asks."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from services.foundation import _TOLD
from services.issues.store import STORE
from services.work import Desk
from tests.shared.desks import job, perform, rows
from tests.shared.samples import NOON, report

JOURNAL = STORE.table("journal")
APPEND_ONLY = "the journal is append-only"
OTHER: dict[str, Any] = {
    "version": 9,
    "at": NOON + timedelta(days=1),
    "id": "00000000-0000-7000-8000-000000000001",
}


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A journal of one row that is not sent yet."""
    perform(desk, job(report()))
    return desk


def attempt(desk: Desk, statement: Any) -> None:
    """Do it in a transaction."""
    with desk.engine.begin() as connection:
        connection.execute(statement)


def refused(desk: Desk, statement: Any) -> None:
    """Nothing is changed by it."""
    before = rows(desk, "journal")
    with pytest.raises(sa.exc.DBAPIError, match=APPEND_ONLY):
        attempt(desk, statement)
    assert rows(desk, "journal") == before


def mark(connection: Connection) -> None:
    """Mark all rows as sent, as the relay does."""
    connection.execute(sa.update(JOURNAL).values(sequence=1, hash="0" * 64, sent_at=NOON))


@pytest.mark.parametrize("name", _TOLD)
def test_what_a_row_tells_cannot_be_changed(told: Desk, name: str) -> None:
    refused(told, sa.update(JOURNAL).values({name: OTHER.get(name, "x")}))


def test_a_row_cannot_be_removed(told: Desk) -> None:
    refused(told, sa.delete(JOURNAL))


def test_all_rows_cannot_be_removed_at_once_either(postgres_desk: Desk) -> None:
    perform(postgres_desk, job(report()))
    refused(postgres_desk, sa.text("TRUNCATE journal"))
    refused(postgres_desk, sa.text("TRUNCATE journal CASCADE"))


def test_the_relay_can_mark_a_row_once(told: Desk) -> None:
    with told.engine.begin() as connection:
        mark(connection)
    assert [(row.sequence, row.sent_at) for row in rows(told, "journal")] == [(1, NOON)]
    for name in ("sequence", "hash", "sent_at"):
        refused(told, sa.update(JOURNAL).values({name: None}))
    refused(told, sa.update(JOURNAL).values(sent_at=NOON + timedelta(days=1)))
    refused(told, sa.delete(JOURNAL))


def test_every_member_that_is_told_is_guarded() -> None:
    assert {*_TOLD, "sequence", "hash", "sent_at"} == set(JOURNAL.columns.keys())

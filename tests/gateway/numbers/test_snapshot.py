"""A snapshot shows one moment, however long one looks, and says at once when there is nothing to look at."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from deploy.machine import free_port
from gateway.numbers.snapshot import PIECE_ROWS, Snapshots
from gateway.reader import Prepared
from gateway.store import issue_facts
from services.errors import Unavailable
from services.issues.contract import Status
from tests.gateway.numbers.office import Office, issue

EVERYTHING = sa.select(issue_facts.c.issue_id).where(issue_facts.c.day >= sa.bindparam("first", type_=sa.Date))
NUMBER = sa.select(sa.func.count()).select_from(issue_facts)
ASKED = {"first": date(2024, 1, 1)}


def test_it_stays_as_it_was_and_comes_in_pieces(office: Office) -> None:
    number = 2 * PIECE_ROWS + 1
    office.say(*(issue(str(each), Status.REPORTED) for each in range(number)))
    snapshots = Snapshots(office.desk.url)

    async def story() -> None:
        snapshot = await snapshots.open()
        counted = await snapshot.fetch(Prepared(NUMBER, snapshots.dialect), {})
        office.say(issue("later", Status.REPORTED))
        sizes = [len(piece) async for piece in snapshot.pieces(Prepared(EVERYTHING, snapshots.dialect), ASKED)]
        await snapshot.close()
        assert (counted[0][0], sizes) == (number, [PIECE_ROWS, PIECE_ROWS, 1])
        later = await snapshots.open()
        assert (await later.fetch(Prepared(NUMBER, snapshots.dialect), {}))[0][0] == number + 1
        await later.close()

    asyncio.run(story())


def test_a_database_that_is_away_is_unavailable(tmp_path: Path) -> None:
    nowhere = URL.create("postgresql+psycopg", "nobody", host="127.0.0.1", port=free_port(), database="none")
    for url in (nowhere, URL.create("sqlite", database=str(tmp_path / "none.db"))):
        with pytest.raises(Unavailable):
            asyncio.run(Snapshots(url).open())

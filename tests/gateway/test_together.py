"""Who writes at the same time shares one transaction, and its fate."""

import asyncio
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from gateway.reader import Batch, Reader
from gateway.views import Views
from services.issues.contract import IssueState
from services.wire import to_data
from tests.gateway.world import World, numbered, sight
from tests.shared.samples import COMMUNITY, GRID_OFFICER

STAFF_SIGHT = sight(GRID_OFFICER)


class Counting:
    """A reader that counts its transactions."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.dialect = reader.dialect
        self.written: list[int] = []
        self.fetch, self.search, self.close = reader.fetch, reader.search, reader.close

    async def write(self, batches: Sequence[Batch]) -> None:
        self.written.append(sum(len(rows) for _, rows in batches))
        await self._reader.write(batches)


def test_all_that_wait_are_written_in_one_transaction(world: World) -> None:
    reader = Counting(world.views.reader)
    views = Views(reader)

    async def story() -> None:
        states = (to_data(numbered(i)) for i in range(200))
        await asyncio.gather(*(views.put([(IssueState, state)]) for state in states))
        assert (await views.list(IssueState, COMMUNITY, STAFF_SIGHT, limit=100)).count == 100

    world.run(story())
    assert sum(reader.written) == 200
    assert len(reader.written) <= 3


def test_a_failed_write_is_told_to_each_who_waits_and_the_next_one_goes_on(world: World) -> None:
    def rename(old: str, new: str) -> None:
        with world.engine.begin() as connection:
            connection.execute(sa.text(f"ALTER TABLE {old} RENAME TO {new}"))

    async def put() -> list[Any]:
        states = [to_data(numbered(i)) for i in range(3)]
        return await asyncio.gather(*(world.views.put([(IssueState, each)]) for each in states), return_exceptions=True)

    rename("view_issue", "elsewhere")
    assert all(isinstance(each, Exception) for each in world.run(put()))
    rename("elsewhere", "view_issue")
    assert world.run(put()) == [None] * 3

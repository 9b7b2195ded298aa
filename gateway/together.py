"""What waits at the same time is written in one transaction: a hundred callers wait for one commit, not for a hundred."""

import asyncio
from collections.abc import Iterable

from gateway.reader import Prepared, Reader
from gateway.store import VIEW_TABLES, keep_newest
from gateway.told import ViewRow, in_order

MOST_AT_ONCE = 500

_Waiting = tuple[list[ViewRow], asyncio.Future[None]]


class Together:
    """The writer of the web process: one transaction at a time, with everything that came while the last one ran."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._keep = {
            cls: Prepared(keep_newest(table, reader.dialect.name), reader.dialect) for cls, table in VIEW_TABLES.items()
        }
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, rows: Iterable[ViewRow]) -> None:
        """Keep some rows, unless newer ones are there. Errors: Unavailable."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((list(rows), written))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await written

    async def close(self) -> None:
        """Wait until everything is written."""
        if self._writing:
            await self._writing

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            ordered = in_order(row for rows, _ in batch for row in rows)
            try:
                await self._reader.write([(self._keep[cls], values) for cls, values in ordered])
            except Exception as error:  # noqa: BLE001  (whoever waits hears it, whatever it is)
                _tell(batch, error)
            else:
                _tell(batch, None)


def _tell(batch: list[_Waiting], error: Exception | None) -> None:
    for _, written in batch:
        if written.done():
            continue
        if error is None:
            written.set_result(None)
        else:
            written.set_exception(error)

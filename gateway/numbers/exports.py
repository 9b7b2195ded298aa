"""The endpoints for exports: each looks at one moment of the database, a few at a time, and none for ever."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from gateway.call import Answer, Call
from gateway.districts import Districts
from gateway.handlers import PRIVATE, Handlers
from gateway.numbers.asking import CsvQuestion, GeoQuestion, open_span
from gateway.numbers.door import CSV, GEOJSON, Door
from gateway.numbers.place import place_of
from gateway.numbers.snapshot import Snapshot, Snapshots
from gateway.numbers.writing import FILTERS, csv_of, geojson_of, number_of_rows, rows_of
from gateway.paging import read_query
from gateway.problems import Problem, retry_after
from gateway.reader import Prepared, Row
from gateway.sight import Sight
from gateway.views import Views

MOST_EXPORTS = 2
EXPORT_SECONDS = 600.0
RETRY_SECONDS = 30.0


class Exports:
    """The handlers of what is exported: a few at a time, each for a limited time."""

    def __init__(
        self,
        handlers: Handlers,
        districts: Districts,
        views: Views,
        snapshots: Snapshots,
        seconds: float = EXPORT_SECONDS,
    ) -> None:
        self._door = Door(handlers, districts)
        self._views = views
        self._snapshots = snapshots
        self._seconds = seconds
        self.running = 0

    async def issues_csv(self, call: Call) -> Answer:
        """All issues of some days that the caller may see, as CSV."""
        here, sight = await self._door.enter(call, CSV)
        asked: CsvQuestion = read_query(CsvQuestion, call.query)
        place = await place_of(self._views, here, sight)
        rows = await self._rows(here, sight, asked)
        return self._answer(call, f"{here}.csv", CSV + b"; charset=utf-8", rows, csv_of(rows.pieces, place, asked.lang))

    async def issues_geojson(self, call: Call) -> Answer:
        """The same as GeoJSON."""
        here, sight = await self._door.enter(call, GEOJSON)
        asked: GeoQuestion = read_query(GeoQuestion, call.query)
        place = await place_of(self._views, here, sight)
        rows = await self._rows(here, sight, asked)
        return self._answer(call, f"{here}.geojson", GEOJSON, rows, geojson_of(rows.pieces, place))

    async def _rows(self, here: str, sight: Sight, asked: CsvQuestion | GeoQuestion) -> "_Rows":
        """What is wanted, as it stands at this moment. Errors: Invalid; Unavailable; Problem 503 when too many look."""
        span, dialect = open_span(asked.from_, asked.until), self._snapshots.dialect
        chosen = {name: str(found) for name in FILTERS if (found := getattr(asked, name)) is not None}
        values = {"community_id": here, "first": span.first, "last": span.last, "member_id": sight.member_id}
        values |= {f"is_{name}": found for name, found in chosen.items()}
        if self.running >= MOST_EXPORTS:
            en, zh = "too many exports are running, try again later", "正在进行的导出过多,请稍后再试"
            raise Problem("unavailable", en, zh, headers=(retry_after(RETRY_SECONDS),))
        self.running += 1
        snapshot: Snapshot | None = None
        async with AsyncExitStack() as undo:
            undo.push_async_callback(lambda: self._end(snapshot))
            snapshot = await self._snapshots.open()
            counted = await snapshot.fetch(Prepared(number_of_rows(sight, list(chosen)), dialect), values)
            undo.pop_all()
        return _Rows(snapshot, counted[0][0], snapshot.pieces(Prepared(rows_of(sight, list(chosen)), dialect), values))

    def _answer(self, call: Call, name: str, media: bytes, rows: "_Rows", written: AsyncIterator[bytes]) -> Answer:
        headers = (
            (b"x-total-count", str(rows.number).encode()),
            (b"content-disposition", f'attachment; filename="issues-{name}"'.encode()),
            *PRIVATE,
        )
        wanted = nothing() if call.method == "HEAD" else written
        stream = Pieces(wanted, lambda: self._end(rows.snapshot), self._seconds)
        return Answer(200, headers=headers, media=media, stream=stream)

    async def _end(self, snapshot: Snapshot | None) -> None:
        self.running -= 1
        if snapshot is not None:
            await snapshot.close()


@dataclass(frozen=True)
class _Rows:
    """The rows of one moment, and how many they are."""

    snapshot: Snapshot
    number: int
    pieces: AsyncIterator[Sequence[Row]]


class Pieces:
    """The pieces of an export; whatever becomes of its reader, what it holds is given back after some seconds at the latest.

    A file that is not whole ends with an error, so that the connection breaks and the reader can tell.
    """

    def __init__(self, pieces: AsyncIterator[bytes], end: Callable[[], Awaitable[None]], seconds: float) -> None:
        self._pieces = pieces
        self._end = end
        loop = asyncio.get_running_loop()
        self._until = loop.time() + seconds
        self._timer = loop.call_at(self._until, self._expire)
        self._busy = self._closed = self._whole = False
        self._closing: asyncio.Task[None] | None = None

    def __aiter__(self) -> "Pieces":
        return self

    async def __anext__(self) -> bytes:
        """The next piece. Errors: TimeoutError after the export's time; whatever broke the database's connection."""
        if self._closed and not self._whole:
            raise TimeoutError("the export took too long")
        self._busy = True
        try:
            async with AsyncExitStack() as ending:
                ending.push_async_callback(self.aclose)
                async with asyncio.timeout_at(self._until):
                    piece = await anext(self._pieces, None)
                if piece is not None:
                    ending.pop_all()
                    return piece
                self._whole = True
        finally:
            self._busy = False
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Give everything back, once."""
        if self._closed:
            return
        self._closed = True
        self._timer.cancel()
        await self._end()

    def _expire(self) -> None:
        if not self._busy:
            self._closing = asyncio.create_task(self.aclose())


async def nothing() -> AsyncIterator[bytes]:
    """No pieces at all: what a HEAD request gets."""
    return
    yield b""

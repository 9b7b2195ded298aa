"""Which of several filters leads: the one that the fewest things have, as far as somebody has to count.

PostgreSQL knows how frequent a value is. SQLite does not, and is told: it counts within an index, at most every minute.
"""

import asyncio
from collections.abc import Mapping

from gateway.queries import how_many
from gateway.reader import Prepared, Reader
from gateway.store import combined
from services.declare import VIEWS

MOST_KNOWN = 10_000
_FRESH_SECONDS = 60.0


class Leading:
    """The choice of the filter whose index is walked."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._counts: dict[tuple[type, str], Prepared] = {}
        self._known: dict[tuple[type, str, str, str], tuple[float, int]] = {}

    async def of(self, cls: type, community_id: str, filters: Mapping[str, str]) -> str:
        """The filter that leads, or "" where the database chooses. Errors: Unavailable."""
        told = [name for name in combined(VIEWS[cls]) if name in filters] if community_id else []
        if self._reader.dialect.name != "sqlite" or not told:
            return ""
        if len(told) == 1:
            return told[0]
        numbers = [(await self._count(cls, community_id, name, filters[name]), name) for name in told]
        return min(numbers)[1]

    async def _count(self, cls: type, community_id: str, name: str, value: str) -> int:
        now = asyncio.get_running_loop().time()
        fresh_until, number = self._known.get((cls, community_id, name, value), (0.0, 0))
        if now < fresh_until:
            return number
        if (cls, name) not in self._counts:
            self._counts[cls, name] = Prepared(how_many(cls, name), self._reader.dialect)
        values = {"community_id": community_id, "value": value}
        number = int((await self._reader.search(self._counts[cls, name], values))[0][0])
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[cls, community_id, name, value] = now + _FRESH_SECONDS, number
        return number

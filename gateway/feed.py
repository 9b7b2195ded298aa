"""The feed: every event once, in the order of commit, read from a position on by whoever may see it.

A page looks at a limited stretch of the feed, whatever is asked for: it may hold fewer events than wanted, even none, and
says where to go on. So a page costs the same for the last event as for the first of a million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway import stretch
from gateway.happening import Happening, Scope, happening
from gateway.reader import Prepared, Reader
from gateway.store import RANKS
from services.declare import COMMUNITY, STAFF
from services.errors import Invalid

MOST_EVENTS = 100


@dataclass(frozen=True)
class FeedPage:
    """Some events in JSON, each with its position; where to go on, whether there is more by now, and whether events
    after the caller's position were deleted before they were read."""

    events: Sequence[tuple[int, bytes]]
    next: int
    more: bool
    missed: bool = False


class Feed:
    """The feed as the web process reads it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._head = Prepared(stretch.head(), reader.dialect)
        self._after = Prepared(stretch.everything(), reader.dialect)
        self._end = Prepared(stretch.end_for_few(reader.dialect), reader.dialect)
        self._for_one = Prepared(stretch.for_one(reader.dialect), reader.dialect)
        self._for_some = Prepared(stretch.for_some(reader.dialect), reader.dialect)

    async def head(self) -> tuple[int, int]:
        """The last position, and the last one that was deleted. Errors: Unavailable."""
        rows = await self._reader.fetch(self._head, {})
        return (rows[0][0], rows[0][1]) if rows else (0, 0)

    async def check(self, position: int) -> None:
        """Errors: Invalid for a position that is ahead of the feed; Unavailable."""
        if position > (await self.head())[0]:
            raise _ahead()

    async def after(self, position: int, limit: int) -> list[Happening]:
        """Whatever comes next, for everybody. Errors: Unavailable."""
        return [happening(row) for row in await self._reader.fetch(self._after, {"after": position, "number": limit})]

    async def read(self, scope: Scope, after: int, limit: int = MOST_EVENTS, until: int | None = None) -> FeedPage:
        """The events after a position (and up to another) as this caller sees them.

        Errors: Invalid for a position that is ahead of the feed, or a limit that is none; Unavailable.
        """
        if not 1 <= limit <= MOST_EVENTS:
            raise Invalid(f"a page has 1 to {MOST_EVENTS} events", f"每页 1 至 {MOST_EVENTS} 条")
        head, purged = await self.head()
        if after > head:
            raise _ahead()
        start, head, missed = max(after, purged), min(head, until or head), 0 < after < purged
        if start >= head or not scope.sights:
            return FeedPage((), max(start, head), more=False, missed=missed)
        last = await self._end_of_stretch(scope, start, head)
        values = {"after": start, "last": last, "number": limit, **_allowed(scope)}
        found = [happening(row) for row in await self._reader.fetch(self._question(scope), values)]
        events = [(each.position, each.shown(rendition)) for each in found if (rendition := each.seen_in(scope))]
        reached = found[-1].position if len(found) == limit else last
        return FeedPage(events, reached, more=reached < head, missed=missed)

    async def _end_of_stretch(self, scope: Scope, start: int, head: int) -> int:
        """The position up to which one page looks: so far that no index has too many entries on the way."""
        if len(scope.sights) > stretch.FEW:
            return min(head, start + stretch.LENGTH)
        values = {"after": start, "communities": list(scope.sights), "skipped": stretch.LENGTH // len(scope.sights)}
        rows = await self._reader.fetch(self._end, values)
        return min(head, rows[0][0] or head)

    def _question(self, scope: Scope) -> Prepared:
        return self._for_one if len(scope.sights) == 1 else self._for_some


def _allowed(scope: Scope) -> dict[str, Any]:
    """The scope as the values of a question."""
    sights = scope.sights
    known = {sight.member_id for sight in sights.values()}
    return {
        "community_id": next(iter(sights), ""),
        "communities": list(sights),
        "members": [name for name, sight in sights.items() if sight.rank >= RANKS[COMMUNITY]],
        "staff": [name for name, sight in sights.items() if sight.rank >= RANKS[STAFF]],
        "types": sorted(scope.types),
        "member_id": next(iter(known), None),
    }


def _ahead() -> Invalid:
    return Invalid("this position is ahead of the feed", "该位置超出事件流末尾")

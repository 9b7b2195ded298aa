"""Every GET is answered from the views: the newest version of each thing, as JSON that was made when it changed.

A list goes from the newest thing to the oldest; its cursor is the place of the last item, so that what is added
meanwhile neither shifts nor repeats anything.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Dialect

from gateway.cursor import END, FIRST, LOWEST, cursor_of, place_of
from gateway.leading import Leading
from gateway.queries import Shape, look_up, many, one, shape_of, walk
from gateway.reader import Prepared, Reader, Row, open_reader
from gateway.search import asked, match
from gateway.sight import Sight, declared
from gateway.store import LONGEST_FILTER
from gateway.together import Together
from gateway.told import view_row
from services.declare import VIEWS
from services.errors import Forbidden, Invalid
from services.fields import SLUG
from services.fields import UUID as UUID_PATTERN
from services.wire import is_always_seen

MOST_ITEMS = 100
_ID = re.compile(UUID_PATTERN)
_SLUG = re.compile(SLUG)


@dataclass(frozen=True)
class Page:
    """Some items as a JSON array, how many they are, and the cursor of the next page ("" at the end)."""

    items: bytes
    count: int
    next: str


class Views:
    """The views as the web process reads them, and writes those that a command's reply tells of."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._one: dict[tuple[type, str], Prepared] = {}
        self._many: dict[tuple[Any, Shape], Prepared] = {}
        self._leading = Leading(reader)
        self._together = Together(reader)

    @classmethod
    def open(cls, url: URL) -> "Views":
        """The views of the gateway's database; it connects when it is first asked."""
        return cls(open_reader(url))

    async def close(self) -> None:
        """Write what waits, and let go of the database."""
        await self._together.close()
        await self.reader.close()

    async def get(self, cls: type, community_id: str, id_: str, sight: Sight) -> tuple[bytes, int] | None:
        """A thing's JSON for this caller and its version; None when there is none that they may see."""
        if not _ID.fullmatch(id_) or not _SLUG.fullmatch(community_id):
            return None
        key = (cls, sight.audience)
        prepared = self._one.get(key)
        if prepared is None:
            prepared = self._one[key] = Prepared(one(cls, sight.audience), self.reader.dialect)
        values = {"community_id": community_id, "id_": id_, "member_id": sight.member_id}
        rows = await self.reader.fetch(prepared, values)
        return (rows[0][1], rows[0][0]) if rows and rows[0][1] is not None else None

    async def list(
        self,
        cls: type,
        community_id: str,
        sight: Sight,
        *,
        filters: Mapping[str, str] | None = None,
        q: str = "",
        mine: bool = False,
        since: datetime | None = None,
        until: datetime | None = None,
        after: str = "",
        limit: int = 20,
    ) -> Page:
        """A page of a community's things, or with an empty `community_id` of all communities', the newest first.

        `filters` maps some of the view's filters to values, `q` is full text, `mine` leaves only what concerns the
        caller, `since` and `until` (not included) bound the time of creation, `after` is the cursor of the page before.
        Errors: Forbidden for a filter by what is hidden from the caller;
        Invalid for a filter, cursor, question or limit that is none; Unavailable.
        """
        filters = filters or {}
        _check(cls, filters, q, limit)
        _refuse_hidden(cls, filters, sight)
        if community_id and not _SLUG.fullmatch(community_id):
            return Page(b"[]", 0, "")
        shape = shape_of(cls, community_id, sight, filters, mine=mine)
        if mine and not shape.known:
            return Page(b"[]", 0, "")
        if shape.filters:
            lead = await self._leading.of(cls, community_id, {name: filters[name] for name in shape.filters})
            shape = replace(shape, lead=lead)
        shape = replace(shape, before=bool(after or until), since=since is not None)
        before_at, before_id = min(place_of(after) if after else END, (until, LOWEST) if until else END)
        values: dict[str, Any] = {
            "community_id": community_id,
            "member_id": sight.member_id,
            "before_at": before_at,
            "before_id": before_id,
            "since": since or FIRST,
            "number": limit + 1,
            **{f"is_{name}": value for name, value in filters.items()},
        }
        if not q:
            ask = self.reader.search if len(filters) > 1 else self.reader.fetch
            return _page(await ask(self._prepared(many, shape), values), limit)
        terms = asked(community_id, q)
        values |= {"terms": terms, "words": match(self.reader.dialect.name, terms)}
        rows = await self.reader.search(self._prepared(walk, shape), values)
        if len(rows) <= limit:
            rows = await self.reader.search(self._prepared(look_up, shape), values)
        return _page(rows, limit)

    def _prepared(self, question: Callable[[Shape, Dialect], sa.Executable], shape: Shape) -> Prepared:
        prepared = self._many.get((question, shape))
        if prepared is None:
            prepared = Prepared(question(shape, self.reader.dialect), self.reader.dialect)
            self._many[question, shape] = prepared
        return prepared

    async def put(self, states: Iterable[tuple[type, Mapping[str, Any]]]) -> None:
        """Keep some views' states (valid data), unless newer ones are there; all that wait are written together.

        Errors: Unavailable; what was told by a command comes again as an event.
        """
        await self._together.write(view_row(cls, declared(cls, data)) for cls, data in states)


def _check(cls: type, filters: Mapping[str, str], q: str, limit: int) -> None:
    if unknown := sorted(set(filters) - set(VIEWS[cls].filters)):
        raise Invalid(f"there is no filter {unknown[0][:40]!r} here", f"没有筛选条件 {unknown[0][:40]}")
    if any(len(value) > LONGEST_FILTER or not value.isprintable() for value in filters.values()):
        raise Invalid("no such value to filter by", "筛选值有误")
    if q and not VIEWS[cls].text:
        raise Invalid("there is no full-text search here", "此处不支持全文搜索")
    if not 1 <= limit <= MOST_ITEMS:
        raise Invalid(f"a page has 1 to {MOST_ITEMS} items", f"每页 1 至 {MOST_ITEMS} 项")


def _refuse_hidden(cls: type, filters: Iterable[str], sight: Sight) -> None:
    """Who may not see a member of all things cannot have them sorted out by it either. Errors: Forbidden."""
    if hidden := [name for name in filters if not is_always_seen(cls, name, sight.audience)]:
        raise Forbidden(f"only staff may filter by {hidden[0]}", f"只有工作人员可以按 {hidden[0]} 筛选")


def _page(rows: Sequence[Row], limit: int) -> Page:
    items = b",".join([row[2] for row in rows[:limit]])
    return Page(
        b"[" + items + b"]", min(len(rows), limit), cursor_of(*rows[limit - 1][:2]) if len(rows) > limit else ""
    )

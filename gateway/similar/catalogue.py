"""The categories of the communities as far as duplicates need them: the radius of each, and which are related."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.reader import Prepared, Reader
from gateway.store import VIEW_TABLES
from services.issues.contract import CatalogueState
from services.wire import from_json

DEFAULT_RADIUS = 50
MOST_RELATED = 16
MOST_COMMUNITIES = 2000
_FRESH_SECONDS = 5.0


@dataclass(frozen=True)
class Categories:
    """The categories of one community, by code: the radius in metres, and the parent ("" without one)."""

    radius: Mapping[str, int]
    parent: Mapping[str, str]

    def radius_of(self, category: str) -> int:
        """Within how many metres two issues of this category may be one."""
        return self.radius.get(category, DEFAULT_RADIUS)

    def related(self, category: str) -> list[str]:
        """The category itself, then its parent, then its siblings and children: at most `MOST_RELATED`."""
        parent = self.parent.get(category, "")
        family = {category, parent} - {""}
        others = sorted(code for code, over in self.parent.items() if over in family and code not in family)
        return [category, *([parent] if parent else []), *others][:MOST_RELATED]


NONE_KNOWN = Categories({}, {})


class Catalogue:
    """Looks a community's categories up when somebody asks for them, at most every 5 s."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._question = Prepared(_newest(), reader.dialect)
        self._known: dict[str, tuple[float, Categories]] = {}

    async def of(self, community_id: str) -> Categories:
        """A community's categories; none are known before it has any. Errors: Unavailable."""
        now = asyncio.get_running_loop().time()
        fresh_until, known = self._known.get(community_id, (0.0, NONE_KNOWN))
        if now < fresh_until:
            return known
        rows = await self._reader.fetch(self._question, {"community_id": community_id})
        known = categories_of(from_json(rows[0][0])) if rows else NONE_KNOWN
        if len(self._known) >= MOST_COMMUNITIES:
            self._known.clear()
        self._known[community_id] = now + _FRESH_SECONDS, known
        return known


def categories_of(state: Mapping[str, Any]) -> Categories:
    """The categories in a catalogue's state (plain data)."""
    each = state["categories"]
    return Categories(
        {category["code"]: category["radius"] for category in each},
        {category["code"]: category.get("parent") or "" for category in each},
    )


def _newest() -> sa.Select[Any]:
    table = VIEW_TABLES[CatalogueState]
    here = table.c.community_id == sa.bindparam("community_id", type_=table.c.community_id.type)
    return sa.select(table.c.staff).where(here, table.c.rank <= 2).order_by(table.c.created_at.desc()).limit(1)

"""What a community calls its buildings, categories and micro-grids, and its clock: from the views, as the caller sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gateway.directory.contract import CommunityState
from gateway.numbers.asking import By
from gateway.numbers.facts import DEFAULT_ZONE
from gateway.sight import Sight
from gateway.views import MOST_ITEMS, Views
from services.clock import zone_of
from services.errors import Words
from services.issues.contract import CatalogueState, GridState
from services.wire import from_json

MOST_GRIDS = 1000
_NONE = {
    By.BUILDING: Words("no building", "未指明楼栋"),
    By.GRID: Words("no micro-grid", "未划入微网格"),
    By.HANDLER: Words("nobody yet", "尚无经办人"),
}
WITHHELD = Words("not public", "不公开")


@dataclass(frozen=True)
class Place:
    """A community as numbers speak of it; `complaints` is None while no catalogue is known."""

    zone: str = DEFAULT_ZONE
    name: str = ""
    buildings: Mapping[str, str] = field(default_factory=dict)
    grids: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, Words] = field(default_factory=dict)
    complaints: tuple[str, ...] | None = None

    def today(self, now: datetime) -> date:
        """The local day."""
        return now.astimezone(zone_of(self.zone)).date()

    def label(self, by: By, key: str | None) -> Words:
        """What people call a row; what has no name any more is called by its key."""
        if key is None:
            return _NONE.get(by, Words("none", "无"))
        if by is By.CATEGORY:
            return self.categories.get(key, Words(key, key))
        name = {By.BUILDING: self.buildings, By.GRID: self.grids}.get(by, {}).get(key, key)
        return Words(name, name)


async def place_of(views: Views, community_id: str, sight: Sight, *, with_grids: bool = False) -> Place:
    """The community as it is known now. Errors: Unavailable."""
    community = await _first(views, CommunityState, community_id, sight)
    catalogue = await _first(views, CatalogueState, community_id, sight)
    categories = catalogue["categories"] if catalogue else []
    estates = community["estates"] if community else []
    return Place(
        zone=community["zone"] if community else DEFAULT_ZONE,
        name=community["name"] if community else community_id,
        buildings={each["id"]: each["name"] for estate in estates for each in estate["buildings"]},
        grids=await _grids(views, community_id, sight) if with_grids else {},
        categories={each["code"]: Words(each["en"], each["zh"]) for each in categories},
        complaints=tuple(each["code"] for each in categories if each["complaint"]) if catalogue else None,
    )


async def _first(views: Views, cls: type, community_id: str, sight: Sight) -> Mapping[str, Any] | None:
    page = await views.list(cls, community_id, sight, limit=1)
    return from_json(page.items)[0] if page.count else None


async def _grids(views: Views, community_id: str, sight: Sight) -> Mapping[str, str]:
    found: dict[str, str] = {}
    cursor = ""
    for _ in range(MOST_GRIDS // MOST_ITEMS):
        page = await views.list(GridState, community_id, sight, after=cursor, limit=MOST_ITEMS)
        found |= {each["id"]: each["name"] for each in from_json(page.items)}
        if not (cursor := page.next):
            break
    return found

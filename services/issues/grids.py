"""The micro-grids (微网格) of a community: a building belongs to one of them at most, and each has a name of its own (日-20)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.actor import Actor, Role
from services.clock import Moment
from services.errors import Forbidden, Refused
from services.issues.contract import ADMINS, ChangeGrid, DefineGrid, GridChanged, GridDefined, GridState

MOST_GRIDS = 200

_CLAUSE = "日-20"
_MOST_DETAILS = 50


@dataclass(frozen=True)
class Around:
    """What a micro-grid must fit into: the community's buildings, and the buildings and names that the other ones have."""

    buildings: Collection[str]
    taken: Collection[str]
    names: Collection[str]


@dataclass
class Grid:
    """The aggregate: one row of the table `grids`."""

    community_id: str
    id: str
    version: int
    name: str
    building_ids: tuple[str, ...]
    officer_id: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def define(
        cls, id_: str, command: DefineGrid, around: Around, by: Actor, held: frozenset[Role], at: Moment
    ) -> "tuple[Grid, GridDefined]":
        """A new micro-grid (日-20); a building that is named twice is in it once. Errors: Forbidden, Refused."""
        _permit(by, held)
        if len(around.names) >= MOST_GRIDS:
            raise Refused(
                f"a community has at most {MOST_GRIDS} micro-grids", f"一个社区最多 {MOST_GRIDS} 个微网格", _CLAUSE
            )
        _refuse(command.name, command.building_ids, around)
        grid = cls(
            community_id=command.community_id,
            id=id_,
            version=1,
            name=command.name,
            building_ids=tuple(dict.fromkeys(command.building_ids)),
            officer_id=command.officer_id,
            created_at=at.now,
            updated_at=at.now,
        )
        return grid, GridDefined(grid=grid.state())

    def change(self, command: ChangeGrid, around: Around, by: Actor, held: frozenset[Role], at: Moment) -> GridChanged:
        """Another name, other buildings, another officer (日-20). Errors: Forbidden, Refused."""
        _permit(by, held)
        _refuse(command.name, command.building_ids, around)
        self.name, self.officer_id = command.name, command.officer_id
        self.building_ids = tuple(dict.fromkeys(command.building_ids))
        self.version += 1
        self.updated_at = at.now
        return GridChanged(grid=self.state())

    def state(self) -> GridState:
        """Its visible state."""
        return GridState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            name=self.name,
            building_ids=self.building_ids,
            officer_id=self.officer_id,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


def _permit(by: Actor, held: frozenset[Role]) -> None:
    if not ADMINS.allows(by, held):
        raise Forbidden(f"only {ADMINS.en} may draw micro-grids", f"只有{ADMINS.zh}可以划分微网格", _CLAUSE)


def _refuse(name: str, building_ids: Sequence[str], around: Around) -> None:
    if _plain(name) in map(_plain, around.names):
        raise Refused("another micro-grid has this name", "已有同名的微网格", _CLAUSE)
    _refuse_some(
        building_ids,
        [id_ not in around.buildings for id_ in building_ids],
        "is no building of this community",
        "不是本社区的楼栋",
    )
    _refuse_some(
        building_ids, [id_ in around.taken for id_ in building_ids], "belongs to another micro-grid", "已属于其他微网格"
    )


def _refuse_some(building_ids: Sequence[str], wrong: Sequence[bool], en: str, zh: str) -> None:
    """Refuse because of the buildings that are wrong, each of them named in the details."""
    if not any(wrong):
        return
    details = [{"member": f"/building_ids/{place}", "en": en, "zh": zh} for place, bad in enumerate(wrong) if bad]
    raise Refused(
        f"{sum(wrong)} of these buildings: {en}", f"其中 {sum(wrong)} 栋楼{zh}", _CLAUSE, tuple(details[:_MOST_DETAILS])
    )


def _plain(name: str) -> str:
    """A name without the differences that nobody sees on a list."""
    return " ".join(name.split()).casefold()

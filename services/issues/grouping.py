"""Drawing the micro-grids (日-20), and which of them a building belongs to."""

from collections.abc import Mapping
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from services.communities import Community
from services.ids import new_id
from services.issues.contract import ChangeGrid, DefineGrid, GridState
from services.issues.grids import Around, Grid
from services.issues.rounds_store import GridBuildings, keep_buildings
from services.issues.store import STORE
from services.work import Work

_GRIDS, _BUILDINGS = STORE.table("grids"), STORE.table("grid_buildings")

_known: dict[str, tuple[Community, Mapping[str, str]]] = {}
_changing: WeakSet[Connection] = WeakSet()


def define_grid(work: Work, command: DefineGrid) -> GridState:
    """Begin a micro-grid (日-20)."""
    grid, defined = Grid.define(new_id(), command, _around(work), work.actor, work.held, work.moment)
    work.add(grid)
    work.record(defined)
    _keep(work, grid)
    return grid.state()


def change_grid(work: Work, command: ChangeGrid) -> GridState:
    """Change a micro-grid (日-20); what was reported stays in the one that its building belonged to then."""
    grid = work.load(Grid, command.grid_id)
    work.record(grid.change(command, _around(work, grid.id), work.actor, work.held, work.moment))
    _keep(work, grid)
    return grid.state()


def grid_of(work: Work, building_id: str | None) -> str | None:
    """The micro-grid that a building belongs to; None for the community's own, as for what lies in no building.

    Looked up for the whole community at once and kept as long as a process keeps what it knows of the community: a change
    is heeded within 5 s everywhere.
    """
    return _grids(work).get(building_id) if building_id else None


def _grids(work: Work) -> Mapping[str, str]:
    """The micro-grid of each building that has one."""
    community = work.community
    known = _known.get(work.community_id)
    if known is not None and known[0] is community:
        return known[1]
    connection = work.connection
    query = sa.select(_BUILDINGS.c.building_id, _BUILDINGS.c.grid_id).where(
        _BUILDINGS.c.community_id == work.community_id
    )
    found = {row.building_id: row.grid_id for row in connection.execute(query)}
    if connection not in _changing:  # what may be rolled back is nobody else's to know
        _known[work.community_id] = community, found
    return found


def _around(work: Work, but: str | None = None) -> Around:
    """What a micro-grid, the one of the id `but`, must fit into."""
    connection, here = work.connection, work.community_id
    names = connection.execute(sa.select(_GRIDS.c.id, _GRIDS.c.name).where(_GRIDS.c.community_id == here))
    taken = connection.execute(
        sa.select(_BUILDINGS.c.grid_id, _BUILDINGS.c.building_id).where(_BUILDINGS.c.community_id == here)
    )
    return Around(
        buildings=work.community.buildings,
        taken=frozenset(row.building_id for row in taken if row.grid_id != but),
        names=frozenset(row.name for row in names if row.id != but),
    )


def _keep(work: Work, grid: Grid) -> None:
    _changing.add(work.connection)
    _known.pop(work.community_id, None)
    work.stage(keep_buildings, GridBuildings(work.community_id, grid.id, grid.building_ids))

"""The tables of micro-grids, huddles and patrols; the database itself refuses a building in two micro-grids."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from services.database import Choice, Instant, Json, Store, key
from services.issues.contract import Checkpoint, HuddleAttendance, HuddleStatus, Item, Minutes, Outcome, Visit
from services.issues.grids import Grid
from services.issues.huddle import Huddle
from services.issues.patrols import Patrol, Route
from services.many import insert_all, one_of


def add_tables(metadata: sa.MetaData) -> dict[type, sa.Table]:
    """Add the tables to the service's; which of them holds which kind of aggregate."""
    _grid_buildings(metadata)
    return {
        Grid: _grids(metadata),
        Huddle: _huddles(metadata),
        Route: _routes(metadata),
        Patrol: _patrols(metadata),
    }


@dataclass(frozen=True)
class GridBuildings:
    """The buildings of a micro-grid, all of them."""

    community_id: str
    grid_id: str
    building_ids: Sequence[str]


def keep_buildings(connection: Connection, store: Store, told: list[GridBuildings]) -> None:
    """Keep which buildings some micro-grids have now, the last that is told of each.

    Errors: IntegrityError where another one has the building.
    """
    table = store.table("grid_buildings")
    newest = {(each.community_id, each.grid_id): each for each in told}
    connection.execute(
        sa.delete(table).where(one_of(connection, [table.c.community_id, table.c.grid_id], list(newest)))
    )
    rows = [
        {"community_id": each.community_id, "building_id": building_id, "grid_id": each.grid_id}
        for each in newest.values()
        for building_id in each.building_ids
    ]
    if rows:
        insert_all(connection, table, rows)


def _grids(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "grids",
        metadata,
        *key(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("building_ids", Json(tuple[str, ...]), nullable=False),
        sa.Column("officer_id", sa.Uuid(as_uuid=False)),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.UniqueConstraint("community_id", "name", name="grids_name"),
    )


def _grid_buildings(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "grid_buildings",
        metadata,
        *key("building_id"),
        sa.Column("grid_id", sa.Uuid(as_uuid=False), nullable=False),
    )


def _huddles(metadata: sa.MetaData) -> sa.Table:
    huddles = sa.Table(
        "huddles",
        metadata,
        *key(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("status", Choice(HuddleStatus), nullable=False),
        sa.Column("grid_id", sa.Uuid(as_uuid=False)),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("items", Json(tuple[Item, ...]), nullable=False),
        sa.Column("more", sa.Integer, nullable=False),
        sa.Column("attendance", Json(tuple[HuddleAttendance, ...]), nullable=False),
        sa.Column("minutes", Json(Minutes | None), nullable=False),
        sa.Column("closed_by", sa.Uuid(as_uuid=False)),
        sa.Column("closed_at", Instant),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
    )
    sa.Index("huddles_grid", huddles.c.community_id, huddles.c.grid_id, huddles.c.day)
    still_open = huddles.c.status == sa.text("'open'")
    sa.Index("huddles_open", huddles.c.community_id, postgresql_where=still_open, sqlite_where=still_open)
    return huddles


def _routes(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "routes",
        metadata,
        *key(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("checkpoints", Json(tuple[Checkpoint, ...]), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
    )


def _patrols(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "patrols",
        metadata,
        *key(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("route_id", sa.Uuid(as_uuid=False)),
        sa.Column("patroller_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("began_at", Instant, nullable=False),
        sa.Column("ended_at", Instant, nullable=False),
        sa.Column("visits", Json(tuple[Visit, ...]), nullable=False),
        sa.Column("missed", Json(tuple[int, ...]), nullable=False),
        sa.Column("outcomes", Json(tuple[Outcome, ...]), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
    )

"""What every service knows of a community, told by the directory: its district, its clock, its numbers, its buildings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from services.clock import Clock, Moment
from services.database import Json, Store
from services.parameters import Overrides

_FRESH_SECONDS = 5.0


@dataclass(frozen=True)
class Community:
    """A community as the rules need it; `parameters` maps a number's name to what holds here from which day."""

    community_id: str
    version: int
    district_id: str
    zone: str
    parameters: Mapping[str, Overrides] = field(default_factory=dict)
    buildings: frozenset[str] = frozenset()

    def moment(self, clock: Clock) -> Moment:
        """The present moment there."""
        return Moment(clock(), self.zone, self.parameters)


def community_tables(metadata: sa.MetaData) -> None:
    """Add what is known of communities to a service's tables."""
    sa.Table(
        "communities",
        metadata,
        sa.Column("community_id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("district_id", sa.String(64), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("parameters", Json(dict), nullable=False),
        sa.Column("buildings", Json(list), nullable=False),
    )


def keep_communities(connection: Connection, store: Store, communities: Sequence[Community]) -> None:
    """Keep the newest version of some communities."""
    table = store.table("communities")
    newest = {each.community_id: each for each in sorted(communities, key=lambda each: each.version)}
    known = {
        row.community_id: row.version
        for row in connection.execute(
            sa.select(table.c.community_id, table.c.version).where(table.c.community_id.in_(newest))
        )
    }
    for community_id, each in newest.items():
        row: dict[str, Any] = {
            "version": each.version,
            "district_id": each.district_id,
            "zone": each.zone,
            "parameters": {name: list(values) for name, values in each.parameters.items()},
            "buildings": sorted(each.buildings),
        }
        if community_id not in known:
            connection.execute(sa.insert(table).values(community_id=community_id, **row))
        elif known[community_id] < each.version:
            connection.execute(sa.update(table).where(table.c.community_id == community_id).values(**row))


class TellsOfACommunity(Protocol):
    """An event of the directory whose subject is a community."""

    @property
    def community(self) -> Any: ...


def remember(work: Any, told: TellsOfACommunity) -> None:
    """React to the directory: keep what it tells of a community."""
    state = told.community
    parameters: dict[str, list[tuple[date, int]]] = {}
    for setting in state.parameters:
        parameters.setdefault(setting.name, []).append((setting.day, setting.value))
    buildings = frozenset(building.id for estate in state.estates for building in estate.buildings)
    work.stage(
        keep_communities,
        Community(state.community_id, state.version, state.district_id, state.zone, parameters, buildings),
    )


class Communities:
    """The communities that a process has met lately; what it does not know, or has not asked for in 5 s, it looks up."""

    def __init__(self, store: Store) -> None:
        self._table = store.table("communities")
        self._known: dict[str, tuple[float, Community]] = {}

    def find(self, connection: Connection, community_id: str, at: float) -> Community | None:
        """The community, or None while the directory has not told of it; `at` is a monotonic time in seconds."""
        found = self._known.get(community_id)
        if found and at - found[0] < _FRESH_SECONDS:
            return found[1]
        row = connection.execute(sa.select(self._table).where(self._table.c.community_id == community_id)).one_or_none()
        if row is None:
            return None
        community = _from_row(row)
        self._known[community_id] = (at, community)
        return community

    def forget(self, community_id: str) -> None:
        """Look it up again the next time."""
        self._known.pop(community_id, None)


def _from_row(row: Any) -> Community:
    return Community(
        community_id=row.community_id,
        version=row.version,
        district_id=row.district_id,
        zone=row.zone,
        parameters={
            name: tuple((date.fromisoformat(day), number) for day, number in values)
            for name, values in row.parameters.items()
        },
        buildings=frozenset(row.buildings),
    )

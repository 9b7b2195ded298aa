"""Which district a community belongs to, as far as it decides what somebody with a role in a whole district sees."""

import asyncio
from collections.abc import Iterable

import sqlalchemy as sa

from gateway.directory.contract import CommunityState
from gateway.reader import Prepared, Reader
from gateway.sight import Sight, sight_of
from gateway.store import VIEW_TABLES
from services.actor import Actor, Role

_FRESH_SECONDS = 5.0


class Districts:
    """The districts of all communities, looked up when somebody with a role in a district asks, at most every 5 s."""

    def __init__(self, reader: Reader) -> None:
        table = VIEW_TABLES[CommunityState]
        self._reader = reader
        self._all = Prepared(sa.select(table.c.community_id, table.c.district_id), reader.dialect)
        self._district_of: dict[str, str] = {}
        self._fresh_until = 0.0

    async def sight(self, actor: Actor, community_id: str) -> Sight:
        """What an actor sees in a community. Errors: Unavailable."""
        if actor.districts:
            await self._refresh()
        return sight_of(actor, community_id, self._district(community_id))

    async def holds(self, actor: Actor, community_id: str, roles: frozenset[Role]) -> bool:
        """Whether an actor holds any of some roles in a community. Errors: Unavailable."""
        if actor.districts:
            await self._refresh()
        return bool(actor.roles_in(community_id, self._district(community_id)) & roles)

    async def sights(self, actor: Actor, communities: Iterable[str] = ()) -> dict[str, Sight]:
        """What an actor sees in some communities; without any, in all where they hold a role. Errors: Unavailable."""
        if actor.districts:
            await self._refresh()
        theirs = (name for name, district in self._district_of.items() if district in actor.districts)
        wanted = list(communities) or [*actor.roles, *theirs, *actor.districts]
        return {name: sight_of(actor, name, self._district(name)) for name in wanted}

    def _district(self, place: str) -> str:
        """The district of a place; what is no community may be a district, which has members of its own."""
        return self._district_of.get(place, place)

    async def _refresh(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._fresh_until:
            self._district_of = {row[0]: row[1] for row in await self._reader.fetch(self._all, {})}
            self._fresh_until = now + _FRESH_SECONDS

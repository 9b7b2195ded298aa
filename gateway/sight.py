"""What a caller may see of a thing in a community: one of four renditions, or nothing.

The member whom a thing concerns sees their own rendition, staff of the community what is for staff, whoever holds any
role there what is for the community, everybody else what is public.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gateway.store import OWN, RANKS, RENDITIONS
from services.actor import STAFF, Actor
from services.declare import COMMUNITY, ONE_MEMBER, PUBLIC, VIEWS
from services.declare import STAFF as FOR_STAFF
from services.ids import is_id
from services.wire import is_seen, only_declared, shown_to


@dataclass(frozen=True)
class Sight:
    """What somebody sees in one community: the audience they belong to there, and who they are (None: nobody known)."""

    audience: str = PUBLIC
    member_id: str | None = None

    @cached_property
    def rank(self) -> int:
        """The narrowest audience that is open to them."""
        return RANKS[self.audience]

    def rendition(self, rank: int, concerned: str | None) -> str | None:
        """Which rendition of a thing with such an audience they see, or None."""
        if self.member_id is not None and concerned == self.member_id:
            return OWN
        return self.audience if rank <= self.rank else None


NOBODY_SEES = Sight()


def sight_of(actor: Actor, community_id: str, district_id: str = "") -> Sight:
    """What an actor sees in a community of a district."""
    held = actor.roles_in(community_id, district_id)
    audience = FOR_STAFF if held & STAFF else COMMUNITY if held else PUBLIC
    return Sight(audience, actor.member_id if is_id(actor.member_id) else None)


def declared(cls: type, data: Any) -> Mapping[str, Any]:
    """Only what the contract declares of some valid data: what a newer sender added is not known to be for anybody."""
    return only_declared(cls, data)


def rank_of(data: Mapping[str, Any]) -> int:
    """The rank of a thing's audience; one that is not known here is the narrowest."""
    return RANKS.get(data["audience"], RANKS[ONE_MEMBER])


def concerned_by(cls: type, data: Mapping[str, Any]) -> str | None:
    """The id of the one member whom a view concerns."""
    concerns = VIEWS[cls].concerns
    return (data[concerns] or None) if concerns else None


def conceals(cls: type, data: Mapping[str, Any], member_id: str) -> bool:
    """Whether this member, whom a view concerns, is known to nobody else by it, not even to staff."""
    return concerned_by(cls, data) == member_id and not is_seen(cls, VIEWS[cls].concerns, data, FOR_STAFF)


def renditions(cls: type, data: Mapping[str, Any], rank: int, concerned: str | None) -> dict[str, bytes | None]:
    """The JSON of a contract object for each audience; None where it is not for them."""
    shown: dict[str, bytes | None] = {}
    for audience, rendition in RENDITIONS.items():
        seen = concerned is not None if rendition == OWN else RANKS[audience] >= rank
        shown[rendition] = shown_to(cls, data, audience) if seen else None
    return shown


def state_for(cls: type, data: Mapping[str, Any], sight: Sight) -> bytes | None:
    """The JSON of a view's state as a caller sees it, or None: what `Views.get` would answer."""
    known = declared(cls, data)
    rendition = sight.rendition(rank_of(known), concerned_by(cls, known))
    return rendition and shown_to(cls, known, ONE_MEMBER if rendition == OWN else rendition)  # type: ignore[return-value]

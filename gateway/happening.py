"""An event of the feed as a caller sees it: a CloudEvent in JSON whose data is the rendition for them, or nothing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from gateway.reader import Row, instant
from gateway.sight import Sight
from gateway.store import OWN, RANKS, feed
from services.declare import EVENTS, ONE_MEMBER, STAFF
from services.errors import Invalid
from services.wire import filter_for, from_json, shown_to, to_json

MOST_COMMUNITIES = 2000
_POSITION = re.compile(r"0|[1-9][0-9]{0,17}")
_AUDIENCES = {rank: audience for audience, rank in RANKS.items()}


@dataclass(frozen=True)
class Scope:
    """What somebody wants of the feed and may see of it: their sight in each community, and the event types."""

    sights: Mapping[str, Sight]
    types: frozenset[str]


@dataclass(frozen=True)
class Happening:
    """An event in the feed; its columns are those of the table."""

    community_id: str
    position: int
    id: str
    type: str
    source: str
    subject: str
    sequence: int
    rank: int
    member_id: str | None
    actor: str
    causation_id: str
    at: datetime
    data: bytes

    def seen_in(self, scope: Scope) -> str | None:
        """The rendition in which it is seen, or None when it was not asked for or may not be seen."""
        sight = scope.sights.get(self.community_id)
        if sight is None or self.type not in scope.types:
            return None
        return sight.rendition(self.rank, self.member_id)

    def shown(self, rendition: str) -> bytes:
        """It as a CloudEvent in JSON; who acted, and upon what, is told only to staff and to the member concerned."""
        audience = ONE_MEMBER if rendition == OWN else rendition
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.at,
            "datacontenttype": "application/json",
            "dataschema": f"/v1/schemas/{self.type}.json",
            "community": self.community_id,
            "audience": _AUDIENCES[self.rank],
            "sequence": str(self.sequence),
            "position": str(self.position),
        }
        if rendition in (STAFF, OWN):
            event |= {"actor": self.actor, "causationid": self.causation_id}
        cls = EVENTS[self.type].cls
        data = shown_to(cls, from_json(self.data), audience) if filter_for(cls, audience) else self.data
        return to_json({name: value for name, value in event.items() if value} | {"data": orjson.Fragment(data)})


def happening(row: Row) -> Happening:
    """A row of the feed."""
    made: dict[str, Any] = dict(zip(feed.columns.keys(), row, strict=True))
    made["at"] = instant(made["at"])
    return Happening(**made)


def scope_of(sights: Mapping[str, Sight], types: Iterable[str] = ()) -> Scope:
    """A scope; a type is given whole or as a prefix with `*` (`issues.*`), none means all.

    Errors: Invalid for a type that no event has, or too many communities.
    """
    if len(sights) > MOST_COMMUNITIES:
        raise Invalid(f"name at most {MOST_COMMUNITIES} communities", f"最多 {MOST_COMMUNITIES} 个社区")
    wanted: set[str] = set()
    for pattern in types:
        prefix = pattern.removesuffix("*")
        found = {name for name in EVENTS if name == pattern or (prefix != pattern and name.startswith(prefix))}
        if not found:
            raise Invalid(f"no event has the type {pattern[:80]!r}", f"没有事件类型 {pattern[:80]}")
        wanted |= found
    return Scope(sights, frozenset(wanted or EVENTS))


def position_of(cursor: str) -> int:
    """The position that a cursor names. Errors: Invalid."""
    if not _POSITION.fullmatch(cursor):
        raise Invalid("this cursor is none that the feed gave", "事件流游标无效")
    return int(cursor)

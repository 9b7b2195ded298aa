"""What the views know around some events: the issues behind them, who follows those, who holds which post, who may see what.

Everything is looked up for a whole batch at once, by keys: a few questions, however many people hear.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.directory.contract import CommunityState, MemberState, MemberStatus
from gateway.sight import Sight, sight_of
from gateway.store import OWN, RANKS, VIEW_TABLES, notice_posts
from services.actor import Actor, Role
from services.declare import ONE_MEMBER, STAFF
from services.issues.contract import Bond, FollowingState, GridState, IssueState
from services.many import one_of
from services.projects.contract import ProjectState, TopicState
from services.wire import from_json

Key = tuple[str, str]

USUAL_ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Matter:
    """Something that an event is about: its title, and the issues behind it."""

    title: str
    issue_ids: tuple[str, ...]


@dataclass(frozen=True)
class KnownIssue:
    """Who reported an issue, and how narrow its audience is."""

    reporter_id: str | None
    rank: int


@dataclass(frozen=True)
class Follower:
    """Who hears of an issue, and why."""

    member_id: str
    bond: Bond


@dataclass(frozen=True)
class KnownPlace:
    """A community's district and time zone."""

    district_id: str = ""
    zone: str = USUAL_ZONE


@dataclass
class Known:
    """All of it, by community and id; what is missing nobody has told of yet."""

    issues: Mapping[Key, KnownIssue] = field(default_factory=dict)
    followers: Mapping[Key, list[Follower]] = field(default_factory=dict)
    officers: Mapping[Key, str | None] = field(default_factory=dict)
    holders: Mapping[tuple[str, str], list[str]] = field(default_factory=dict)
    places: Mapping[str, KnownPlace] = field(default_factory=dict)
    roles: Mapping[Key, frozenset[Role]] = field(default_factory=dict)

    def place(self, community_id: str) -> KnownPlace:
        """What is known of a community."""
        return self.places.get(community_id, KnownPlace())

    def sight(self, community_id: str, member_id: str) -> Sight:
        """What a member sees in a community by the roles that they hold there, or in its district."""
        district = self.place(community_id).district_id
        here, around = (self.roles.get((place, member_id), frozenset()) for place in (community_id, district))
        return sight_of(
            Actor(member_id, {community_id: here} if here else {}, {district: around}), community_id, district
        )


def matters(connection: Connection, cls: type, keys: Iterable[Key]) -> dict[Key, Matter]:
    """Titles and issues of some topics or projects (`cls`), which are for everybody of the community."""
    assert cls in (TopicState, ProjectState)
    found = ((key, from_json(row.staff)) for key, row in _rows(connection, cls, keys, "staff").items())
    return {key: Matter(data["title"], tuple(data["issue_ids"])) for key, data in found}


def issues(connection: Connection, keys: Iterable[Key]) -> dict[Key, KnownIssue]:
    """Some issues."""
    found = _rows(connection, IssueState, keys, "member_id", "rank").items()
    return {key: KnownIssue(row.member_id, row.rank) for key, row in found}


def followers(connection: Connection, keys: Iterable[Key]) -> dict[Key, list[Follower]]:
    """Who follows some issues, or says "me too", and still wants to hear of them."""
    table, wanted = VIEW_TABLES[FollowingState], sorted(set(keys))
    if not wanted:
        return {}
    columns = [table.c.community_id, table.c.rank, table.c.issue_id]
    here = one_of(connection, columns, [(place, RANKS[ONE_MEMBER], id_) for place, id_ in wanted])
    found: dict[Key, list[Follower]] = defaultdict(list)
    for row in connection.execute(sa.select(table.c.community_id, table.c.issue_id, table.c[OWN]).where(here)):
        data = from_json(row.own)
        if data["active"]:
            found[row.community_id, row.issue_id].append(Follower(data["member_id"], Bond(data["bond"])))
    return found


def officers(connection: Connection, keys: Iterable[Key]) -> dict[Key, str | None]:
    """The officers of some micro-grids."""
    found = _rows(connection, GridState, keys, "staff").items()
    return {key: from_json(row.staff)["officer_id"] for key, row in found}


def holders(connection: Connection, posts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Who holds some posts, by place and role."""
    table, wanted = notice_posts.c, sorted(set(posts))
    if not wanted:
        return {}
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in connection.execute(
        sa.select(notice_posts).where(one_of(connection, [table.community_id, table.role], wanted))
    ):
        found[row.community_id, row.role].append(row.member_id)
    return found


def places(connection: Connection, community_ids: Iterable[str]) -> dict[str, KnownPlace]:
    """Some communities."""
    table = VIEW_TABLES[CommunityState].c
    query = sa.select(table.community_id, table.district_id, table.public)
    found = connection.execute(
        query.where(one_of(connection, [table.community_id], [(each,) for each in set(community_ids)]))
    )
    return {row.community_id: KnownPlace(row.district_id or "", from_json(row.public)["zone"]) for row in found}


def roles(connection: Connection, keys: Iterable[Key]) -> dict[Key, frozenset[Role]]:
    """The roles of some members in some places; only who is verified holds any."""
    found = _rows(connection, MemberState, keys, "status", STAFF).items()
    known = frozenset(Role)
    return {
        key: frozenset(Role(name) for name in from_json(row.staff)["roles"] if name in known)
        for key, row in found
        if row.status == MemberStatus.VERIFIED
    }


def _rows(connection: Connection, cls: type, keys: Iterable[Key], *columns: str) -> dict[Key, Any]:
    """Some columns of those rows of a view that have one of the keys."""
    table, wanted = VIEW_TABLES[cls], sorted(set(keys))
    if not wanted:
        return {}
    key = [table.c.community_id, table.c.id]
    query = sa.select(*key, *(table.c[name] for name in columns)).where(one_of(connection, key, wanted))
    return {(row.community_id, row.id): row for row in connection.execute(query)}

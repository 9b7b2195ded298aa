"""A gateway's and a directory's tables in one database, people with roles there, and what the edge would do with an event."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine

from gateway.directory.contract import (
    Channel,
    ChannelKind,
    CommunityOnboarded,
    MemberState,
    MemberStatus,
    MemberVerified,
    NoticePreferences,
)
from gateway.directory.store import METADATA as DIRECTORY
from gateway.directory.store import notice_preferences
from gateway.notices.channels import Channels
from gateway.notices.sending import Sender
from gateway.notices.writing import is_told, write_notices
from gateway.store import METADATA, STORE, VIEW_TABLES, feed, feed_head, notice_deliveries, notice_posts, notices
from gateway.told import write_told
from gateway.webhooks.guard import Guard
from services.actor import Role
from services.database import open_engine, reading
from services.ids import derived_id, new_id
from services.issues.contract import Bond, FollowingBegun, FollowingState, IssueReported
from tests.gateway.world import community, told
from tests.shared.desks import SetClock
from tests.shared.samples import COMMUNITY, DISTRICT, ISSUE, NOON, OFFICER, REPORTER, issue_state

ADMIN = derived_id("member", "admin")
RULER = derived_id("member", "ruler")
FOLLOWER = derived_id("member", "follower")
SECONDER = derived_id("member", "seconder")
PEOPLE = {
    REPORTER: (Role.RESIDENT,),
    FOLLOWER: (Role.RESIDENT,),
    SECONDER: (Role.OWNER,),
    OFFICER: (Role.GRID_OFFICER,),
    ADMIN: (Role.COMMUNITY_ADMIN,),
}
EVERYBODY = {
    REPORTER: "reporter",
    FOLLOWER: "follower",
    SECONDER: "seconder",
    OFFICER: "officer",
    ADMIN: "admin",
    RULER: "ruler",
}


@dataclass
class House:
    """`sender` is one process's; `another` makes one more."""

    engine: Engine
    clock: SetClock = field(default_factory=SetClock)

    def __post_init__(self) -> None:
        self.channels = Channels(Guard(["127.0.0.0/8"]), self.clock)
        self.sender = self.another()

    def another(self) -> Sender:
        """What another process would send by."""
        return Sender(self.engine, self.engine, self.channels, self.clock)

    def configure(self, **chosen: Any) -> None:
        """The operator configured other channels."""
        self.channels = Channels(Guard(["127.0.0.0/8"]), self.clock, **chosen)
        self.sender = self.another()

    def tell(self, *events: Any, by: str = "", event_id: str = "") -> None:
        """The edge hears some events that one member caused, in one transaction."""
        rows = [told(event, event_id or new_id()) for event in events]
        rows = [replace(row, envelope=replace(row.envelope, actor=by)) for row in rows]
        with self.engine.begin() as connection:
            write_told(connection, STORE, rows)
            if meant := [row for row in rows if is_told(row.cls)]:
                write_notices(connection, STORE, meant)

    def settle(self) -> None:
        """A community of a district, its people, and an issue that two of them follow."""
        self.tell(
            community(),
            *(verified(id_, *roles) for id_, roles in PEOPLE.items()),
            verified(RULER, Role.DISTRICT_ADMIN, place=DISTRICT),
            IssueReported(issue=issue_state(version=1)),
            FollowingBegun(following=following(FOLLOWER)),
            FollowingBegun(following=following(SECONDER, bond=Bond.ME_TOO)),
        )

    def report(self, **changed: Any) -> None:
        """An issue is reported."""
        self.tell(IssueReported(issue=issue_state(**{"version": 1, **changed})), by=REPORTER)

    def follow(self, member_id: str, bond: Bond = Bond.FOLLOWER, **changed: Any) -> None:
        """Somebody follows an issue."""
        self.tell(FollowingBegun(following=following(member_id, bond=bond, **changed)), by=member_id)

    def inbox(self, member_id: str = "") -> list[Any]:
        """Somebody's notices, or everybody's, in the order in which they were written."""
        query = sa.select(notices).order_by(notices.c.id)
        if member_id:
            query = query.where(notices.c.member_id == member_id)
        with reading(self.engine) as connection:
            return list(connection.execute(query))

    def heard(self) -> set[str]:
        """Who has a notice."""
        return {EVERYBODY.get(row.member_id, row.member_id) for row in self.inbox()}

    def forget(self) -> None:
        """Empty all inboxes."""
        with self.engine.begin() as connection:
            connection.execute(sa.delete(notices))

    def wish(self, member_id: str, *channels: Channel, **changed: Any) -> None:
        """What somebody wants; by default messages at any hour."""
        wanted = NoticePreferences(**{"channels": channels, "quiet_from": 0, "quiet_until": 0, **changed})
        row = {"community_id": COMMUNITY, "id": member_id, "version": 1, "preferences": wanted}
        with self.engine.begin() as connection:
            connection.execute(sa.delete(notice_preferences).where(notice_preferences.c.id == member_id))
            connection.execute(sa.insert(notice_preferences).values(**row, created_at=NOON, updated_at=NOON))

    def serve(self) -> None:
        """Plan what is new, and take turns until nothing is due."""
        self.sender.plan()
        while self.sender.turn() == 0.0:
            pass

    def deliveries(self, member_id: str = "") -> list[Any]:
        """How far messages have got, in the order of their notices."""
        query = sa.select(notice_deliveries).order_by(notice_deliveries.c.notice_id, notice_deliveries.c.number)
        if member_id:
            query = query.where(notice_deliveries.c.member_id == member_id)
        with reading(self.engine) as connection:
            return list(connection.execute(query))


def webhook(address: str, path: str = "/hook") -> Channel:
    """A webhook on this machine."""
    return Channel(kind=ChannelKind.WEBHOOK, address=f"http://{address}{path}")


def verified(member_id: str, *roles: Role, place: str = COMMUNITY, version: int = 1, **changed: Any) -> MemberVerified:
    """Somebody is known to hold some roles."""
    return MemberVerified(member=member_state(member_id, *roles, place=place, version=version, **changed))


def member_state(member_id: str, *roles: Role, place: str = COMMUNITY, **changed: Any) -> MemberState:
    """A member with some roles."""
    return MemberState(
        **{
            "community_id": place,
            "id": member_id,
            "version": 1,
            "status": MemberStatus.VERIFIED,
            "roles": roles,
            "created_at": NOON,
            "updated_at": NOON,
            **changed,
        }
    )


def following(member_id: str, **changed: Any) -> FollowingState:
    """Somebody's following of the issue of the tests."""
    issue_id = changed.get("issue_id", ISSUE)
    return FollowingState(
        **{
            "community_id": COMMUNITY,
            "id": derived_id("following", issue_id, member_id),
            "version": 1,
            "issue_id": issue_id,
            "member_id": member_id,
            "bond": Bond.FOLLOWER,
            "created_at": NOON,
            "updated_at": NOON,
            **changed,
        }
    )


def in_zone(zone: str) -> CommunityOnboarded:
    """The community with another clock."""
    return CommunityOnboarded(community=replace(community().community, version=2, zone=zone))


def build(url: URL) -> URL:
    """Make the tables; the same URL."""
    engine = open_engine(url)
    for metadata in (METADATA, DIRECTORY):
        metadata.create_all(engine)
    engine.dispose()
    return url


@contextmanager
def house_in(url: URL) -> Iterator[House]:
    """A house in a database that has its tables, emptied."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for table in (
            *VIEW_TABLES.values(),
            feed,
            feed_head,
            notices,
            notice_deliveries,
            notice_posts,
            notice_preferences,
        ):
            if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
                connection.execute(sa.delete(table))
    yield House(engine)
    engine.dispose()

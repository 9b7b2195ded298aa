"""People and their memberships in the store: each query is part of the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.directory import sessions
from gateway.directory.contract import MemberStatus
from gateway.directory.store import districts, members, notice_preferences, people
from services.actor import Role
from services.database import Store
from services.errors import Conflict


@dataclass(frozen=True)
class KnownPerson:
    """A person as the directory keeps them; `community_id` is where they registered first."""

    community_id: str
    id: str
    login: str
    name: str
    phone: str
    password_hash: str
    handed_over: bool
    created_at: datetime


@dataclass(frozen=True)
class NewHash:
    """A password hash that takes the place of the one that was seen (None: of any), for a person."""

    member_id: str
    password_hash: str
    handed_over: bool
    seen: str | None = None


def person_of(connection: Connection, member_id: str) -> KnownPerson | None:
    """The person of an id."""
    return _person(connection, people.c.id == member_id)


def person_with(connection: Connection, login: str) -> KnownPerson | None:
    """The person of a login."""
    return _person(connection, people.c.login == login)


def _person(connection: Connection, which: Any) -> KnownPerson | None:
    row = connection.execute(sa.select(people).where(which)).mappings().one_or_none()
    return KnownPerson(**row) if row else None


def add_people(connection: Connection, store: Store, rows: list[KnownPerson]) -> None:
    """Keep some new people."""
    connection.execute(sa.insert(people), [vars(row) for row in rows])


def forget_people(connection: Connection, store: Store, member_ids: list[str]) -> None:
    """Delete name, phone, login and addresses of those who are registered or verified nowhere (any more)."""
    alive = sa.select(members.c.id).where(
        members.c.id.in_(member_ids), members.c.status.in_((MemberStatus.REGISTERED, MemberStatus.VERIFIED))
    )
    kept = set(connection.execute(alive).scalars())
    for member_id in set(member_ids) - kept:
        sessions.end_all(connection, member_id)
        for table in (notice_preferences, people):
            connection.execute(sa.delete(table).where(table.c.id == member_id))


def set_passwords(connection: Connection, store: Store, rows: list[NewHash]) -> None:
    """Keep new hashes and end those people's sessions. Errors: Conflict when the hash is not the one that was seen."""
    for row in rows:
        change = sa.update(people).where(people.c.id == row.member_id)
        if row.seen is not None:
            change = change.where(people.c.password_hash == row.seen)
        values = {"password_hash": row.password_hash, "handed_over": row.handed_over}
        if connection.execute(change.values(**values)).rowcount != 1:
            raise Conflict("the password was changed at the same time", "密码已被同时更改,请重试")
        sessions.end_all(connection, row.member_id)


def renew_hash(connection: Connection, member_id: str, seen: str, new: str) -> bool:
    """Keep the same password's hash with today's costs; whether the one that was seen is still the one that is kept."""
    change = sa.update(people).where(people.c.id == member_id, people.c.password_hash == seen)
    return connection.execute(change.values(password_hash=new)).rowcount == 1


def count_waiting(connection: Connection, community_id: str) -> int:
    """How many registrations wait for verification in a community."""
    waiting = (members.c.community_id == community_id, members.c.status == MemberStatus.REGISTERED)
    return connection.execute(sa.select(sa.func.count()).select_from(members).where(*waiting)).scalar_one()


def is_verified(connection: Connection, member_id: str) -> bool:
    """Whether the person is verified anywhere."""
    query = sa.select(members.c.id).where(members.c.id == member_id, members.c.status == MemberStatus.VERIFIED)
    return connection.execute(query).first() is not None


def membership_of(connection: Connection, community_id: str, member_id: str) -> Any:
    """The row of a membership, or None."""
    query = sa.select(members).where(members.c.community_id == community_id, members.c.id == member_id)
    return connection.execute(query).one_or_none()


def belongs_elsewhere(connection: Connection, member_id: str, community_id: str) -> bool:
    """Whether the person holds a role anywhere but here."""
    query = sa.select(members.c.roles).where(members.c.id == member_id, members.c.community_id != community_id)
    return any(connection.execute(query).scalars())


def other_admins(connection: Connection, district_id: str, member_id: str) -> bool:
    """Whether the district has another admin; its members are locked until the transaction ends."""
    query = sa.select(members.c.roles).where(members.c.community_id == district_id, members.c.id != member_id)
    return any(Role.DISTRICT_ADMIN in roles for roles in connection.execute(query.with_for_update()).scalars())


def is_district(connection: Connection, district_id: str) -> bool:
    """Whether there is such a district."""
    query = sa.select(districts.c.id).where(districts.c.community_id == district_id)
    return connection.execute(query).first() is not None

"""Sessions: a refresh token is good once; who shows one that was used before ends the whole session, for thief and owner.

A refresh token is the session's id and 256 random bits, of which only the hash is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.directory.passwords import is_secret, random_secret, secret_hash
from gateway.directory.store import members, sessions
from services.actor import Actor, Role

LONGEST_DAYS = 180
MOST_PER_MEMBER = 20
_ENDED_AT_ONCE = 200


@dataclass(frozen=True)
class Opened:
    """A session that goes on: whose it is, the next refresh token, and until when that one is good."""

    member_id: str
    refresh_token: str
    until: datetime


def open_session(connection: Connection, member_id: str, source: str, days: int, now: datetime) -> Opened:
    """A new session; a member who has too many loses the oldest."""
    id_, secret = str(uuid4()), random_secret()
    until = now + timedelta(days=days)
    row = {"id": id_, "member_id": member_id, "token_hash": secret_hash(secret), "source": source[:64]}
    connection.execute(sa.insert(sessions).values(**row, created_at=now, until=until))
    newest = (
        sa.select(sessions.c.id)
        .where(sessions.c.member_id == member_id)
        .order_by(sessions.c.created_at.desc())
        .limit(MOST_PER_MEMBER)
    )
    kept = connection.execute(newest).scalars().all()
    connection.execute(sa.delete(sessions).where(sessions.c.member_id == member_id, sessions.c.id.not_in(kept)))
    ended = sa.select(sessions.c.id).where(sessions.c.until < now).limit(_ENDED_AT_ONCE)
    connection.execute(sa.delete(sessions).where(sessions.c.id.in_(ended)))
    return Opened(member_id, _token(id_, secret), until)


def go_on(connection: Connection, token: str, days: int, now: datetime) -> Opened | None:
    """The session with its next refresh token; None for a token that is not good, or not any more.

    A token that was used before ends its session: that, too, is written when this returns None.
    """
    id_, secret = _parts(token)
    row = connection.execute(sa.select(sessions).where(sessions.c.id == id_).with_for_update()).one_or_none()
    if row is None:
        return None
    if row.until <= now or not is_secret(secret, row.token_hash):
        end(connection, id_)
        return None
    secret = random_secret()
    until = min(now + timedelta(days=days), row.created_at + timedelta(days=LONGEST_DAYS))
    change = sa.update(sessions).where(sessions.c.id == id_)
    connection.execute(change.values(token_hash=secret_hash(secret), until=until))
    return Opened(row.member_id, _token(id_, secret), until)


def log_out(connection: Connection, token: str) -> None:
    """End the session of a refresh token that is good; any other changes nothing."""
    id_, secret = _parts(token)
    row = connection.execute(sa.select(sessions.c.token_hash).where(sessions.c.id == id_)).one_or_none()
    if row is not None and is_secret(secret, row.token_hash):
        end(connection, id_)


def end(connection: Connection, session_id: str) -> None:
    """End one session."""
    connection.execute(sa.delete(sessions).where(sessions.c.id == session_id))


def end_all(connection: Connection, member_id: str) -> None:
    """End every session of a member."""
    connection.execute(sa.delete(sessions).where(sessions.c.member_id == member_id))


def is_from(connection: Connection, member_id: str, source: str) -> bool:
    """Whether the member has a session that was begun from this source."""
    query = sa.select(sessions.c.id).where(sessions.c.member_id == member_id, sessions.c.source == source[:64]).limit(1)
    return connection.execute(query).first() is not None


def actor_of_member(connection: Connection, member_id: str) -> Actor:
    """The member with all roles that they hold, in communities and districts, at this moment."""
    rows = connection.execute(sa.select(members).where(members.c.id == member_id)).all()
    roles: Mapping[str, frozenset[Role]] = {row.community_id: frozenset(row.roles) for row in rows if row.roles}
    districts = {row.community_id for row in rows if row.in_district}
    return Actor(
        member_id,
        {place: held for place, held in roles.items() if place not in districts},
        {place: held for place, held in roles.items() if place in districts},
    )


def fresh(connection: Connection, actor: Actor) -> Actor:
    """The actor with those roles of the token that still hold: in the directory a revoked role ends at once."""
    if actor.kind != "member":
        return actor
    now = actor_of_member(connection, actor.member_id)
    return Actor(
        actor.member_id,
        {place: roles & now.roles.get(place, frozenset()) for place, roles in actor.roles.items()},
        {place: roles & now.districts.get(place, frozenset()) for place, roles in actor.districts.items()},
    )


def _token(id_: str, secret: str) -> str:
    return f"{UUID(id_).hex}.{secret}"


def _parts(token: str) -> tuple[str, str]:
    """The id and the secret in a token; a token of another form gets an id that no session has."""
    id_, _, secret = token.partition(".")
    try:
        return str(UUID(hex=id_)), secret
    except ValueError:
        return str(UUID(int=0)), secret

"""How far each webhook has been served: a position in the feed, which only moves past what has arrived or is not for it.

Who serves one takes it for a while (`taken`): until then nobody else does, and whoever was too slow changes nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.directory.contract import WebhookSet
from gateway.directory.hooks import Hook
from gateway.store import feed, feed_head, webhook_cursors
from services.database import insert_ignoring
from services.declare import event_spec

LEASE = timedelta(seconds=60)
PATIENCE = timedelta(hours=1)
_SET = event_spec(WebhookSet).name
_c = webhook_cursors.c


@dataclass(frozen=True)
class Cursor:
    """Where a webhook stands; `next_at` is when it is to be served next, for whoever took it the end of their time."""

    community_id: str
    id: str
    version: int
    position: int
    failures: int
    next_at: datetime
    disabled: bool
    error: str
    updated_at: datetime


def known(connection: Connection) -> dict[tuple[str, str], int]:
    """Which webhooks have a cursor, and in which version they were when they got it."""
    return {(row.community_id, row.id): row.version for row in connection.execute(sa.select(webhook_cursors))}


def follow(connection: Connection, hook: Hook, now: datetime) -> None:
    """Go on at once with a webhook that was set again; have a new one begin after the event that tells of it, once it came."""
    again = {"version": hook.version, "failures": 0, "next_at": now, "disabled": False, "error": ""}
    older = (*_is(hook), _c.version < hook.version)
    if connection.execute(sa.update(webhook_cursors).where(*older).values(**again)).rowcount:
        return
    position = _told_at(connection, hook)
    if position is None and now - hook.updated_at > PATIENCE:
        position = connection.execute(sa.select(feed_head.c.position)).scalar() or 0
    if position is not None:
        _begin(connection, hook, position, now)


def due(connection: Connection, now: datetime, most: int) -> Sequence[Cursor]:
    """Those that may be served now and have something before them, who has waited longest first."""
    news = sa.exists().where(feed.c.community_id == _c.community_id, feed.c.position > _c.position)
    query = sa.select(webhook_cursors).where(_c.disabled.is_(False), _c.next_at <= now, news)
    return [Cursor(**row) for row in connection.execute(query.order_by(_c.next_at).limit(most)).mappings()]


def taken(connection: Connection, cursor: Cursor, now: datetime) -> Cursor | None:
    """The cursor, for as long as `LEASE`; None when somebody else was faster."""
    return changed(connection, cursor, next_at=now + LEASE)


def changed(connection: Connection, cursor: Cursor, **values: Any) -> Cursor | None:
    """The cursor with other values; None, and nothing is changed, when it is no longer as it was taken."""
    held = {name: getattr(cursor, name) for name in ("version", "position", "next_at")}
    mine = (*_is(cursor), *(_c[name] == was for name, was in held.items()))
    done = connection.execute(sa.update(webhook_cursors).where(*mine).values(**values)).rowcount
    return replace(cursor, **values) if done else None


def forget(connection: Connection, community_id: str, id_: str) -> None:
    """Its webhook was removed."""
    connection.execute(sa.delete(webhook_cursors).where(_c.community_id == community_id, _c.id == id_))


def _is(thing: Hook | Cursor) -> tuple[sa.ColumnElement[bool], ...]:
    return _c.community_id == thing.community_id, _c.id == thing.id


def _told_at(connection: Connection, hook: Hook) -> int | None:
    """The position of the event that told of this webhook as it was set; None while it has not come."""
    told = (feed.c.type == _SET, feed.c.subject == hook.id, feed.c.at >= hook.updated_at)
    query = sa.select(feed.c.position).where(feed.c.community_id == hook.community_id, *told)
    return connection.execute(query.order_by(feed.c.position.desc()).limit(1)).scalar_one_or_none()


def _begin(connection: Connection, hook: Hook, position: int, now: datetime) -> None:
    row = {
        "community_id": hook.community_id,
        "id": hook.id,
        "version": hook.version,
        "position": position,
        "failures": 0,
        "next_at": now,
        "disabled": False,
        "error": "",
        "updated_at": now,
    }
    connection.execute(insert_ignoring(connection, webhook_cursors).values(**row))

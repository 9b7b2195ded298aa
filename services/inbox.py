"""Nothing is done twice: each event and each command leaves a row here, in the transaction that did it, with its reply.

A repeated event changes nothing; a repeated command gets the stored reply, for 7 days.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from services.database import Instant, Store
from services.many import look_up
from services.wire import to_json

KEPT_DAYS = 7
COMMANDS = "commands"
_PURGED_AT_ONCE = 5000

Key = tuple[str, str, str]


def inbox_tables(metadata: sa.MetaData) -> None:
    """Add the inbox to a service's tables."""
    inbox = sa.Table(
        "inbox",
        metadata,
        sa.Column("community_id", sa.String(64), primary_key=True),
        sa.Column("consumer", sa.String(64), primary_key=True),
        sa.Column("id", sa.Uuid(as_uuid=False), primary_key=True),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    sa.Index("inbox_at", inbox.c.at)


def request_hash(name: str, member_id: str, data: Any) -> str:
    """What makes two commands the same request: who asks for what with which members."""
    return hashlib.sha256(to_json([name, member_id, data])).hexdigest()


def seen(connection: Connection, store: Store, keys: Iterable[Key]) -> dict[Key, Any]:
    """The rows of those communities, consumers and ids that were done before."""
    inbox = store.table("inbox")
    found = look_up(connection, inbox.columns, [inbox.c.community_id, inbox.c.consumer, inbox.c.id], list(keys))
    return {(row.community_id, row.consumer, row.id): row for row in found}


def purge(connection: Connection, store: Store, now: datetime) -> int:
    """Delete what is older than the days it is kept, a limited number at once; returns how many rows went."""
    inbox = store.table("inbox")
    old = (
        sa.select(inbox.c.community_id, inbox.c.consumer, inbox.c.id)
        .where(inbox.c.at < now - timedelta(days=KEPT_DAYS))
        .limit(_PURGED_AT_ONCE)
    )
    where = sa.tuple_(inbox.c.community_id, inbox.c.consumer, inbox.c.id).in_(old)
    return connection.execute(sa.delete(inbox).where(where)).rowcount

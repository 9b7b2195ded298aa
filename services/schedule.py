"""What is to be done later is a row with a due time: it runs once, whichever process is alive, and late rather than never."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from services.database import Instant, Store, key
from services.many import one_of

MOST_AT_ONCE = 100
LONGEST_WAIT_SECONDS = 600


def schedule_tables(metadata: sa.MetaData) -> None:
    """Add the due work to a service's tables: done work is deleted, failed work waits with its error."""
    due = sa.Table(
        "due",
        metadata,
        *key(),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
    )
    sa.Index("due_at", due.c.due_at)


@dataclass(frozen=True)
class Due:
    """One piece of scheduled work: what, about which thing, since when."""

    community_id: str
    id: str
    kind: str
    subject: str
    due_at: datetime
    attempts: int = 0


Handler = Callable[[Any, Due], None]


def claim(connection: Connection, store: Store, now: datetime, most: int = MOST_AT_ONCE) -> list[Due]:
    """What is due now, earliest first, locked until the transaction ends and passed over by everybody else."""
    due = store.table("due")
    query = (
        sa.select(due).where(due.c.due_at <= now).order_by(due.c.due_at).limit(most).with_for_update(skip_locked=True)
    )
    return [
        Due(row.community_id, row.id, row.kind, row.subject, row.due_at, row.attempts)
        for row in connection.execute(query)
    ]


def finish(connection: Connection, store: Store, done: Sequence[Due]) -> None:
    """Take some work off the list."""
    due = store.table("due")
    keys = [(each.community_id, each.id) for each in done]
    connection.execute(sa.delete(due).where(one_of(connection, [due.c.community_id, due.c.id], keys)))


def postpone(connection: Connection, store: Store, failed: Due, now: datetime, error: str) -> None:
    """Try the work again later (after 2 s, 4 s … at most 10 min), and say why it failed."""
    due = store.table("due")
    until = now + timedelta(seconds=min(2 ** (failed.attempts + 1), LONGEST_WAIT_SECONDS))
    connection.execute(
        sa.update(due)
        .where(due.c.community_id == failed.community_id, due.c.id == failed.id)
        .values(due_at=until, attempts=failed.attempts + 1, error=error[:2000])
    )

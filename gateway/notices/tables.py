"""The tables of notices: everybody's inbox, what is sent of it, and who holds which post of the staff (for alarms).

No address stands in them: `number` is the place of a channel in the preferences, which only the directory knows.
"""

from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa

from services.database import Choice, Instant, key


class DeliveryState(StrEnum):
    """How far a message has got: `failed` is tried again while there is a time for it, `given_up` never."""

    QUEUED = "queued"
    WAITING_QUIET_HOURS = "waiting_quiet_hours"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"


class Tables(NamedTuple):
    """All of them."""

    notices: sa.Table
    deliveries: sa.Table
    posts: sa.Table


def notice_tables(metadata: sa.MetaData) -> Tables:
    """Add them to the gateway's tables."""
    return Tables(_notices(metadata), _deliveries(metadata), _posts(metadata))


def _notices(metadata: sa.MetaData) -> sa.Table:
    """The ids are in the order in which notices were written, which is the order of an inbox."""
    table = sa.Table(
        "notices",
        metadata,
        *key(),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("event_id", sa.String(36), nullable=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("issue_id", sa.Uuid(as_uuid=False)),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("planned", sa.Boolean, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("read_at", Instant),
        sa.UniqueConstraint("community_id", "event_id", "member_id", name="notices_once"),
    )
    own = (table.c.community_id, table.c.member_id, table.c.id)
    unread, unplanned = table.c.read_at.is_(None), table.c.planned.is_(False)
    sa.Index("notices_own", *own)
    sa.Index("notices_unread", *own, postgresql_where=unread, sqlite_where=unread)
    sa.Index("notices_unplanned", table.c.id, postgresql_where=unplanned, sqlite_where=unplanned)
    sa.Index("notices_at", table.c.at)
    return table


def _deliveries(metadata: sa.MetaData) -> sa.Table:
    table = sa.Table(
        "notice_deliveries",
        metadata,
        *key("notice_id"),
        sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", Choice(DeliveryState), nullable=False),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
        sa.Column("error", sa.String(200), nullable=False),
        sa.Column("next_at", Instant),
        sa.Column("sent_at", Instant),
    )
    due = table.c.next_at.is_not(None)
    sa.Index("notice_deliveries_due", table.c.next_at, postgresql_where=due, sqlite_where=due)
    sa.Index(
        "notice_deliveries_together",
        *(table.c.community_id, table.c.member_id, table.c.number, table.c.next_at),
        postgresql_where=due,
        sqlite_where=due,
    )
    return table


def _posts(metadata: sa.MetaData) -> sa.Table:
    table = sa.Table(
        "notice_posts",
        metadata,
        sa.Column("community_id", sa.String(64), primary_key=True),
        sa.Column("role", sa.String(40), primary_key=True),
        sa.Column("member_id", sa.Uuid(as_uuid=False), primary_key=True),
    )
    sa.Index("notice_posts_member", table.c.community_id, table.c.member_id)
    return table

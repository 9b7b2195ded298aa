"""Everybody's inbox of notices, what is sent of it, and who holds which post of the staff."""

import sqlalchemy as sa
from alembic import op

from services.database import Choice, Instant
from services.wire import from_json

revision = "0008"
down_revision = "0007"

_OWN = ["community_id", "member_id", "id"]


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    on_sqlite = sa.text(where.replace("false", "0"))
    op.create_index(name, table, columns, postgresql_where=sa.text(where), sqlite_where=on_sqlite)


def upgrade() -> None:
    """Create the tables, and enter the staff of today."""
    op.create_table(
        "notices",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("issue_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "id"),
        sa.UniqueConstraint("community_id", "event_id", "member_id", name="notices_once"),
    )
    op.create_index("notices_own", "notices", _OWN)
    _index("notices_unread", "notices", _OWN, "read_at IS NULL")
    _index("notices_unplanned", "notices", ["id"], "planned IS false")
    op.create_index("notices_at", "notices", ["at"])
    op.create_table(
        "notice_deliveries",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("notice_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", Choice(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "notice_id", "number"),
    )
    _index("notice_deliveries_due", "notice_deliveries", ["next_at"], "next_at IS NOT NULL")
    together = ["community_id", "member_id", "number", "next_at"]
    _index("notice_deliveries_together", "notice_deliveries", together, "next_at IS NOT NULL")
    op.create_table(
        "notice_posts",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "role", "member_id"),
    )
    op.create_index("notice_posts_member", "notice_posts", ["community_id", "member_id"])
    _enter_staff()


def downgrade() -> None:
    """Drop them."""
    for name in ("notice_posts", "notice_deliveries", "notices"):
        op.drop_table(name)


def _enter_staff() -> None:
    """Who held a post before there was a table for it stands in the view of members."""
    posts = sa.table(
        "notice_posts", sa.column("community_id"), sa.column("role"), sa.column("member_id", sa.Uuid(as_uuid=False))
    )
    members = sa.table(
        "view_member",
        *(sa.column("community_id"), sa.column("id", sa.Uuid(as_uuid=False)), sa.column("status")),
        sa.column("staff", sa.LargeBinary()),
    )
    connection = op.get_bind()
    known = connection.execute(sa.select(members).where(members.c.status == "verified"))
    for batch in known.partitions(1000):
        rows = [
            {"community_id": row.community_id, "role": role, "member_id": row.id}
            for row in batch
            for role in from_json(row.staff)["roles"]
            if role not in ("resident", "owner")
        ]
        if rows:
            connection.execute(sa.insert(posts), rows)

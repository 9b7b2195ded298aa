"""The view of webhooks, and how far each has been served."""

import sqlalchemy as sa
from alembic import op

from services.database import Instant

revision = "0004"
down_revision = "0003"

_NEWEST = (sa.literal_column("created_at DESC"), sa.literal_column("id DESC"))


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "view_webhook",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("removed", sa.String(length=80), nullable=True),
        *(sa.Column(each, sa.LargeBinary(), nullable=True) for each in ("own", "staff", "community", "public")),
        sa.PrimaryKeyConstraint("community_id", "id"),
        postgresql_with={"toast_tuple_target": 8160},
    )
    op.create_index("view_webhook_newest", "view_webhook", ["community_id", "rank", *_NEWEST])
    op.create_index("view_webhook_removed", "view_webhook", ["community_id", "rank", "removed", *_NEWEST])
    op.create_index("view_webhook_own", "view_webhook", ["community_id", "member_id", "rank", *_NEWEST])
    op.create_table(
        "webhook_cursors",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_index("webhook_cursors_next", "webhook_cursors", ["disabled", "next_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("webhook_cursors")
    op.drop_table("view_webhook")

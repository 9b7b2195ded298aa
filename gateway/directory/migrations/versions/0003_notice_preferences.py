"""Where and when members want to be told of what happens."""

import sqlalchemy as sa
from alembic import op

from services import database

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "notice_preferences",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("preferences", database.Json(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
        sa.UniqueConstraint("id", name="notice_preferences_id"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("notice_preferences")

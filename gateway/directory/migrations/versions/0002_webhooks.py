"""Where API clients are told of events, and the secrets that sign what they are told."""

import sqlalchemy as sa
from alembic import op

from services import database

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "webhooks",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("types", database.Json(), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("webhooks")

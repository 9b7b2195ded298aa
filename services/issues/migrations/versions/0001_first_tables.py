"""The first tables of the issues service."""

import sqlalchemy as sa
from alembic import op

from services import database
from services.foundation import create_foundation

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create what every service has, then this one's own tables."""
    create_foundation(op)
    op.create_table(
        "issues",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", database.Json(), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("reporter_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("handler_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.Column("resolved_at", database.Instant(), nullable=True),
        sa.Column("reopenings", sa.Integer(), nullable=False),
        sa.Column("history", database.Json(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )

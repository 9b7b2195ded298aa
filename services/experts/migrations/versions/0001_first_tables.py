"""The first tables of the experts service."""

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
        "conflicts",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("expert_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
        sa.UniqueConstraint("community_id", "project_id", "expert_id", name="conflicts_expert"),
    )
    op.create_table(
        "draws",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("candidates", database.Json(), nullable=False),
        sa.Column("list_hash", sa.String(length=64), nullable=False),
        sa.Column("reveal_by", database.Instant(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.Column("commitments", database.Json(), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("picks", database.Json(), nullable=False),
        sa.Column("void_because", sa.String(length=200), nullable=True),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "experts",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("profession", sa.String(length=40), nullable=False),
        sa.Column("qualification", sa.Text(), nullable=False),
        sa.Column("groups", database.Json(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
        sa.UniqueConstraint("community_id", "member_id", name="experts_member"),
    )

"""The facts that numbers are counted from, filled from the issues that the view has."""

import sqlalchemy as sa
from alembic import op

from gateway.numbers.facts import fill
from services.database import Instant

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the facts with their one index, and make them of what is known."""
    op.create_table(
        "issue_facts",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("issue_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("building_id", sa.String(length=36), nullable=True),
        sa.Column("grid_id", sa.String(length=36), nullable=True),
        sa.Column("handler_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("respond_by", Instant(), nullable=True),
        sa.Column("responded_at", Instant(), nullable=True),
        sa.Column("settle_by", Instant(), nullable=True),
        sa.Column("first_resolved_at", Instant(), nullable=True),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("resolved_day", sa.Date(), nullable=True),
        sa.Column("respond_minutes", sa.Integer(), nullable=True),
        sa.Column("settle_minutes", sa.Integer(), nullable=True),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.String(length=10), nullable=True),
        sa.Column("reopenings", sa.Integer(), nullable=False),
        sa.Column("overnights", sa.Integer(), nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=True),
        sa.Column("me_toos", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.String(length=36), nullable=True),
        sa.Column("spot", sa.String(length=200), nullable=True),
        sa.Column("latitude", sa.Integer(), nullable=True),
        sa.Column("longitude", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "issue_id"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("issue_facts_day", "issue_facts", ["community_id", "day", "issue_id"])
    fill(op.get_bind())


def downgrade() -> None:
    """Drop them; they can be made again at any time."""
    op.drop_table("issue_facts")

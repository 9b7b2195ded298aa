"""The first tables of the projects service: the weekly meeting, projects up to the owners' decision, and what both rest on."""

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
        "ballot_homes",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("vote_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("home_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("ballot", sa.Integer(), nullable=False),
        sa.Column("choice", database.Choice(), nullable=False),
        sa.Column("area", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("cast_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "vote_id", "home_id"),
    )
    op.create_index("ballot_homes_person", "ballot_homes", ["community_id", "vote_id", "person_id"], unique=False)
    op.create_table(
        "ballots",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("vote_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("choice", database.Choice(), nullable=False),
        sa.Column("homes", database.Json(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
        sa.UniqueConstraint("community_id", "vote_id", "number", name="ballots_number"),
    )
    op.create_table(
        "escalated_issues",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "known_experts",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("groups", database.Json(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "known_owners",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("homes", database.Json(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "meetings",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("topic_ids", database.Json(), nullable=False),
        sa.Column("attendance", database.Json(), nullable=False),
        sa.Column("resolutions", database.Json(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "projects",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("issue_ids", database.Json(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.Column("alternatives", database.Json(), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("draw_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("draw_version", sa.Integer(), nullable=False),
        sa.Column("jurors", database.Json(), nullable=False),
        sa.Column("judgements", database.Json(), nullable=False),
        sa.Column("vote_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("contract_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("doubts", database.Json(), nullable=False),
        sa.Column("supervisors", database.Json(), nullable=False),
        sa.Column("experts_supervising", database.Json(), nullable=False),
        sa.Column("stop_orders", database.Json(), nullable=False),
        sa.Column("acceptors", database.Json(), nullable=False),
        sa.Column("acceptance_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("final_paid", sa.Boolean(), nullable=False),
        sa.Column("before", database.Json(), nullable=False),
        sa.Column("after", database.Json(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "roll_homes",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("home_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("area", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "version", "home_id"),
    )
    op.create_table(
        "rolls",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("homes", sa.Integer(), nullable=False),
        sa.Column("area", sa.BigInteger(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "version"),
    )
    op.create_table(
        "topics",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("issue_ids", database.Json(), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "votes",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("matter", sa.Integer(), nullable=False),
        sa.Column("roll_version", sa.Integer(), nullable=False),
        sa.Column("roll_hash", sa.String(length=64), nullable=False),
        sa.Column("area", sa.BigInteger(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("closes_at", database.Instant(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("participating_area", sa.BigInteger(), nullable=False),
        sa.Column("participating_headcount", sa.Integer(), nullable=False),
        sa.Column("yes_area", sa.BigInteger(), nullable=True),
        sa.Column("yes_headcount", sa.Integer(), nullable=True),
        sa.CheckConstraint("(status = 'open') = (yes_area IS NULL)", name="votes_told_when_closed"),
        sa.CheckConstraint("participating_area <= area AND participating_headcount <= headcount", name="votes_roll"),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )

"""The first tables of the directory."""

import sqlalchemy as sa
from alembic import op

from services import database
from services.foundation import create_foundation

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create what every service has, then the directory's own tables."""
    create_foundation(op)
    op.create_table(
        "api_clients",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
        sa.UniqueConstraint("id", name="api_clients_id"),
    )
    op.create_table(
        "attempts",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.Column("until", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("attempts_at", "attempts", ["at"], unique=False)
    op.create_table(
        "districts",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "homes",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("building_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("entrance_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_index("homes_entrance", "homes", ["community_id", "entrance_id", "position"], unique=False)
    op.create_table(
        "members",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("roles", database.Json(), nullable=False),
        sa.Column("homes", database.Json(), nullable=False),
        sa.Column("claim", database.Json(), nullable=False),
        sa.Column("in_district", sa.Boolean(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_index("members_id", "members", ["id"], unique=False)
    op.create_index("members_status", "members", ["community_id", "status"], unique=False)
    op.create_table(
        "owners",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", database.Choice(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_index("owners_member", "owners", ["community_id", "member_id"], unique=False)
    op.create_table(
        "parts",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("home_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("area", sa.Integer(), nullable=False),
        sa.CheckConstraint("area > 0", name="parts_area"),
        sa.PrimaryKeyConstraint("community_id", "home_id"),
    )
    op.create_table(
        "people",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("handed_over", sa.Boolean(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
        sa.UniqueConstraint("id", name="people_id"),
        sa.UniqueConstraint("login", name="people_login"),
    )
    op.create_table(
        "places",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("estates", database.Json(), nullable=False),
        sa.Column("parameters", database.Json(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "rolls",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("homes", sa.Integer(), nullable=False),
        sa.Column("area", sa.BigInteger(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("until", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("sessions_member", "sessions", ["member_id", "created_at"], unique=False)
    op.create_index("sessions_until", "sessions", ["until"], unique=False)
    op.create_table(
        "shares",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("home_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("owner_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.CheckConstraint("numerator > 0 AND numerator <= denominator", name="shares_fraction"),
        sa.PrimaryKeyConstraint("community_id", "home_id", "owner_id"),
    )
    op.create_index("shares_owner", "shares", ["community_id", "owner_id"], unique=False)

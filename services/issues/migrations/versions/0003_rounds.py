"""Micro-grids, huddles, routes and patrols; the huddles of the communities that are known already open by themselves."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from services import database
from services.ids import derived_id

revision = "0003"
down_revision = "0002"

_STILL_OPEN = "status = 'open'"


def upgrade() -> None:
    """Create the tables, and what finds the issues of a list."""
    op.create_table(
        "grids",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("building_ids", database.Json(), nullable=False),
        sa.Column("officer_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
        sa.UniqueConstraint("community_id", "name", name="grids_name"),
    )
    op.create_table(
        "grid_buildings",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("building_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("grid_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "building_id"),
    )
    op.create_table(
        "huddles",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("grid_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("items", database.Json(), nullable=False),
        sa.Column("more", sa.Integer(), nullable=False),
        sa.Column("attendance", database.Json(), nullable=False),
        sa.Column("minutes", database.Json(), nullable=False),
        sa.Column("closed_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("closed_at", database.Instant(), nullable=True),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_index("huddles_grid", "huddles", ["community_id", "grid_id", "day"])
    op.create_index(
        "huddles_open",
        "huddles",
        ["community_id"],
        postgresql_where=sa.text(_STILL_OPEN),
        sqlite_where=sa.text(_STILL_OPEN),
    )
    op.create_table(
        "routes",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("checkpoints", database.Json(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "patrols",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("route_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("patroller_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("began_at", database.Instant(), nullable=False),
        sa.Column("ended_at", database.Instant(), nullable=False),
        sa.Column("visits", database.Json(), nullable=False),
        sa.Column("missed", database.Json(), nullable=False),
        sa.Column("outcomes", database.Json(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_index(
        "issues_grid",
        "issues",
        ["community_id", "grid_id", "status", "settle_by", "overnight", "created_at", "urgency", "topic_id", "id"],
    )
    _arm_huddles()


def _arm_huddles() -> None:
    """Have the service look at once when the next huddles of each known community open."""
    now = datetime.now(UTC)
    due = sa.table(
        "due",
        sa.column("community_id", sa.String()),
        sa.column("id", sa.Uuid(as_uuid=False)),
        sa.column("kind", sa.String()),
        sa.column("subject", sa.String()),
        sa.column("due_at", database.Instant()),
        sa.column("attempts", sa.Integer()),
        sa.column("error", sa.Text()),
    )
    subject = now.date().isoformat()
    for community_id in list(op.get_bind().execute(sa.text("SELECT community_id FROM communities")).scalars()):
        row = {
            "community_id": community_id,
            "id": derived_id(community_id, "open_huddles", subject, now.isoformat()),
            "kind": "open_huddles",
            "subject": subject,
            "due_at": now,
            "attempts": 0,
            "error": "",
        }
        op.get_bind().execute(sa.insert(due), row)


def downgrade() -> None:
    """Back to the desk without its rounds."""
    op.drop_index("issues_grid", table_name="issues")
    for table in ("patrols", "routes", "huddles", "grid_buildings", "grids"):
        op.drop_table(table)

"""The whole desk: what an issue promises and who follows it, the catalogue; an older issue keeps its place and its history."""

import sqlalchemy as sa
from alembic import op

from services import database

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the issues; create who follows them, and the catalogue."""
    for column in _new_columns():
        op.add_column("issues", column)
    op.create_index(
        "issues_watch_at",
        "issues",
        ["watch_at"],
        postgresql_where=sa.text("watch_at IS NOT NULL"),
        sqlite_where=sa.text("watch_at IS NOT NULL"),
    )
    op.create_table(
        "followings",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("bond", database.Choice(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("through", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_index("followings_issue", "followings", ["community_id", "issue_id"])
    op.create_table(
        "catalogues",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("own", database.Json(), nullable=False),
        sa.Column("outline", database.Json(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )


def downgrade() -> None:
    """Back to the first tables."""
    op.drop_table("catalogues")
    op.drop_table("followings")
    op.drop_index("issues_watch_at", table_name="issues")
    for column in _new_columns():
        op.drop_column("issues", column.name)


def _new_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("urgency", database.Choice(), nullable=False, server_default="ordinary"),
        sa.Column("exposure", database.Choice(), nullable=False, server_default="hidden"),
        sa.Column("entered_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("grid_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("photos", database.Json(), nullable=False, server_default="[]"),
        sa.Column("answers", database.Json(), nullable=False, server_default="[]"),
        sa.Column("warnings", database.Json(), nullable=False, server_default="[]"),
        sa.Column("patrol_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("occurred_at", database.Instant(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("respond_by", database.Instant(), nullable=True),
        sa.Column("responded_at", database.Instant(), nullable=True),
        sa.Column("settle_by", database.Instant(), nullable=True),
        sa.Column("watch_at", database.Instant(), nullable=True),
        sa.Column("first_resolved_at", database.Instant(), nullable=True),
        sa.Column("waiting_until", sa.Date(), nullable=True),
        sa.Column("instead", sa.Text(), nullable=True),
        sa.Column("overnight", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("overnights", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("alarm", database.Choice(), nullable=True),
        sa.Column("transfer", database.Json(), nullable=False, server_default="null"),
        sa.Column("merged_into", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("original_status", database.Choice(), nullable=True),
        sa.Column("copies", database.Json(), nullable=False, server_default="[]"),
        sa.Column("me_toos", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("followers", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("topic_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("rating", database.Json(), nullable=False, server_default="null"),
    ]

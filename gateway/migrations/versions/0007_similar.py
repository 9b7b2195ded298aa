"""By what an open issue is found when somebody reports the same again."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_KEYS = ("cell_key", "building_key", "category_key", "words_key")


def upgrade() -> None:
    """Add the numbers, each with its index of those that have one, and the trace."""
    for name in _KEYS:
        op.add_column("view_issue", sa.Column(name, sa.BigInteger(), nullable=True))
        columns, given = [name, sa.literal_column("created_at DESC")], sa.text(f"{name} IS NOT NULL")
        op.create_index(f"view_issue_{name}", "view_issue", columns, postgresql_where=given, sqlite_where=given)
    op.add_column("view_issue", sa.Column("trace", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    for name in _KEYS:
        op.drop_index(f"view_issue_{name}", table_name="view_issue")
        op.drop_column("view_issue", name)
    op.drop_column("view_issue", "trace")

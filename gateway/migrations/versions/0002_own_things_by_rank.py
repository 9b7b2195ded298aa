"""What concerns a member is found by its audience too: nobody reads through all of it to find that nothing is narrower."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_VIEWS = ("account", "issue", "member")
_NEWEST = (sa.literal_column("created_at DESC"), sa.literal_column("id DESC"))


def upgrade() -> None:
    """Put the rank before the time."""
    for view in _VIEWS:
        _index(view, "rank", *_NEWEST)


def downgrade() -> None:
    """Without the rank."""
    for view in _VIEWS:
        _index(view, *_NEWEST)


def _index(view: str, *columns: str | sa.ColumnClause[object]) -> None:
    name, table = f"view_{view}_own", f"view_{view}"
    op.drop_index(name, table_name=table)
    op.create_index(name, table, ["community_id", "member_id", *columns])

"""The views of the issue desk: catalogue, micro-grids, huddles, patrols, who follows what; and by what issues are found."""

import sqlalchemy as sa
from alembic import op

from gateway.creating import create_view, drop_view

revision = "0005"
down_revision = "0004"

_OLD = ("status", "category", "building_id")
_NEW = ("grid_id", "handler_id", "overnight", "topic_id")
_ALL = (*_OLD, *_NEW)
_SPARSE = ("building_id", *_NEW)
_NEWEST = (sa.literal_column("created_at DESC"), sa.literal_column("id DESC"))
_HERE, _OWN = ("community_id", "rank"), ("community_id", "member_id", "rank")


def upgrade() -> None:
    """Create the views, and the new filters of issues; each index of a list of issues ends with all filters."""
    create_view("catalogue")
    create_view("following", filters=("issue_id", "bond"), own=True)
    create_view("grid", text=True)
    create_view("huddle", filters=("status", "grid_id"))
    create_view("patrol", filters=("route_id", "patroller_id"))
    create_view("route", text=True)
    for each in _NEW:
        op.add_column("view_issue", sa.Column(each, sa.String(length=80), nullable=True))
    for name in ("newest", "own", *_OLD):
        op.drop_index(f"view_issue_{name}", table_name="view_issue")
    op.create_index("view_issue_newest", "view_issue", [*_HERE, *_NEWEST, *_ALL])
    op.create_index("view_issue_own", "view_issue", [*_OWN, *_NEWEST, *_ALL])
    for each in _ALL:
        rest = [name for name in _ALL if name != each]
        given = sa.text(f"{each} IS NOT NULL") if each in _SPARSE else None
        columns = [*_HERE, each, *_NEWEST, *rest]
        op.create_index(f"view_issue_{each}", "view_issue", columns, postgresql_where=given, sqlite_where=given)


def downgrade() -> None:
    """Drop them."""
    for name in ("newest", "own", *_ALL):
        op.drop_index(f"view_issue_{name}", table_name="view_issue")
    for each in _NEW:
        op.drop_column("view_issue", each)
    op.create_index("view_issue_newest", "view_issue", [*_HERE, *_NEWEST])
    op.create_index("view_issue_own", "view_issue", [*_OWN, *_NEWEST])
    for each in _OLD:
        op.create_index(f"view_issue_{each}", "view_issue", [*_HERE, each, *_NEWEST])
    for name in ("catalogue", "following", "huddle", "patrol"):
        drop_view(name)
    for name in ("grid", "route"):
        drop_view(name, text=True)

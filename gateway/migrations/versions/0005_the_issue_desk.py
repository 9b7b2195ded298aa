"""The views of the issue desk: catalogue, micro-grids, huddles, patrols, who follows what; and by what issues are found."""

import sqlalchemy as sa
from alembic import op

from gateway.creating import create_view, drop_view

revision = "0005"
down_revision = "0004"

_FILTERS = ("grid_id", "handler_id", "overnight", "topic_id")
_NEWEST = (sa.literal_column("created_at DESC"), sa.literal_column("id DESC"))


def upgrade() -> None:
    """Create the views, and the new filters of issues."""
    create_view("catalogue")
    create_view("following", filters=("issue_id", "bond"), own=True)
    create_view("grid", text=True)
    create_view("huddle", filters=("status", "grid_id"))
    create_view("patrol", filters=("route_id", "patroller_id"))
    create_view("route", text=True)
    for each in _FILTERS:
        op.add_column("view_issue", sa.Column(each, sa.String(length=80), nullable=True))
        op.create_index(f"view_issue_{each}", "view_issue", ["community_id", "rank", each, *_NEWEST])


def downgrade() -> None:
    """Drop them."""
    for each in _FILTERS:
        op.drop_index(f"view_issue_{each}", table_name="view_issue")
        op.drop_column("view_issue", each)
    for name in ("catalogue", "following", "huddle", "patrol"):
        drop_view(name)
    for name in ("grid", "route"):
        drop_view(name, text=True)

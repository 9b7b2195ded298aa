"""The views of projects, experts and points: what the whole mechanism shows."""

from gateway.creating import create_view, drop_view

revision = "0003"
down_revision = "0002"

_OF_A_PROJECT = ("status", "project_id")

_VIEWS = (
    "acceptance", "ballot", "conflict", "contract", "diary_entry", "draw", "expert", "hearing",
    "meeting", "opinion", "payment", "project", "redemption", "reward", "topic", "vote",
)  # fmt: skip


def upgrade() -> None:
    """Create the views."""
    create_view("acceptance", filters=_OF_A_PROJECT)
    create_view("ballot", own=True)
    create_view("conflict", filters=("project_id",), own=True)
    create_view("contract", filters=("project_id",))
    create_view("diary_entry", filters=("project_id",))
    create_view("draw", filters=_OF_A_PROJECT)
    create_view("expert", filters=("status", "profession"), own=True)
    create_view("hearing", filters=("status",))
    create_view("meeting", filters=("status",))
    create_view("opinion", own=True)
    create_view("payment", filters=_OF_A_PROJECT)
    create_view("project", filters=("status",), text=True)
    create_view("redemption", filters=("status",), own=True)
    create_view("reward")
    create_view("topic", filters=("status",), text=True)
    create_view("vote", filters=_OF_A_PROJECT)


def downgrade() -> None:
    """Drop them."""
    for name in _VIEWS:
        drop_view(name, text=name in ("project", "topic"))

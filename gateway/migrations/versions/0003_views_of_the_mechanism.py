"""The views of projects, experts and points: what the whole mechanism shows."""

import sqlalchemy as sa
from alembic import op

from gateway.search import Words, sqlite_words
from services.database import Instant

revision = "0003"
down_revision = "0002"

_NEWEST = (sa.literal_column("created_at DESC"), sa.literal_column("id DESC"))
_OF_A_PROJECT = ("status", "project_id")

_VIEWS = (
    "acceptance", "ballot", "conflict", "contract", "diary_entry", "draw", "expert", "hearing",
    "meeting", "opinion", "payment", "project", "redemption", "reward", "topic", "vote",
)  # fmt: skip


def upgrade() -> None:
    """Create the views."""
    _create_view("acceptance", filters=_OF_A_PROJECT)
    _create_view("ballot", own=True)
    _create_view("conflict", filters=("project_id",), own=True)
    _create_view("contract", filters=("project_id",))
    _create_view("diary_entry", filters=("project_id",))
    _create_view("draw", filters=_OF_A_PROJECT)
    _create_view("expert", filters=("status", "profession"), own=True)
    _create_view("hearing", filters=("status",))
    _create_view("meeting", filters=("status",))
    _create_view("opinion", own=True)
    _create_view("payment", filters=_OF_A_PROJECT)
    _create_view("project", filters=("status",), text=True)
    _create_view("redemption", filters=("status",), own=True)
    _create_view("reward")
    _create_view("topic", filters=("status",), text=True)
    _create_view("vote", filters=_OF_A_PROJECT)


def downgrade() -> None:
    """Drop them."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("project", "topic"):
            op.execute(f"DROP TABLE view_{name}_words")
    for name in _VIEWS:
        op.drop_table(f"view_{name}")


def _create_view(name: str, filters: tuple[str, ...] = (), text: bool = False, own: bool = False) -> None:
    table = f"view_{name}"
    words = (sa.Column("number", sa.BigInteger(), nullable=False), sa.Column("words", Words(), nullable=False))
    op.create_table(
        table,
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        *(sa.Column(each, sa.String(length=80), nullable=True) for each in filters),
        *(words if text else ()),
        *(sa.Column(each, sa.LargeBinary(), nullable=True) for each in ("own", "staff", "community", "public")),
        sa.PrimaryKeyConstraint("community_id", "id"),
        postgresql_with={"toast_tuple_target": 8160},
    )
    op.create_index(f"{table}_newest", table, ["community_id", "rank", *_NEWEST])
    for each in filters:
        op.create_index(f"{table}_{each}", table, ["community_id", "rank", each, *_NEWEST])
    if own:
        op.create_index(f"{table}_own", table, ["community_id", "member_id", "rank", *_NEWEST])
    if text and op.get_bind().dialect.name == "postgresql":
        op.create_index(f"{table}_words", table, ["words"], postgresql_using="gin")
    elif text:
        op.create_index(f"{table}_number", table, ["number"])
        for statement in sqlite_words(table):
            op.execute(statement)

"""The views of projects, experts and points: what the whole mechanism shows."""

import sqlalchemy as sa
from alembic import op

from gateway.search import Words, sqlite_words
from services.database import Instant

revision = "0003"
down_revision = "0002"

_NEWEST = (sa.literal_column("created_at DESC"), sa.literal_column("id DESC"))
_OF_A_PROJECT = ("status", "project_id")

_VIEWS: dict[str, dict[str, object]] = {
    "acceptance": {"filters": _OF_A_PROJECT},
    "ballot": {"own": True},
    "conflict": {"filters": ("project_id",), "own": True},
    "contract": {"filters": ("project_id",)},
    "diary_entry": {"filters": ("project_id",)},
    "draw": {"filters": _OF_A_PROJECT},
    "expert": {"filters": ("status", "profession"), "own": True},
    "hearing": {"filters": ("status",)},
    "meeting": {"filters": ("status",)},
    "opinion": {"own": True},
    "payment": {"filters": _OF_A_PROJECT},
    "project": {"filters": ("status",), "text": True},
    "redemption": {"filters": ("status",), "own": True},
    "reward": {},
    "topic": {"filters": ("status",), "text": True},
    "vote": {"filters": _OF_A_PROJECT},
}


def upgrade() -> None:
    """Create the views."""
    for name, shape in _VIEWS.items():
        _create_view(name, **shape)  # type: ignore[arg-type]


def downgrade() -> None:
    """Drop them."""
    for name, shape in _VIEWS.items():
        if shape.get("text") and op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TABLE view_{name}_words")
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

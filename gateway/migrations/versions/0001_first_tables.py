"""The first tables of the gateway: the views and the feed."""

import sqlalchemy as sa
from alembic import op

from gateway.search import Words, sqlite_words
from services.database import Instant
from services.foundation import create_foundation

revision = "0001"
down_revision = None

_NEWEST = (sa.literal_column("created_at DESC"), sa.literal_column("id DESC"))


def upgrade() -> None:
    """Create what every service has, then the views and the feed."""
    create_foundation(op)
    _create_view("account", own=True)
    _create_view("api_client", filters=("revoked",))
    _create_view("community", filters=("district_id",), text=True, place=("rank",))
    _create_view("district", text=True)
    _create_view("issue", filters=("status", "category", "building_id"), text=True, own=True)
    _create_view("member", filters=("status",), own=True)
    _create_view("roll")
    op.create_table(
        "feed",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("causation_id", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "position"),
    )
    op.create_index("feed_position", "feed", ["position"], unique=True)
    op.create_table(
        "feed_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("purged", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_view(
    name: str,
    filters: tuple[str, ...] = (),
    text: bool = False,
    own: bool = False,
    place: tuple[str, ...] = ("community_id", "rank"),
) -> None:
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
    op.create_index(f"{table}_newest", table, [*place, *_NEWEST])
    for each in filters:
        op.create_index(f"{table}_{each}", table, [*place, each, *_NEWEST])
    if own:
        op.create_index(f"{table}_own", table, ["community_id", "member_id", *_NEWEST])
    if text:
        _index_words(table)


def _index_words(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(f"{table}_words", table, ["words"], postgresql_using="gin")
        return
    op.create_index(f"{table}_number", table, ["number"])
    for statement in sqlite_words(table):
        op.execute(statement)

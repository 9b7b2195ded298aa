"""How migrations create and drop the table of a view; what a table looks like at last is told by `gateway/store.py`."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from gateway.search import Words, sqlite_words
from services.database import Instant

_NEWEST: tuple[sa.ColumnClause[object], ...] = (sa.literal_column("created_at DESC"), sa.literal_column("id DESC"))


def create_view(name: str, filters: tuple[str, ...] = (), text: bool = False, own: bool = False) -> None:
    """Create the table of a view with its indexes, as `gateway/store.py` describes it."""
    table = f"view_{name}"
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
        *(_words() if text else ()),
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


def drop_view(name: str, text: bool = False) -> None:
    """Drop it."""
    if text and op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TABLE view_{name}_words")
    op.drop_table(f"view_{name}")


def _words() -> list[sa.Column[Any]]:
    return [sa.Column("number", sa.BigInteger(), nullable=False), sa.Column("words", Words(), nullable=False)]

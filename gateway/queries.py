"""The questions that the views answer, in SQL: one branch for each audience that is open to the caller.

Each branch is read from an index that holds its rows in the list's order: a page costs the same wherever it begins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.engine import Dialect

from gateway.reader import each_of
from gateway.sight import Sight
from gateway.store import OWN, RANKS, RENDITIONS, VIEW_TABLES, is_of_the_district
from services.declare import PUBLIC, VIEWS

STRETCH = 2000
_NUMBER = sa.bindparam("number", type_=sa.Integer)
_QUERY = sa.cast(sa.bindparam("words", type_=sa.Text), TSQUERY)
_NOT_LISTED = {"number", "words", *RENDITIONS.values()} - {OWN}


@dataclass(frozen=True)
class Shape:
    """All that makes one list's SQL differ from another's."""

    cls: type
    audience: str
    known: bool
    filters: tuple[str, ...] = ()
    across: bool = False
    mine: bool = False


def shape_of(cls: type, community_id: str, sight: Sight, filters: Iterable[str], *, mine: bool) -> Shape:
    """The shape of a list; across communities everybody sees what is public."""
    across = not community_id
    assert not across or is_of_the_district(VIEWS[cls]), f"{cls.__name__} is not listed across communities"
    known = sight.member_id is not None and bool(VIEWS[cls].concerns) and not across
    return Shape(cls, PUBLIC if across else sight.audience, known, tuple(sorted(filters)), across, mine)


def one(cls: type, audience: str) -> sa.Select[Any]:
    """`version` and the JSON, or NULL, of the thing `id` of `community_id`, for `member_id` and an audience."""
    table = VIEW_TABLES[cls]
    return sa.select(table.c.version, _rendition(table, audience, known=True)).where(
        table.c.community_id == sa.bindparam("community_id"), table.c.id == sa.bindparam("id_", type_=table.c.id.type)
    )


def many(shape: Shape, dialect: Dialect) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """`created_at`, `id` and the JSON of the newest `number` things before a place in the list and not before `since`."""
    return _listed(VIEW_TABLES[shape.cls], shape, _NUMBER)


def walk(shape: Shape, dialect: Dialect) -> sa.Select[Any]:
    """Those among the newest `STRETCH` things of the list that have the words; frequent words are found so at once."""
    table = VIEW_TABLES[shape.cls]
    listed = _listed(table, shape, sa.literal_column(str(STRETCH)), table.c.words).subquery()
    at, id_, shown, words = listed.c
    return sa.select(at, id_, shown).where(_are_in(words, dialect)).order_by(at.desc(), id_.desc()).limit(_NUMBER)


def look_up(shape: Shape, dialect: Dialect) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """The same list of all that has the words, which are looked up first: right for words that are not so frequent.

    Which they are no database can know: it takes the pairs of characters of one word for independent of each other.
    """
    table = VIEW_TABLES[shape.cls]
    columns = [column for column in table.c if column.name not in _NOT_LISTED - {shape.audience}]
    found = sa.select(*columns).where(_are_indexed(table, dialect)).cte("found").prefix_with("MATERIALIZED")
    return _listed(found, shape, _NUMBER)


def _listed(
    table: sa.FromClause, shape: Shape, number: sa.ColumnElement[Any], *more: sa.ColumnElement[Any]
) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    branches = [] if shape.mine else [_visible(table, shape, rank) for rank in range(RANKS[shape.audience] + 1)]
    if shape.known:
        first = 0 if shape.mine else RANKS[shape.audience] + 1
        branches += [_own(table, rank) for rank in range(first, len(RANKS))]
    limited = [_page(branch.add_columns(*more), table, shape, number) for branch in branches]
    if len(limited) == 1:
        return limited[0]
    merged = sa.union_all(*(sa.select(branch.subquery()) for branch in limited))
    at, id_ = merged.selected_columns[:2]
    return merged.order_by(at.desc(), id_.desc()).limit(number)


def _visible(table: sa.FromClause, shape: Shape, rank: int) -> sa.Select[Any]:
    """What is for exactly this audience; the member's own among it in their own rendition."""
    rendition = _rendition(table, shape.audience, shape.known)
    return sa.select(table.c.created_at, table.c.id, rendition).where(table.c.rank == sa.literal_column(str(rank)))


def _own(table: sa.FromClause, rank: int) -> sa.Select[Any]:
    """What concerns the member and is for exactly this audience."""
    own = sa.select(table.c.created_at, table.c.id, table.c[OWN])
    return own.where(table.c.member_id == _member(table), table.c.rank == sa.literal_column(str(rank)))


def _page(branch: sa.Select[Any], table: sa.FromClause, shape: Shape, number: sa.ColumnElement[Any]) -> sa.Select[Any]:
    before = sa.tuple_(
        sa.bindparam("before_at", type_=table.c.created_at.type), sa.bindparam("before_id", type_=table.c.id.type)
    )
    branch = branch.where(
        sa.tuple_(table.c.created_at, table.c.id) < before,
        table.c.created_at >= sa.bindparam("since", type_=table.c.created_at.type),
        *(table.c[name] == sa.bindparam(f"is_{name}", type_=table.c[name].type) for name in shape.filters),
    )
    if not shape.across:
        branch = branch.where(table.c.community_id == sa.bindparam("community_id", type_=table.c.community_id.type))
    return branch.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(number)


def _are_in(words: sa.ColumnElement[Any], dialect: Dialect) -> sa.ColumnElement[bool]:
    """Whether a thing has all the words, from the thing itself."""
    if dialect.name == "postgresql":
        return words.op("@@")(_QUERY)
    term = each_of("terms", dialect).c.value
    spaced = sa.literal(" ") + sa.cast(words, sa.Text) + sa.literal(" ")
    return ~sa.exists().where(sa.func.instr(spaced, sa.literal(" ") + term + sa.literal(" ")) == 0)


def _are_indexed(table: sa.Table, dialect: Dialect) -> sa.ColumnElement[bool]:
    """Whether a thing has all the words, from the index of the words."""
    if dialect.name == "postgresql":
        return table.c.words.op("@@")(_QUERY)
    index = sa.table(f"{table.name}_words", sa.column("rowid"))
    matches = sa.literal_column(index.name).op("MATCH")(sa.bindparam("words", type_=sa.Text))
    return table.c.number.in_(sa.select(index.c.rowid).where(matches))


def _rendition(table: sa.FromClause, audience: str, known: bool) -> sa.ColumnElement[Any]:
    if not known:
        return table.c[audience]
    return sa.case((table.c.member_id == _member(table), table.c[OWN]), else_=table.c[audience]).label("shown")


def _member(table: sa.FromClause) -> sa.BindParameter[Any]:
    return sa.bindparam("member_id", type_=table.c.member_id.type)

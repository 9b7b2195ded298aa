"""The questions that the views answer, in SQL: one branch for each audience that is open to the caller.

Each branch is read from an index that holds its rows in the list's order: a page costs the same wherever it begins. Of
several filters one leads; the others are checked in its index, before any row is read.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from gateway.reader import each_of
from gateway.sight import Sight
from gateway.store import OWN, RANKS, RENDITIONS, VIEW_TABLES, combined, is_of_the_district, is_truth
from services.declare import PUBLIC, VIEWS

STRETCH = 2000
ENOUGH = 50_000
_NUMBER = sa.bindparam("number", type_=sa.Integer)
_QUERY = sa.cast(sa.bindparam("words", type_=sa.Text), TSQUERY)
_NOT_LISTED = {"number", "words", *RENDITIONS.values()} - {OWN}


@dataclass(frozen=True)
class Shape:
    """All that makes one list's SQL differ from another's: `filters` have a value, what is `without` has none.

    `lead` is the filter whose index is walked, where there are several and the database cannot know which one is best.
    A list that begins with the newest thing is not compared with a place `before` which it is, nor with a time `since`.
    """

    cls: type
    audience: str
    known: bool
    filters: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    across: bool = False
    mine: bool = False
    lead: str = ""
    before: bool = True
    since: bool = True


def shape_of(
    cls: type, community_id: str, sight: Sight, filters: Mapping[str, str], *, mine: bool = False, lead: str = ""
) -> Shape:
    """The shape of a list; across communities everybody sees what is public."""
    across, spec = not community_id, VIEWS[cls]
    assert not across or is_of_the_district(spec), f"{cls.__name__} is not listed across communities"
    known = sight.member_id is not None and bool(spec.concerns) and not across
    without = sorted(name for name in combined(spec) if filters.get(name) == "false" and is_truth(spec, name))
    given = sorted(set(filters) - set(without))
    return Shape(cls, PUBLIC if across else sight.audience, known, tuple(given), tuple(without), across, mine, lead)


def one(cls: type, audience: str) -> sa.Select[Any]:
    """`version` and the JSON, or NULL, of the thing `id` of `community_id`, for `member_id` and an audience."""
    table = VIEW_TABLES[cls]
    return sa.select(table.c.version, _rendition(table, audience, known=True)).where(
        table.c.community_id == sa.bindparam("community_id"), table.c.id == sa.bindparam("id_", type_=table.c.id.type)
    )


def many(shape: Shape, dialect: Dialect) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """`created_at`, `id` and the JSON of the newest `number` things before a place in the list and not before `since`."""
    return _listed(VIEW_TABLES[shape.cls], shape, _NUMBER, dialect)


def how_many(cls: type, name: str) -> sa.Select[Any]:
    """How many things of `community_id` have a `value` of this filter, counted to `ENOUGH`."""
    table = VIEW_TABLES[cls]
    here = table.c.community_id == sa.bindparam("community_id", type_=table.c.community_id.type)
    has = table.c[name] == sa.bindparam("value", type_=table.c[name].type)
    of_all = table.c.rank.in_([sa.literal_column(str(rank)) for rank in RANKS.values()])
    some: sa.Select[Any] = (
        sa.select(sa.literal_column("1")).where(here, of_all, has).limit(sa.literal_column(str(ENOUGH)))
    )
    return sa.select(sa.func.count()).select_from(some.subquery())


def walk(shape: Shape, dialect: Dialect) -> sa.Select[Any]:
    """Those among the newest `STRETCH` things of the list that have the words; frequent words are found so at once."""
    table = VIEW_TABLES[shape.cls]
    listed = _listed(table, shape, sa.literal_column(str(STRETCH)), dialect, table.c.words).subquery()
    at, id_, shown, words = listed.c
    return sa.select(at, id_, shown).where(_are_in(words, dialect)).order_by(at.desc(), id_.desc()).limit(_NUMBER)


def look_up(shape: Shape, dialect: Dialect) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """The same list of all that has the words, which are looked up first: right for words that are not so frequent.

    Which they are no database can know: it takes the pairs of characters of one word for independent of each other.
    """
    table = VIEW_TABLES[shape.cls]
    columns = [column for column in table.c if column.name not in _NOT_LISTED - {shape.audience}]
    found = sa.select(*columns).where(_are_indexed(table, dialect)).cte("found").prefix_with("MATERIALIZED")
    return _listed(found, shape, _NUMBER, dialect)


def _listed(
    table: sa.FromClause, shape: Shape, number: sa.ColumnElement[Any], dialect: Dialect, *more: sa.ColumnElement[Any]
) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    chosen = frozenset(shape.filters) - {shape.lead} if shape.lead else frozenset()
    branches = [(_visible(table, shape, rank), chosen) for rank in range(RANKS[shape.audience] + 1) if not shape.mine]
    if shape.known:
        first = 0 if shape.mine else RANKS[shape.audience] + 1
        branches += [(_own(table, rank), frozenset(shape.filters)) for rank in range(first, len(RANKS))]
    passed = dialect.name == "sqlite" and isinstance(table, sa.Table)
    limited = [
        _page(branch.add_columns(*more), table, shape, number, over if passed else frozenset())
        for branch, over in branches
    ]
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


def _page(
    branch: sa.Select[Any], table: sa.FromClause, shape: Shape, number: sa.ColumnElement[Any], passed_over: Set[str]
) -> sa.Select[Any]:
    """One branch up to its limit. SQLite is not to look for what is `passed_over`, but to check it (that is its unary +)."""
    if shape.before:
        at, id_ = (
            sa.bindparam("before_at", type_=table.c.created_at.type),
            sa.bindparam("before_id", type_=table.c.id.type),
        )
        branch = branch.where(sa.tuple_(table.c.created_at, table.c.id) < sa.tuple_(at, id_))
    if shape.since:
        branch = branch.where(table.c.created_at >= sa.bindparam("since", type_=table.c.created_at.type))
    branch = branch.where(
        *(_has(table.c[name], name, plainly=name in passed_over) for name in shape.filters),
        *(table.c[name].is_(None) for name in shape.without),
    )
    if not shape.across:
        branch = branch.where(table.c.community_id == sa.bindparam("community_id", type_=table.c.community_id.type))
    return branch.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(number)


def _has(column: sa.ColumnElement[Any], name: str, plainly: bool) -> sa.ColumnElement[bool]:
    value = sa.bindparam(f"is_{name}", type_=column.type)
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type) == value if plainly else column == value


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

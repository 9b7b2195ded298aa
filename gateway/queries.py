"""The questions that the views answer, in SQL: one branch for each audience that is open to the caller.

Each branch is read from an index that holds its rows in the list's order: a page costs the same wherever it begins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.engine import Dialect

from gateway.sight import Sight
from gateway.store import OWN, RANKS, VIEW_TABLES, is_of_the_district
from services.declare import PUBLIC, VIEWS
from services.errors import Invalid


@dataclass(frozen=True)
class Shape:
    """All that makes one list's SQL differ from another's."""

    cls: type
    audience: str
    known: bool
    filters: tuple[str, ...] = ()
    across: bool = False
    searching: bool = False
    mine: bool = False


def shape_of(
    cls: type, community_id: str, sight: Sight, filters: Iterable[str], *, searching: bool, mine: bool
) -> Shape:
    """The shape of a list; across communities everybody sees what is public. Errors: Invalid."""
    across = not community_id
    assert not across or is_of_the_district(VIEWS[cls]), f"{cls.__name__} is not listed across communities"
    if searching and not VIEWS[cls].text:
        raise Invalid("there is no full-text search here", "此处不支持全文搜索")
    known = sight.member_id is not None and bool(VIEWS[cls].concerns) and not across
    audience = PUBLIC if across else sight.audience
    return Shape(cls, audience, known, tuple(sorted(filters)), across, searching, mine)


def one(cls: type, audience: str) -> sa.Select[Any]:
    """`version` and the JSON, or NULL, of the thing `id` of `community_id`, for `member_id` and an audience."""
    table = VIEW_TABLES[cls]
    return sa.select(table.c.version, _rendition(table, audience, known=True)).where(
        table.c.community_id == sa.bindparam("community_id"), table.c.id == sa.bindparam("id_", type_=table.c.id.type)
    )


def many(shape: Shape, dialect: Dialect) -> sa.Executable:
    """`created_at`, `id` and the JSON of the newest `number` things before a place in the list and not before `since`."""
    table = VIEW_TABLES[shape.cls]
    if shape.searching and dialect.name == "sqlite":
        return _found(table, shape)
    branches = [] if shape.mine else [_visible(table, shape, rank) for rank in range(RANKS[shape.audience] + 1)]
    if shape.known:
        branches.append(_own(table, shape))
    limited = [_page(branch, table, shape) for branch in branches]
    if len(limited) == 1:
        return limited[0]
    merged = sa.union_all(*(sa.select(branch.subquery()) for branch in limited))
    columns = merged.selected_columns
    return merged.order_by(columns[0].desc(), columns[1].desc()).limit(_number())


def _visible(table: sa.Table, shape: Shape, rank: int) -> sa.Select[Any]:
    """What is for exactly this audience; the member's own among it in their own rendition."""
    rendition = _rendition(table, shape.audience, shape.known)
    return sa.select(table.c.created_at, table.c.id, rendition).where(table.c.rank == sa.literal_column(str(rank)))


def _own(table: sa.Table, shape: Shape) -> sa.Select[Any]:
    """What concerns the member; if the rest is listed too, only what is not in it."""
    own = sa.select(table.c.created_at, table.c.id, table.c[OWN]).where(table.c.member_id == _member(table))
    return own if shape.mine else own.where(table.c.rank > sa.literal_column(str(RANKS[shape.audience])))


def _page(branch: sa.Select[Any], table: sa.Table, shape: Shape) -> sa.Select[Any]:
    branch = branch.where(*_wanted(table, shape))
    if shape.searching:
        words = sa.cast(sa.bindparam("words", type_=sa.Text), TSQUERY)
        branch = branch.where(table.c.words.op("@@")(words))
    return branch.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(_number())


def _found(table: sa.Table, shape: Shape) -> sa.Select[Any]:
    """The same for a search on SQLite, which has to begin with the words: it cannot tell rare ones from frequent ones.

    The operators without effect keep it from walking along the list instead.
    """
    index = sa.table(f"{table.name}_words", sa.column("rowid"))
    matches = sa.literal_column(index.name).op("MATCH")(sa.bindparam("words", type_=sa.Text))
    is_own, nothing = table.c.member_id == _member(table), sa.literal_column("''")
    visible = is_own if shape.mine else table.c.rank <= sa.literal_column(str(RANKS[shape.audience]))
    return (
        sa.select(table.c.created_at, table.c.id, _rendition(table, shape.audience, shape.known))
        .where(table.c.number.in_(sa.select(index.c.rowid).where(matches)), *_wanted(table, shape))
        .where(sa.or_(visible, is_own) if shape.known else visible)
        .order_by(table.c.created_at.op("||")(nothing).desc(), table.c.id.op("||")(nothing).desc())
        .limit(_number())
    )


def _wanted(table: sa.Table, shape: Shape) -> list[sa.ColumnElement[bool]]:
    """The conditions of every list: the community, the place to go on from, the filters."""
    before = sa.tuple_(
        sa.bindparam("before_at", type_=table.c.created_at.type), sa.bindparam("before_id", type_=table.c.id.type)
    )
    wanted: list[sa.ColumnElement[bool]] = [
        sa.tuple_(table.c.created_at, table.c.id) < before,
        table.c.created_at >= sa.bindparam("since", type_=table.c.created_at.type),
        *(table.c[name] == sa.bindparam(f"is_{name}", type_=table.c[name].type) for name in shape.filters),
    ]
    if not shape.across:
        wanted.append(table.c.community_id == sa.bindparam("community_id", type_=table.c.community_id.type))
    return wanted


def _rendition(table: sa.Table, audience: str, known: bool) -> sa.ColumnElement[Any]:
    if not known:
        return table.c[audience]
    return sa.case((table.c.member_id == _member(table), table.c[OWN]), else_=table.c[audience]).label("shown")


def _member(table: sa.Table) -> sa.BindParameter[Any]:
    return sa.bindparam("member_id", type_=table.c.member_id.type)


def _number() -> sa.BindParameter[int]:
    return sa.bindparam("number", type_=sa.Integer)

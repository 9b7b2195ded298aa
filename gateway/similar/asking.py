"""The questions that find candidates, in SQL: the newest few under each of some numbers, and what a caller may see of them.

However many issues are open, each question reads at most so many of them as stand in `MOST_ROWS`.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect

from gateway.sight import Sight
from gateway.store import OWN, RANKS, VIEW_TABLES
from services.database import Json
from services.issues.contract import IssueState

MOST_ROWS = {"words_key": 100, "cell_key": 250, "building_key": 150, "category_key": 150}
MOST_UNDER_ONE = {"words_key": 10, "cell_key": 60, "building_key": 75, "category_key": 100}
MOST_OWN = 40

_TABLE = VIEW_TABLES[IssueState]
_COLUMNS = ("id", "category", "building_id", "created_at", "trace")
_SINCE = sa.bindparam("since", type_=_TABLE.c.created_at.type)


def under(key: str, dialect: Dialect) -> sa.Select[Any]:
    """The newest open issues `since` a time under each of the `numbers`, in their order, of the `key` of that name."""
    wanted = _each("numbers", sa.BigInteger(), dialect)
    issue = _TABLE.alias("issue")
    newest = (
        sa.select(*(issue.c[name] for name in _COLUMNS))
        .where(issue.c[key] == wanted.c.value, issue.c.created_at >= _SINCE)
        .order_by(issue.c.created_at.desc())
        .limit(sa.literal_column(str(MOST_UNDER_ONE[key])))
    )
    if dialect.name == "postgresql":
        found = newest.lateral("found")
        return sa.select(*found.c).select_from(wanted.join(found, sa.true())).limit(_number(MOST_ROWS[key]))
    inner: sa.Select[Any] = newest.with_only_columns(sa.literal_column("issue.rowid")).correlate(wanted)
    shown = sa.select(*(_TABLE.c[name] for name in _COLUMNS)).select_from(wanted)
    rowid: sa.ColumnElement[Any] = sa.literal_column(f"{_TABLE.name}.rowid")
    return shown.join(_TABLE, rowid.in_(inner)).limit(_number(MOST_ROWS[key]))


def own(sight: Sight) -> sa.CompoundSelect[Any]:
    """The caller's newest open issues `since` a time that are for a narrower audience than theirs."""
    branches = [_own(rank) for rank in range(RANKS[sight.audience] + 1, len(RANKS))]
    return sa.union_all(*(sa.select(branch.subquery()) for branch in branches))


def shown(sight: Sight, dialect: Dialect) -> sa.Select[Any]:
    """The id of each issue among `ids`, and its JSON for this audience, or for `member_id` where it is theirs, or NULL."""
    is_theirs = _TABLE.c.member_id == sa.bindparam("member_id", type_=_TABLE.c.member_id.type)
    rendition = sa.case((is_theirs, _TABLE.c[OWN]), else_=_TABLE.c[sight.audience])
    wanted = _each("ids", sa.Uuid() if dialect.name == "postgresql" else sa.String(), dialect)
    here = _TABLE.c.community_id == sa.bindparam("community_id", type_=_TABLE.c.community_id.type)
    return sa.select(_TABLE.c.id, rendition.label("shown")).where(here, _TABLE.c.id.in_(sa.select(wanted.c.value)))


def _own(rank: int) -> sa.Select[Any]:
    table = _TABLE
    return (
        sa.select(*(table.c[name] for name in _COLUMNS))
        .where(
            table.c.community_id == sa.bindparam("community_id", type_=table.c.community_id.type),
            table.c.member_id == sa.bindparam("member_id", type_=table.c.member_id.type),
            table.c.rank == _number(rank),
            table.c.created_at >= _SINCE,
        )
        .order_by(table.c.created_at.desc(), table.c.id.desc())
        .limit(_number(MOST_OWN))
    )


def _each(name: str, kind: Any, dialect: Dialect) -> Any:
    """A list of values, told as the driver tells them, as a table with the column `value`."""
    if dialect.name == "postgresql":
        values = sa.func.unnest(sa.bindparam(name, type_=ARRAY(kind)))
        return values.table_valued(sa.column("value", kind), name=f"each_{name}").render_derived()
    values = sa.func.json_each(sa.bindparam(name, type_=Json(list)))
    return values.table_valued(sa.column("value", kind), name=f"each_{name}")


def _number(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(number))

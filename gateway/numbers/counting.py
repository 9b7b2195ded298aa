"""The numbers come from one SQL statement over the facts, the same on both databases, so that rows and total agree.

The counts of a row are added up for the total. A percentile is the value at its nearest rank, found by numbering the values
of each row in order, and once more those of all rows together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from gateway.numbers.asking import By, Span
from gateway.numbers.definitions import COUNTS, MOST_ROWS, SATISFIED_STARS, with_rates
from gateway.numbers.facts import SETTLED
from gateway.reader import Prepared, Reader, is_among
from gateway.sight import Sight
from gateway.store import issue_facts
from services.database import Instant
from services.errors import Invalid
from services.issues.contract import Status

_COUNTS = "counts"
_TOTAL = 0
_PERCENTILES = {"median": 50, "p90": 90}
_TIMES = ("respond_minutes", "settle_minutes")
_SPLIT_BY_SIGHT = (By.BUILDING, By.CATEGORY, By.GRID)

_facts = issue_facts.c
_ZERO, _ONE = sa.literal_column("0", sa.Integer), sa.literal_column("1", sa.Integer)


@dataclass(frozen=True)
class Counted:
    """The numbers of some issues; `key` says which, `withheld` that they are not for the caller one by one."""

    key: str | None
    withheld: bool
    numbers: Mapping[str, Any]


class Counting:
    """Counts in one database; each statement is written once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._prepared: dict[By, Prepared] = {}

    async def count(
        self, community_id: str, span: Span, by: By, sight: Sight, complaints: Sequence[str] | None, now: datetime
    ) -> tuple[Counted, list[Counted]]:
        """The total and the rows of a span of days; `complaints` are the categories of complaints, None if not known.

        Errors: Unavailable, also when it takes too long; Invalid for more rows than anybody reads.
        """
        if by not in self._prepared:
            self._prepared[by] = Prepared(statement(by, self._reader.dialect), self._reader.dialect)
        values = {
            "community_id": community_id,
            "first": span.first,
            "last": span.last,
            "now": now,
            "sight": sight.rank,
            "complaints": list(complaints or ()),
        }
        found = await self._reader.search(self._prepared[by], values)
        parts: dict[Any, dict[str, int | None]] = {}
        for kind, *key, median, p90 in (row[: 4 + 2] for row in found if row[0] != _COUNTS):
            parts.setdefault(tuple(key), {}).update({f"{kind}_median": median, f"{kind}_p90": p90})
        counts = [(tuple(row[1:4]), dict(zip(COUNTS, row[4:], strict=True))) for row in found if row[0] == _COUNTS]
        if len(counts) > MOST_ROWS:
            raise Invalid(f"at most {MOST_ROWS} rows are counted at once", f"一次最多统计 {MOST_ROWS} 行")
        known = complaints is not None
        rows = [Counted(key[2], bool(key[1]), _numbers(told, parts.get(key), known)) for key, told in counts]
        together = {name: sum(told[name] for _, told in counts) for name in COUNTS}
        total = Counted(None, False, _numbers(together, parts.get((_TOTAL, 0, None)), known))
        return total, sorted(rows, key=lambda each: _order(by, each))


def nothing(with_complaints: bool = True) -> Mapping[str, Any]:
    """The numbers where nothing was reported."""
    return _numbers(dict.fromkeys(COUNTS, 0), None, with_complaints)


def _numbers(
    counts: Mapping[str, int], times: Mapping[str, int | None] | None, with_complaints: bool
) -> Mapping[str, Any]:
    """All numbers; without a catalogue nobody knows how many complaints there were."""
    unknown = {} if with_complaints else {"complaints": None}
    empty = {f"{time}_{name}": None for time in _TIMES for name in _PERCENTILES}
    return with_rates({**counts, **unknown, **empty, **(times or {})})


def _order(by: By, row: Counted) -> tuple[Any, ...]:
    """Days as they come; else the most issues first, and last what has no name."""
    size = 0 if by is By.DAY else -row.numbers["reported"]
    return row.withheld, row.key is None, size, row.key or ""


def statement(by: By, dialect: Dialect) -> sa.CompoundSelect[Any]:
    """Rows of one shape: what they tell, scope (0 the total, 1 a row), withheld, key, and the figures.

    What is told is `counts`, in the order of their names, or one of the times with its median and 90th percentile.
    """
    withheld, part = _split(by)
    met = conditions(dialect)
    counts = [sa.func.count(sa.case((met[name], _ONE))).label(name) for name in COUNTS]
    grouped = sa.select(_text(_COUNTS), _ONE.label("scope"), withheld.label("withheld"), part.label("part"), *counts)
    grouped = grouped.where(in_span()).group_by(sa.literal_column("3"), sa.literal_column("4"))
    counted = {"respond_minutes": met["to_answer"], "settle_minutes": met["settled"]}
    times = [_percentiles(by, time, counted[time]) for time in _TIMES]
    return sa.union_all(sa.select(grouped.limit(sa.literal_column(str(MOST_ROWS + 1))).subquery()), *times)


def _percentiles(by: By, time: str, counted: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The median and the 90th percentile of a time, of each row and of all together."""
    withheld, part = _split(by)
    column = _facts[time]
    of_rows = sa.select(_ONE.label("scope"), withheld.label("withheld"), part.label("part"), column.label("minutes"))
    of_all = sa.select(_ZERO, _ZERO, sa.cast(sa.null(), sa.String), column)
    wanted = (in_span(), counted, column.is_not(None))
    each = sa.union_all(of_rows.where(*wanted), of_all.where(*wanted)).cte(f"each_{time}")
    group = (each.c.scope, each.c.withheld, each.c.part)
    place = sa.func.row_number().over(partition_by=group, order_by=each.c.minutes).label("place")
    number = sa.func.count().over(partition_by=group).label("number")
    ranked = sa.select(*each.c, place, number).cte(f"ranked_{time}")
    groups = (ranked.c.scope, ranked.c.withheld, ranked.c.part)
    found = [_at_rank(ranked, percent) for percent in _PERCENTILES.values()]
    empty = [sa.cast(sa.null(), sa.Integer)] * (len(COUNTS) - len(found))
    return sa.select(_text(time), *groups, *found, *empty).group_by(*groups)


def conditions(dialect: Dialect) -> Mapping[str, sa.ColumnElement[bool]]:
    """When an issue counts for each of the counts, word for word as `definitions.py` says it."""
    now = sa.bindparam("now", type_=Instant)
    settled = _is(*SETTLED)
    to_answer = ~_is(Status.WITHDRAWN, Status.MERGED)
    to_settle = to_answer & ~_is(Status.REJECTED, Status.TRANSFERRED)
    open_ = to_settle & ~settled
    in_time = _facts.respond_by.is_(None) | (_facts.responded_at <= _facts.respond_by)
    late = sa.case((settled, _facts.resolved_at > _facts.settle_by), else_=_facts.settle_by < now)
    return {
        "reported": sa.true(),
        "withdrawn": _is(Status.WITHDRAWN),
        "merged": _is(Status.MERGED),
        "to_answer": to_answer,
        "responded_in_time": to_answer & _facts.responded_at.is_not(None) & in_time,
        "rejected": _is(Status.REJECTED),
        "transferred": _is(Status.TRANSFERRED),
        "to_settle": to_settle,
        "settled": settled,
        "settled_same_day": settled & (_facts.resolved_day == _facts.day),
        "confirmed": settled & (_facts.confirmed == sa.literal_column("'reporter'")),
        "confirmed_by_silence": settled & (_facts.confirmed == sa.literal_column("'silence'")),
        "open": open_,
        "waiting": _is(Status.WAITING),
        "overnight": _facts.overnights > _ZERO,
        "overdue": to_settle & _facts.settle_by.is_not(None) & late,
        "escalated": _facts.escalated,
        "reopened": _facts.reopenings > _ZERO,
        "rated": _facts.stars.is_not(None),
        "satisfied": _facts.stars >= sa.literal_column(str(SATISFIED_STARS)),
        "complaints": is_among(_facts.category, "complaints", dialect),
    }


def _split(by: By) -> tuple[sa.ColumnElement[int], sa.ColumnElement[Any]]:
    """Whether an issue is withheld from its row, and else which row it belongs to."""
    if by not in _SPLIT_BY_SIGHT:
        return _ZERO, _part(by)
    hidden = _facts.rank > sa.bindparam("sight", type_=sa.SmallInteger)
    return _one_if(hidden), sa.case((hidden, sa.cast(sa.null(), sa.String)), else_=_part(by))


def in_span() -> sa.ColumnElement[bool]:
    """Of the community, and reported on one of the days `first` to `last`."""
    first, last = (sa.bindparam(name, type_=sa.Date) for name in ("first", "last"))
    here = _facts.community_id == sa.bindparam("community_id", type_=sa.String)
    return sa.and_(here, _facts.day >= first, _facts.day <= last)


def _part(by: By) -> sa.ColumnElement[Any]:
    match by:
        case By.BUILDING:
            return _facts.building_id
        case By.CATEGORY:
            return _facts.category
        case By.HANDLER:
            return _facts.handler_id
        case By.GRID:
            return _facts.grid_id
        case By.DAY:
            return sa.cast(_facts.day, sa.String)
        case By.COMMUNITY:
            return _facts.community_id


def _at_rank(rows: sa.CTE, percent: int) -> sa.ColumnElement[Any]:
    """The value at the nearest rank: of n values the one at place ⌈n · percent / 100⌉."""
    share, whole = sa.literal_column(str(percent), sa.Integer), sa.literal_column("100", sa.Integer)
    nearest = (rows.c.number * share + whole - _ONE) // whole
    return sa.func.min(sa.case((rows.c.place == nearest, rows.c.minutes)))


def _text(word: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{word}'", sa.String).label("told")


def _is(*statuses: Status) -> sa.ColumnElement[bool]:
    return sa.or_(*(_facts.status == sa.literal_column(f"'{status}'") for status in statuses))


def _one_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.case((condition, _ONE), else_=_ZERO)

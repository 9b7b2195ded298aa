"""What must happen to a thing by itself has its time in the thing's row: it is done once, whoever sweeps, late rather than never.

There is no row of scheduled work for each thing, only for one at which the sweep failed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.actor import Actor
from services.database import answers, is_away, reading
from services.many import update_all
from services.schedule import Due
from services.work import Aggregate, Context, Desk, Unit, Work

MOST_AT_ONCE = 100
SECONDS_TO_SECOND_TRY = 2

Key = tuple[str, str]


@dataclass(frozen=True)
class Watched:
    """Things of one kind, the column of their table that says when something must happen to them, and what.

    `do` is given the id of the thing; it decides by the thing's state, moves the time on, and may be called too often.
    What failed is taken from the column and tried again as scheduled work of the kind `name`.
    """

    name: str
    kind: type[Aggregate]
    column: str
    do: Callable[[Work, str], None]

    def do_again(self, work: Work, due: Due) -> None:
        """The scheduled work, for the service's table of it."""
        self.do(work, due.subject)


@dataclass(frozen=True)
class Failure:
    """One thing at which the sweep failed."""

    community_id: str
    id: str
    error: Exception


@dataclass(frozen=True)
class Swept:
    """How many things a sweep did, and at which it failed."""

    done: int = 0
    failures: tuple[Failure, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.done or self.failures)


def nobody() -> None:
    """Nobody is let in between."""


def sweep(
    desk: Desk, watched: Watched, actor: Actor, most: int = MOST_AT_ONCE, between: Callable[[], None] = nobody
) -> Swept:
    """Do what is due, earliest first, at most so many in one transaction; one by one if one of them fails.

    What another process is just doing is passed over; what fails is taken off the column and scheduled. `between` is called
    after each thing, for a process that has to let others go on.
    Errors: `sqlalchemy.exc.OperationalError` when the database is away (nothing is forgotten).
    """
    try:
        return Swept(_do(desk, watched, actor, most, between))
    except Exception as failure:
        if is_away(failure) and not answers(desk.engine):
            raise
    swept = [_do_one(desk, watched, actor, key) for key in _keys_due(desk, watched, most)]
    return Swept(sum(each.done for each in swept), tuple(wrong for each in swept for wrong in each.failures))


def correct(work: Work, watched: Watched, thing: Any) -> None:
    """Write the thing's new time, and nothing else of it: what nobody hears of is no new version."""
    row = {"community_id": thing.community_id, "id": thing.id, watched.column: getattr(thing, watched.column)}
    work.stage(_correct, (watched.kind, thing.version, row))


def _correct(connection: sa.Connection, store: Any, staged: list[tuple[type, int, dict[str, Any]]]) -> None:
    for kind in {kind for kind, _, _ in staged}:
        mine = [(version, row) for each, version, row in staged if each is kind]
        update_all(connection, store.aggregates[kind], [row for _, row in mine], [version for version, _ in mine])


def _do_one(desk: Desk, watched: Watched, actor: Actor, key: Key) -> Swept:
    try:
        return Swept(_do(desk, watched, actor, 1, only=key))
    except Exception as failure:
        if is_away(failure) and not answers(desk.engine):
            raise
        _try_again_later(desk, watched, actor, key)
        return Swept(failures=(Failure(*key, failure),))


def _do(
    desk: Desk,
    watched: Watched,
    actor: Actor,
    most: int,
    between: Callable[[], None] = nobody,
    only: Key | None = None,
) -> int:
    with desk.unit() as unit:
        found = unit.read(watched.kind, _claim(unit, watched, most, only))
        for thing in found:
            work = Work(unit, Context(thing.community_id, actor))
            watched.do(work, thing.id)
            work.deliver()
            between()
    return len(found)


def _claim(unit: Unit, watched: Watched, most: int, only: Key | None) -> sa.Select[Any]:
    """What is due, locked until the transaction ends and passed over by everybody else."""
    table = unit.store.aggregates[watched.kind]
    query = _due(sa.select(table), table.c[watched.column], unit.clock(), most)
    if only is not None:
        query = query.where(table.c.community_id == only[0], table.c.id == only[1])
    return query.with_for_update(skip_locked=True)


def _keys_due(desk: Desk, watched: Watched, most: int) -> Sequence[Key]:
    table = desk.store.aggregates[watched.kind]
    query = _due(sa.select(table.c.community_id, table.c.id), table.c[watched.column], desk.clock(), most)
    with reading(desk.engine) as connection:
        return [(row.community_id, row.id) for row in connection.execute(query)]


def _due(query: sa.Select[Any], when: sa.Column[Any], now: datetime, most: int) -> sa.Select[Any]:
    return query.where(when <= now).order_by(when).limit(most)


def _try_again_later(desk: Desk, watched: Watched, actor: Actor, key: Key) -> None:
    """Take the thing off the column, without reading it, and have the scheduled work look after it."""
    community_id, id_ = key
    with desk.unit() as unit:
        table = unit.store.aggregates[watched.kind]
        off = sa.update(table).where(table.c.community_id == community_id, table.c.id == id_)
        unit.connection.execute(off.values({watched.column: None}))
        work = Work(unit, Context(community_id, actor))
        work.schedule(watched.name, id_, work.now + timedelta(seconds=SECONDS_TO_SECOND_TRY))
        work.deliver()

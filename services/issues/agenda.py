"""What the huddles ask of the tables: which issues are to be listed, what became of them, which huddles are still open."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from services.declare import STAFF
from services.issues.contract import MOST_ITEMS, HuddleStatus, Item, Status, Urgency
from services.issues.listing import Today, why_listed
from services.issues.minutes import Outcome
from services.issues.policy import DATED
from services.issues.store import STORE, issues
from services.many import one_of

_GRIDS, _HUDDLES = STORE.table("grids"), STORE.table("huddles")


@dataclass(frozen=True)
class Agenda:
    """The list of a huddle, and how many more there are that found no place on it."""

    items: tuple[Item, ...]
    more: int


def agenda(connection: Connection, community_id: str, grid_id: str | None, today: Today) -> Agenda:
    """What a micro-grid (None: the community's own) is to talk about today: danger first, then the oldest."""
    listed = (issues.c.community_id == community_id, issues.c.grid_id == grid_id, _is_listed(today))
    urgent = (issues.c.urgency != Urgency.DANGER, issues.c.created_at, issues.c.id)
    # Chosen out of the index alone; only what is on the list is read in full.
    first = sa.select(issues.c.id).where(*listed).order_by(*urgent).limit(MOST_ITEMS)
    query = (
        sa.select(
            issues.c.id,
            issues.c.title,
            issues.c.status,
            issues.c.created_at,
            issues.c.settle_by,
            issues.c.overnight,
            issues.c.topic_id,
        )
        .where(issues.c.community_id == community_id, issues.c.id.in_(first))
        .order_by(*urgent)
    )
    items = [_item(row, today) for row in connection.execute(query)]
    if len(items) < MOST_ITEMS:
        return Agenda(tuple(items), 0)
    total = connection.execute(sa.select(sa.func.count()).where(*listed)).scalar_one()
    return Agenda(tuple(items), total - len(items))


def outcomes(
    connection: Connection, community_id: str, issue_ids: Collection[str], label: Callable[[str], str]
) -> dict[str, Outcome]:
    """What became of some issues by now, by their ids; what is for staff only goes by the `label` of its category."""
    query = sa.select(
        issues.c.id,
        issues.c.status,
        issues.c.overnight,
        issues.c.waiting_until,
        issues.c.topic_id,
        issues.c.handler_id,
        issues.c.audience,
        issues.c.category,
        issues.c.history,
    ).where(one_of(connection, [issues.c.community_id, issues.c.id], [(community_id, each) for each in issue_ids]))
    return {
        row.id: Outcome(
            status=row.status,
            overnight=row.overnight,
            waiting_until=row.waiting_until,
            topic_id=row.topic_id,
            handler_id=row.handler_id,
            note=next((turn.note for turn in reversed(row.history) if turn.note), None),
            instead_of_title=label(row.category) if row.audience == STAFF else None,
        )
        for row in connection.execute(query)
    }


def micro_grids(connection: Connection, community_id: str) -> list[str]:
    """The ids of a community's micro-grids."""
    return list(connection.execute(sa.select(_GRIDS.c.id).where(_GRIDS.c.community_id == community_id)).scalars())


def last_opening(connection: Connection, community_id: str, grid_id: str | None) -> datetime | None:
    """When the last huddle of a micro-grid opened; None before its first one."""
    query = (
        sa.select(_HUDDLES.c.created_at)
        .where(_HUDDLES.c.community_id == community_id, _HUDDLES.c.grid_id == grid_id)
        .order_by(_HUDDLES.c.day.desc())
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def left_open(connection: Connection, community_id: str, before: date) -> list[str]:
    """The ids of the huddles of earlier days that nobody has closed."""
    query = sa.select(_HUDDLES.c.id).where(
        _HUDDLES.c.community_id == community_id,
        _HUDDLES.c.status == sa.text(f"'{HuddleStatus.OPEN}'"),
        _HUDDLES.c.day < before,
    )
    return list(connection.execute(query).scalars())


def _is_listed(today: Today) -> sa.ColumnElement[bool]:
    """`why_listed` in the words of the database, so that only what is listed is read."""
    is_new = sa.and_(issues.c.status != Status.WAITING, issues.c.created_at >= today.since)
    dated = sa.and_(
        issues.c.status.in_(DATED),
        sa.or_(issues.c.overnight, issues.c.settle_by < today.ends, issues.c.status == Status.REOPENED, is_new),
    )
    stayed = sa.and_(issues.c.status == Status.ESCALATED, issues.c.overnight, issues.c.topic_id.is_(None))
    return sa.or_(dated, stayed)


def _item(row: Row[*tuple[Any, ...]], today: Today) -> Item:
    listed = why_listed(row, today)
    assert listed is not None, "the database lists by the same rule"
    return Item(issue_id=row.id, title=row.title, listed=listed)

"""Which messages are due: those of one member's channel in one community are taken together, for a while, and marked afterwards.

Until `LEASE` is over nobody else takes them, and whoever was too slow changes nothing more. A process that dies between
sending and marking leaves them to be sent once more: a message may come twice, it is never lost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.notices.message import Item
from gateway.notices.tables import DeliveryState
from gateway.store import notice_deliveries, notices
from services.many import one_of

LEASE = timedelta(seconds=60)
MOST_TOGETHER = 200
_CANDIDATES = 8
_d = notice_deliveries.c


@dataclass(frozen=True)
class Group:
    """One member's channel in one community."""

    community_id: str
    member_id: str
    number: int


@dataclass(frozen=True)
class Due:
    """A message that is due, with its notice; `until` is the end of the time for which it was taken."""

    item: Item
    urgent: bool
    kind: str
    attempts: int
    until: datetime


def due(connection: Connection, now: datetime) -> Sequence[Group]:
    """Some channels that have something due, who has waited longest first."""
    query = sa.select(_d.community_id, _d.member_id, _d.number).where(_d.next_at <= now)
    found = connection.execute(query.order_by(_d.next_at).limit(_CANDIDATES))
    return [Group(*row) for row in dict.fromkeys(tuple(row) for row in found)]


def take(connection: Connection, group: Group, now: datetime) -> list[Due]:
    """What is due on a channel, the oldest first; nothing when somebody else was faster."""
    of_group = (_d.community_id == group.community_id, _d.member_id == group.member_id, _d.number == group.number)
    oldest = sa.select(_d.notice_id).where(*of_group, _d.next_at <= now).order_by(_d.next_at).limit(MOST_TOGETHER)
    mine = sa.update(notice_deliveries).where(*of_group, _d.notice_id.in_(oldest), _d.next_at <= now)
    taken = connection.execute(mine.values(next_at=now + LEASE).returning(_d.notice_id, _d.kind, _d.attempts)).all()
    if not taken:
        return []
    keys = [(group.community_id, row.notice_id) for row in taken]
    query = (
        sa.select(notices)
        .where(one_of(connection, [notices.c.community_id, notices.c.id], keys))
        .order_by(notices.c.id)
    )
    told = {row.notice_id: row for row in taken}
    return [_due(row, told[row.id], now + LEASE) for row in connection.execute(query)]


def mark(connection: Connection, group: Group, some: Iterable[Due], **values: Any) -> None:
    """Change those that are still ours."""
    ids = [each.item.id for each in some]
    until = {each.until for each in some}
    assert len(until) == 1, "they were taken together"
    keys = [(group.community_id, id_, group.number) for id_ in ids]
    ours = one_of(connection, [_d.community_id, _d.notice_id, _d.number], keys)
    connection.execute(sa.update(notice_deliveries).where(ours, _d.next_at == until.pop()).values(**values))


def give_up(reason: str) -> dict[str, Any]:
    """The values of what will never be sent."""
    return {"state": DeliveryState.GIVEN_UP, "error": reason, "next_at": None}


def _due(notice: Any, taken: Any, until: datetime) -> Due:
    names = ("community_id", "id", "type", "kind", "subject", "issue_id", "zh", "en", "at")
    item = Item(**{name: getattr(notice, name) for name in names})
    return Due(item, notice.urgent, taken.kind, taken.attempts, until)

"""The questions and the one change of an inbox, in SQL: all of them find their rows by an index that begins with the member."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect

from gateway.notices.answers import MOST_COUNTED
from gateway.store import notice_deliveries, notices
from services.database import Json

COLUMNS = ("id", "kind", "type", "subject", "issue_id", "title", "zh", "en", "urgent", "at", "read_at")
_n = notices.c
_ID = sa.Uuid(as_uuid=False)


def page(unread: bool) -> sa.Select[Any]:
    """The next `number` notices before one."""
    query = sa.select(*(_n[name] for name in COLUMNS)).where(*_own(), _n.id < sa.bindparam("before", type_=_ID))
    if unread:
        query = query.where(_n.read_at.is_(None))
    return query.order_by(_n.id.desc()).limit(sa.bindparam("number", type_=sa.Integer))


def sent(dialect: Dialect) -> sa.Select[Any]:
    """How far some notices have got."""
    d = notice_deliveries.c
    columns = (d.notice_id, d.number, d.kind, d.state, d.attempts, d.error, d.next_at, d.sent_at)
    here = d.community_id == sa.bindparam("community_id", type_=d.community_id.type)
    return sa.select(*columns).where(here, _among(d.notice_id, dialect)).order_by(d.notice_id, d.number)


def unread() -> sa.Select[Any]:
    """How many are unread, to a limit."""
    some = sa.select(_n.id).where(*_own(), _n.read_at.is_(None)).limit(sa.literal_column(str(MOST_COUNTED)))
    return sa.select(sa.func.count()).select_from(some.subquery())


def owned(dialect: Dialect) -> sa.Select[Any]:
    """Which of some notices are the member's."""
    return sa.select(_n.id).where(*_own(), _among(_n.id, dialect))


def read_some(dialect: Dialect) -> sa.Update:
    """Mark some as read; one that was read before keeps its time."""
    return _read().where(_among(_n.id, dialect))


def read_up_to() -> sa.Update:
    """Mark all up to one as read."""
    return _read().where(_n.id <= sa.bindparam("up_to", type_=_ID))


def _read() -> sa.Update:
    now = sa.bindparam("now", type_=_n.read_at.type)
    return sa.update(notices).where(*_own(), _n.read_at.is_(None)).values(read_at=now)


def _own() -> tuple[sa.ColumnElement[bool], ...]:
    place = sa.bindparam("community_id", type_=_n.community_id.type)
    return _n.community_id == place, _n.member_id == sa.bindparam("member_id", type_=_ID)


def _among(column: sa.ColumnElement[Any], dialect: Dialect) -> sa.ColumnElement[bool]:
    """Whether an id is one of the list `ids`."""
    if dialect.name == "postgresql":
        return column == sa.any_(sa.bindparam("ids", type_=ARRAY(_ID)))
    each = sa.func.json_each(sa.bindparam("ids", type_=Json(list))).table_valued("value")
    return column.in_(sa.select(sa.func.replace(each.c.value, "-", "")))  # ids are kept without dashes on SQLite

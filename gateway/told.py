"""What the gateway is told is kept at once: the newest version of each view, and every event in the feed.

Views are written in the order of their keys, so that two writers never wait for each other in a circle. The positions
of the feed come from one row that is locked last and until the commit: whoever has read up to a position missed nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import count, groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection

from gateway.search import number_of, words_of
from gateway.sight import conceals, concerned_by, declared, rank_of, renditions
from gateway.similar.kept import kept
from gateway.store import VIEW_TABLES, combined, feed, feed_head, keep_newest
from services.database import Store
from services.declare import VIEWS, event_spec
from services.envelope import Envelope
from services.issues.contract import IssueState
from services.many import insert_all, look_up
from services.wire import read, to_json

PURGED_AT_ONCE = 5000
_HEAD = 1

_State = tuple[type, Mapping[str, Any]]


@dataclass(frozen=True)
class Told:
    """One event as it was told: its envelope, its class and its valid data."""

    envelope: Envelope
    cls: type
    data: Mapping[str, Any]


@dataclass(frozen=True)
class ViewRow:
    """A row of a view's table."""

    cls: type
    values: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str, str]:
        """Its place in the order of writing."""
        return VIEWS[self.cls].name, self.values["community_id"], self.values["id"]


def view_row(cls: type, known: Mapping[str, Any]) -> ViewRow:
    """The row of a view's state, of which only what is declared is given."""
    spec, community_id, id_ = VIEWS[cls], known["community_id"], known["id"]
    rank, concerned = rank_of(known), concerned_by(cls, known)
    values: dict[str, Any] = {
        "community_id": community_id,
        "id": id_,
        "version": known["version"],
        "rank": rank,
        "member_id": concerned,
        "created_at": read(datetime, known["created_at"]),
        "updated_at": read(datetime, known["updated_at"]),
        **{name: _as_text(known[name]) for name in spec.filters},
        **dict.fromkeys((name for name in combined(spec) if known[name] is False), None),
        **(kept(known, rank) if cls is IssueState else {}),
        **renditions(cls, known, rank, concerned),
    }
    if spec.text:
        values["number"] = number_of(community_id, id_)
        values["words"] = words_of(community_id, (known[name] or "" for name in spec.text))
    return ViewRow(cls, values)


def in_order(rows: Iterable[ViewRow]) -> list[tuple[type, list[Mapping[str, Any]]]]:
    """The newest row of each thing, by table, in the order in which everybody writes."""
    newest = {row.key: row for row in sorted(rows, key=lambda row: row.values["version"])}
    ordered = [newest[key] for key in sorted(newest)]
    return [(cls, [row.values for row in group]) for cls, group in groupby(ordered, key=lambda row: row.cls)]


def write_told(connection: Connection, store: Store, rows: list[Told]) -> None:
    """Keep what some events tell: a writer for `Work.stage`."""
    known = [declared(told.cls, told.data) for told in rows]
    specs = [event_spec(told.cls) for told in rows]
    states = [(spec.state, data[spec.subject]) for spec, data in zip(specs, known, strict=True)]
    for cls, values in in_order(view_row(*state) for state in _not_kept(connection, states)):
        connection.execute(keep_newest(VIEW_TABLES[cls], connection.dialect.name), values)
    last = _take_positions(connection, len(rows))
    first = last - len(rows) + 1
    described = zip(count(first), rows, states, known, strict=False)
    insert_all(connection, feed, [_feed_row(*each) for each in described])


def _not_kept(connection: Connection, states: Iterable[_State]) -> Iterator[_State]:
    """The newest state of each thing, unless the view has it: what a command changed was mostly written by the web process."""
    newest: dict[type, dict[tuple[str, str], Mapping[str, Any]]] = defaultdict(dict)
    for cls, state in sorted(states, key=lambda pair: pair[1]["version"]):
        newest[cls][state["community_id"], state["id"]] = state
    for cls, wanted in newest.items():
        table = VIEW_TABLES[cls]
        keys = [table.c.community_id, table.c.id]
        found = look_up(connection, [*keys, table.c.version], keys, list(wanted))
        kept = {(row.community_id, row.id): row.version for row in found}
        yield from ((cls, state) for key, state in wanted.items() if kept.get(key, 0) < state["version"])


def _take_positions(connection: Connection, number: int) -> int:
    """The last of as many new positions; from here to the commit nobody else gets one."""
    take = _take(connection.dialect.name)
    return int(connection.execute(take, {"id": _HEAD, "position": number, "purged": 0}).scalar_one())


@cache
def _take(dialect: str) -> Any:
    insert = (pg_insert if dialect == "postgresql" else sqlite_insert)(feed_head)
    further = {"position": feed_head.c.position + insert.excluded.position}
    return insert.on_conflict_do_update(index_elements=["id"], set_=further).returning(feed_head.c.position)


def _feed_row(position: int, told: Told, state: _State, known: Mapping[str, Any]) -> dict[str, Any]:
    envelope, (cls, shown) = told.envelope, state
    return {
        "community_id": envelope.community_id,
        "position": position,
        "id": envelope.id,
        "type": envelope.type,
        "source": envelope.source,
        "subject": envelope.subject,
        "sequence": envelope.sequence,
        "rank": rank_of(shown),
        "member_id": concerned_by(cls, shown),
        "actor": "" if conceals(cls, shown, envelope.actor) else envelope.actor,
        "causation_id": envelope.causation_id,
        "at": envelope.time,
        "data": to_json(known),
    }


def purge_feed(connection: Connection, now: datetime, days: int) -> int:
    """Delete events older than some days, the oldest first and a limited number at once; returns how many went."""
    oldest = sa.select(feed.c.position).order_by(feed.c.position).limit(PURGED_AT_ONCE)
    old = sa.delete(feed).where(feed.c.position.in_(oldest), feed.c.at < now - timedelta(days=days))
    gone = connection.execute(old.returning(feed.c.position)).scalars().all()
    if gone:
        connection.execute(sa.update(feed_head).values(purged=max(gone)))
    return len(gone)


def _as_text(value: Any) -> str | None:
    """A value as it is written in a query string."""
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)

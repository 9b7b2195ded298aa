"""What is counted of an issue is written with the event that told of it; of two versions the newer one wins.

Writers go in the order of the keys, and before the views: whoever writes both never waits for another in a circle.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection

from gateway.directory.contract import CommunityState
from gateway.numbers.tables import LONGEST_SPOT, MILLIONTHS
from gateway.sight import rank_of
from gateway.store import OWN, VIEW_TABLES, issue_facts
from gateway.told import Told
from services.clock import zone_of
from services.database import Store
from services.declare import COMMUNITY, STAFF, event_spec
from services.issues.contract import IssueState, Status
from services.wire import from_json, to_json

DEFAULT_ZONE = "Asia/Shanghai"
FILLED_AT_ONCE = 500
CONFIRMED_BY = {"confirm": "reporter", "confirm_by_silence": "silence"}
SETTLED = (Status.RESOLVED, Status.CONFIRMED)

State = Mapping[str, Any]


class Facts:
    """The writer of one process; it remembers the time zones of the communities, which never change."""

    def __init__(self) -> None:
        self._zones: dict[str, str] = {}

    def write(self, connection: Connection, _store: Store, rows: list[Told]) -> None:
        """Keep the facts of what some events tell: a writer for `Work.stage`, to be staged before the one of the views."""
        states = [told.data[spec.subject] for told in rows if (spec := event_spec(told.cls)).state is IssueState]
        self.keep(connection, states)

    def keep(self, connection: Connection, states: Iterable[State]) -> None:
        """Keep the facts of some issues (valid data), in one statement."""
        newest = {(each["community_id"], each["id"]): each for each in sorted(states, key=lambda each: each["version"])}
        if not newest:
            return
        zones = self._zones_of(connection, {community_id for community_id, _ in newest})
        _keep(connection, [fact_of(newest[key], zones.get(key[0], DEFAULT_ZONE)) for key in sorted(newest)])

    def _zones_of(self, connection: Connection, communities: set[str]) -> Mapping[str, str]:
        if unknown := communities - self._zones.keys():
            table = VIEW_TABLES[CommunityState]
            query = sa.select(table.c.community_id, table.c.public).where(table.c.community_id.in_(unknown))
            for row in connection.execute(query):
                self._zones[row.community_id] = from_json(row.public)["zone"]
        return self._zones


def fact_of(state: State, zone: str) -> dict[str, Any]:
    """The row of an issue's state (valid data); what an older state does not tell follows from what it does tell.

    A settlement answers, too. A rating that was found unfair is none.
    """
    created_at, first = _at(state["created_at"]), _at(state.get("first_resolved_at") or state.get("resolved_at"))
    assert created_at is not None, "every issue has a time"
    settled = state["status"] in SETTLED
    responded_at, resolved_at = _at(state.get("responded_at")) or first, _at(state.get("resolved_at"))
    place, history = state["place"], state.get("history") or ()
    return {
        "community_id": state["community_id"],
        "issue_id": state["id"],
        "version": state["version"],
        "rank": rank_of({"audience": COMMUNITY, **state}),
        "day": date.fromisoformat(day) if (day := state.get("day")) else _day(created_at, zone),
        "status": state["status"],
        "category": state["category"],
        "building_id": state.get("building_id"),
        "grid_id": state.get("grid_id"),
        "handler_id": state.get("handler_id"),
        "created_at": created_at,
        "respond_by": _at(state.get("respond_by")),
        "responded_at": responded_at,
        "settle_by": _at(state.get("settle_by")),
        "first_resolved_at": first,
        "resolved_at": resolved_at,
        "resolved_day": _day(resolved_at, zone) if resolved_at else None,
        "respond_minutes": _minutes(created_at, responded_at),
        "settle_minutes": _minutes(created_at, resolved_at) if settled else None,
        "escalated": any(turn["status"] == Status.ESCALATED for turn in history) or state["status"] == Status.ESCALATED,
        "confirmed": _confirmed_by(history) if state["status"] == Status.CONFIRMED else None,
        "reopenings": state.get("reopenings", 0),
        "overnights": state.get("overnights", 0),
        "stars": _stars(state.get("rating")),
        "me_toos": state.get("me_toos", 0),
        "topic_id": state.get("topic_id"),
        "spot": " ".join((place.get("spot") or "").split())[:LONGEST_SPOT] or None,
        **_point(place.get("point")),
    }


def fill(connection: Connection) -> int:
    """Make the facts of all issues from their view, a limited number at once; returns how many issues there are."""
    table, facts, number = VIEW_TABLES[IssueState], Facts(), 0
    keys = [table.c.community_id, table.c.id]
    page = sa.select(*keys, table.c[STAFF], table.c[OWN]).order_by(*keys).limit(FILLED_AT_ONCE)
    rows = connection.execute(page).all()
    while rows:
        facts.keep(connection, [from_json(row.staff or row.own) for row in rows if row.staff or row.own])
        number += len(rows)
        last = rows[-1]
        rows = connection.execute(
            page.where(sa.tuple_(*keys) > sa.tuple_(last.community_id, sa.literal(last.id, keys[1].type)))
        ).all()
    return number


def _keep(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(_as_one_value(), {"rows": to_json(rows).decode()})
    else:
        connection.execute(_row_by_row(), rows)


@cache
def _as_one_value() -> sa.TextClause:
    given = f"SELECT * FROM json_populate_recordset(NULL::{issue_facts.name}, :rows)"
    changes = ", ".join(f"{name} = excluded.{name}" for name in _changing())
    newer = f"excluded.version > {issue_facts.name}.version"
    conflict = f"ON CONFLICT (community_id, issue_id) DO UPDATE SET {changes} WHERE {newer}"
    return sa.text(f"INSERT INTO {issue_facts.name} {given} {conflict}")


@cache
def _row_by_row() -> Any:
    insert = sqlite_insert(issue_facts)
    return insert.on_conflict_do_update(
        index_elements=["community_id", "issue_id"],
        set_={name: insert.excluded[name] for name in _changing()},
        where=insert.excluded.version > issue_facts.c.version,
    )


def _changing() -> list[str]:
    return [str(column.name) for column in issue_facts.columns if not column.primary_key]


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(zone_of(zone)).date()


def _minutes(begun: datetime, ended: datetime | None) -> int | None:
    """Whole minutes that went by."""
    return None if ended is None else max(0, int((ended - begun).total_seconds()) // 60)


def _confirmed_by(history: Iterable[State]) -> str | None:
    return next((found for turn in reversed(list(history)) if (found := CONFIRMED_BY.get(turn["move"]))), None)


def _stars(rating: State | None) -> int | None:
    if rating is None or ((appeal := rating.get("appeal")) and appeal.get("unfair")):
        return None
    stars: int = rating["stars"]
    return stars


def _point(point: State | None) -> dict[str, int | None]:
    if point is None:
        return {"latitude": None, "longitude": None}
    return {"latitude": round(point["lat"] * MILLIONTHS), "longitude": round(point["lon"] * MILLIONTHS)}

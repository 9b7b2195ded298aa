"""Notices are written with the event that they tell of, in its transaction, and once, however often the event comes.

It runs after the views and the feed are written: what they hold is the newest, and whoever has the feed's place in this
transaction is alone in writing notices.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.directory.contract import MemberState
from gateway.notices import known as views
from gateway.notices.hearers import Heard, candidates, is_urgent, may_hear, posts_for
from gateway.notices.known import Key, Known, Matter
from gateway.notices.posts import keep_posts
from gateway.notices.sentences import sentence
from gateway.notices.wording import ISSUES, WORDING
from gateway.sight import rank_of
from gateway.store import notice_deliveries, notices
from gateway.told import Told
from services.clock import zone_of
from services.database import Store
from services.declare import event_spec
from services.envelope import Envelope
from services.ids import new_id
from services.issues.contract import IssueAlarmed, OriginalMoved
from services.many import insert_all, one_of
from services.projects.contract import HearingState, MeetingState, ProjectState, TopicState
from services.wire import read

PURGED_AT_ONCE = 5000


@dataclass(frozen=True)
class Happened:
    """An event that people are told of; `rank` is that of what came of an issue, None where it is about the issue itself."""

    envelope: Envelope
    event: Any
    rank: int | None

    @property
    def place(self) -> str:
        """The community."""
        return self.envelope.community_id

    @property
    def state(self) -> Any:
        """The state of its subject."""
        return getattr(self.event, event_spec(type(self.event)).subject)


def is_told(cls: type) -> bool:
    """Whether an event means anything here; all others (a report above all) cost nothing."""
    return cls in WORDING or event_spec(cls).state is MemberState


def write_notices(connection: Connection, _store: Store, rows: list[Told]) -> None:
    """Put what some events tell into inboxes: a writer for `Work.stage`, after `write_told`."""
    keep_posts(connection, [row.data[event_spec(row.cls).subject] for row in rows if row.cls not in WORDING])
    happened = [_happened(row) for row in _not_told_yet(connection, [row for row in rows if row.cls in WORDING])]
    if not happened:
        return
    matters = _matters(connection, happened)
    known = _known(connection, happened, matters)
    meant = [
        candidates(each.event, each.place, behind, each.envelope.actor, known)
        for each, behind in zip(happened, matters, strict=True)
    ]
    known.roles = views.roles(connection, _keys_of_members(happened, meant, known))
    written = [
        _row(each, member_id, heard, known)
        for each, found in zip(happened, meant, strict=True)
        for member_id, heard in found.items()
        if may_hear(member_id, heard, each.place, each.rank, known)
    ]
    if written:
        insert_all(connection, notices, written)


def purge_notices(connection: Connection, now: datetime, days: int) -> int:
    """Delete what is older than some days, a limited number at once; returns how many notices went."""
    old = sa.select(notices.c.community_id, notices.c.id).where(notices.c.at < now - timedelta(days=days))
    gone = [(row.community_id, row.id) for row in connection.execute(old.order_by(notices.c.at).limit(PURGED_AT_ONCE))]
    for table, id_ in ((notice_deliveries, "notice_id"), (notices, "id")):
        if gone:
            connection.execute(sa.delete(table).where(one_of(connection, [table.c.community_id, table.c[id_]], gone)))
    return len(gone)


def _happened(told: Told) -> Happened:
    rank = None if told.cls in ISSUES else rank_of(told.data[event_spec(told.cls).subject])
    return Happened(told.envelope, read(told.cls, told.data), rank)


def _not_told_yet(connection: Connection, rows: Sequence[Told]) -> list[Told]:
    """Those of which nobody has a notice: all of an event's are written together."""
    keys = {(row.envelope.community_id, row.envelope.id): row for row in rows}
    if not keys:
        return []
    columns = [notices.c.community_id, notices.c.event_id]
    found = connection.execute(sa.select(*columns).where(one_of(connection, columns, list(keys))).distinct())
    known = {(row.community_id, row.event_id) for row in found}
    return [row for key, row in keys.items() if key not in known]


def _matters(connection: Connection, happened: Sequence[Happened]) -> list[tuple[Matter, ...]]:
    """What each event is about; what the views do not know (yet) is left out."""
    wanted = [_things(each) for each in happened]
    found: dict[tuple[type, Key], Matter] = {}
    for cls in (TopicState, ProjectState):
        keys = [key for things in wanted for kind, key in things if kind is cls]
        found |= {(cls, key): matter for key, matter in views.matters(connection, cls, keys).items()}
    return [
        tuple(found[thing] for thing in things if thing in found) if things else (_itself(each.state),)
        for each, things in zip(happened, wanted, strict=True)
    ]


def _things(happened: Happened) -> list[tuple[type, Key]]:
    """The topics or projects that an event only names; none when it tells of an issue, topic or project itself."""
    state = happened.state
    if isinstance(state, MeetingState):
        return [(TopicState, (happened.place, id_)) for id_ in state.topic_ids]
    if isinstance(state, HearingState):
        return [(ProjectState, (happened.place, id_)) for id_ in state.project_ids]
    return [] if hasattr(state, "title") else [(ProjectState, (happened.place, state.project_id))]


def _itself(state: Any) -> Matter:
    return Matter(state.title, state.issue_ids if isinstance(state, TopicState | ProjectState) else (state.id,))


def _known(connection: Connection, happened: Sequence[Happened], matters: Sequence[tuple[Matter, ...]]) -> Known:
    pairs = list(zip(happened, matters, strict=True))
    keys = [(each.place, id_) for each, behind in pairs for matter in behind for id_ in matter.issue_ids]
    originals = [
        (each.place, each.event.issue.merged_into)
        for each in happened
        if isinstance(each.event, OriginalMoved) and each.event.issue.merged_into
    ]
    grids = [
        (each.place, each.event.issue.grid_id)
        for each in happened
        if isinstance(each.event, IssueAlarmed) and each.event.issue.grid_id
    ]
    known = Known(
        issues=views.issues(connection, [*keys, *originals]),
        followers=views.followers(connection, [*keys, *originals]),
        officers=views.officers(connection, grids),
        places=views.places(connection, (each.place for each in happened)),
    )
    posts = [post for each in happened for post in posts_for(each.event, each.place, known)]
    known.holders = views.holders(connection, posts)
    return known


def _keys_of_members(happened: Sequence[Happened], meant: Sequence[dict[str, Heard]], known: Known) -> Iterable[Key]:
    """Each candidate in the community and in its district."""
    for each, found in zip(happened, meant, strict=True):
        for place in {each.place, known.place(each.place).district_id} - {""}:
            yield from ((place, member_id) for member_id in found)


def _row(happened: Happened, member_id: str, heard: Heard, known: Known) -> dict[str, Any]:
    envelope, event = happened.envelope, happened.event
    words = sentence(event, heard.title, heard.ear, zone_of(known.place(happened.place).zone))
    return {
        "community_id": happened.place,
        "id": new_id(),
        "member_id": member_id,
        "event_id": envelope.id,
        "type": envelope.type,
        "kind": str(WORDING[type(event)].kind),
        "subject": envelope.subject,
        "issue_id": heard.issue_id,
        "title": heard.title,
        "zh": words.zh,
        "en": words.en,
        "urgent": is_urgent(event),
        "planned": False,
        "at": envelope.time,
        "read_at": None,
    }

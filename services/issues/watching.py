"""What happens to an issue by itself, once and however late: it stays overnight (日-5, 日-6), it climbs the ladder (日-14)."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.issues.ladder import next_watch, overnight_at, rung_reached
from services.issues.model import Issue
from services.issues.telling import tell
from services.schedule import Due
from services.sweeping import Watched, correct
from services.work import Work

LOOK_AGAIN = "look_again"
HEARD_EVERYWHERE = timedelta(seconds=10)  # by then no process goes by what it knew of a community before


def watch(work: Work, issue_id: str) -> None:
    """Do what is due about an issue by now; where nothing is (somebody was faster), only its next time is put right."""
    issue, at = work.load(Issue, issue_id), work.moment
    missed = overnight_at(issue, at)
    if missed and missed <= at.now:
        tell(work, issue, issue.stay_overnight(at))
    elif alarm := rung_reached(issue, at):
        tell(work, issue, issue.raise_alarm(alarm, at))
    else:
        issue.watch_at = next_watch(issue, at)
        correct(work, WATCHED, issue)


WATCHED = Watched("watch_issue", Issue, "watch_at", watch)


def look_again_soon(work: Work) -> None:
    """A community has changed, maybe its cut-off or its ladder: what is open there gets its next time anew, soon."""
    work.schedule(LOOK_AGAIN, work.community_id, work.now + HEARD_EVERYWHERE)


def look_again(work: Work, due: Due) -> None:
    """Have the sweep see to everything that waits for a later time: where nothing is due, it only puts the time right."""
    work.stage(_watch_now, (work.community_id, work.now))


def _watch_now(connection: sa.Connection, store: Any, communities: list[tuple[str, datetime]]) -> None:
    table = store.aggregates[Issue]
    for community_id, now in communities:
        later = sa.update(table).where(table.c.community_id == community_id, table.c.watch_at > now)
        connection.execute(later.values(watch_at=now))


DUE = {WATCHED.name: WATCHED.do_again, LOOK_AGAIN: look_again}

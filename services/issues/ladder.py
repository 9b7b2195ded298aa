"""When something must happen to an issue by itself: the next rung of the ladder (日-14), or the cut-off of its day (日-5)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from services.clock import Moment
from services.issues.contract import Alarm, Status, Turn
from services.issues.policy import (
    COMMUNITY_ALARM_MINUTES,
    DATED,
    DISTRICT_ALARM_MINUTES,
    GRID_OFFICER_ALARM_MINUTES,
    HANDLER_ALARM_MINUTES,
)
from services.issues.timing import cut_off
from services.parameters import Parameter

BEFORE, AFTER = -1, 1

LADDER: tuple[tuple[Alarm, int, Parameter], ...] = (
    (Alarm.HANDLER, BEFORE, HANDLER_ALARM_MINUTES),
    (Alarm.GRID_OFFICER, BEFORE, GRID_OFFICER_ALARM_MINUTES),
    (Alarm.COMMUNITY, AFTER, COMMUNITY_ALARM_MINUTES),
    (Alarm.DISTRICT, AFTER, DISTRICT_ALARM_MINUTES),
)


class Promised(Protocol):
    """What is read of an issue here."""

    status: Status
    created_at: datetime
    settle_by: datetime | None
    overnight: bool
    topic_id: str | None
    alarm: Alarm | None
    history: tuple[Turn, ...]


def next_watch(issue: Promised, at: Moment) -> datetime | None:
    """The next instant at which something must happen to it by itself; past when that is late, None when nothing must.

    What stayed overnight goes on up the ladder until somebody does something about it.
    """
    instants = [instant for instant, _ in _rungs_to_come(issue, at)]
    if missed := overnight_at(issue, at):
        instants.append(missed)
    return min(instants, default=None)


def overnight_at(issue: Promised, at: Moment) -> datetime | None:
    """The first cut-off of the community's days at or after its deadline, for what would stay overnight there (日-5)."""
    if issue.settle_by is None or issue.status not in DATED:
        return None
    day = at.day_of(issue.settle_by)
    that_day = cut_off(at, day)
    return that_day if that_day >= issue.settle_by else cut_off(at, day + timedelta(days=1))


def rung_reached(issue: Promised, at: Moment) -> Alarm | None:
    """The highest rung whose time has come and that has not been called yet (日-14); those below it are passed over."""
    reached = [alarm for instant, alarm in _rungs_to_come(issue, at) if instant <= at.now]
    return reached[-1] if reached else None


def due_since(issue: Promised) -> datetime:
    """When it was last given the time by which it must be settled: at the report, or when it became due anew."""
    anew = [after.at for before, after in pairwise(issue.history) if _is_due_anew(before, after)]
    return anew[-1] if anew else issue.created_at


def _rungs_to_come(issue: Promised, at: Moment) -> Iterator[tuple[datetime, Alarm]]:
    """Above the highest one that was called, without those that had passed when it was given its deadline.

    Nobody is reminded of the deadline of what stayed overnight already.
    """
    stayed = issue.status is Status.ESCALATED and issue.overnight and issue.topic_id is None
    if issue.settle_by is None or not (stayed or issue.status in DATED):
        return
    since = due_since(issue)
    for alarm, direction, minutes in LADDER[_called(issue.alarm) :]:
        instant = issue.settle_by + direction * timedelta(minutes=at.value(minutes))
        if instant > since and not (stayed and direction == BEFORE):
            yield instant, alarm


def _called(alarm: Alarm | None) -> int:
    return 0 if alarm is None else [each for each, _, _ in LADDER].index(alarm) + 1


def _is_due_anew(before: Turn, after: Turn) -> bool:
    if after.move in ("accept", "assign"):
        return before.status in (Status.WAITING, Status.TRANSFERRED, Status.ESCALATED)
    return after.move in ("postpone", "reopen", "unmerge")

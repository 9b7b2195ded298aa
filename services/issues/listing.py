"""Which issues the huddles of a day talk about, each for its most serious reason, and when they open (日-15)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from services.clock import Moment, zone_of
from services.issues.contract import Listed, Status
from services.issues.policy import DATED, HUDDLE_MINUTE, OPEN


def opens_at(at: Moment, day: date) -> datetime:
    """The instant (UTC) at which the huddles of a local day open, with the minute that holds there on that day.

    When clocks change, it is found as the cut-off is (RFC 5545, section 3.3.5).
    """
    minute = HUDDLE_MINUTE.on(day, at.overrides.get(HUDDLE_MINUTE.name, ()))
    return datetime.combine(day, time(minute // 60, minute % 60), zone_of(at.zone)).astimezone(UTC)


class AnIssue(Protocol):
    """What decides whether an issue is on a list."""

    @property
    def status(self) -> Status: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def settle_by(self) -> datetime | None: ...
    @property
    def overnight(self) -> bool: ...
    @property
    def topic_id(self) -> str | None: ...


@dataclass(frozen=True)
class Today:
    """The instants that decide it: what was reported from `since` on is new, and the local day goes from `begins` to `ends`."""

    since: datetime
    begins: datetime
    now: datetime
    ends: datetime

    @classmethod
    def of(cls, at: Moment, since: datetime) -> "Today":
        """The day of a moment."""
        midnight = datetime.combine(at.day, time(), zone_of(at.zone))
        following = datetime.combine(at.day + timedelta(days=1), time(), zone_of(at.zone))
        return cls(since, midnight.astimezone(UTC), at.now, following.astimezone(UTC))


def why_listed(issue: AnIssue, today: Today) -> Listed | None:
    """The most serious reason for which an issue is on today's list, or None (日-15).

    Carried over: it stayed overnight, and nobody has dealt with it or raised it as a topic since; or it is overdue since
    before. Then: reopened; due today, also by the date that it was given; new.
    """
    overdue = issue.settle_by is not None and issue.settle_by <= today.now and issue.created_at < today.begins
    if issue.status is Status.ESCALATED:
        return Listed.CARRIED_OVER if issue.overnight and issue.topic_id is None else None
    if issue.status not in DATED:
        return None
    if issue.overnight or overdue:
        return Listed.CARRIED_OVER
    if issue.status is Status.REOPENED:
        return Listed.REOPENED
    if issue.settle_by is not None and issue.settle_by < today.ends:
        return Listed.DUE_TODAY
    return Listed.NEW if issue.status in OPEN and issue.created_at >= today.since else None

"""The daily huddles: they open by themselves, decide on issues as anybody may, and are closed and published (日-15)."""

from datetime import timedelta

from services.clock import Moment
from services.issues.agenda import agenda, last_opening, left_open, micro_grids, outcomes
from services.issues.contract import AttendHuddle, CloseHuddle, DisposeIssue, HuddleState, HuddleStatus
from services.issues.disposing import handle
from services.issues.huddle import Huddle, huddle_id
from services.issues.listing import Today, opens_at, why_listed
from services.issues.minutes import Outcome
from services.issues.model import Issue
from services.issues.reporting import category_of
from services.issues.timing import cut_off
from services.schedule import Due
from services.work import Work

OPEN, CLOSE = "open_huddles", "close_huddle"

_AFTER_THE_CUT_OFF = timedelta(minutes=60)
_IN_FLIGHT = timedelta(minutes=1)  # what was reported before an opening may be committed after it
_MOST_LABEL = 70


def attend_huddle(work: Work, command: AttendHuddle) -> HuddleState:
    """Sit down in a huddle (日-15)."""
    huddle = work.load(Huddle, command.huddle_id)
    work.record(huddle.attend(command.role, work.actor, work.held, work.moment))
    return huddle.state()


def dispose_issue(work: Work, command: DisposeIssue) -> HuddleState:
    """Decide in a huddle on an issue (日-15)."""
    huddle, issue = work.load(Huddle, command.huddle_id), work.load(Issue, command.issue_id)
    listed = why_listed(issue, Today.of(work.moment, huddle.created_at))
    huddle.take_up(issue.state(), listed, work.actor, work.held, work.moment)
    work.record(huddle.dispose(handle(work, command), command.disposition, command.note, work.moment))
    return huddle.state()


def close_huddle(work: Work, command: CloseHuddle) -> HuddleState:
    """Close a huddle and publish its minutes (日-15)."""
    huddle = work.load(Huddle, command.huddle_id)
    work.record(huddle.close(_outcomes(work, huddle), work.actor, work.held, work.moment))
    return huddle.state()


def arm_huddles(work: Work, at: Moment) -> None:
    """Have the next huddles open by themselves; doing so again is harmless."""
    today = opens_at(at, at.day)
    _arm(work, at, 0 if at.now < today else 1)


def open_huddles(work: Work, due: Due) -> None:
    """Open the huddles of today, each once, and arm those of tomorrow (日-15).

    Where the hour was put off, it waits for it; days that were slept through have no huddle, and what was left open of
    them is closed.
    """
    at = work.moment
    if work.now < opens_at(at, at.day):
        _arm(work, at, 0)
        return
    _arm(work, at, 1)
    for each in left_open(work.connection, work.community_id, at.day):
        _close_by_itself(work, work.load(Huddle, each))
    for grid_id in (None, *micro_grids(work.connection, work.community_id)):
        if work.find(Huddle, huddle_id(work.community_id, grid_id, at.day)) is None:
            _open(work, grid_id, at)


def close_left_open(work: Work, due: Due) -> None:
    """Close a huddle that nobody has closed by an hour after the cut-off of its day (日-15)."""
    huddle = work.load(Huddle, due.subject)
    if huddle.status is HuddleStatus.OPEN:
        _close_by_itself(work, huddle)


def _arm(work: Work, at: Moment, days: int) -> None:
    day = at.day + timedelta(days=days)
    work.schedule(OPEN, day.isoformat(), opens_at(at, day))


def _open(work: Work, grid_id: str | None, at: Moment) -> None:
    connection = work.connection
    last = last_opening(connection, work.community_id, grid_id)
    since = last - _IN_FLIGHT if last else opens_at(at, at.day - timedelta(days=1))
    found = agenda(connection, work.community_id, grid_id, Today.of(at, since))
    huddle, opened = Huddle.open(work.community_id, grid_id, found.items, found.more, at)
    work.add(huddle)
    work.record(opened)
    work.schedule(CLOSE, huddle.id, cut_off(at, at.day) + _AFTER_THE_CUT_OFF)


def _close_by_itself(work: Work, huddle: Huddle) -> None:
    work.record(huddle.close_by_itself(_outcomes(work, huddle), work.moment))


def _outcomes(work: Work, huddle: Huddle) -> dict[str, Outcome]:
    """What became by now of the issues on a huddle's list; of what is for staff only nobody else reads the title."""

    def label(category: str) -> str:
        return f"{category_of(work, category).zh[:_MOST_LABEL]}(不公开事项)"

    return outcomes(work.connection, work.community_id, [item.issue_id for item in huddle.items], label)


DUE = {OPEN: open_huddles, CLOSE: close_left_open}

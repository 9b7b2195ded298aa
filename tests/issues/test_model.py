"""An issue leaves a turn in its history at every move, counts its versions, and tells its state as it is."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.actor import SYSTEM, Role
from services.errors import Forbidden, Refused
from services.issues.contract import IssueConfirmed, IssueReported, IssueState, Status
from services.issues.model import Issue
from services.issues.policy import MOST_REOPENINGS
from services.wire import hints_of
from tests.issues.made import issue
from tests.shared.samples import GRID_OFFICER, ISSUE, NOON, OFFICER, REPORTER, RESIDENT, moment, report

RESIDENTS = frozenset({Role.RESIDENT})
OFFICERS = frozenset({Role.GRID_OFFICER})


def reported() -> Issue:
    """A new issue."""
    return Issue.report(ISSUE, report(), RESIDENT, RESIDENTS, moment())[0]


def test_a_report_begins_an_issue_with_its_first_turn() -> None:
    thing, told = Issue.report(ISSUE, report(), RESIDENT, RESIDENTS, moment())
    assert told == IssueReported(issue=thing.state())
    assert (thing.status, thing.version, thing.reporter_id, thing.handler_id) == (Status.REPORTED, 1, REPORTER, None)
    assert [(turn.move, turn.by, turn.at) for turn in thing.history] == [("report", REPORTER, NOON)]


def test_a_life_from_the_report_to_the_confirmation() -> None:
    thing = reported()
    later = [moment(NOON + timedelta(hours=hour)) for hour in range(1, 7)]
    thing.accept(GRID_OFFICER, OFFICERS, later[0])
    thing.resolve("已更换", GRID_OFFICER, OFFICERS, later[1])
    assert thing.resolved_at == later[1].now
    thing.reopen("还在漏水", RESIDENT, RESIDENTS, later[2])
    assert thing.state().resolved_at is None
    assert thing.reopenings == 1
    thing.resolve("又修了一次", GRID_OFFICER, OFFICERS, later[3])
    told = thing.confirm(None, RESIDENT, RESIDENTS, later[4])
    assert told == IssueConfirmed(issue=thing.state(), by_silence=False)
    assert thing.version == 6
    assert [(turn.move, turn.status, turn.note) for turn in thing.history] == [
        ("report", Status.REPORTED, None),
        ("accept", Status.ACCEPTED, None),
        ("resolve", Status.RESOLVED, "已更换"),
        ("reopen", Status.REOPENED, "还在漏水"),
        ("resolve", Status.RESOLVED, "又修了一次"),
        ("confirm", Status.CONFIRMED, None),
    ]
    assert (thing.created_at, thing.updated_at) == (NOON, later[4].now)


def test_a_rejection_names_its_reason_and_who_gave_it() -> None:
    thing = reported()
    told = thing.reject("不属于本社区", GRID_OFFICER, OFFICERS, moment())
    assert told.reason == "不属于本社区"
    assert (told.issue.status, told.issue.handler_id) == (Status.REJECTED, OFFICER)
    assert told.issue.history[-1].note == "不属于本社区"


def test_silence_confirms_when_the_days_are_over() -> None:
    thing = issue(Status.RESOLVED)
    told = thing.confirm_by_silence(SYSTEM, moment(NOON + timedelta(days=8)))
    assert told.by_silence
    assert told.issue.status == Status.CONFIRMED
    assert told.issue.history[-1].by == SYSTEM.member_id


def test_a_move_that_is_refused_leaves_the_issue_as_it_was() -> None:
    thing = issue(Status.CONFIRMED)
    before = thing.state()
    with pytest.raises(Refused):
        thing.reopen("还在漏水", RESIDENT, RESIDENTS, moment())
    with pytest.raises(Forbidden):
        thing.accept(RESIDENT, RESIDENTS, moment())
    assert thing.state() == before


def test_the_state_shows_every_member_of_the_issue() -> None:
    thing = issue(Status.RESOLVED, reopenings=2)
    shown: dict[str, Any] = {name: getattr(thing.state(), name) for name in hints_of(IssueState)}
    assert shown.pop("building_id") == thing.place.building_id
    assert shown == vars(thing)


def test_the_longest_life_fits_into_the_history() -> None:
    thing = reported()
    at = moment(issues__most_reopenings=[(date(2024, 1, 1), MOST_REOPENINGS.most)])
    for _ in range(MOST_REOPENINGS.most):
        thing.accept(GRID_OFFICER, OFFICERS, at)
        thing.resolve("已更换", GRID_OFFICER, OFFICERS, at)
        thing.reopen("还在漏水", RESIDENT, RESIDENTS, at)
    thing.accept(GRID_OFFICER, OFFICERS, at)
    thing.resolve("已更换", GRID_OFFICER, OFFICERS, at)
    with pytest.raises(Refused, match="too often"):
        thing.reopen("还在漏水", RESIDENT, RESIDENTS, at)
    thing.confirm(None, RESIDENT, RESIDENTS, at)
    most = hints_of(IssueState)["history"].__metadata__[0].most
    assert len(thing.history) == 4 + 3 * MOST_REOPENINGS.most <= most

"""What the service does with each command, event and deadline: the state, what is told, and what is planned."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.actor import SYSTEM, Role
from services.communities import keep_communities
from services.declare import COMMANDS, commands_of
from services.errors import Forbidden, NotFound, Refused
from services.ids import new_id
from services.issues.contract import (
    ConfirmIssue,
    EscalateIssue,
    IssueConfirmed,
    Place,
    RejectIssue,
    ReopenIssue,
    ResolveIssue,
    Status,
)
from services.issues.store import STORE
from services.issues.use_cases import DOES, DUE, REACTS
from services.projects.contract import ProjectAccepted
from services.schemas import load
from services.wire import from_json, hints_of
from services.work import Desk
from tests.shared.desks import SetClock, confirm, event, job, perform, rows, settled
from tests.shared.samples import (
    ANOTHER_RESIDENT,
    BUILDING,
    COMMUNITY,
    GRID_OFFICER,
    ISSUE,
    NOON,
    REPORTER,
    RESIDENT,
    caochang,
    member,
    project_state,
    report,
)

FIRST_NIGHT = datetime(2024, 5, 27, 16, tzinfo=UTC)  # the local midnight after the seventh day


def reopen(issue_id: str, **options: Any) -> Any:
    """The reporter says that it is not gone."""
    return job(ReopenIssue(community_id=COMMUNITY, issue_id=issue_id, reason="还在漏水"), **options)


def resolve(issue_id: str) -> Any:
    """The grid officer settles it."""
    return job(ResolveIssue(community_id=COMMUNITY, issue_id=issue_id, note="已更换"), GRID_OFFICER)


def state(desk: Desk) -> Any:
    """The one issue in the table."""
    (row,) = rows(desk, "issues")
    return row


def told(desk: Desk) -> list[str]:
    """The deeds in the journal, in order."""
    return [row.type.split(".")[2] for row in rows(desk, "journal")]


def test_an_evening_of_an_issue(desk: Desk) -> None:
    issue_id = settled(desk)
    reopened = perform(desk, reopen(issue_id))[0]
    assert (reopened["status"], reopened["reopenings"], reopened["resolved_at"]) == ("reopened", 1, None)
    perform(desk, resolve(issue_id))
    final = perform(desk, confirm(issue_id))[0]
    assert (final["status"], final["version"]) == ("confirmed", 6)
    assert told(desk) == ["reported", "accepted", "resolved", "reopened", "resolved", "confirmed"]
    last = from_json(rows(desk, "journal")[-1].data)
    assert last == {"issue": final, "by_silence": False}
    assert load(IssueConfirmed, last).issue.status is Status.CONFIRMED


def test_an_issue_out_of_scope_is_rejected_with_its_reason(desk: Desk) -> None:
    issue_id = perform(desk, job(report()))[0]["id"]
    command = RejectIssue(community_id=COMMUNITY, issue_id=issue_id, reason="不属于本社区")
    assert perform(desk, job(command, GRID_OFFICER))[0]["status"] == "rejected"
    assert from_json(rows(desk, "journal")[-1].data)["reason"] == "不属于本社区"


def test_what_became_a_project_is_settled_when_the_project_was_accepted(desk: Desk, clock: SetClock) -> None:
    ids = [perform(desk, job(report(title=f"飞线充电 {number}")))[0]["id"] for number in range(3)]
    reason = "须统一建设充电车棚"
    for issue_id in ids[:2]:
        escalated = job(EscalateIssue(community_id=COMMUNITY, issue_id=issue_id, reason=reason), GRID_OFFICER)
        assert perform(desk, escalated)[0]["status"] == Status.ESCALATED
    accepted = ProjectAccepted(project=project_state(issue_ids=(*ids, new_id()), title="新建充电车棚"))
    perform(desk, event(accepted, REACTS))
    perform(desk, event(accepted, REACTS))
    found = {row.id: row for row in rows(desk, "issues")}
    assert [found[issue_id].status for issue_id in ids] == [Status.RESOLVED, Status.RESOLVED, Status.REPORTED]
    assert found[ids[0]].history[-1].note == "项目“新建充电车棚”已通过验收。"
    assert found[ids[0]].history[-2].note == reason
    perform(desk, confirm(ids[0]))
    clock.now = FIRST_NIGHT
    assert [outcome.failure for outcome in desk.do_due(DUE, SYSTEM)] == [None, None]
    found = {row.id: row for row in rows(desk, "issues")}
    assert [found[issue_id].status for issue_id in ids[:2]] == [Status.CONFIRMED, Status.CONFIRMED]


def test_a_building_of_the_community_can_be_named_and_no_other(desk: Desk) -> None:
    for place in (Place(), Place(spot="小广场"), Place(building_id=BUILDING)):
        perform(desk, job(report(place=place)))
    elsewhere = desk.perform([job(report(place=Place(building_id=new_id())))])[0]
    assert isinstance(elsewhere.refusal, Refused)
    assert elsewhere.refusal.clause == "日-1"
    assert len(rows(desk, "issues")) == 3


def test_whoever_is_no_member_here_cannot_report(desk: Desk) -> None:
    for somebody in (member(REPORTER), member(REPORTER, Role.RESIDENT, community_id="wuhan-elsewhere")):
        assert isinstance(desk.perform([job(report(), somebody)])[0].refusal, Forbidden)
    assert rows(desk, "issues") == []


def test_somebody_elses_issue_is_neither_confirmed_nor_reopened(desk: Desk) -> None:
    issue_id = settled(desk)
    command = ConfirmIssue(community_id=COMMUNITY, issue_id=issue_id)
    for each in (job(command, ANOTHER_RESIDENT), job(command, GRID_OFFICER), reopen(issue_id, actor=ANOTHER_RESIDENT)):
        assert isinstance(desk.perform([each])[0].refusal, Forbidden)
    assert state(desk).status is Status.RESOLVED


@pytest.mark.parametrize("method", [name for name in commands_of("issues") if name != "report_issue"])
def test_an_unknown_issue_is_said_to_be_unknown(desk: Desk, method: str) -> None:
    cls = commands_of("issues")[method].cls
    words = {name: "x" for name in ("note", "reason") if name in hints_of(cls)}
    command = cls(community_id=COMMUNITY, issue_id=ISSUE, **words)
    assert isinstance(desk.perform([job(command, RESIDENT)])[0].refusal, NotFound)


def test_silence_confirms_at_the_local_midnight_after_the_last_day(desk: Desk, clock: SetClock) -> None:
    settled(desk)
    assert [(row.kind, row.due_at) for row in rows(desk, "due")] == [("confirm_by_silence", FIRST_NIGHT)]
    clock.now = FIRST_NIGHT - timedelta(microseconds=1)
    assert desk.do_due(DUE, SYSTEM) == []
    clock.now = FIRST_NIGHT
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.CONFIRMED
    last = rows(desk, "journal")[-1]
    assert (last.type, last.actor, last.member_id) == ("issues.issue.confirmed.v1", SYSTEM.member_id, REPORTER)
    assert from_json(last.data)["by_silence"] is True
    assert rows(desk, "due") == []


def test_silence_confirms_late_rather_than_never(desk: Desk, clock: SetClock) -> None:
    settled(desk)
    clock.forward(days=200)
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.CONFIRMED


@given(st.integers(0, 7 * 24 * 3600 - 1))
def test_the_sample_night_is_the_end_of_the_seventh_day(seconds: int) -> None:
    assert NOON + timedelta(seconds=seconds) < FIRST_NIGHT


def test_whoever_came_back_in_time_is_not_taken_for_silent(desk: Desk, clock: SetClock) -> None:
    issue_id = settled(desk)
    clock.now = FIRST_NIGHT - timedelta(seconds=1)
    perform(desk, reopen(issue_id))
    clock.now = FIRST_NIGHT
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.REOPENED
    assert rows(desk, "due") == []
    assert told(desk)[-1] == "reopened"


def test_an_issue_that_was_settled_again_has_its_days_again(desk: Desk, clock: SetClock) -> None:
    issue_id = settled(desk)
    clock.forward(days=3)
    perform(desk, reopen(issue_id))
    perform(desk, resolve(issue_id))
    clock.now = FIRST_NIGHT
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.RESOLVED
    clock.now = FIRST_NIGHT + timedelta(days=3)
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.CONFIRMED


def test_days_that_became_more_meanwhile_are_waited_for(desk: Desk, clock: SetClock) -> None:
    settled(desk)
    longer = caochang(version=2, parameters={"issues.reopening_days": [(date(2024, 5, 21), 10)]})
    with desk.engine.begin() as connection:
        keep_communities(connection, STORE, [longer])
    desk.communities.forget(COMMUNITY)
    clock.now = FIRST_NIGHT
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.RESOLVED
    clock.now = FIRST_NIGHT + timedelta(days=3)
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.CONFIRMED
    assert rows(desk, "due") == []


def test_silence_that_comes_after_a_confirmation_changes_nothing(desk: Desk, clock: SetClock) -> None:
    perform(desk, confirm(settled(desk)))
    clock.now = FIRST_NIGHT
    desk.do_due(DUE, SYSTEM)
    assert told(desk) == ["reported", "accepted", "resolved", "confirmed"]
    assert rows(desk, "due") == []


def test_too_late_is_too_late(desk: Desk, clock: SetClock) -> None:
    issue_id = settled(desk)
    clock.now = FIRST_NIGHT
    refused = desk.perform([reopen(issue_id)])[0].refusal
    assert isinstance(refused, Refused)
    assert refused.clause == "日-8"


def test_the_tables_name_every_command_and_what_is_heard() -> None:
    assert set(DOES) == {cls for cls, spec in COMMANDS.items() if spec.service == "issues"}
    assert {cls.__name__ for cls in REACTS} == {"CommunityOnboarded", "CommunityChanged", "ProjectAccepted"}
    assert set(DUE) == {"confirm_by_silence"}

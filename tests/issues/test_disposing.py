"""Each disposition is a move of the issue: what belongs to it must be said, what does not may not, and its own rules hold."""

from typing import Any

import pytest

from services.errors import Forbidden, Invalid, Refused
from services.issues.contract import Disposition, Status
from services.work import Desk
from tests.issues.rounds import LEADER, STEWARD, dispose
from tests.issues.test_huddling import DAY, TOMORROW, open_, refusal, reported
from tests.shared.desks import SetClock, job, perform, rows
from tests.shared.samples import ANOTHER_RESIDENT, OFFICER

WHOLE: dict[Disposition, dict[str, Any]] = {
    Disposition.ACCEPT: {},
    Disposition.ASSIGN: {"handler_id": STEWARD.member_id, "note": "请更换灯泡"},
    Disposition.RESOLVE: {"note": "已清理"},
    Disposition.TRANSFER: {"body": "市水务集团", "reference": "W-17", "note": "主管爆裂"},
    Disposition.POSTPONE: {"until": TOMORROW + DAY, "note": "等配件"},
    Disposition.ESCALATE: {"note": "须统一建设"},
    Disposition.REJECT: {"note": "不属于本社区"},
}
LEADS_TO = {
    Disposition.ACCEPT: Status.ACCEPTED,
    Disposition.ASSIGN: Status.ASSIGNED,
    Disposition.RESOLVE: Status.RESOLVED,
    Disposition.TRANSFER: Status.TRANSFERRED,
    Disposition.POSTPONE: Status.WAITING,
    Disposition.ESCALATE: Status.ESCALATED,
    Disposition.REJECT: Status.REJECTED,
}


@pytest.mark.parametrize("disposition", Disposition)
def test_each_disposition_moves_the_issue_with_everything_that_was_said(
    desk: Desk, clock: SetClock, disposition: Disposition
) -> None:
    issue_id = reported(desk)
    made = open_(desk, clock)
    said = WHOLE[disposition]
    perform(desk, job(dispose(made.id, issue_id, disposition, **said), LEADER))
    (issue,) = rows(desk, "issues")
    assert (issue.status, issue.history[-1].move) == (LEADS_TO[disposition], disposition.value)
    assert issue.history[-1].note == said.get("note")
    assert issue.history[-1].by == LEADER.member_id
    if disposition is Disposition.ASSIGN:
        assert issue.handler_id == STEWARD.member_id
    if disposition is Disposition.TRANSFER:
        assert (issue.transfer.body, issue.transfer.reference) == ("市水务集团", "W-17")
    if disposition is Disposition.POSTPONE:
        assert issue.waiting_until == TOMORROW + DAY


@pytest.mark.parametrize(
    ("disposition", "missing"),
    [
        (Disposition.ASSIGN, ["/handler_id"]),
        (Disposition.RESOLVE, ["/note"]),
        (Disposition.TRANSFER, ["/body", "/note"]),
        (Disposition.POSTPONE, ["/until", "/note"]),
        (Disposition.ESCALATE, ["/note"]),
        (Disposition.REJECT, ["/note"]),
    ],
)
def test_a_decision_names_what_is_missing_of_it(
    desk: Desk, clock: SetClock, disposition: Disposition, missing: list[str]
) -> None:
    issue_id = reported(desk)
    made = open_(desk, clock)
    refused = refusal(desk, dispose(made.id, issue_id, disposition))
    assert isinstance(refused, Invalid)
    assert [detail["member"] for detail in refused.details] == missing
    assert refused.reason.zh.startswith(disposition.zh)


def test_a_decision_names_what_does_not_belong_to_it(desk: Desk, clock: SetClock) -> None:
    issue_id = reported(desk)
    made = open_(desk, clock)
    strange = dispose(made.id, issue_id, Disposition.RESOLVE, note="已清理", until=TOMORROW, handler_id=OFFICER)
    refused = refusal(desk, strange)
    assert isinstance(refused, Invalid)
    assert [detail["member"] for detail in refused.details] == ["/handler_id", "/until"]


def test_a_date_that_the_issue_does_not_allow_is_refused_by_its_own_clause(desk: Desk, clock: SetClock) -> None:
    issue_id = reported(desk)
    made = open_(desk, clock)
    for until in (TOMORROW, TOMORROW + 400 * DAY):
        refused = refusal(desk, dispose(made.id, issue_id, Disposition.POSTPONE, until=until, note="等人"))
        assert (type(refused), refused.clause) == (Refused, "日-5")


def test_a_move_that_the_issue_does_not_allow_is_refused_as_anywhere(desk: Desk, clock: SetClock) -> None:
    issue_id = reported(desk)
    made = open_(desk, clock)
    perform(desk, job(dispose(made.id, issue_id, Disposition.ESCALATE, note="须统一建设"), LEADER))
    again = refusal(desk, dispose(made.id, issue_id, Disposition.REJECT, note="不属于本社区"))
    assert (type(again), again.clause) == (Refused, "日-3")
    stranger = refusal(desk, dispose(made.id, issue_id, Disposition.RESOLVE, note="已清理"), ANOTHER_RESIDENT)
    assert isinstance(stranger, Forbidden)

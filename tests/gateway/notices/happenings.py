"""An event of every type that people are told of, about the same issue and what came of it."""

from datetime import date, timedelta
from typing import Any

from services.ids import derived_id
from services.issues import contract as issues
from services.issues.contract import Alarm, Appeal, OutsideTransfer, Rating, Status, TransferDelivery
from services.projects import contract as projects
from tests.shared.samples import COMMUNITY, ISSUE, NOON, OFFICER, PROJECT, issue_state, project_state

TOPIC = derived_id("topic", "sheds")
_LIVED: dict[str, Any] = {"community_id": COMMUNITY, "version": 2, "created_at": NOON, "updated_at": NOON}
_SHA = "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26"


def issue(**changed: Any) -> Any:
    """The issue of the tests as it is when something happened to it."""
    return issue_state(
        **{
            "version": 5,
            "transfer": OutsideTransfer(body="武汉水务集团", at=NOON, delivery=TransferDelivery.TAKEN_ON),
            "waiting_until": date(2024, 5, 27),
            "rating": Rating(stars=2, at=NOON, appeal=Appeal(reason="误判", at=NOON, unfair=True)),
            "settle_by": NOON,
            **changed,
        }
    )


def topic() -> projects.TopicState:
    """The topic that the issue became part of."""
    status = projects.TopicStatus.RAISED
    return projects.TopicState(
        **_LIVED, id=TOPIC, status=status, title="建设充电车棚", text="飞线充电", issue_ids=(ISSUE,)
    )


def project(**changed: Any) -> projects.ProjectState:
    """The project that came of it."""
    return project_state(**changed)


def meeting() -> projects.MeetingState:
    """A meeting about the topic."""
    return projects.MeetingState(
        **_LIVED, id=derived_id("meeting"), status=projects.MeetingStatus.OPEN, topic_ids=(TOPIC,)
    )


def vote() -> projects.VoteState:
    """The owners' vote."""
    return projects.VoteState(
        **_LIVED, id=derived_id("vote"), status=projects.VoteStatus.PASSED, project_id=PROJECT, matter=7, roll_hash=_SHA,
        area=1, headcount=1, closes_at=NOON + timedelta(days=3),
    )  # fmt: skip


def contract() -> projects.ContractState:
    """The contract."""
    clause = projects.Clause(number=1, text="排水坡度不小于 0.5 %", measure="水准仪")
    return projects.ContractState(
        **_LIVED,
        id=derived_id("contract"),
        project_id=PROJECT,
        contractor="武汉安居建设",
        amount=48_000_050,
        clauses=(clause,),
    )


def payment() -> projects.PaymentState:
    """The final payment."""
    return projects.PaymentState(
        **_LIVED, id=derived_id("payment"), status=projects.PaymentStatus.CONFIRMED, project_id=PROJECT,
        contract_id=derived_id("contract"), kind=projects.PaymentKind.FINAL, amount=4_800_000,
    )  # fmt: skip


def entry() -> projects.DiaryEntryState:
    """An entry of the diary."""
    return projects.DiaryEntryState(
        **_LIVED, id=derived_id("entry"), project_id=PROJECT, written_by=OFFICER, text="基坑开挖,\n深度 1.2 米。"
    )


def acceptance() -> projects.AcceptanceState:
    """The acceptance."""
    order = projects.ReworkOrder(number=1, clauses=(1,), reason="排水坡度不足", by=OFFICER, at=NOON)
    return projects.AcceptanceState(
        **_LIVED, id=derived_id("acceptance"), status=projects.AcceptanceStatus.REWORK, project_id=PROJECT,
        contract_id=derived_id("contract"), clauses=(1,), acceptors=(OFFICER,), rework_orders=(order,),
    )  # fmt: skip


def hearing() -> projects.HearingState:
    """A hearing about the project."""
    return projects.HearingState(
        **_LIVED, id=derived_id("hearing"), status=projects.HearingStatus.OPEN, project_ids=(PROJECT,)
    )


def every() -> list[Any]:
    """One of each type."""
    i, p = issue(), project()
    return [
        issues.IssueAmended(issue=i),
        issues.IssueAccepted(issue=i),
        issues.IssueAssigned(issue=i, note="请今天去看"),
        issues.IssueStarted(issue=i, note="已到现场"),
        issues.IssueTransferred(issue=i, reason="主管道属水务集团"),
        issues.DeliveryRecorded(issue=i),
        issues.IssuePostponed(issue=i, reason="配件待到货"),
        issues.IssueStayedOvernight(issue=i),
        issues.IssueEscalated(issue=i, reason="需建车棚"),
        issues.IssueAlarmed(issue=i, alarm=Alarm.HANDLER),
        issues.IssueMerged(issue=issue(merged_into=derived_id("issue", "original"))),
        issues.IssueUnmerged(issue=i, reason="不是一处"),
        issues.OriginalMoved(issue=issue(merged_into=derived_id("issue", "original"), original_status=Status.RESOLVED)),
        issues.IssueResolved(issue=i, note="已更换。"),
        issues.IssueRejected(issue=issue(instead="请联系城管"), reason="不属本社区"),
        issues.IssueConfirmed(issue=i, by_silence=True),
        issues.IssueReopened(issue=i, reason="又松了"),
        issues.IssueWithdrawn(issue=i),
        issues.IssueRated(issue=i),
        issues.RatingAppealed(issue=i),
        issues.AppealDecided(issue=i),
        projects.TopicRaised(topic=topic()),
        projects.MeetingConvened(meeting=meeting()),
        projects.ProjectBegun(project=p),
        projects.AlternativeProposed(project=p, number=1),
        projects.DesignPassed(project=p),
        projects.DiscussedAgain(project=p, reason="评审未通过"),
        projects.VoteOpened(vote=vote()),
        projects.VoteClosed(vote=vote()),
        projects.ContractSigned(contract=contract()),
        projects.PaymentConfirmed(payment=payment()),
        projects.WorksStarted(project=p),
        projects.DiaryWritten(entry=entry()),
        projects.WorksStopped(project=p, reason="回填土不合格", member_id=OFFICER),
        projects.WorksRectified(project=p),
        projects.WorksResumed(project=p),
        projects.AcceptanceOpened(acceptance=acceptance()),
        projects.ReworkOrdered(acceptance=acceptance()),
        projects.ReworkReported(acceptance=acceptance()),
        projects.ProjectAccepted(project=p),
        projects.HearingOpened(hearing=hearing()),
        projects.HearingClosed(hearing=hearing()),
        projects.ProjectClosed(project=p),
    ]

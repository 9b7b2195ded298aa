"""How an issue is handled, from taking it on to its settlement, and what its reporter says of that."""

from datetime import datetime, time, timedelta

from services.actor import SYSTEM
from services.clock import zone_of
from services.issues.contract import (
    AcceptIssue,
    AppealRating,
    AssignIssue,
    ConfirmIssue,
    CoverPhoto,
    DecideAppeal,
    EscalateIssue,
    IssueState,
    PostponeIssue,
    RateIssue,
    RecordDelivery,
    RejectIssue,
    ReopenIssue,
    ResolveIssue,
    StartIssue,
    Status,
    TransferIssue,
    WithdrawIssue,
)
from services.issues.model import Issue
from services.issues.policy import REOPENING_DAYS
from services.issues.reporting import category_of
from services.issues.telling import tell
from services.issues.timing import next_cut_off, settle_by, waiting_until
from services.schedule import Due
from services.work import Work

SILENCE = "confirm_by_silence"


def accept_issue(work: Work, command: AcceptIssue) -> IssueState:
    """Take an issue on (日-2)."""
    issue = work.load(Issue, command.issue_id)
    tell(work, issue, issue.accept(work.actor, work.held, work.moment, next_cut_off(work.moment)))
    return issue.state()


def assign_issue(work: Work, command: AssignIssue) -> IssueState:
    """Give an issue to somebody (日-2)."""
    issue, due = work.load(Issue, command.issue_id), next_cut_off(work.moment)
    tell(work, issue, issue.assign(command.handler_id, command.note, work.actor, work.held, work.moment, due))
    return issue.state()


def start_issue(work: Work, command: StartIssue) -> IssueState:
    """Say that work on an issue has begun (日-2)."""
    issue = work.load(Issue, command.issue_id)
    tell(work, issue, issue.start(command.note, work.actor, work.held, work.moment))
    return issue.state()


def reject_issue(work: Work, command: RejectIssue) -> IssueState:
    """Say that an issue is out of scope (日-3)."""
    issue = work.load(Issue, command.issue_id)
    tell(work, issue, issue.reject(command.reason, command.instead, work.actor, work.held, work.moment))
    return issue.state()


def resolve_issue(work: Work, command: ResolveIssue) -> IssueState:
    """Settle an issue (日-4); if its reporter is silent for the reopening days, that confirms it."""
    issue = work.load(Issue, command.issue_id)
    tell(work, issue, issue.resolve(command.note, work.actor, work.held, work.moment, command.evidence))
    expect_silence(work, issue)
    return issue.state()


def transfer_issue(work: Work, command: TransferIssue) -> IssueState:
    """Hand an issue on to an outside body (日-5)."""
    issue = work.load(Issue, command.issue_id)
    told = issue.hand_over(command.body, command.reference, command.reason, work.actor, work.held, work.moment)
    tell(work, issue, told)
    return issue.state()


def record_delivery(work: Work, command: RecordDelivery) -> IssueState:
    """Say how far a transfer has got (日-5)."""
    issue = work.load(Issue, command.issue_id)
    got = command.delivery, command.reference, command.note
    tell(work, issue, issue.record_delivery(*got, work.actor, work.held, work.moment))
    return issue.state()


def postpone_issue(work: Work, command: PostponeIssue) -> IssueState:
    """Give an issue a date, with a reason (日-5); it falls due at the cut-off of that day."""
    issue, due = work.load(Issue, command.issue_id), waiting_until(work.moment, command.until)
    tell(work, issue, issue.postpone(command.until, due, command.reason, work.actor, work.held, work.moment))
    return issue.state()


def escalate_issue(work: Work, command: EscalateIssue) -> IssueState:
    """Send an issue to the weekly meeting (日-6)."""
    issue = work.load(Issue, command.issue_id)
    tell(work, issue, issue.escalate(command.reason, work.actor, work.held, work.moment))
    return issue.state()


def confirm_issue(work: Work, command: ConfirmIssue) -> IssueState:
    """Confirm that the problem is gone (日-7)."""
    issue = work.load(Issue, command.issue_id)
    tell(work, issue, issue.confirm(command.note, work.actor, work.held, work.moment))
    return issue.state()


def reopen_issue(work: Work, command: ReopenIssue) -> IssueState:
    """Say that the problem is not gone (日-8): its category's time begins again."""
    issue = work.load(Issue, command.issue_id)
    due = settle_by(category_of(work, issue.category), work.moment)
    tell(work, issue, issue.reopen(command.reason, work.actor, work.held, work.moment, due))
    return issue.state()


def withdraw_issue(work: Work, command: WithdrawIssue) -> IssueState:
    """Take one's own report back (日-12)."""
    issue = work.load(Issue, command.issue_id)
    tell(work, issue, issue.withdraw(command.reason, work.actor, work.held, work.moment))
    return issue.state()


def rate_issue(work: Work, command: RateIssue) -> IssueState:
    """Rate the handling (日-16)."""
    issue = work.load(Issue, command.issue_id)
    tell(work, issue, issue.rate(command.stars, command.words, work.actor, work.held, work.moment))
    return issue.state()


def appeal_rating(work: Work, command: AppealRating) -> IssueState:
    """Say that a rating is unfair (日-17)."""
    issue = work.load(Issue, command.issue_id)
    tell(work, issue, issue.appeal(command.reason, work.actor, work.held, work.moment))
    return issue.state()


def decide_appeal(work: Work, command: DecideAppeal) -> IssueState:
    """Decide whether a rating is unfair (日-17)."""
    issue = work.load(Issue, command.issue_id)
    tell(work, issue, issue.decide_appeal(command.unfair, command.reason, work.actor, work.held, work.moment))
    return issue.state()


def cover_photo(work: Work, command: CoverPhoto) -> IssueState:
    """Cover parts of a photo, or uncover it (日-1)."""
    issue = work.load(Issue, command.issue_id)
    tell(work, issue, issue.cover(command, work.actor, work.held, work.moment))
    return issue.state()


def expect_silence(work: Work, issue: Issue) -> None:
    """日-8: come back when the reopening days of a settled issue are over."""
    work.schedule(SILENCE, issue.id, end_of_reopening(work, issue))


def confirm_by_silence(work: Work, due: Due) -> None:
    """Confirm what its reporter left alone; refused, and so passed over, where it was reopened or confirmed meanwhile.

    Where the days became more since, or it was settled again, it waits for their end.
    """
    issue = work.load(Issue, due.subject)
    if issue.status is Status.RESOLVED and end_of_reopening(work, issue) > work.now:
        expect_silence(work, issue)
        return
    tell(work, issue, issue.confirm_by_silence(SYSTEM, work.moment))


def end_of_reopening(work: Work, issue: Issue) -> datetime:
    """The local midnight that ends the last of the reopening days."""
    days = timedelta(days=work.moment.value(REOPENING_DAYS) + 1)
    return datetime.combine(issue.resolved_on(work.moment) + days, time(), zone_of(work.moment.zone))

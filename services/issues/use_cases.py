"""What the issues service does: one function for each command and each event; the tables at the end are its contents."""

from datetime import datetime, time, timedelta

from gateway.directory.contract import CommunityChanged, CommunityOnboarded
from services.actor import SYSTEM
from services.clock import zone_of
from services.communities import remember
from services.errors import Refused
from services.ids import new_id
from services.issues.contract import (
    AcceptIssue,
    ConfirmIssue,
    EscalateIssue,
    IssueState,
    RejectIssue,
    ReopenIssue,
    ReportIssue,
    ResolveIssue,
    Status,
)
from services.issues.model import Issue
from services.issues.policy import REOPENING_DAYS
from services.projects.contract import ProjectAccepted
from services.schedule import Due
from services.work import Does, Reacts, Work

SILENCE = "confirm_by_silence"


def report_issue(work: Work, command: ReportIssue) -> IssueState:
    """Begin an issue; a building that is named must be one of the community's."""
    building = command.place.building_id
    if building and building not in work.community.buildings:
        raise Refused("this community has no such building", "本社区没有该楼栋", "日-1")
    issue, reported = Issue.report(new_id(), command, work.actor, work.held, work.moment)
    work.add(issue)
    work.record(reported)
    return issue.state()


def accept_issue(work: Work, command: AcceptIssue) -> IssueState:
    """Take an issue on."""
    issue = work.load(Issue, command.issue_id)
    work.record(issue.accept(work.actor, work.held, work.moment))
    return issue.state()


def reject_issue(work: Work, command: RejectIssue) -> IssueState:
    """Say that an issue is out of scope."""
    issue = work.load(Issue, command.issue_id)
    work.record(issue.reject(command.reason, work.actor, work.held, work.moment))
    return issue.state()


def resolve_issue(work: Work, command: ResolveIssue) -> IssueState:
    """Settle an issue; if its reporter is silent for the reopening days, that confirms it."""
    issue = work.load(Issue, command.issue_id)
    work.record(issue.resolve(command.note, work.actor, work.held, work.moment))
    work.schedule(SILENCE, issue.id, _end_of_reopening(work, issue))
    return issue.state()


def escalate_issue(work: Work, command: EscalateIssue) -> IssueState:
    """Send an issue to the weekly meeting."""
    issue = work.load(Issue, command.issue_id)
    work.record(issue.escalate(command.reason, work.actor, work.held, work.moment))
    return issue.state()


def deliver_issues(work: Work, event: ProjectAccepted) -> None:
    """日-10: what became a project is settled when the project was accepted; if its reporter is silent, that confirms it."""
    note = f"项目“{event.project.title}”已通过验收。"
    for issue_id in event.project.issue_ids:
        issue = work.find(Issue, issue_id)
        if issue is None or issue.status is not Status.ESCALATED:
            continue
        work.record(issue.deliver(note, SYSTEM, work.moment))
        work.schedule(SILENCE, issue.id, _end_of_reopening(work, issue))


def confirm_issue(work: Work, command: ConfirmIssue) -> IssueState:
    """Confirm that the problem is gone."""
    issue = work.load(Issue, command.issue_id)
    work.record(issue.confirm(command.note, work.actor, work.held, work.moment))
    return issue.state()


def reopen_issue(work: Work, command: ReopenIssue) -> IssueState:
    """Say that the problem is not gone."""
    issue = work.load(Issue, command.issue_id)
    work.record(issue.reopen(command.reason, work.actor, work.held, work.moment))
    return issue.state()


def confirm_by_silence(work: Work, due: Due) -> None:
    """Confirm what its reporter left alone; refused, and so passed over, where it was reopened or confirmed meanwhile.

    Where the days became more since, or it was settled again, it waits for their end.
    """
    issue = work.load(Issue, due.subject)
    if issue.status is Status.RESOLVED and (end := _end_of_reopening(work, issue)) > work.now:
        work.schedule(SILENCE, issue.id, end)
        return
    work.record(issue.confirm_by_silence(SYSTEM, work.moment))


def _end_of_reopening(work: Work, issue: Issue) -> datetime:
    """The local midnight that ends the last of the reopening days."""
    days = timedelta(days=work.moment.value(REOPENING_DAYS) + 1)
    return datetime.combine(issue.resolved_on(work.moment) + days, time(), zone_of(work.moment.zone))


DOES: Does = {
    ReportIssue: report_issue,
    AcceptIssue: accept_issue,
    RejectIssue: reject_issue,
    EscalateIssue: escalate_issue,
    ResolveIssue: resolve_issue,
    ConfirmIssue: confirm_issue,
    ReopenIssue: reopen_issue,
}

REACTS: Reacts = {
    CommunityOnboarded: remember,
    CommunityChanged: remember,
    ProjectAccepted: deliver_issues,
}

DUE = {SILENCE: confirm_by_silence}

"""All that anyone else may know of the issues service: its views, commands and events."""

from datetime import datetime
from typing import Annotated

from services.actor import MEMBER, Role, concerned, holders
from services.declare import COMMUNITY, ONE_MEMBER, STAFF, Between, command, event, seen_by, value, view
from services.fields import Code, Id, Label, Labelled, Line, Note, Prose, Slug, Version

MICRO_GRID = holders(Role.GRID_OFFICER, Role.BUILDING_LEADER, Role.PROPERTY_STEWARD)
REPORTER = concerned("reporter_id", "the reporter", "报告人")


class Status(Labelled):
    """Where an issue stands."""

    REPORTED = "reported", "待受理"
    ACCEPTED = "accepted", "已受理"
    RESOLVED = "resolved", "已办结"
    CONFIRMED = "confirmed", "已确认"
    REOPENED = "reopened", "已重开"
    REJECTED = "rejected", "不予受理"
    ESCALATED = "escalated", "已提交例会"


@value
class Place:
    """Where it is: a building of the community (and an entrance of it), a public spot in words, or both."""

    building_id: Id | None = None
    entrance_id: Id | None = None
    spot: Line | None = None


@value
class Turn:
    """One entry of an issue's visible history: which move, when, with which words, leading to which status."""

    move: Code
    at: datetime
    status: Status
    note: Note | None = None
    by: Annotated[Id, seen_by(STAFF, ONE_MEMBER)]


@view("issue", filters=("status", "category", "building_id"), text=("title", "text"), concerns="reporter_id")
class IssueState:
    """An issue as everybody concerned sees it; who reported and who handled it is for staff and the reporter."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    status: Status
    category: Code
    title: Label
    text: Prose
    place: Place
    building_id: Id | None = None
    reporter_id: Annotated[Id, seen_by(STAFF, ONE_MEMBER)]
    handler_id: Annotated[Id | None, seen_by(STAFF, ONE_MEMBER)] = None
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None = None
    reopenings: Annotated[int, Between(0, 1000)] = 0
    history: Annotated[tuple[Turn, ...], Between(0, 200)] = ()


@command("issues.report_issue", returns=IssueState, by=MEMBER)
class ReportIssue:
    """Report a problem in the community, in one's own words, with its place."""

    community_id: Slug
    category: Code = "other"
    title: Label
    text: Prose
    place: Place


@command("issues.accept_issue", returns=IssueState, by=MICRO_GRID, subject="issue_id")
class AcceptIssue:
    """Take an issue on: from now on the micro-grid answers for it."""

    community_id: Slug
    issue_id: Id


@command("issues.resolve_issue", returns=IssueState, by=MICRO_GRID, subject="issue_id")
class ResolveIssue:
    """Settle an issue, with a note of what was done."""

    community_id: Slug
    issue_id: Id
    note: Note


@command("issues.confirm_issue", returns=IssueState, by=REPORTER, subject="issue_id")
class ConfirmIssue:
    """Confirm that the problem is really gone."""

    community_id: Slug
    issue_id: Id
    note: Note | None = None


@command("issues.reopen_issue", returns=IssueState, by=REPORTER, subject="issue_id")
class ReopenIssue:
    """Say that the problem is not gone, and why, within the reopening days."""

    community_id: Slug
    issue_id: Id
    reason: Note


@command("issues.reject_issue", returns=IssueState, by=MICRO_GRID, subject="issue_id")
class RejectIssue:
    """Say that an issue is out of scope, and why."""

    community_id: Slug
    issue_id: Id
    reason: Note


@command("issues.escalate_issue", returns=IssueState, by=MICRO_GRID, subject="issue_id")
class EscalateIssue:
    """Say that an issue cannot be settled today, and why: it goes to the weekly meeting of the three parties."""

    community_id: Slug
    issue_id: Id
    reason: Note


@event("issues.issue.reported.v1")
class IssueReported:
    """A member reported a problem."""

    issue: IssueState


@event("issues.issue.accepted.v1")
class IssueAccepted:
    """The micro-grid took the issue on."""

    issue: IssueState


@event("issues.issue.resolved.v1")
class IssueResolved:
    """The micro-grid says that the problem is settled."""

    issue: IssueState
    note: Note


@event("issues.issue.confirmed.v1")
class IssueConfirmed:
    """The problem is gone: its reporter said so, or was silent for the reopening days (`by_silence`)."""

    issue: IssueState
    by_silence: bool = False


@event("issues.issue.reopened.v1")
class IssueReopened:
    """The reporter says that the problem is not gone."""

    issue: IssueState
    reason: Note


@event("issues.issue.rejected.v1")
class IssueRejected:
    """The issue is out of scope."""

    issue: IssueState
    reason: Note


@event("issues.issue.escalated.v1")
class IssueEscalated:
    """The issue could not be settled today and goes to the weekly meeting."""

    issue: IssueState
    reason: Note

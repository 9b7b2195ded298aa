"""What others tell: escalated issues, drawn juries, verified experts, the owners' roll and who owns what in it."""

from typing import Protocol, TypeVar

from gateway.directory.contract import (
    CommunityChanged,
    CommunityOnboarded,
    MemberExpired,
    MemberRegistered,
    MemberRejected,
    MemberState,
    MemberVerified,
    OwnershipChanged,
    PasswordChanged,
    RoleGranted,
    RoleRevoked,
    RollImported,
    RollListed,
)
from services.communities import remember
from services.experts.contract import DrawVoided, ExpertVerified, JurorReplaced, JuryDrawn
from services.issues.contract import IssueEscalated
from services.projects import design
from services.projects.known import KnownExpert, KnownOwner
from services.projects.model import Project
from services.projects.roll import keep_pages, keep_totals
from services.projects.topic import EscalatedIssue
from services.work import Reacts, Work

K = TypeVar("K", KnownOwner, KnownExpert)


class TellsOfAMember(Protocol):
    """An event of the directory whose subject is a member."""

    @property
    def member(self) -> MemberState: ...


def remember_issue(work: Work, event: IssueEscalated) -> None:
    """例-1: it can be raised as a topic; one that is in a topic stays there."""
    if work.find(EscalatedIssue, event.issue.id) is None:
        work.add(EscalatedIssue(work.community_id, event.issue.id))


def seat_jury(work: Work, event: JuryDrawn | JurorReplaced) -> None:
    """关-1: these members are the jury now."""
    project = work.find(Project, event.draw.project_id)
    if project is not None and design.is_awaited(project, event.draw):
        work.record(design.seat_jury(project, event.draw, event.jurors, work.moment))


def return_to_alternatives(work: Work, event: DrawVoided) -> None:
    """例-4: no jury could be drawn."""
    project = work.find(Project, event.draw.project_id)
    if project is not None and design.is_awaited(project, event.draw):
        work.record(design.void_draw(project, event.draw, event.reason, work.actor, work.moment))


def remember_expert(work: Work, event: ExpertVerified) -> None:
    """关-2, 关-3: who can be taken into which group."""
    _keep_newest(work, KnownExpert.of(event.expert))


def remember_owner(work: Work, event: TellsOfAMember) -> None:
    """决-4: for which homes a member may vote; for none, too, so that an older word cannot come after it."""
    _keep_newest(work, KnownOwner.of(event.member))


def remember_totals(work: Work, event: RollImported) -> None:
    """决-2: how much is in the newest roll."""
    work.stage(keep_totals, event.roll)


def remember_page(work: Work, event: RollListed) -> None:
    """决-2: what is in the newest roll, a page at a time."""
    work.stage(keep_totals, event.roll)
    work.stage(keep_pages, event)


def _keep_newest(work: Work, told: K) -> None:
    known = work.find(type(told), told.id)
    if known is None:
        work.add(told)
    elif known.version < told.version:
        vars(known).update(vars(told))


LEARN: Reacts = {
    CommunityOnboarded: remember,
    CommunityChanged: remember,
    IssueEscalated: remember_issue,
    JuryDrawn: seat_jury,
    JurorReplaced: seat_jury,
    DrawVoided: return_to_alternatives,
    ExpertVerified: remember_expert,
    MemberRegistered: remember_owner,
    MemberVerified: remember_owner,
    MemberRejected: remember_owner,
    MemberExpired: remember_owner,
    OwnershipChanged: remember_owner,
    RoleGranted: remember_owner,
    RoleRevoked: remember_owner,
    PasswordChanged: remember_owner,
    RollImported: remember_totals,
    RollListed: remember_page,
}

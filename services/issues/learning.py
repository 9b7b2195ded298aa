"""What the issues service hears of others: a community begins; the three parties make something of what they were sent."""

from gateway.directory.contract import CommunityChanged, CommunityOnboarded
from services.actor import SYSTEM
from services.clock import Moment
from services.communities import remember
from services.issues.catalogue import Catalogue, catalogue_id
from services.issues.contract import Status
from services.issues.handling import expect_silence
from services.issues.huddling import arm_huddles
from services.issues.model import Issue
from services.issues.telling import tell
from services.issues.watching import look_again_soon
from services.projects.contract import ProjectAccepted, ProjectBegun, TopicRaised
from services.work import Work


def welcome(work: Work, event: CommunityOnboarded | CommunityChanged) -> None:
    """A community is known from now on: it has a catalogue (日-11), and its huddles open by themselves (日-15).

    When it changes, what is open there is promised by its new numbers (日-5, 日-14).
    """
    remember(work, event)
    at = Moment(work.now, event.community.zone)
    if work.find(Catalogue, catalogue_id(work.community_id)) is None:
        catalogue, begun = Catalogue.begin(work.community_id, at)
        work.add(catalogue)
        work.record(begun)
    arm_huddles(work, at)
    if isinstance(event, CommunityChanged):
        look_again_soon(work)


def link_to_topic(work: Work, event: TopicRaised) -> None:
    """日-10: what was escalated is deliberated."""
    for issue_id in event.topic.issue_ids:
        issue = work.find(Issue, issue_id)
        if issue is not None and issue.status is Status.ESCALATED:
            tell(work, issue, issue.link(work.moment, event.topic.id))


def link_to_project(work: Work, event: ProjectBegun) -> None:
    """日-10: what was deliberated has become a project."""
    for issue_id in event.project.issue_ids:
        issue = work.find(Issue, issue_id)
        if issue is not None and issue.status is Status.ESCALATED:
            tell(work, issue, issue.link(work.moment, event.project.topic_id, event.project.id))


def deliver_issues(work: Work, event: ProjectAccepted) -> None:
    """日-10: what became a project is settled when the project was accepted; if its reporter is silent, that confirms it."""
    note = f"项目“{event.project.title}”已通过验收。"
    for issue_id in event.project.issue_ids:
        issue = work.find(Issue, issue_id)
        if issue is not None and issue.status is Status.ESCALATED:
            tell(work, issue, issue.deliver(note, SYSTEM, work.moment))
            expect_silence(work, issue)

"""What is raised and decided at the weekly meeting (提): topics, who sits, resolutions that begin projects."""

from services.errors import NotFound
from services.ids import derived_id, new_id
from services.projects.contract import (
    AdoptResolution,
    AgreeToResolution,
    AttendMeeting,
    CloseMeeting,
    ConveneMeeting,
    MeetingState,
    MoveResolution,
    ProjectState,
    RaiseTopic,
    TopicState,
)
from services.projects.meeting import Meeting
from services.projects.model import Project
from services.projects.topic import EscalatedIssue, Topic
from services.work import Does, Work


def raise_topic(work: Work, command: RaiseTopic) -> TopicState:
    """Raise issues together, all of them or none."""
    topic, raised = Topic.raise_issues(new_id(), command, work.actor, work.held, work.moment)
    for issue_id in topic.issue_ids:
        issue = work.find(EscalatedIssue, issue_id)
        if issue is None:
            raise NotFound("one of these issues was not escalated here", "其中有问题未提交例会", "例-1")
        issue.put_into(topic.id)
    work.add(topic)
    work.record(raised)
    return topic.state()


def convene_meeting(work: Work, command: ConveneMeeting) -> MeetingState:
    """Open a meeting about some topics; one that is named twice is on the agenda once."""
    topics = [work.load(Topic, topic_id) for topic_id in dict.fromkeys(command.topic_ids)]
    meeting, convened = Meeting.convene(new_id(), topics, work.actor, work.held, work.moment)
    work.add(meeting)
    work.record(convened)
    return meeting.state()


def attend_meeting(work: Work, command: AttendMeeting) -> MeetingState:
    """Sit down for one's party."""
    meeting = work.load(Meeting, command.meeting_id)
    work.record(meeting.attend(command.party, work.actor, work.held, work.moment))
    return meeting.state()


def move_resolution(work: Work, command: MoveResolution) -> MeetingState:
    """Move to make a project of a topic."""
    meeting = work.load(Meeting, command.meeting_id)
    topic = work.load(Topic, command.topic_id)
    work.record(meeting.move_resolution(command, topic, work.actor, work.held, work.moment))
    return meeting.state()


def agree_to_resolution(work: Work, command: AgreeToResolution) -> MeetingState:
    """Agree for one's party."""
    meeting = work.load(Meeting, command.meeting_id)
    work.record(meeting.agree(command.number, command.party, work.actor, work.held, work.moment))
    return meeting.state()


def adopt_resolution(work: Work, command: AdoptResolution) -> ProjectState:
    """Adopt a resolution: its topic becomes a project, whose id is derived from the resolution."""
    who = (work.actor, work.held, work.moment)
    meeting = work.load(Meeting, command.meeting_id)
    project_id = derived_id(meeting.id, str(command.number))
    resolution, resolved = meeting.adopt(command.number, project_id, *who)
    topic = work.load(Topic, resolution.topic_id)
    adopted = topic.adopt(project_id, *who)
    project, begun = Project.begin(project_id, topic, resolution, *who)
    work.add(project)
    work.record(resolved, adopted, begun)
    return project.state()


def close_meeting(work: Work, command: CloseMeeting) -> MeetingState:
    """Close the meeting."""
    meeting = work.load(Meeting, command.meeting_id)
    work.record(meeting.close(work.actor, work.held, work.moment))
    return meeting.state()


RAISE: Does = {
    RaiseTopic: raise_topic,
    ConveneMeeting: convene_meeting,
    AttendMeeting: attend_meeting,
    MoveResolution: move_resolution,
    AgreeToResolution: agree_to_resolution,
    AdoptResolution: adopt_resolution,
    CloseMeeting: close_meeting,
}

"""Topics of the weekly meeting (议题): issues that were escalated are raised together, each of them once."""

from dataclasses import dataclass
from datetime import datetime

from services.actor import Actor, Role
from services.clock import Moment
from services.errors import Refused
from services.lifecycle import permit
from services.projects.contract import RaiseTopic, TopicAdopted, TopicRaised, TopicState, TopicStatus
from services.projects.policy import TOPIC_LIFECYCLE


@dataclass
class EscalatedIssue:
    """An issue that goes to the weekly meeting, and the topic that it is in: one row of the table `escalated_issues`."""

    community_id: str
    id: str
    version: int = 1
    topic_id: str | None = None

    def put_into(self, topic_id: str) -> None:
        """Make it part of a topic. Errors: Refused when it is in one already (例-1)."""
        if self.topic_id is not None:
            raise Refused("one of these issues is in another topic already", "其中有问题已列入其他议题", "例-1")
        self.topic_id = topic_id
        self.version += 1


@dataclass
class Topic:
    """The aggregate: one row of the table `topics`."""

    community_id: str
    id: str
    version: int
    status: TopicStatus
    title: str
    text: str
    issue_ids: tuple[str, ...]
    project_id: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def raise_issues(
        cls, id_: str, command: RaiseTopic, by: Actor, held: frozenset[Role], at: Moment
    ) -> "tuple[Topic, TopicRaised]":
        """A new topic (例-1); an issue that is named twice is in it once. Errors: Forbidden."""
        move = permit(TOPIC_LIFECYCLE, "raise", None, by, held, at)
        topic = cls(
            community_id=command.community_id,
            id=id_,
            version=1,
            status=TopicStatus(move.target),
            title=command.title,
            text=command.text,
            issue_ids=tuple(dict.fromkeys(command.issue_ids)),
            project_id=None,
            created_at=at.now,
            updated_at=at.now,
        )
        return topic, TopicRaised(topic=topic.state())

    def adopt(self, project_id: str, by: Actor, held: frozenset[Role], at: Moment) -> TopicAdopted:
        """It became a project (例-3). Errors: Forbidden; Refused when it is one already."""
        self.status = TopicStatus(permit(TOPIC_LIFECYCLE, "adopt", self, by, held, at).target)
        self.project_id = project_id
        self.version += 1
        self.updated_at = at.now
        return TopicAdopted(topic=self.state())

    def must_wait(self, clause: str) -> None:
        """Refuse what only a topic that still waits for its project allows. Errors: Refused."""
        if self.status is not TopicStatus.RAISED:
            raise Refused("this topic became a project already", "该议题已立项", clause)

    def state(self) -> TopicState:
        """Its visible state."""
        return TopicState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            status=self.status,
            title=self.title,
            text=self.text,
            issue_ids=self.issue_ids,
            project_id=self.project_id,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

"""A project: it goes through five steps and three gates, and each of its decisions is an event."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.actor import Actor, Role
from services.clock import Moment
from services.lifecycle import Move, permit
from services.projects.contract import (
    Alternative,
    Doubt,
    Judgement,
    ProjectBegun,
    ProjectState,
    ProjectStatus,
    Resolution,
    Satisfaction,
    StopOrder,
)
from services.projects.policy import LIFECYCLE

NOBODY_ASKED = Satisfaction()


class ATopic(Protocol):
    """What a project takes from the topic that it is made of."""

    community_id: str
    id: str
    issue_ids: tuple[str, ...]


@dataclass
class Project:
    """The aggregate: one row of the table `projects`; `draw_version` is that of the draw which told of the jury last."""

    community_id: str
    id: str
    version: int
    status: ProjectStatus
    title: str
    purpose: str
    budget: int
    topic_id: str
    issue_ids: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    alternatives: tuple[Alternative, ...] = ()
    chosen: int | None = None
    draw_id: str | None = None
    draw_version: int = 0
    jurors: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    vote_id: str | None = None
    contract_id: str | None = None
    doubts: tuple[Doubt, ...] = ()
    supervisors: tuple[str, ...] = ()
    experts_supervising: tuple[str, ...] = ()
    stop_orders: tuple[StopOrder, ...] = ()
    acceptors: tuple[str, ...] = ()
    acceptance_id: str | None = None
    final_paid: bool = False
    before: Satisfaction = NOBODY_ASKED
    after: Satisfaction = NOBODY_ASKED

    @classmethod
    def begin(
        cls, id_: str, topic: ATopic, resolution: Resolution, by: Actor, held: frozenset[Role], at: Moment
    ) -> "tuple[Project, ProjectBegun]":
        """A new project of a topic, by a resolution of the three parties (例-3). Errors: Forbidden."""
        move = permit(LIFECYCLE, "begin", None, by, held, at)
        project = cls(
            community_id=topic.community_id,
            id=id_,
            version=1,
            status=ProjectStatus(move.target),
            title=resolution.title,
            purpose=resolution.purpose,
            budget=resolution.budget,
            topic_id=topic.id,
            issue_ids=topic.issue_ids,
            created_at=at.now,
            updated_at=at.now,
        )
        return project, ProjectBegun(project=project.state())

    def permit(self, name: str, by: Actor, held: frozenset[Role], at: Moment) -> Move:
        """The move of the lifecycle, if it is possible now. Errors: Forbidden, Refused, naming the clause."""
        return permit(LIFECYCLE, name, self, by, held, at)

    def move(self, name: str, by: Actor, held: frozenset[Role], at: Moment, **changes: Any) -> None:
        """Make a move of the lifecycle, with what it changes besides. Errors: Forbidden, Refused, naming the clause."""
        self.status = ProjectStatus(self.permit(name, by, held, at).target)
        self.change(at, **changes)

    def change(self, at: Moment, **changes: Any) -> None:
        """Change something that is no move."""
        for member, value in changes.items():
            assert hasattr(self, member), f"a project has no {member}"
            setattr(self, member, value)
        self.version += 1
        self.updated_at = at.now

    def state(self) -> ProjectState:
        """Its visible state."""
        return ProjectState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            status=self.status,
            step=self.status.step,
            title=self.title,
            purpose=self.purpose,
            budget=self.budget,
            topic_id=self.topic_id,
            issue_ids=self.issue_ids,
            alternatives=self.alternatives,
            chosen=self.chosen,
            draw_id=self.draw_id,
            jurors=self.jurors,
            judgements=self.judgements,
            vote_id=self.vote_id,
            contract_id=self.contract_id,
            doubts=self.doubts,
            supervisors=self.supervisors,
            stop_orders=self.stop_orders,
            acceptors=self.acceptors,
            acceptance_id=self.acceptance_id,
            before=self.before,
            after=self.after,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

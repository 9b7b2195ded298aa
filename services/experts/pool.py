"""The pool: who offered their knowledge, for which groups somebody else verified it, and to which projects they are too close."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.actor import Actor, Role
from services.clock import Moment
from services.declare import COMMUNITY
from services.errors import Forbidden
from services.experts.contract import (
    ConflictDeclared,
    ConflictState,
    DeclareConflict,
    ExpertRegistered,
    ExpertState,
    ExpertStatus,
    ExpertVerified,
    RegisterExpert,
)
from services.experts.draw import expert_of
from services.experts.policy import EXPERT_LIFECYCLE, known_groups
from services.ids import derived_id
from services.lifecycle import permit


def conflict_id_of(community_id: str, project_id: str, expert_id: str) -> str:
    """The id of the one conflict that an expert can declare for a project."""
    return derived_id(community_id, "conflict", project_id, expert_id)


@dataclass
class Expert:
    """The aggregate: one row of the table `experts`."""

    community_id: str
    id: str
    version: int
    status: ExpertStatus
    member_id: str
    profession: str
    qualification: str
    groups: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    audience: str = COMMUNITY

    @classmethod
    def register(
        cls, command: RegisterExpert, by: Actor, held: frozenset[Role], at: Moment
    ) -> tuple["Expert", ExpertRegistered]:
        """A new expert, not verified yet (专-1). Errors: Forbidden for whoever is no member of the community."""
        move = permit(EXPERT_LIFECYCLE, "register", None, by, held, at)
        expert = cls(
            community_id=command.community_id,
            id=expert_of(command.community_id, by.member_id),
            version=1,
            status=ExpertStatus(move.target),
            member_id=by.member_id,
            profession=command.profession,
            qualification=command.qualification,
            groups=(),
            created_at=at.now,
            updated_at=at.now,
        )
        return expert, ExpertRegistered(expert=expert.state())

    def verify(self, groups: Iterable[str], by: Actor, held: frozenset[Role], at: Moment) -> ExpertVerified:
        """Verified for these groups and no others (专-2). Errors: Forbidden, also for oneself; Refused (专-3)."""
        move = permit(EXPERT_LIFECYCLE, "verify", self, by, held, at)
        if by.member_id == self.member_id:
            raise Forbidden("nobody verifies themselves", "不能核验自己的专家资格", move.clause)
        self.groups = known_groups(groups)
        self.status = ExpertStatus(move.target)
        self.version += 1
        self.updated_at = at.now
        return ExpertVerified(expert=self.state())

    def state(self) -> ExpertState:
        """Its visible state."""
        return ExpertState(**vars(self))


@dataclass
class ConflictOfInterest:
    """The aggregate: one row of the table `conflicts`; a list that was frozen before is not changed by it."""

    community_id: str
    id: str
    version: int
    project_id: str
    expert_id: str
    member_id: str
    reason: str
    created_at: datetime
    updated_at: datetime
    audience: str = COMMUNITY

    @classmethod
    def declare(
        cls, command: DeclareConflict, expert: Expert, at: Moment
    ) -> tuple["ConflictOfInterest", ConflictDeclared]:
        """An expert's own word that they are too close to a project (专-4)."""
        conflict = cls(
            community_id=command.community_id,
            id=conflict_id_of(command.community_id, command.project_id, expert.id),
            version=1,
            project_id=command.project_id,
            expert_id=expert.id,
            member_id=expert.member_id,
            reason=command.reason,
            created_at=at.now,
            updated_at=at.now,
        )
        return conflict, ConflictDeclared(conflict=conflict.state())

    def state(self) -> ConflictState:
        """Its visible state."""
        return ConflictState(**vars(self))

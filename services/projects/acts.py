"""What may be done about a project without moving it: by whom, while what; refused in the same words as a move."""

from services.actor import MEMBER, Actor, Role, Who
from services.clock import Moment
from services.lifecycle import Act
from services.lifecycle import permit_act as permit_one_of
from services.parties import THREE_PARTIES
from services.projects.contract import RESIDENTS, ProjectStatus
from services.projects.model import Project

DIARISTS = Who(
    en="member of the supervision group, property steward, property manager",
    zh="施工监督组成员、物业管家、物业经理",
    roles=frozenset({Role.PROPERTY_STEWARD, Role.PROPERTY_MANAGER}),
    concerned="supervisors",
)


S = ProjectStatus
BEFORE_COMPLETION = (S.DECIDED, S.CONTRACTED, S.BUILDING, S.STOPPED)

ACTS = {
    #                         by             during                                   clause
    "voice_doubt":        Act(MEMBER,        BEFORE_COMPLETION,                       "关-2"),
    "appoint_supervisor": Act(THREE_PARTIES, (S.CONTRACTED, S.BUILDING, S.STOPPED),   "关-2"),
    "write_diary":        Act(DIARISTS,      (S.BUILDING, S.STOPPED, S.ACCEPTING),    "关-2"),
    "appoint_acceptor":   Act(THREE_PARTIES, BEFORE_COMPLETION,                       "关-3"),
    "give_opinion":       Act(RESIDENTS,     tuple(S),                                "评-1"),
}  # fmt: skip


def permit_act(name: str, project: Project, by: Actor, held: frozenset[Role], at: Moment) -> None:
    """Refuse an act as a move would be. Errors: Forbidden, Refused, naming the clause."""
    permit_one_of(ACTS, name, project, by, held, at)

"""What happens about the works of a project (施工关): doubts, the two groups that look on, stop orders; each act is an event."""

from dataclasses import replace

from services.actor import Actor, Role
from services.clock import Moment
from services.errors import Refused
from services.experts.contract import COMPLETION_ACCEPTANCE, CONSTRUCTION_SUPERVISION
from services.projects.acts import permit_act
from services.projects.contract import (
    AcceptorAppointed,
    Doubt,
    DoubtVoiced,
    ProjectState,
    StopOrder,
    SupervisorAppointed,
    WorksRectified,
    WorksResumed,
    WorksStarted,
    WorksStopped,
)
from services.projects.limits import room_in
from services.projects.model import Project
from services.projects.policy import CONSTRUCTION_GATE


def voice_doubt(project: Project, words: str, by: Actor, held: frozenset[Role], at: Moment) -> DoubtVoiced:
    """Doubt the works, once (关-2); whoever sits in one of the groups was invited by that."""
    permit_act("voice_doubt", project, by, held, at)
    if any(doubt.member_id == by.member_id for doubt in project.doubts):
        raise Refused("you have voiced a doubt about this project already", "您已对该项目提出过疑问", "关-2")
    room_in(ProjectState, "doubts", project.doubts, "关-2")
    looks_on = by.member_id in (*project.supervisors, *project.acceptors)
    doubt = Doubt(member_id=by.member_id, words=words, at=at.now, invited_at=at.now if looks_on else None)
    project.change(at, doubts=(*project.doubts, doubt))
    return DoubtVoiced(project=project.state(), member_id=by.member_id)


def appoint_supervisor(
    project: Project, member_id: str, groups: tuple[str, ...], by: Actor, held: frozenset[Role], at: Moment
) -> SupervisorAppointed:
    """Take somebody, an expert of some groups, into the supervision group (关-2): of its trade, or with a doubt."""
    permit_act("appoint_supervisor", project, by, held, at)
    _sits_in_neither(project, member_id, "关-2")
    is_expert = CONSTRUCTION_SUPERVISION in groups
    if not is_expert and all(doubt.member_id != member_id for doubt in project.doubts):
        raise Refused(
            "only an expert of construction supervision, or who voiced a doubt, can supervise",
            "只有施工监督组专家或提出过疑问的居民可以参加监督",
            "关-2",
        )
    room_in(ProjectState, "supervisors", project.supervisors, "关-2")
    project.change(
        at,
        supervisors=(*project.supervisors, member_id),
        experts_supervising=(*project.experts_supervising, *([member_id] if is_expert else [])),
        doubts=_invited(project, member_id, at),
    )
    return SupervisorAppointed(project=project.state(), member_id=member_id)


def appoint_acceptor(
    project: Project, member_id: str, groups: tuple[str, ...], by: Actor, held: frozenset[Role], at: Moment
) -> AcceptorAppointed:
    """Take an expert of some groups into the acceptance group (关-3): of its trade, and no supervisor of these works."""
    permit_act("appoint_acceptor", project, by, held, at)
    _sits_in_neither(project, member_id, "关-3")
    if COMPLETION_ACCEPTANCE not in groups:
        raise Refused(
            "only an expert of completion acceptance can accept works", "只有竣工验收组专家可以参加验收", "关-3"
        )
    room_in(ProjectState, "acceptors", project.acceptors, "关-3")
    project.change(at, acceptors=(*project.acceptors, member_id), doubts=_invited(project, member_id, at))
    return AcceptorAppointed(project=project.state(), member_id=member_id)


def start_works(project: Project, by: Actor, held: frozenset[Role], at: Moment) -> WorksStarted:
    """Begin to build, through the construction gate (关-2)."""
    project.permit("start_works", by, held, at)
    CONSTRUCTION_GATE.pass_through(project, at)
    project.move("start_works", by, held, at)
    return WorksStarted(project=project.state())


def stop_works(project: Project, reason: str, by: Actor, held: frozenset[Role], at: Moment) -> WorksStopped:
    """Stop the works at once with a stop order (关-2)."""
    project.permit("stop_works", by, held, at)
    room_in(ProjectState, "stop_orders", project.stop_orders, "关-2")
    order = StopOrder(number=len(project.stop_orders) + 1, reason=reason, by=by.member_id, at=at.now)
    project.move("stop_works", by, held, at, stop_orders=(*project.stop_orders, order))
    return WorksStopped(project=project.state(), reason=reason, member_id=by.member_id)


def rectify(project: Project, note: str, by: Actor, held: frozenset[Role], at: Moment) -> WorksRectified:
    """Say what was put right, once for each stop order (关-2)."""
    project.permit("rectify", by, held, at)
    last = project.stop_orders[-1]
    if last.rectified_at is not None:
        raise Refused(
            f"what was put right for stop order {last.number} was reported already",
            f"第 {last.number} 号停工令的整改已报告",
            "关-2",
        )
    rectified = replace(last, rectification=note, rectified_at=at.now)
    project.move("rectify", by, held, at, stop_orders=(*project.stop_orders[:-1], rectified))
    return WorksRectified(project=project.state())


def resume_works(project: Project, by: Actor, held: frozenset[Role], at: Moment) -> WorksResumed:
    """Let the works go on after an inspection (关-2)."""
    project.permit("resume_works", by, held, at)
    lifted = replace(project.stop_orders[-1], lifted_by=by.member_id, lifted_at=at.now)
    project.move("resume_works", by, held, at, stop_orders=(*project.stop_orders[:-1], lifted))
    return WorksResumed(project=project.state())


def _sits_in_neither(project: Project, member_id: str, clause: str) -> None:
    """Nobody is appointed twice, and nobody accepts what they supervised."""
    if member_id in project.supervisors:
        raise Refused("this member is in the supervision group already", "该成员已在施工监督组", clause)
    if member_id in project.acceptors:
        raise Refused("this member is in the acceptance group already", "该成员已在竣工验收组", clause)


def _invited(project: Project, member_id: str, at: Moment) -> tuple[Doubt, ...]:
    """The doubts, this member's one answered by an invitation."""
    return tuple(
        replace(doubt, invited_at=at.now) if doubt.member_id == member_id and doubt.invited_at is None else doubt
        for doubt in project.doubts
    )

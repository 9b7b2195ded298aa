"""The design of a project: alternatives, the jury that judges one of them, and the gate that it goes through (设计关)."""

from datetime import timedelta
from typing import Any

from services.actor import Actor, Role
from services.clock import Moment
from services.errors import Refused, Words
from services.experts.contract import PLAN_EVALUATION, DrawState
from services.projects.contract import (
    Alternative,
    AlternativeProposed,
    DesignJudged,
    DesignPassed,
    DiscussedAgain,
    JudgeDesign,
    Judgement,
    JuryRequested,
    JurySeated,
    ProjectState,
    ProjectStatus,
    ProposeAlternative,
)
from services.projects.limits import room_in
from services.projects.model import Project
from services.projects.policy import DESIGN_GATE, JURY_SEATS, REVEAL_HOURS

THE_PARTIES_WISH = Words("the three parties go back to the alternatives", "三方决定重新讨论方案")


def propose(
    project: Project, command: ProposeAlternative, by: Actor, held: frozenset[Role], at: Moment
) -> AlternativeProposed:
    """One more plan, numbered from 1 (例-4). Errors: Forbidden, Refused."""
    move = project.permit("propose", by, held, at)
    room_in(ProjectState, "alternatives", project.alternatives, move.clause)
    number = len(project.alternatives) + 1
    alternative = Alternative(
        number=number, title=command.title, text=command.text, cost=command.cost, proposed_by=by.member_id
    )
    project.move("propose", by, held, at, alternatives=(*project.alternatives, alternative))
    return AlternativeProposed(project=project.state(), number=number)


def request_jury(
    project: Project, alternative: int, draw_id: str, by: Actor, held: frozenset[Role], at: Moment
) -> JuryRequested:
    """A jury is to be drawn for an alternative; whoever proposed one, or asks for the jury, is not in it (关-1).

    Errors: Forbidden, Refused.
    """
    move = project.permit("request_jury", by, held, at)
    if alternative not in {each.number for each in project.alternatives}:
        raise Refused("this project has no such alternative", "该项目没有此编号的方案", move.clause)
    begins: dict[str, Any] = {"draw_id": draw_id, "draw_version": 0, "jurors": (), "judgements": ()}
    project.move("request_jury", by, held, at, chosen=alternative, **begins)
    close = {by.member_id, *(each.proposed_by for each in project.alternatives)}
    return JuryRequested(
        project=project.state(),
        draw_id=draw_id,
        group=PLAN_EVALUATION,
        seats=at.value(JURY_SEATS),
        excluded=tuple(sorted(close)),
        reveal_by=at.now + timedelta(hours=at.value(REVEAL_HOURS)),
    )


def is_awaited(project: Project, draw: DrawState) -> bool:
    """Whether this is news of the draw that the project waits for: not of an earlier draw, nor older than what is known."""
    waits = project.status is ProjectStatus.JUDGING and project.draw_id == draw.id
    return waits and draw.version > project.draw_version


def seat_jury(project: Project, draw: DrawState, jurors: tuple[str, ...], at: Moment) -> JurySeated:
    """These members are the jury now (关-1); what somebody judged who gave the seat back counts no longer."""
    project.change(at, jurors=jurors, draw_version=draw.version)
    return JurySeated(project=project.state())


def judge(project: Project, command: JudgeDesign, by: Actor, held: frozenset[Role], at: Moment) -> DesignJudged:
    """What a seated juror found, once (关-1). Errors: Forbidden, Refused."""
    move = project.permit("judge", by, held, at)
    if any(each.member_id == by.member_id for each in project.judgements):
        raise Refused("each juror judges once", "每名评审专家只能评审一次", move.clause)
    answer = Judgement(member_id=by.member_id, feasible=command.feasible, reason=command.reason, at=at.now)
    project.move("judge", by, held, at, judgements=(*project.judgements, answer))
    return DesignJudged(project=project.state(), member_id=by.member_id)


def pass_gate(project: Project, by: Actor, held: frozenset[Role], at: Moment) -> DesignPassed:
    """Through the design gate (关-1). Errors: Forbidden; Refused, with the first reason for which the gate is shut."""
    project.permit("pass_design", by, held, at)
    DESIGN_GATE.pass_through(project, at)
    project.move("pass_design", by, held, at)
    return DesignPassed(project=project.state())


def discuss_again(project: Project, by: Actor, held: frozenset[Role], at: Moment) -> DiscussedAgain:
    """Back to the alternatives (例-4), saying why the gate was shut; what the jury said stays to be read.

    Errors: Forbidden, Refused.
    """
    shut = DESIGN_GATE.reasons(project, at)
    project.move("discuss_again", by, held, at)
    return DiscussedAgain(project=project.state(), reason=line(shut[0] if shut else THE_PARTIES_WISH))


def void_draw(project: Project, draw: DrawState, reason: str, by: Actor, at: Moment) -> DiscussedAgain:
    """The draw came to nothing: the system takes the project back to its alternatives (例-4)."""
    project.move(
        "discuss_again", by, frozenset(), at, draw_id=None, draw_version=draw.version, jurors=(), judgements=()
    )
    return DiscussedAgain(project=project.state(), reason=reason)


def line(reason: Words) -> str:
    """A reason in both languages, as an event tells it in one line."""
    return f"{reason.zh} / {reason.en}"

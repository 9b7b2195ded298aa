"""What the experts service does: one function for each command and each event; the tables at the end are its contents."""

from gateway.directory.contract import CommunityChanged, CommunityOnboarded
from services.actor import SYSTEM
from services.communities import remember
from services.errors import Refused
from services.experts.contract import (
    CommitToDraw,
    ConflictState,
    DeclareConflict,
    DeclineSeat,
    DrawState,
    DrawStatus,
    ExpertState,
    RegisterExpert,
    RevealSecret,
    VerifyExpert,
)
from services.experts.draw import expert_of
from services.experts.model import Draw
from services.experts.policy import MOST_CANDIDATES
from services.experts.pool import ConflictOfInterest, Expert, conflict_id_of
from services.experts.store import who_can_be_drawn
from services.projects.contract import JuryRequested
from services.schedule import Due
from services.work import Does, Reacts, Work

DEADLINE = "void_the_draw"


def register_expert(work: Work, command: RegisterExpert) -> ExpertState:
    """Offer one's knowledge, once in each community."""
    expert, registered = Expert.register(command, work.actor, work.held, work.moment)
    if work.find(Expert, expert.id):
        raise Refused("you are registered as an expert already", "您已登记为专家", "专-1")
    work.add(expert)
    work.record(registered)
    return expert.state()


def verify_expert(work: Work, command: VerifyExpert) -> ExpertState:
    """Confirm somebody else's qualification; verifying again changes the groups."""
    expert = work.load(Expert, command.expert_id)
    work.record(expert.verify(command.groups, work.actor, work.held, work.moment))
    return expert.state()


def declare_conflict(work: Work, command: DeclareConflict) -> ConflictState:
    """Say that one is too close to a project; said twice, the first word stays."""
    expert = work.find(Expert, expert_of(work.community_id, work.actor.member_id))
    if expert is None:
        raise Refused("only a registered expert can declare a conflict", "只有已登记的专家可以申报回避", "专-4")
    known = work.find(ConflictOfInterest, conflict_id_of(work.community_id, command.project_id, expert.id))
    if known:
        return known.state()
    conflict, declared = ConflictOfInterest.declare(command, expert, work.moment)
    work.add(conflict)
    work.record(declared)
    return conflict.state()


def freeze_list(work: Work, asked: JuryRequested) -> None:
    """抽-1: freeze who can be drawn for a project, once for each draw; what is not drawn by its deadline becomes void."""
    if work.find(Draw, asked.draw_id):
        return
    pool = who_can_be_drawn(
        work.connection, work.community_id, asked.project.id, asked.group, asked.excluded, MOST_CANDIDATES + 1
    )
    draw, told = Draw.freeze(asked, pool, SYSTEM, work.moment)
    work.add(draw)
    work.record(told)
    if draw.status is DrawStatus.FROZEN:
        work.schedule(DEADLINE, draw.id, draw.reveal_by)


def commit_to_draw(work: Work, command: CommitToDraw) -> DrawState:
    """Hand in the SHA-256 of a party's secret."""
    draw = work.load(Draw, command.draw_id)
    work.record(draw.commit(command.party, command.sha256, work.actor, work.held, work.moment))
    return draw.state()


def reveal_secret(work: Work, command: RevealSecret) -> DrawState:
    """Reveal a party's secret; the last one draws the jury."""
    draw = work.load(Draw, command.draw_id)
    work.record(draw.reveal(command.party, command.secret, work.actor, work.held, work.moment))
    return draw.state()


def decline_seat(work: Work, command: DeclineSeat) -> DrawState:
    """Leave one's seat to the next pick."""
    draw = work.load(Draw, command.draw_id)
    work.record(draw.decline(command.reason, work.actor, work.held, work.moment))
    return draw.state()


def void_the_draw(work: Work, due: Due) -> None:
    """Void what was not drawn in time; refused, and so passed over, where it was drawn."""
    draw = work.load(Draw, due.subject)
    work.record(draw.expire(SYSTEM, work.moment))


DOES: Does = {
    RegisterExpert: register_expert,
    VerifyExpert: verify_expert,
    DeclareConflict: declare_conflict,
    CommitToDraw: commit_to_draw,
    RevealSecret: reveal_secret,
    DeclineSeat: decline_seat,
}

REACTS: Reacts = {
    CommunityOnboarded: remember,
    CommunityChanged: remember,
    JuryRequested: freeze_list,
}

DUE = {DEADLINE: void_the_draw}

"""What the owners decide (决): a vote over the roll as it stands, one ballot for each home, and the double majority."""

from collections.abc import Container, Sequence

from gateway.directory.contract import RollHome
from services.errors import Refused, Unavailable, Words
from services.ids import new_id
from services.projects.contract import (
    BallotCast,
    BallotState,
    CastBallot,
    CloseVote,
    DiscussedAgain,
    EnterPaperBallots,
    OpenVote,
    ProjectDecided,
    ProjectPutToVote,
    VoteState,
)
from services.projects.design import line
from services.projects.known import KnownOwner
from services.projects.model import Project
from services.projects.roll import cast_up_to, homes_in_roll, keep_cast, voted_before, whole_roll
from services.projects.tally import tally
from services.projects.votes import CastHome, Vote
from services.work import Does, Work


def open_vote(work: Work, command: OpenVote) -> VoteState:
    """Ask the owners, who are those of the newest roll. Errors: Unavailable while that is not known completely."""
    who = (work.actor, work.held, work.moment)
    project = work.load(Project, command.project_id)
    vote_id = new_id()
    project.move("put_to_vote", *who, vote_id=vote_id)
    roll = whole_roll(work.connection, work.community_id)
    if roll is None:
        raise Unavailable(
            "the owners' roll is not known here completely yet", "业主名册尚未同步完整,请稍后再试", "决-2"
        )
    vote, opened = Vote.open(vote_id, command, roll, *who)
    work.add(vote)
    work.record(ProjectPutToVote(project=project.state()), opened)
    return vote.state()


def cast_ballot(work: Work, command: CastBallot) -> BallotState:
    """Vote for those of one's homes for which nobody has voted yet."""
    vote = work.load(Vote, command.vote_id)
    vote.permit("cast", work.actor, work.held, work.moment)
    owned = _owned(work, vote)
    with_ballot, took_part = voted_before(work.connection, work.community_id, vote.id, owned)
    homes = [home for home in owned if home.home_id not in with_ballot]
    if not homes:
        raise Refused("a ballot was cast already for every home that you own here", "您名下的房屋均已投票", "决-4")
    ballot, cast, counted_in = vote.cast(new_id(), command.choice, homes, took_part, work.actor, work.moment)
    work.add(ballot)
    _keep(work, cast)
    work.record(BallotCast(ballot=ballot.state()), counted_in)
    return ballot.state()


def enter_paper_ballots(work: Work, command: EnterPaperBallots) -> VoteState:
    """Enter a pack of ballots on paper, all of it or none: for homes of the roll for which nobody has voted yet."""
    vote = work.load(Vote, command.vote_id)
    vote.permit("enter_paper", work.actor, work.held, work.moment)
    asked_for = [paper.home_id for paper in command.ballots]
    homes = {
        home.home_id: home for home in homes_in_roll(work.connection, work.community_id, vote.roll_version, asked_for)
    }
    with_ballot, took_part = voted_before(work.connection, work.community_id, vote.id, homes.values())
    wrong = [
        {"line": line, "member": "home_id", "en": reason.en, "zh": reason.zh}
        for line, home_id in enumerate(asked_for, 1)
        if (reason := _why_not(home_id, homes, with_ballot, asked_for[: line - 1]))
    ]
    if wrong:
        raise Refused(
            f"{len(wrong)} of these ballots cannot count", f"其中 {len(wrong)} 张选票不能计入", "决-4", tuple(wrong)
        )
    papers = [(homes[paper.home_id], paper.choice) for paper in command.ballots]
    cast, entered = vote.enter_paper(papers, took_part, work.actor, work.moment)
    _keep(work, cast)
    work.record(entered)
    return vote.state()


def _why_not(home_id: str, roll: Container[str], voted: Container[str], earlier: Container[str]) -> Words | None:
    if home_id not in roll:
        return Words("this home is not in the roll of this vote", "该房屋不在本次表决的业主名册中")
    if home_id in voted or home_id in earlier:
        return Words("a ballot was cast already for this home", "该房屋已投票")
    return None


def _keep(work: Work, cast: Sequence[CastHome]) -> None:
    for each in cast:
        work.stage(keep_cast, each)


def _owned(work: Work, vote: Vote) -> Sequence[RollHome]:
    """The homes of the vote's roll that the actor is known to own. Errors: Refused when there is none."""
    owner = work.find(KnownOwner, work.actor.member_id)
    known = owner.homes if owner else ()
    homes = homes_in_roll(work.connection, work.community_id, vote.roll_version, known)
    if not homes:
        raise Refused(
            "you are not known to own a home in the roll of this vote",
            "您在本次表决的业主名册中没有已核实的房屋",
            "决-4",
        )
    return homes


def close_vote(work: Work, command: CloseVote) -> VoteState:
    """Count the vote: the project is decided, or goes back to its alternatives."""
    who = (work.actor, work.held, work.moment)
    vote = work.load(Vote, command.vote_id)
    project = work.load(Project, vote.project_id)
    cast = cast_up_to(work.connection, work.community_id, vote.id, vote.ballots)
    closed, failed = vote.close(tally(cast), *who)
    work.record(closed)
    if failed is None:
        project.move("decide", *who)
        work.record(ProjectDecided(project=project.state()))
    else:
        project.move("vote_down", *who)
        work.record(DiscussedAgain(project=project.state(), reason=line(failed)))
    return vote.state()


DECIDE: Does = {
    OpenVote: open_vote,
    CastBallot: cast_ballot,
    EnterPaperBallots: enter_paper_ballots,
    CloseVote: close_vote,
}

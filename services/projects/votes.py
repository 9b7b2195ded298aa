"""A vote of the owners (业主表决) over a frozen roll, and the ballots in it: one for each home, and it stays."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.directory.contract import RollHome
from services.actor import Actor, Role
from services.clock import Moment
from services.errors import Refused, Words
from services.lifecycle import Move, permit
from services.projects.contract import (
    BallotCountedIn,
    BallotState,
    Choice,
    OpenVote,
    PaperBallotsEntered,
    VoteClosed,
    VoteOpened,
    VoteState,
    VoteStatus,
)
from services.projects.policy import LONGEST_VOTE_DAYS, VOTE_LIFECYCLE
from services.projects.tally import Tally, Weight, why_it_failed


@dataclass(frozen=True)
class WholeRoll:
    """A version of the owners' roll that is known completely: its hash, and how much it holds."""

    version: int
    hash: str
    weight: Weight


@dataclass(frozen=True)
class CastHome:
    """A home for which a ballot was cast: one row of the table `ballot_homes`; `cast_by` cast it, or entered it from paper."""

    community_id: str
    vote_id: str
    home_id: str
    ballot: int
    choice: Choice
    area: int
    person_id: str
    cast_by: str
    on_paper: bool


@dataclass
class Ballot:
    """The aggregate: one row of the table `ballots`; `number` counts the ballots of its vote from 1."""

    community_id: str
    id: str
    version: int
    vote_id: str
    number: int
    member_id: str
    choice: Choice
    homes: tuple[str, ...]
    created_at: datetime
    updated_at: datetime

    def state(self) -> BallotState:
        """What the member who cast it sees."""
        return BallotState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            vote_id=self.vote_id,
            member_id=self.member_id,
            choice=self.choice,
            homes=self.homes,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


@dataclass
class Vote:
    """The aggregate: one row of the table `votes`; areas are in 0.01 m², `ballots` is the number of ballots so far."""

    community_id: str
    id: str
    version: int
    status: VoteStatus
    project_id: str
    matter: int
    roll_version: int
    roll_hash: str
    area: int
    headcount: int
    closes_at: datetime
    created_at: datetime
    updated_at: datetime
    ballots: int = 0
    participating_area: int = 0
    participating_headcount: int = 0
    yes_area: int | None = None
    yes_headcount: int | None = None

    @classmethod
    def open(
        cls, id_: str, command: OpenVote, roll: WholeRoll, by: Actor, held: frozenset[Role], at: Moment
    ) -> "tuple[Vote, VoteOpened]":
        """A new vote over a roll as it is now (决-2). Errors: Forbidden; Refused for an empty roll or a wrong end."""
        move = permit(VOTE_LIFECYCLE, "open", None, by, held, at)
        if not roll.weight.area or not roll.weight.headcount:
            raise Refused("nobody is in the owners' roll", "业主名册为空", move.clause)
        days = at.value(LONGEST_VOTE_DAYS)
        if not at.now < command.closes_at <= at.now + timedelta(days=days):
            raise Refused(
                f"a vote closes in the future, within {days} days", f"表决截止时间须在未来 {days} 天以内", move.clause
            )
        vote = cls(
            community_id=command.community_id,
            id=id_,
            version=1,
            status=VoteStatus(move.target),
            project_id=command.project_id,
            matter=command.matter,
            roll_version=roll.version,
            roll_hash=roll.hash,
            area=roll.weight.area,
            headcount=roll.weight.headcount,
            closes_at=command.closes_at,
            created_at=at.now,
            updated_at=at.now,
        )
        return vote, VoteOpened(vote=vote.state())

    def permit(self, name: str, by: Actor, held: frozenset[Role], at: Moment) -> Move:
        """The move of the lifecycle, if it is possible now. Errors: Forbidden, Refused, naming the clause."""
        return permit(VOTE_LIFECYCLE, name, self, by, held, at)

    def cast(
        self, id_: str, choice: Choice, homes: Sequence[RollHome], took_part: Collection[str], by: Actor, at: Moment
    ) -> tuple[Ballot, list[CastHome], BallotCountedIn]:
        """One more ballot, of somebody who is permitted to cast it, for homes for which none was cast (决-4).

        `took_part` are those persons of the headcount who took part before.
        """
        assert homes, "a ballot without homes is none"
        self.ballots += 1
        cast = [self._home(home, choice, self.ballots, by) for home in homes]
        self._count_in(cast, took_part, at)
        ids = tuple(home.home_id for home in homes)
        ballot = Ballot(self.community_id, id_, 1, self.id, self.ballots, by.member_id, choice, ids, at.now, at.now)
        return ballot, cast, BallotCountedIn(vote=self.state())

    def enter_paper(
        self, papers: Sequence[tuple[RollHome, Choice]], took_part: Collection[str], by: Actor, at: Moment
    ) -> tuple[list[CastHome], PaperBallotsEntered]:
        """Ballots on paper, a home each, in their order, entered by somebody who is permitted to (决-4); as `cast` does."""
        numbered = enumerate(papers, self.ballots + 1)
        cast = [self._home(home, choice, number, by, on_paper=True) for number, (home, choice) in numbered]
        self.ballots += len(papers)
        self._count_in(cast, took_part, at)
        return cast, PaperBallotsEntered(vote=self.state(), homes=len(cast))

    def close(self, counted: Tally, by: Actor, held: frozenset[Role], at: Moment) -> tuple[VoteClosed, Words | None]:
        """Counted (决-3, art. 278): with the reason for which it failed, None when the owners agreed.

        Errors: Forbidden; Refused before its time is over, unless every owner took part.
        """
        failed = why_it_failed(self.matter, Weight(self.area, self.headcount), counted)
        move = self.permit("fail" if failed else "pass", by, held, at)
        shown = Weight(self.participating_area, self.participating_headcount)
        assert counted.participating == shown, "the count is not what was shown while the vote was open"
        self.status = VoteStatus(move.target)
        self.yes_area, self.yes_headcount = counted.yes.area, counted.yes.headcount
        self._touch(at)
        return VoteClosed(vote=self.state()), failed

    def state(self) -> VoteState:
        """Its visible state."""
        return VoteState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            status=self.status,
            project_id=self.project_id,
            matter=self.matter,
            roll_hash=self.roll_hash,
            area=self.area,
            headcount=self.headcount,
            participating_area=self.participating_area,
            participating_headcount=self.participating_headcount,
            yes_area=self.yes_area,
            yes_headcount=self.yes_headcount,
            closes_at=self.closes_at,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    def _home(self, home: RollHome, choice: Choice, ballot: int, by: Actor, on_paper: bool = False) -> CastHome:
        where = (self.community_id, self.id, home.home_id)
        return CastHome(*where, ballot, choice, home.area, home.person_id, by.member_id, on_paper)

    def _count_in(self, cast: Sequence[CastHome], took_part: Collection[str], at: Moment) -> None:
        self.participating_area += sum(each.area for each in cast)
        self.participating_headcount += len({each.person_id for each in cast} - set(took_part))
        self._touch(at)

    def _touch(self, at: Moment) -> None:
        self.version += 1
        self.updated_at = at.now

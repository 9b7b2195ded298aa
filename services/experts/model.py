"""A draw: its list is frozen first, then three parties commit to secrets, then the secrets decide who is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.actor import Actor, Role
from services.clock import Moment
from services.declare import PUBLIC
from services.errors import Refused, Words
from services.experts.contract import (
    Candidate,
    Commitment,
    DrawCommitted,
    DrawFrozen,
    DrawState,
    DrawStatus,
    DrawVoided,
    JurorReplaced,
    JuryDrawn,
    Seat,
    SecretRevealed,
)
from services.experts.draw import hash_of_list, hash_of_secret, key_of, number_of, picks
from services.experts.policy import DRAW_LIFECYCLE, MOST_CANDIDATES, unfit_list, who_was_late
from services.lifecycle import Move, permit
from services.parties import Party, missing, speak_for
from services.projects.contract import JuryRequested


@dataclass
class Draw:
    """The aggregate: one row of the table `draws`; its commitments are kept in the order of the parties."""

    community_id: str
    id: str
    version: int
    status: DrawStatus
    project_id: str
    group: str
    seats: int
    candidates: tuple[Candidate, ...]
    list_hash: str
    reveal_by: datetime
    created_at: datetime
    updated_at: datetime
    commitments: tuple[Commitment, ...] = ()
    key: str = ""
    picks: tuple[Seat, ...] = ()
    void_because: str | None = None
    audience: str = PUBLIC

    @property
    def jurors(self) -> tuple[str, ...]:
        """The members who sit, in the order in which they were drawn."""
        return tuple(seat.member_id for seat in self.picks if seat.declined_at is None)

    @classmethod
    def freeze(
        cls, asked: JuryRequested, pool: Sequence[tuple[str, str]], by: Actor, at: Moment
    ) -> tuple["Draw", DrawFrozen | DrawVoided]:
        """A list that cannot change any more (抽-1); void at once when no jury can be drawn from it.

        `pool` are the candidates' expert ids and member ids, in the order of the former.
        """
        unfit = unfit_list(pool, asked.seats)
        move = permit(DRAW_LIFECYCLE, "give_up" if unfit else "freeze", None, by, frozenset(), at)
        listed = enumerate(pool if len(pool) <= MOST_CANDIDATES else (), 1)
        candidates = tuple(
            Candidate(number=number, expert_id=id_, member_id=member) for number, (id_, member) in listed
        )
        draw = cls(
            community_id=asked.project.community_id,
            id=asked.draw_id,
            version=1,
            status=DrawStatus(move.target),
            project_id=asked.project.id,
            group=asked.group,
            seats=asked.seats,
            candidates=candidates,
            list_hash=hash_of_list((each.number, each.expert_id) for each in candidates),
            reveal_by=asked.reveal_by,
            created_at=at.now,
            updated_at=at.now,
            void_because=unfit and _line(unfit),
        )
        return draw, draw._voided() if unfit else DrawFrozen(draw=draw.state())

    def commit(self, party: Party, sha256: str, by: Actor, held: frozenset[Role], at: Moment) -> DrawCommitted:
        """A party's commitment (抽-2), once. Errors: Forbidden for others than the party; Refused when late or repeated."""
        speak_for(party, held, "抽-2")
        owed = missing(each.party for each in self.commitments)
        if party not in owed:
            raise Refused("this party has committed already", f"{party.zh}已提交承诺", "抽-2")
        move = permit(DRAW_LIFECYCLE, "commit_last" if owed == [party] else "commit", self, by, held, at)
        given = (*self.commitments, Commitment(party=party, sha256=sha256, at=at.now))
        self.commitments = tuple(sorted(given, key=lambda each: list(Party).index(each.party)))
        self._take(move, at)
        return DrawCommitted(draw=self.state(), party=party)

    def reveal(
        self, party: Party, secret: str, by: Actor, held: frozenset[Role], at: Moment
    ) -> SecretRevealed | JuryDrawn:
        """A party's secret (抽-3), once; the last one draws the jury (抽-4).

        Errors: Forbidden for others than the party; Refused when not all have committed, when late or repeated, and for a
        secret that is not the one committed to.
        """
        speak_for(party, held, "抽-3")
        owed = [each.party for each in self.commitments if each.secret is None]
        move = permit(DRAW_LIFECYCLE, "reveal_last" if owed == [party] else "reveal", self, by, held, at)
        if party not in owed:
            raise Refused("this party has revealed its secret already", f"{party.zh}已公开密数", "抽-3")
        when = max(at.now, *(each.at for each in self.commitments))  # another machine's clock may be a little behind
        self.commitments = tuple(
            _revealed(each, secret, when) if each.party is party else each for each in self.commitments
        )
        if owed == [party]:
            self.key = key_of([number_of(each.secret)] for each in self.commitments if each.secret)
            self._draw_until(self.seats)
        self._take(move, at)
        if self.status is DrawStatus.DRAWN:
            return JuryDrawn(draw=self.state(), jurors=self.jurors)
        return SecretRevealed(draw=self.state(), party=party)

    def decline(self, reason: str, by: Actor, held: frozenset[Role], at: Moment) -> JurorReplaced:
        """A juror leaves the seat, and the next pick takes it (抽-5): the list stays as it is (RFC 3797, 5.1).

        When everybody on the list was drawn, nobody replaces: fewer jurors sit. Errors: Forbidden for whoever does not sit.
        """
        move = permit(DRAW_LIFECYCLE, "decline", self, by, held, at)
        self.picks = tuple(
            replace(seat, declined_at=at.now, reason=reason) if seat.member_id == by.member_id else seat
            for seat in self.picks
        )
        self._draw_until(min(len(self.picks) + 1, len(self.candidates)))
        self._take(move, at)
        return JurorReplaced(draw=self.state(), declined=by.member_id, jurors=self.jurors)

    def expire(self, by: Actor, at: Moment) -> DrawVoided:
        """Not drawn by its deadline: void (抽-6). Errors: Refused when it is drawn or void already, or still has time."""
        move = permit(DRAW_LIFECYCLE, "expire", self, by, frozenset(), at)
        self.void_because = _line(who_was_late(self.commitments))
        self._take(move, at)
        return self._voided()

    def state(self) -> DrawState:
        """Its visible state, which is its proof."""
        return DrawState(**vars(self))

    def _take(self, move: Move, at: Moment) -> None:
        self.status = DrawStatus(move.target)
        self.version += 1
        self.updated_at = at.now

    def _draw_until(self, count: int) -> None:
        numbers = picks(self.key, len(self.candidates), count)
        for pick in range(len(self.picks), count):
            entry = self.candidates[numbers[pick] - 1]
            seat = Seat(pick=pick, number=entry.number, expert_id=entry.expert_id, member_id=entry.member_id)
            self.picks = (*self.picks, seat)

    def _voided(self) -> DrawVoided:
        assert self.void_because, "a void draw says why"
        return DrawVoided(draw=self.state(), reason=self.void_because)


def _revealed(given: Commitment, secret: str, when: datetime) -> Commitment:
    if hash_of_secret(secret) != given.sha256:
        raise Refused("this is not the secret that was committed to", "密数与承诺的 SHA-256 不符", "抽-3")
    return replace(given, secret=secret, revealed_at=when)


def _line(reason: Words) -> str:
    return f"{reason.en} ({reason.zh})"

"""What points are spent on: a reward that is offered, and a redemption that ends once, by an answer or by time."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from services.actor import Actor, Role
from services.clock import Moment, zone_of
from services.lifecycle import permit
from services.points.contract import (
    FEE_REDUCTION,
    OfferReward,
    RedemptionConfirmed,
    RedemptionExpired,
    RedemptionState,
    RedemptionStatus,
    RedemptionVoided,
    RewardOffered,
    RewardState,
    VoucherIssued,
)
from services.points.policy import LIFECYCLE, VOUCHER_DAYS, may_offer

GIVEN_BACK = "兑换人退券 (given back by the member)"


@dataclass
class Reward:
    """The aggregate: one row of the table `rewards`; `price` in points, `value` in fen."""

    community_id: str
    id: str
    version: int
    kind: str
    title: str
    price: int
    value: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def offer(
        cls, id_: str, command: OfferReward, by: Actor, held: frozenset[Role], at: Moment
    ) -> tuple["Reward", RewardOffered]:
        """A new reward (分-7). Errors: Forbidden for whoever may not offer any."""
        may_offer(by, held)
        place, price, value = command.community_id, command.price, command.value
        reward = cls(place, id_, 1, FEE_REDUCTION, command.title, price, value, at.now, at.now)
        return reward, RewardOffered(reward=reward.state())

    def state(self) -> RewardState:
        """Its visible state."""
        return RewardState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            kind=self.kind,
            title=self.title,
            price=self.price,
            value=self.value,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


@dataclass
class Redemption:
    """The aggregate: one row of the table `redemptions`; `points` and `value` (fen) are those of the reward on that day."""

    community_id: str
    id: str
    version: int
    status: RedemptionStatus
    reward_id: str
    member_id: str
    home_id: str
    points: int
    value: int
    valid_until: datetime
    reference: str | None
    reason: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def issue(
        cls, id_: str, reward: Reward, home_id: str, by: Actor, held: frozenset[Role], at: Moment
    ) -> tuple["Redemption", VoucherIssued]:
        """A voucher for a reward, valid to the end of the last of its days (分-3). Errors: Forbidden for no member."""
        move = permit(LIFECYCLE, "issue", None, by, held, at)
        after_it = at.day + timedelta(days=at.value(VOUCHER_DAYS) + 1)
        redemption = cls(
            community_id=reward.community_id,
            id=id_,
            version=1,
            status=RedemptionStatus(move.target),
            reward_id=reward.id,
            member_id=by.member_id,
            home_id=home_id,
            points=reward.price,
            value=reward.value,
            valid_until=datetime.combine(after_it, time(), zone_of(at.zone)).astimezone(UTC),
            reference=None,
            reason=None,
            created_at=at.now,
            updated_at=at.now,
        )
        return redemption, VoucherIssued(redemption=redemption.state())

    def confirm(self, reference: str, by: Actor, held: frozenset[Role], at: Moment) -> RedemptionConfirmed:
        """The fee was reduced, booked under this reference (分-4)."""
        self._move("confirm", by, held, at)
        self.reference = reference
        return RedemptionConfirmed(redemption=self.state())

    def cancel(self, by: Actor, held: frozenset[Role], at: Moment) -> RedemptionVoided:
        """Given back by its member (分-5)."""
        return self._void("cancel", GIVEN_BACK, by, held, at)

    def refuse(self, reason: str, by: Actor, held: frozenset[Role], at: Moment) -> RedemptionVoided:
        """The fee cannot be reduced (分-5)."""
        return self._void("refuse", reason, by, held, at)

    def expire(self, by: Actor, at: Moment) -> RedemptionExpired:
        """Not used in time (分-6)."""
        self._move("expire", by, frozenset(), at)
        return RedemptionExpired(redemption=self.state())

    def state(self) -> RedemptionState:
        """Its visible state."""
        return RedemptionState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            status=self.status,
            reward_id=self.reward_id,
            member_id=self.member_id,
            home_id=self.home_id,
            points=self.points,
            value=self.value,
            valid_until=self.valid_until,
            reference=self.reference,
            reason=self.reason,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    def _void(self, name: str, reason: str, by: Actor, held: frozenset[Role], at: Moment) -> RedemptionVoided:
        self._move(name, by, held, at)
        self.reason = reason
        return RedemptionVoided(redemption=self.state(), reason=reason)

    def _move(self, name: str, by: Actor, held: frozenset[Role], at: Moment) -> None:
        move = permit(LIFECYCLE, name, self, by, held, at)
        self.status = RedemptionStatus(move.target)
        self.version += 1
        self.updated_at = at.now

"""What the points service does: one function for each command, one for all that earns; the tables at the end are its contents."""

from typing import Any

from gateway.directory.contract import CommunityChanged, CommunityOnboarded
from services.actor import SYSTEM
from services.communities import remember
from services.errors import Conflict
from services.ids import new_id
from services.lifecycle import move_of
from services.points.bookings import EXPIRE, HOLD, VOID, Booking, Why, hold, move, post, release, told
from services.points.contract import (
    CancelRedemption,
    ConfirmRedemption,
    OfferReward,
    PointsCredited,
    PointsHeld,
    PointsReleased,
    PointsSpent,
    RedeemReward,
    RedemptionState,
    RefuseRedemption,
    RewardState,
)
from services.points.earning import EARNING
from services.points.model import Account, Transfer, account_of, issuance_of, spent_of, transfer_id
from services.points.policy import LIFECYCLE
from services.points.redemptions import Redemption, Reward
from services.schedule import Due
from services.work import Does, Reacts, Work

EXPIRY = "expire_voucher"


def earn(work: Work, event: Any) -> None:
    """分-1: whoever took part earns what the table of earnings says, once for each thing done."""
    rule = EARNING[type(event)]
    points, cause = work.moment.value(rule.points), rule.once_for(event)
    if not points or work.find(Transfer, transfer_id(work.community_id, rule.kind, cause)):
        return
    member = _opened(work, account_of(work.community_id, rule.whose(event), work.now))
    issuance = _opened(work, issuance_of(work.community_id, work.now))
    booking = _book(work, move(issuance, member, points, Why(rule.kind, rule.points.clause, cause), work.now))
    work.record(told(PointsCredited, member, booking))


def offer_reward(work: Work, command: OfferReward) -> RewardState:
    """Offer something for points."""
    reward, offered = Reward.offer(new_id(), command, work.actor, work.held, work.moment)
    work.add(reward)
    work.record(offered)
    return reward.state()


def redeem_reward(work: Work, command: RedeemReward) -> RedemptionState:
    """Hold the points and issue a voucher for them. Errors: NotFound, Forbidden, Refused when too few are available."""
    reward = work.load(Reward, command.reward_id)
    redemption, issued = Redemption.issue(new_id(), reward, command.home_id, work.actor, work.held, work.moment)
    member = _opened(work, account_of(work.community_id, redemption.member_id, work.now))
    why = Why(HOLD, _clause("issue"), redemption.id)
    booking = _book(work, hold(member, spent_of(work.community_id, work.now), redemption.points, why, work.now))
    work.add(redemption)
    work.schedule(EXPIRY, redemption.id, redemption.valid_until)
    work.record(told(PointsHeld, member, booking), issued)
    return redemption.state()


def confirm_redemption(work: Work, command: ConfirmRedemption) -> RedemptionState:
    """The fee was reduced: the points that were held are spent."""
    redemption = work.load(Redemption, command.redemption_id)
    confirmed = redemption.confirm(command.reference, work.actor, work.held, work.moment)
    held, member = _held_for(work, redemption)
    spent = _opened(work, spent_of(work.community_id, work.now))
    booking = _book(work, post(held, member, spent, _clause("confirm"), work.now))
    work.record(told(PointsSpent, member, booking), confirmed)
    return redemption.state()


def cancel_redemption(work: Work, command: CancelRedemption) -> RedemptionState:
    """The member gives the voucher back: the points are free again."""
    redemption = work.load(Redemption, command.redemption_id)
    voided = redemption.cancel(work.actor, work.held, work.moment)
    work.record(_free(work, redemption, VOID, "cancel"), voided)
    return redemption.state()


def refuse_redemption(work: Work, command: RefuseRedemption) -> RedemptionState:
    """The fee cannot be reduced: the points are free again."""
    redemption = work.load(Redemption, command.redemption_id)
    voided = redemption.refuse(command.reason, work.actor, work.held, work.moment)
    work.record(_free(work, redemption, VOID, "refuse"), voided)
    return redemption.state()


def expire_voucher(work: Work, due: Due) -> None:
    """The voucher was not used in time: the points are free again; refused, and so passed over, where it ended before."""
    redemption = work.load(Redemption, due.subject)
    expired = redemption.expire(SYSTEM, work.moment)
    work.record(_free(work, redemption, EXPIRE, "expire"), expired)


def _free(work: Work, redemption: Redemption, kind: str, by_move: str) -> PointsReleased:
    held, member = _held_for(work, redemption)
    booking = _book(work, release(held, member, kind, _clause(by_move), work.now))
    return told(PointsReleased, member, booking)


def _held_for(work: Work, redemption: Redemption) -> tuple[Transfer, Account]:
    """The hold of a redemption, and the account that it is on. Errors: Conflict when a rival ended it in this moment."""
    held = work.load(Transfer, transfer_id(work.community_id, HOLD, redemption.id))
    member = work.load(Account, held.debit_id)
    if member.held < held.amount:  # the account was read after the rival's commit, the redemption before it
        raise Conflict("others are changing this at the same time", "多人正在同时更改,请稍后再试")
    return held, member


def _opened(work: Work, account: Account) -> Account:
    found = work.find(Account, account.id)
    if found is None:
        work.add(account)
    return found or account


def _book(work: Work, booking: Booking) -> Booking:
    work.add(booking.transfer)
    for entry in booking.entries:
        work.add(entry)
    return booking


def _clause(name: str) -> str:
    return move_of(LIFECYCLE, name).clause


DOES: Does = {
    OfferReward: offer_reward,
    RedeemReward: redeem_reward,
    CancelRedemption: cancel_redemption,
    ConfirmRedemption: confirm_redemption,
    RefuseRedemption: refuse_redemption,
}

REACTS: Reacts = {
    CommunityOnboarded: remember,
    CommunityChanged: remember,
    **dict.fromkeys(EARNING, earn),
}

DUE = {EXPIRY: expire_voucher}

"""All that anyone else may know of the points service."""

from datetime import datetime
from typing import Annotated

from services.actor import MEMBER, Role, concerned, holders
from services.declare import COMMUNITY, ONE_MEMBER, STAFF, Between, command, event, value, view
from services.fields import Code, Id, Label, Labelled, Line, Note, Slug, Version

Points = Annotated[int, Between(-9_007_199_254_740_991, 9_007_199_254_740_991)]
Price = Annotated[int, Between(1, 1_000_000)]
Fen = Annotated[int, Between(1, 100_000_000)]

OFFERERS = holders(Role.PROPERTY_MANAGER, Role.COMMUNITY_ADMIN)
PROPERTY_COMPANY = holders(Role.PROPERTY_SYSTEM, Role.PROPERTY_MANAGER)
REDEEMER = concerned("member_id", "the member who redeemed", "兑换人")

FEE_REDUCTION = "fee_reduction"


class RedemptionStatus(Labelled):
    """What became of a redemption: points are held for a voucher until it is confirmed, void or expired."""

    ISSUED = "issued", "券已发出"
    CONFIRMED = "confirmed", "已抵扣"
    VOID = "void", "已作废"
    EXPIRED = "expired", "已过期"


@view("account", concerns="member_id")
class AccountState:
    """A member's points; only the member sees them."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = ONE_MEMBER
    member_id: Id
    balance: Points
    held: Points = 0
    created_at: datetime
    updated_at: datetime


@view("reward")
class RewardState:
    """Something that points can be spent on: a reduction of the property fee by `value` fen for `price` points."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    kind: Code
    title: Label
    price: Price
    value: Fen
    created_at: datetime
    updated_at: datetime


@view("redemption", filters=("status",), concerns="member_id")
class RedemptionState:
    """A redemption and its voucher (券): for whose home the property company is to reduce the fee by how many fen, until when."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = STAFF
    status: RedemptionStatus
    reward_id: Id
    member_id: Id
    home_id: Id
    points: Price
    value: Fen
    valid_until: datetime
    reference: Line | None = None
    reason: Note | None = None
    created_at: datetime
    updated_at: datetime


@value
class TransferTold:
    """One transfer of the ledger as the account's owner sees it: `cause` is the id of what earned or spent the points."""

    id: Id
    kind: Code
    amount: Points
    cause: Id
    clause: Line


@command("points.offer_reward", returns=RewardState, by=OFFERERS)
class OfferReward:
    """Offer a reduction of the property fee for points."""

    community_id: Slug
    title: Label
    price: Price
    value: Fen


@command("points.redeem_reward", returns=RedemptionState, by=MEMBER)
class RedeemReward:
    """Redeem points for a voucher on the fee of a home; the points are held until the property company has answered."""

    community_id: Slug
    reward_id: Id
    home_id: Id


@command("points.cancel_redemption", returns=RedemptionState, by=REDEEMER, subject="redemption_id")
class CancelRedemption:
    """Give a voucher back before it was used; the points are free again."""

    community_id: Slug
    redemption_id: Id


@command("points.confirm_redemption", returns=RedemptionState, by=PROPERTY_COMPANY, subject="redemption_id")
class ConfirmRedemption:
    """Say that the fee was reduced, with the reference of the booking; the points are spent by that."""

    community_id: Slug
    redemption_id: Id
    reference: Line


@command("points.refuse_redemption", returns=RedemptionState, by=PROPERTY_COMPANY, subject="redemption_id")
class RefuseRedemption:
    """Say that the fee cannot be reduced, and why; the points are free again."""

    community_id: Slug
    redemption_id: Id
    reason: Note


@event("points.account.credited.v1")
class PointsCredited:
    """A member earned points."""

    account: AccountState
    transfer: TransferTold


@event("points.account.held.v1")
class PointsHeld:
    """Points of a member were held for a voucher."""

    account: AccountState
    transfer: TransferTold


@event("points.account.released.v1")
class PointsReleased:
    """Points that were held are free again: the voucher is void or has expired."""

    account: AccountState
    transfer: TransferTold


@event("points.account.spent.v1")
class PointsSpent:
    """Points that were held are spent: the fee was reduced."""

    account: AccountState
    transfer: TransferTold


@event("points.reward.offered.v1")
class RewardOffered:
    """A reward can be had for points."""

    reward: RewardState


@event("points.redemption.issued.v1")
class VoucherIssued:
    """A voucher was issued: the property company is to reduce a fee, and to answer."""

    redemption: RedemptionState


@event("points.redemption.confirmed.v1")
class RedemptionConfirmed:
    """The property company reduced the fee."""

    redemption: RedemptionState


@event("points.redemption.voided.v1")
class RedemptionVoided:
    """A voucher is void: its member gave it back, or the property company could not reduce the fee."""

    redemption: RedemptionState
    reason: Note


@event("points.redemption.expired.v1")
class RedemptionExpired:
    """A voucher was not used in time."""

    redemption: RedemptionState

"""A member's points are for that member only."""

from dataclasses import fields

import pytest

from services.declare import COMMUNITY, ONE_MEMBER, PUBLIC, STAFF, VIEWS, commands_of, events_of
from services.errors import Invalid
from services.points.contract import (
    AccountState,
    OfferReward,
    PointsCredited,
    RedeemReward,
    RedemptionState,
    RewardState,
    TransferTold,
)
from services.points.ledger import MOST_POINTS
from services.schemas import load
from services.wire import to_data
from tests.shared.samples import COMMUNITY as CAOCHANG
from tests.shared.samples import ISSUE, NOON, REPORTER


def account(**changed: object) -> AccountState:
    """A member's account."""
    data = to_data(
        {
            "community_id": CAOCHANG,
            "id": ISSUE,
            "version": 1,
            "member_id": REPORTER,
            "balance": 5,
            "created_at": NOON,
            "updated_at": NOON,
            **changed,
        }
    )
    return load(AccountState, data)


def test_an_account_is_for_its_member_only() -> None:
    assert account().audience == ONE_MEMBER
    assert ONE_MEMBER not in (PUBLIC, COMMUNITY, STAFF)
    assert VIEWS[AccountState].concerns == "member_id"


def test_a_credit_tells_the_account_and_the_transfer() -> None:
    told = events_of("points")["points.account.credited.v1"]
    assert (told.cls, told.state) == (PointsCredited, AccountState)
    transfer = TransferTold(id=ISSUE, kind="confirmed_report", amount=5, cause=ISSUE, clause="分-1")
    event = PointsCredited(account=account(), transfer=transfer)
    assert load(PointsCredited, to_data(event)) == event


@pytest.mark.parametrize("balance", [MOST_POINTS + 1, -MOST_POINTS - 1, 1.5, True, "5"])
def test_points_are_whole_numbers_that_every_client_can_read(balance: object) -> None:
    with pytest.raises(Invalid, match="balance"):
        account(balance=balance)


def test_a_voucher_is_for_staff_and_the_member_who_redeemed() -> None:
    assert VIEWS[RedemptionState].concerns == "member_id"
    assert {member.name: member.default for member in fields(RedemptionState)}["audience"] == STAFF
    assert {member.name: member.default for member in fields(RewardState)}["audience"] == COMMUNITY


def test_every_command_changes_what_it_names_and_tells_of_it() -> None:
    assert set(commands_of("points")) == {
        "offer_reward",
        "redeem_reward",
        "cancel_redemption",
        "confirm_redemption",
        "refuse_redemption",
    }
    assert {spec.key for spec in events_of("points").values()} == {
        *(f"account.{deed}" for deed in ("credited", "held", "released", "spent")),
        "reward.offered",
        *(f"redemption.{deed}" for deed in ("issued", "confirmed", "voided", "expired")),
    }


def test_nobody_redeems_in_somebody_elses_name_or_at_their_own_price() -> None:
    data = {"community_id": CAOCHANG, "reward_id": ISSUE, "home_id": ISSUE}
    load(RedeemReward, data)
    for member in ("member_id", "points", "price", "value", "status", "valid_until"):
        with pytest.raises(Invalid, match=member):
            load(RedeemReward, {**data, member: 1})


@pytest.mark.parametrize("price", [0, -1, 1_000_001, 1.5, "5"])
def test_a_reward_has_a_whole_price_above_nothing(price: object) -> None:
    with pytest.raises(Invalid, match="price"):
        load(OfferReward, {"community_id": CAOCHANG, "title": "抵扣物业费", "price": price, "value": 1000})

"""A member's points are for that member only."""

import pytest

from services.declare import COMMUNITY, ONE_MEMBER, PUBLIC, STAFF, VIEWS, events_of
from services.errors import Invalid
from services.points.contract import AccountState, PointsCredited, TransferTold
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

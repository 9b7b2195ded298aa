"""Points move between two accounts: the legs sum to zero, and no balance goes below its minimum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Refused
from services.points.ledger import MOST_POINTS, legs

AMOUNTS = st.integers(1, 10**6)
BALANCES = st.integers(0, 10**9)


@given(BALANCES, st.none() | st.integers(0, 1000), BALANCES, AMOUNTS)
def test_the_legs_sum_to_zero_and_nobody_falls_below_the_minimum(
    debit: int, minimum: int | None, credit: int, amount: int
) -> None:
    enough = minimum is None or debit - amount >= minimum
    if not enough:
        with pytest.raises(Refused, match="not enough points") as no:
            legs(debit, minimum, credit, amount)
        assert no.value.clause == "分-2"
        return
    out, into = legs(debit, minimum, credit, amount)
    assert out.amount + into.amount == 0
    assert out.balance + into.balance == debit + credit
    assert (out.balance, into.balance) == (debit - amount, credit + amount)
    assert minimum is None or out.balance >= minimum


def test_issuance_may_fall_without_end() -> None:
    assert legs(-(10**15), None, 0, 5)[0].balance == -(10**15) - 5


@pytest.mark.parametrize("amount", [0, -1])
def test_a_transfer_moves_something_forward(amount: int) -> None:
    with pytest.raises(AssertionError):
        legs(10, 0, 0, amount)


def test_a_balance_stays_a_number_that_every_client_can_read() -> None:
    legs(10, None, MOST_POINTS - 1, 1)
    with pytest.raises(AssertionError):
        legs(10, None, MOST_POINTS, 1)
    assert MOST_POINTS == 2**53 - 1

"""Points move between two accounts: the legs sum to zero, no balance goes below its minimum, what is held is not available."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Refused
from services.points.ledger import MOST_POINTS, available, hold, post, release, transfer


@dataclass
class Sums:
    """An account as the arithmetic sees it."""

    balance: int
    held: int = 0
    minimum: int | None = 0


AMOUNTS = st.integers(1, 10**6)
ACCOUNTS = st.integers(0, 10**6).flatmap(
    lambda balance: st.builds(Sums, st.just(balance), st.integers(0, balance), st.none() | st.just(0))
)


def refused(does: Callable[[], Any]) -> bool:
    """Whether it is refused because that is too much (分-2)."""
    with pytest.raises(Refused) as no:
        does()
    return (no.value.reason.en, no.value.reason.zh, no.value.clause) == ("not enough points", "积分不足", "分-2")


@given(ACCOUNTS, ACCOUNTS, AMOUNTS)
def test_a_transfer_takes_what_is_available_and_sums_to_zero(debit: Sums, credit: Sums, amount: int) -> None:
    if debit.minimum is not None and available(debit) < amount:
        assert refused(lambda: transfer(debit, credit, amount))
        return
    out, into = transfer(debit, credit, amount)
    assert out.amount + into.amount == 0
    assert (out.balance, into.balance) == (debit.balance - amount, credit.balance + amount)
    assert (out.held, into.held) == (debit.held, credit.held)
    assert debit.minimum is None or out.balance - out.held >= debit.minimum


@given(ACCOUNTS, AMOUNTS)
def test_a_hold_reserves_what_is_available_and_moves_nothing(account: Sums, amount: int) -> None:
    if account.minimum is not None and available(account) < amount:
        assert refused(lambda: hold(account, amount))
        return
    leg = hold(account, amount)
    assert (leg.amount, leg.balance) == (0, account.balance)
    assert (leg.held_amount, leg.held) == (amount, account.held + amount)


@given(ACCOUNTS, ACCOUNTS, st.data())
def test_what_is_held_is_spent_or_free_again(debit: Sums, credit: Sums, data: st.DataObject) -> None:
    if not debit.held:
        return
    amount = data.draw(st.integers(1, debit.held))
    out, into = post(debit, credit, amount)
    assert (out.amount, out.held_amount, into.amount, into.held_amount) == (-amount, -amount, amount, 0)
    assert out.balance - out.held == available(debit)
    back = release(debit, amount)
    assert (back.amount, back.balance, back.held) == (0, debit.balance, debit.held - amount)
    assert back.balance - back.held == available(debit) + amount


def test_the_last_point_can_be_held_and_not_one_more() -> None:
    assert hold(Sums(10, 4), 6).held == 10
    assert refused(lambda: hold(Sums(10, 4), 7))
    assert refused(lambda: transfer(Sums(10, 4), Sums(0), 7))


def test_issuance_may_fall_without_end() -> None:
    assert transfer(Sums(-(10**15), minimum=None), Sums(0), 5)[0].balance == -(10**15) - 5


@pytest.mark.parametrize("amount", [0, -1])
def test_a_transfer_moves_something_forward(amount: int) -> None:
    for does in (lambda: transfer(Sums(10), Sums(0), amount), lambda: hold(Sums(10), amount)):
        with pytest.raises(AssertionError):
            does()


def test_no_more_is_spent_or_freed_than_is_held() -> None:
    for does in (lambda: post(Sums(10, 4), Sums(0), 5), lambda: release(Sums(10, 4), 5)):
        with pytest.raises(AssertionError):
            does()


def test_a_balance_stays_a_number_that_every_client_can_read() -> None:
    issuance = Sums(0, minimum=None)
    transfer(issuance, Sums(MOST_POINTS - 1), 1)
    with pytest.raises(AssertionError):
        transfer(issuance, Sums(MOST_POINTS), 1)
    assert MOST_POINTS == 2**53 - 1

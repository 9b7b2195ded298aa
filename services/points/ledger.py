"""The arithmetic of the ledger: points move between two accounts, never appear or vanish; what is held is not available."""

from dataclasses import dataclass
from typing import Protocol

from services.errors import Refused

MOST_POINTS = 9_007_199_254_740_991


class Sums(Protocol):
    """What an account has: points, how many of them are held, and the least that must stay (None: it may fall without end)."""

    @property
    def balance(self) -> int: ...

    @property
    def held(self) -> int: ...

    @property
    def minimum(self) -> int | None: ...


@dataclass(frozen=True)
class Leg:
    """What one transfer does to one account: the signed change of its balance and of what is held, and both after it."""

    amount: int
    balance: int
    held_amount: int
    held: int


def available(account: Sums) -> int:
    """The points that are not held."""
    return account.balance - account.held


def transfer(debit: Sums, credit: Sums, amount: int) -> tuple[Leg, Leg]:
    """Move `amount` available points; the debited account's leg first, the two amounts sum to zero.

    Errors: Refused when the debited account has too few available points (分-2).
    """
    _enough(debit, amount)
    return _leg(debit, -amount, 0), _leg(credit, amount, 0)


def hold(account: Sums, amount: int) -> Leg:
    """Reserve `amount` points without moving them. Errors: Refused when too few are available (分-2)."""
    _enough(account, amount)
    return _leg(account, 0, amount)


def post(debit: Sums, credit: Sums, amount: int) -> tuple[Leg, Leg]:
    """Move `amount` points that were held; the debited account's leg first, the two amounts sum to zero."""
    return _leg(debit, -amount, -amount), _leg(credit, amount, 0)


def release(account: Sums, amount: int) -> Leg:
    """Make `amount` points that were held available again."""
    return _leg(account, 0, -amount)


def _enough(account: Sums, amount: int) -> None:
    assert amount > 0, "a transfer moves something"
    if account.minimum is not None and available(account) - amount < account.minimum:
        raise Refused("not enough points", "积分不足", "分-2")


def _leg(account: Sums, amount: int, held_amount: int) -> Leg:
    leg = Leg(amount, account.balance + amount, held_amount, account.held + held_amount)
    assert amount or held_amount, "a transfer moves something"
    assert leg.balance <= MOST_POINTS, "the ledger holds no such balance"
    assert leg.held >= 0, "no more can be released than is held"
    return leg

"""The arithmetic of the ledger: points move between two accounts, never appear or vanish, and no balance goes below its minimum."""

from dataclasses import dataclass

from services.errors import Refused

MOST_POINTS = 9_007_199_254_740_991


@dataclass(frozen=True)
class Leg:
    """What one transfer does to one account: the signed amount and the balance after it."""

    amount: int
    balance: int


def legs(debit_balance: int, debit_minimum: int | None, credit_balance: int, amount: int) -> tuple[Leg, Leg]:
    """The two legs of a transfer of `amount` points, the debited account first; their amounts sum to zero.

    `debit_minimum` is None for an account that may fall without end (issuance). Errors: Refused when the debited
    account has too little.
    """
    assert amount > 0, "a transfer moves something"
    if debit_minimum is not None and debit_balance - amount < debit_minimum:
        raise Refused("not enough points", "积分不足", "分-2")
    assert credit_balance + amount <= MOST_POINTS, "the ledger holds no such balance"
    return Leg(-amount, debit_balance - amount), Leg(amount, credit_balance + amount)

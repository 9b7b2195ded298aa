"""How points are booked: each step is a transfer, with an entry in every account that it changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from services.ids import derived_id
from services.points import ledger
from services.points.contract import PointsCredited, PointsHeld, PointsReleased, PointsSpent, TransferTold
from services.points.model import Account, Entry, Transfer, transfer_id

HOLD, POST, VOID, EXPIRE = "hold", "post", "void", "expire"
ENDINGS = (POST, VOID, EXPIRE)

E = TypeVar("E", PointsCredited, PointsHeld, PointsReleased, PointsSpent)


@dataclass(frozen=True)
class Booking:
    """A transfer with an entry for each account that it changed."""

    transfer: Transfer
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Why:
    """Why points move: the kind of transfer, the clause that it follows, and the id of what caused it."""

    kind: str
    clause: str
    cause: str


def move(debit: Account, credit: Account, amount: int, why: Why, now: datetime) -> Booking:
    """Move points from one account to the other. Errors: Refused when too few are available (分-2)."""
    legs = ledger.transfer(debit, credit, amount)
    return _book(_step(debit, credit, amount, why, now), zip((debit, credit), legs, strict=True))


def hold(debit: Account, credit: Account, amount: int, why: Why, now: datetime) -> Booking:
    """Hold points of one account that are to go to the other. Errors: Refused when too few are available (分-2)."""
    leg = ledger.hold(debit, amount)
    return _book(_step(debit, credit, amount, why, now), [(debit, leg)])


def post(held: Transfer, debit: Account, credit: Account, clause: str, now: datetime) -> Booking:
    """End a hold: its points move where they were to go."""
    legs = ledger.post(debit, credit, held.amount)
    return _book(_end(held, POST, clause, now), zip((debit, credit), legs, strict=True))


def release(held: Transfer, debit: Account, kind: str, clause: str, now: datetime) -> Booking:
    """End a hold, as `VOID` or `EXPIRE`: its points are available again."""
    leg = ledger.release(debit, held.amount)
    return _book(_end(held, kind, clause, now), [(debit, leg)])


def told(event: type[E], account: Account, booking: Booking) -> E:
    """The event that tells an account's owner of a transfer."""
    done = booking.transfer
    transfer = TransferTold(id=done.id, kind=done.kind, amount=done.amount, cause=done.cause, clause=done.clause)
    return event(account=account.state(), transfer=transfer)


def _step(debit: Account, credit: Account, amount: int, why: Why, now: datetime) -> Transfer:
    id_ = transfer_id(debit.community_id, why.kind, why.cause)
    return Transfer(debit.community_id, id_, 1, why.kind, why.clause, debit.id, credit.id, amount, why.cause, now)


def _end(held: Transfer, kind: str, clause: str, now: datetime) -> Transfer:
    assert held.kind == HOLD, "only a hold can be ended"
    assert kind in ENDINGS, "a hold is posted, void or expired"
    return Transfer(
        community_id=held.community_id,
        id=transfer_id(held.community_id, "end", held.id),  # the same for every kind: a hold ends once
        version=1,
        kind=kind,
        clause=clause,
        debit_id=held.debit_id,
        credit_id=held.credit_id,
        amount=held.amount,
        cause=held.cause,
        at=now,
        hold_id=held.id,
    )


def _book(transfer: Transfer, legs: Iterable[tuple[Account, ledger.Leg]]) -> Booking:
    entries = []
    for account, leg in legs:
        assert account.id in (transfer.debit_id, transfer.credit_id), "a transfer changes its own two accounts"
        account.balance, account.held = leg.balance, leg.held
        account.version += 1
        account.updated_at = transfer.at
        entries.append(
            Entry(
                community_id=account.community_id,
                id=derived_id(transfer.id, account.id),
                version=1,
                transfer_id=transfer.id,
                account_id=account.id,
                account_version=account.version,
                amount=leg.amount,
                balance=leg.balance,
                held_amount=leg.held_amount,
                held=leg.held,
            )
        )
    return Booking(transfer, tuple(entries))

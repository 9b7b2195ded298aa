"""An account and the transfers between accounts; the issuance account of a community stands for all points ever given out."""

from dataclasses import dataclass
from datetime import datetime

from services.ids import derived_id
from services.points.contract import AccountState, PointsCredited, TransferTold
from services.points.ledger import legs


@dataclass
class Account:
    """The aggregate: one row of the table `accounts`; `member_id` is None for issuance, whose `minimum` is None too."""

    community_id: str
    id: str
    version: int
    member_id: str | None
    balance: int
    minimum: int | None
    created_at: datetime
    updated_at: datetime

    def state(self) -> AccountState:
        """What its owner sees."""
        assert self.member_id is not None, "nobody is shown the issuance account"
        return AccountState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            member_id=self.member_id,
            balance=self.balance,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


@dataclass
class Transfer:
    """One movement of points; its id is derived from what caused it, so that the same cause moves points once."""

    community_id: str
    id: str
    version: int
    kind: str
    clause: str
    debit_id: str
    credit_id: str
    amount: int
    cause: str
    at: datetime


@dataclass
class Entry:
    """What a transfer did to one account; unique per account and account version."""

    community_id: str
    id: str
    version: int
    transfer_id: str
    account_id: str
    account_version: int
    amount: int
    balance: int


def account_of(community_id: str, member_id: str, now: datetime) -> Account:
    """A member's account before its first transfer."""
    id_ = derived_id(community_id, "account", member_id)
    return Account(community_id, id_, 0, member_id, 0, 0, now, now)


def issuance_of(community_id: str, now: datetime) -> Account:
    """The account that all points of a community come from."""
    return Account(community_id, derived_id(community_id, "account", "issuance"), 0, None, 0, None, now, now)


def transfer_id(community_id: str, kind: str, cause: str) -> str:
    """The id of the one transfer of this kind that something caused."""
    return derived_id(community_id, "transfer", kind, cause)


def move(
    debit: Account, credit: Account, amount: int, kind: str, clause: str, cause: str, now: datetime
) -> tuple[Transfer, Entry, Entry]:
    """Move points from one account to the other. Errors: Refused when there are too few."""
    out, into = legs(debit.balance, debit.minimum, credit.balance, amount)
    id_ = transfer_id(debit.community_id, kind, cause)
    transfer = Transfer(debit.community_id, id_, 1, kind, clause, debit.id, credit.id, amount, cause, now)
    entries = []
    for account, leg in ((debit, out), (credit, into)):
        account.balance = leg.balance
        account.version += 1
        account.updated_at = now
        entry_id = derived_id(transfer.id, account.id)
        entries.append(
            Entry(account.community_id, entry_id, 1, id_, account.id, account.version, leg.amount, leg.balance)
        )
    return transfer, entries[0], entries[1]


def credited(account: Account, transfer: Transfer) -> PointsCredited:
    """The event of a credit."""
    told = TransferTold(
        id=transfer.id, kind=transfer.kind, amount=transfer.amount, cause=transfer.cause, clause=transfer.clause
    )
    return PointsCredited(account=account.state(), transfer=told)

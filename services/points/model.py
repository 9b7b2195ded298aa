"""Accounts and the transfers between them: what a community issued, what its members have, and what they have spent."""

from dataclasses import dataclass
from datetime import datetime

from services.ids import derived_id
from services.points.contract import AccountState


@dataclass
class Account:
    """The aggregate: one row of the table `accounts`.

    `member_id` is None for the community's own two: issuance, whose `minimum` is None, and what was spent.
    """

    community_id: str
    id: str
    version: int
    member_id: str | None
    balance: int
    held: int
    minimum: int | None
    created_at: datetime
    updated_at: datetime

    def state(self) -> AccountState:
        """What its owner sees."""
        assert self.member_id is not None, "nobody is shown the community's own accounts"
        return AccountState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            member_id=self.member_id,
            balance=self.balance,
            held=self.held,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


@dataclass
class Transfer:
    """One step of points: a movement, a hold, or the end of the hold that `hold_id` names.

    Its id is derived from what caused it, so that the same cause moves points once and a hold ends once.
    """

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
    hold_id: str | None = None


@dataclass
class Entry:
    """What a transfer did to one account, and what the account had after it; unique per account and account version."""

    community_id: str
    id: str
    version: int
    transfer_id: str
    account_id: str
    account_version: int
    amount: int
    balance: int
    held_amount: int
    held: int


def account_of(community_id: str, member_id: str, now: datetime) -> Account:
    """A member's account before its first transfer."""
    id_ = derived_id(community_id, "account", member_id)
    return Account(community_id, id_, 0, member_id, 0, 0, 0, now, now)


def issuance_of(community_id: str, now: datetime) -> Account:
    """The account that all points of a community come from; its balance is what was ever issued, below zero."""
    return Account(community_id, derived_id(community_id, "account", "issuance"), 0, None, 0, 0, None, now, now)


def spent_of(community_id: str, now: datetime) -> Account:
    """The account that all points go to that members of a community have spent."""
    return Account(community_id, derived_id(community_id, "account", "spent"), 0, None, 0, 0, 0, now, now)


def transfer_id(community_id: str, kind: str, cause: str) -> str:
    """The id of the one transfer of this kind that something caused."""
    return derived_id(community_id, "transfer", kind, cause)

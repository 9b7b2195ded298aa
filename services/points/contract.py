"""All that anyone else may know of the points service."""

from datetime import datetime
from typing import Annotated

from services.declare import ONE_MEMBER, Between, event, value, view
from services.fields import Code, Id, Line, Slug, Version

Points = Annotated[int, Between(-9_007_199_254_740_991, 9_007_199_254_740_991)]


@view("account", concerns="member_id")
class AccountState:
    """A member's points; only the member sees them."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = ONE_MEMBER
    member_id: Id
    balance: Points
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


@event("points.account.credited.v1")
class PointsCredited:
    """A member earned points."""

    account: AccountState
    transfer: TransferTold

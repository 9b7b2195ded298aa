"""What the ledger's books must show, whatever happened."""

from typing import Any

from services.ids import new_id
from services.issues.contract import IssueConfirmed, Status
from services.points.use_cases import REACTS
from services.work import Desk, Job
from tests.shared.desks import event, rows
from tests.shared.samples import ISSUE, REPORTER, issue_state


def confirmed(issue_id: str = ISSUE, reporter_id: str = REPORTER, id_: str = "", **changed: Any) -> Job:
    """The job with which points hears that an issue was confirmed."""
    state = issue_state(id=issue_id, reporter_id=reporter_id, status=Status.CONFIRMED, version=4, **changed)
    return event(IssueConfirmed(issue=state), REACTS, id_ or new_id(), "points.on.issues")


def balances(desk: Desk) -> dict[str | None, int]:
    """The balance of each member of all communities; None is issuance."""
    found: dict[str | None, int] = {}
    for row in rows(desk, "accounts"):
        found[row.member_id] = found.get(row.member_id, 0) + row.balance
    return found


def check(desk: Desk) -> None:
    """The books agree: every transfer has two entries that sum to zero, every balance is the sum of its entries."""
    accounts, transfers, entries = (rows(desk, table) for table in ("accounts", "transfers", "entries"))
    assert sum(account.balance for account in accounts) == 0
    assert all(account.balance >= 0 for account in accounts if account.member_id is not None)
    for transfer in transfers:
        legs = {entry.account_id: entry.amount for entry in entries if entry.transfer_id == transfer.id}
        assert legs == {transfer.debit_id: -transfer.amount, transfer.credit_id: transfer.amount}
    assert len(entries) == 2 * len(transfers)
    for account in accounts:
        own = sorted((each for each in entries if each.account_id == account.id), key=lambda each: each.account_version)
        assert [entry.account_version for entry in own] == list(range(1, account.version + 1))
        total = 0
        for entry in own:
            total += entry.amount
            assert entry.balance == total
        assert account.balance == total

"""What the ledger's books must show, whatever happened, and the deeds that fill them."""

from typing import Any

from services.actor import Actor, Role
from services.ids import new_id
from services.issues.contract import IssueConfirmed, Status
from services.points.contract import (
    CancelRedemption,
    ConfirmRedemption,
    OfferReward,
    RedeemReward,
    RefuseRedemption,
)
from services.points.model import spent_of
from services.points.use_cases import DOES, REACTS
from services.work import Desk, Job
from tests.shared.desks import event, job, perform, rows
from tests.shared.samples import COMMUNITY, ISSUE, NOON, REPORTER, RESIDENT, issue_state, member

HOME = new_id()
MANAGER = member(new_id(), Role.PROPERTY_MANAGER)
PROPERTY_SYSTEM = Actor(new_id(), {COMMUNITY: frozenset({Role.PROPERTY_SYSTEM})}, kind="client")
SPENT = "spent"
KIND_OF = {"issued": None, "confirmed": "post", "void": "void", "expired": "expire"}


def confirmed(issue_id: str = ISSUE, reporter_id: str = REPORTER, id_: str = "", **changed: Any) -> Job:
    """The job with which points hears that an issue was confirmed."""
    state = issue_state(id=issue_id, reporter_id=reporter_id, status=Status.CONFIRMED, version=4, **changed)
    return event(IssueConfirmed(issue=state), REACTS, id_ or new_id(), "points.on.issues")


def give(desk: Desk, points: int, member_id: str = REPORTER) -> None:
    """Have a member earn some points, five for each report."""
    perform(desk, *(confirmed(new_id(), member_id) for _ in range(points // 5)))


def offered(desk: Desk, price: int = 100, community_id: str = COMMUNITY) -> str:
    """The id of a reward."""
    manager = member(new_id(), Role.PROPERTY_MANAGER, community_id=community_id)
    command = OfferReward(community_id=community_id, title="抵扣物业费", price=price, value=price * 10)
    (reward,) = perform(desk, job(command, manager, does=DOES))
    return str(reward["id"])


def redeem(reward_id: str, actor: Actor = RESIDENT, id_: str = "") -> Job:
    """The job with which a member redeems points."""
    return job(RedeemReward(community_id=COMMUNITY, reward_id=reward_id, home_id=HOME), actor, id_, does=DOES)


def redeemed(desk: Desk, price: int = 100) -> str:
    """The id of a voucher of the resident, who earned the points just for it."""
    give(desk, price)
    (redemption,) = perform(desk, redeem(offered(desk, price)))
    return str(redemption["id"])


def answer(deed: str, redemption_id: str, actor: Actor | None = None, id_: str = "") -> Job:
    """The job that confirms, cancels or refuses a redemption, by somebody who may unless said otherwise."""
    commands = {
        "confirm": ConfirmRedemption(community_id=COMMUNITY, redemption_id=redemption_id, reference="收据 8812"),
        "cancel": CancelRedemption(community_id=COMMUNITY, redemption_id=redemption_id),
        "refuse": RefuseRedemption(community_id=COMMUNITY, redemption_id=redemption_id, reason="该户本季已缴清"),
    }
    return job(commands[deed], actor or (RESIDENT if deed == "cancel" else PROPERTY_SYSTEM), id_, does=DOES)


def balances(desk: Desk) -> dict[str | None, int]:
    """The balance of each member of all communities; None is issuance, `SPENT` what was spent in the sample community."""
    found: dict[str | None, int] = {}
    spent = spent_of(COMMUNITY, NOON).id
    for row in rows(desk, "accounts"):
        owner = SPENT if row.id == spent else row.member_id
        found[owner] = found.get(owner, 0) + row.balance
    return found


def held(desk: Desk) -> dict[str, int]:
    """What is held of each member's points, where something is."""
    return {row.member_id: row.held for row in rows(desk, "accounts") if row.held}


def told(desk: Desk) -> list[str]:
    """What the journal tells, in order: things and deeds."""
    return [".".join(row.type.split(".")[1:3]) for row in rows(desk, "journal")]


def check(desk: Desk) -> None:
    """The books agree: points are neither made nor lost, every hold ended at most once, every sum is that of its entries."""
    accounts, transfers, entries = (rows(desk, table) for table in ("accounts", "transfers", "entries"))
    assert sum(account.balance for account in accounts) == 0
    for transfer in transfers:
        own = {each.account_id: (each.amount, each.held_amount) for each in entries if each.transfer_id == transfer.id}
        assert own == legs_of(transfer)
    assert len(entries) == sum(len(legs_of(transfer)) for transfer in transfers)
    for account in accounts:
        check_account(account, [each for each in entries if each.account_id == account.id])
    check_holds(desk, accounts, transfers)


def legs_of(transfer: Any) -> dict[str, tuple[int, int]]:
    """What a transfer does to the balance of each account, and to what is held of it."""
    moved, changed = -transfer.amount, 0
    if transfer.kind in ("hold", "void", "expire"):
        return {transfer.debit_id: (0, transfer.amount if transfer.kind == "hold" else -transfer.amount)}
    if transfer.kind == "post":
        changed = -transfer.amount
    return {transfer.debit_id: (moved, changed), transfer.credit_id: (transfer.amount, 0)}


def check_account(account: Any, entries: list[Any]) -> None:
    """An account has an entry for each version, is what they sum to, and never had less than it must."""
    entries = sorted(entries, key=lambda each: each.account_version)
    assert [entry.account_version for entry in entries] == list(range(1, account.version + 1))
    balance = of_it_held = 0
    for entry in entries:
        balance, of_it_held = balance + entry.amount, of_it_held + entry.held_amount
        assert (entry.balance, entry.held) == (balance, of_it_held)
        assert of_it_held >= 0
        assert account.minimum is None or balance - of_it_held >= account.minimum
    assert (account.balance, account.held) == (balance, of_it_held)
    assert account.minimum == 0 or (account.member_id is None and account.held == 0)


def check_holds(desk: Desk, accounts: list[Any], transfers: list[Any]) -> None:
    """What is held is what the open holds say; a redemption stands where its hold does."""
    holds = {each.id: each for each in transfers if each.kind == "hold"}
    ends = {each.hold_id: each for each in transfers if each.hold_id}
    assert len(ends) == len([each for each in transfers if each.kind in ("post", "void", "expire")])
    assert set(ends) <= set(holds)
    assert all(end.amount == holds[hold_id].amount for hold_id, end in ends.items())
    for account in accounts:
        still = [each.amount for each in holds.values() if each.debit_id == account.id and each.id not in ends]
        assert account.held == sum(still)
    by_redemption = {each.cause: each for each in holds.values()}
    redemptions = rows(desk, "redemptions")
    assert set(by_redemption) == {redemption.id for redemption in redemptions}
    for redemption in redemptions:
        end = ends.get(by_redemption[redemption.id].id)
        assert (end.kind if end else None) == KIND_OF[redemption.status]
        assert by_redemption[redemption.id].amount == redemption.points

"""The database itself refuses a member's debt, a transfer of nothing and a second entry of one version."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.ids import new_id
from services.points.model import Account, Entry, Transfer, account_of, issuance_of, move
from services.points.store import STORE, accounts, entries, transfers
from services.work import Desk
from tests.points.books import check, confirmed
from tests.shared.desks import perform, rows
from tests.shared.samples import COMMUNITY, ISSUE, NOON, REPORTER


@pytest.fixture
def credited(desk: Desk) -> Desk:
    """Books with one credit of five points."""
    perform(desk, confirmed())
    return desk


def refused(desk: Desk, statement: Any, constraint: str = "") -> None:
    """The database says no, and the books are as before."""
    with pytest.raises(sa.exc.IntegrityError) as no, desk.engine.begin() as connection:
        connection.execute(statement)
    assert constraint in str(no.value)
    check(desk)


def owned() -> Any:
    """The condition for the reporter's account."""
    return accounts.c.member_id == REPORTER


@pytest.mark.parametrize("balance", [-1, -5, -(10**15)])
def test_a_member_never_owes_points(credited: Desk, balance: int) -> None:
    refused(credited, sa.update(accounts).where(owned()).values(balance=balance), "accounts_minimum")
    refused(credited, sa.update(accounts).where(owned()).values(balance=accounts.c.balance - 6), "accounts_minimum")


def test_a_new_account_cannot_begin_with_a_debt(credited: Desk) -> None:
    account = account_of(COMMUNITY, new_id(), NOON)
    account.balance = -1
    refused(credited, sa.insert(accounts).values(**vars(account)), "accounts_minimum")


def test_issuance_may_fall_below_zero(desk: Desk) -> None:
    issuance = issuance_of(COMMUNITY, NOON)
    issuance.balance = -(10**12)
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(accounts).values(**vars(issuance)))
    assert [row.balance for row in rows(desk, "accounts")] == [-(10**12)]


@pytest.mark.parametrize("amount", [0, -5])
def test_a_transfer_moves_something_forward(credited: Desk, amount: int) -> None:
    refused(credited, sa.update(transfers).values(amount=amount), "transfers_amount")


def test_a_version_of_an_account_has_one_entry(credited: Desk) -> None:
    (entry,) = (row for row in rows(credited, "entries") if row.amount > 0)
    again = {**entry._asdict(), "id": new_id()}
    refused(credited, sa.insert(entries).values(**again))


def test_a_transfer_is_kept_once(credited: Desk) -> None:
    (transfer,) = rows(credited, "transfers")
    refused(credited, sa.insert(transfers).values(**transfer._asdict()))


def test_everything_comes_back_as_it_went(desk: Desk) -> None:
    issuance, account = issuance_of(COMMUNITY, NOON), account_of(COMMUNITY, REPORTER, NOON)
    transfer, *made = move(issuance, account, 7, "confirmed_report", "分-1", ISSUE, NOON)
    with desk.engine.begin() as connection:
        for table, things in ((accounts, [issuance, account]), (transfers, [transfer]), (entries, made)):
            connection.execute(sa.insert(table), [vars(thing) for thing in things])
    kept: list[Any] = [*(Account(**row._mapping) for row in rows(desk, "accounts"))]
    assert sorted(kept, key=lambda each: each.id) == sorted([issuance, account], key=lambda each: each.id)
    assert [Transfer(**row._mapping) for row in rows(desk, "transfers")] == [transfer]
    assert {row.id: Entry(**row._mapping) for row in rows(desk, "entries")} == {entry.id: entry for entry in made}
    check(desk)


def test_the_store_holds_the_ledger_and_what_every_service_has() -> None:
    assert STORE.aggregates == {Account: accounts, Transfer: transfers, Entry: entries}
    assert {"journal", "chain", "lease", "inbox", "due", "communities"} <= set(STORE.metadata.tables)

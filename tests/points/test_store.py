"""The database itself refuses a debt, more held than there is, a second end of a hold and a second entry of one version."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import URL

from services.database import open_engine
from services.ids import new_id
from services.points.bookings import Why, hold, move, release
from services.points.contract import RedemptionStatus
from services.points.model import Account, Entry, Transfer, account_of, issuance_of, spent_of
from services.points.redemptions import Redemption, Reward
from services.points.store import STORE, accounts, entries, redemptions, rewards, transfers
from services.work import Desk
from tests.points.books import answer, check, confirmed, redeemed
from tests.points.made import id_of, named, redemption
from tests.shared.desks import perform, rows
from tests.shared.made_up import ROOT
from tests.shared.samples import COMMUNITY, ISSUE, NOON, REPORTER


@pytest.fixture
def credited(desk: Desk) -> Desk:
    """Books with one credit of five points."""
    perform(desk, confirmed())
    return desk


@pytest.fixture
def holding(desk: Desk) -> Desk:
    """Books with a voucher for five points, all of which are held."""
    redeemed(desk, 5)
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


def test_a_member_never_owes_points(credited: Desk) -> None:
    for balance in (-1, -(10**15), accounts.c.balance - 6):
        refused(credited, sa.update(accounts).where(owned()).values(balance=balance), "accounts_")


def test_a_new_account_cannot_begin_with_a_debt(credited: Desk) -> None:
    for account in (account_of(COMMUNITY, new_id(), NOON), spent_of(COMMUNITY, NOON)):
        account.balance = -1
        refused(credited, sa.insert(accounts).values(**vars(account)), "accounts_")


def test_no_less_than_nothing_is_held_and_no_more_than_there_is(credited: Desk) -> None:
    refused(credited, sa.update(accounts).where(owned()).values(held=-1), "accounts_held")
    refused(credited, sa.update(accounts).where(owned()).values(held=6), "accounts_available")


def test_what_is_held_cannot_be_moved_elsewhere(holding: Desk) -> None:
    refused(holding, sa.update(accounts).where(owned()).values(balance=4), "accounts_available")


def test_issuance_may_fall_below_zero(desk: Desk) -> None:
    issuance = issuance_of(COMMUNITY, NOON)
    issuance.balance = -(10**12)
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(accounts).values(**vars(issuance)))
    assert [row.balance for row in rows(desk, "accounts")] == [-(10**12)]


def test_a_transfer_moves_something_forward(credited: Desk) -> None:
    for amount in (0, -5):
        refused(credited, sa.update(transfers).values(amount=amount), "transfers_amount")


def test_a_version_of_an_account_has_one_entry(credited: Desk) -> None:
    (entry,) = (row for row in rows(credited, "entries") if row.amount > 0)
    again = {**entry._asdict(), "id": new_id()}
    refused(credited, sa.insert(entries).values(**again))


def test_a_transfer_is_kept_once(credited: Desk) -> None:
    (transfer,) = rows(credited, "transfers")
    refused(credited, sa.insert(transfers).values(**transfer._asdict()))


def test_a_hold_ends_once_whoever_writes_it(desk: Desk) -> None:
    for deed in ("confirm", "cancel", "refuse"):
        perform(desk, answer(deed, redeemed(desk, 5)))
    ends = [row for row in rows(desk, "transfers") if row.hold_id]
    assert len(ends) == 3
    for end, kind in product(ends, ("post", "void", "expire")):
        again = {**end._asdict(), "id": new_id(), "kind": kind}
        refused(desk, sa.insert(transfers).values(**again), "hold_id")


def test_an_end_names_its_hold_and_nothing_else_names_one(holding: Desk) -> None:
    (held,) = (row for row in rows(holding, "transfers") if row.kind == "hold")
    for kind, hold_id in (("post", None), ("void", None), ("expire", None), ("hold", held.id), ("gift", held.id)):
        row = {**held._asdict(), "id": new_id(), "kind": kind, "hold_id": hold_id}
        refused(holding, sa.insert(transfers).values(**row), "transfers_end")


def test_rewards_and_vouchers_cost_something(holding: Desk) -> None:
    refused(holding, sa.update(rewards).values(price=0), "rewards_price")
    refused(holding, sa.update(redemptions).values(points=0), "redemptions_points")


def test_everything_comes_back_as_it_went(desk: Desk) -> None:
    issuance, account = issuance_of(COMMUNITY, NOON), account_of(COMMUNITY, REPORTER, NOON)
    credit = move(issuance, account, 7, Why("confirmed_report", "分-1", ISSUE), NOON)
    held = hold(account, spent_of(COMMUNITY, NOON), 7, Why("hold", "分-3", ISSUE), NOON)
    freed = release(held.transfer, account, "void", "分-5", NOON)
    reward = Reward(**named(id=id_of("reward"), kind="fee_reduction", title="抵扣物业费", price=100, value=1000))
    vouchers = [redemption(status, id=new_id()) for status in RedemptionStatus]
    vouchers[0].reference, vouchers[0].reason = "收据 8812", "缴清\n下季再用"
    made: dict[type, list[Any]] = {
        Account: [issuance, account],
        Transfer: [each.transfer for each in (credit, held, freed)],
        Entry: [entry for each in (credit, held, freed) for entry in each.entries],
        Reward: [reward],
        Redemption: vouchers,
    }
    assert set(made) == set(STORE.aggregates)
    for kind, things in made.items():
        table = STORE.aggregates[kind]
        with desk.engine.begin() as connection:
            connection.execute(sa.insert(table), [vars(thing) for thing in things])
        assert {row.id: kind(**row._mapping) for row in rows(desk, table.name)} == {thing.id: thing for thing in things}


def test_the_store_holds_the_ledger_what_it_is_spent_on_and_what_every_service_has() -> None:
    assert STORE.aggregates == {
        Account: accounts,
        Transfer: transfers,
        Entry: entries,
        Reward: rewards,
        Redemption: redemptions,
    }
    assert {"journal", "chain", "lease", "inbox", "due", "communities"} <= set(STORE.metadata.tables)


def migrate(url: URL, change: Callable[[Config, str], None], version: str) -> None:
    """Bring the database up or down to a version of its schema."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / "points" / "migrations"))
    engine = open_engine(url)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        change(config, version)
    engine.dispose()


def shape(url: URL, table: str) -> tuple[set[str], set[str | None]]:
    """The columns of a table, and the names of its checks and unique keys."""
    engine = open_engine(url)
    look = sa.inspect(engine)
    named = {each["name"] for each in (*look.get_check_constraints(table), *look.get_unique_constraints(table))}
    columns = {column["name"] for column in look.get_columns(table)}
    engine.dispose()
    return columns, named


def test_the_books_survive_the_way_up_down_and_up_again(credited: Desk, database_url: URL) -> None:
    tables = ("accounts", "transfers", "entries")
    newest, books = [shape(database_url, table) for table in tables], [rows(credited, table) for table in tables]
    migrate(database_url, command.downgrade, "0001")
    older = [shape(database_url, table) for table in tables]
    assert [columns - before for (columns, _), (before, _) in zip(newest, older, strict=True)] == [
        {"held"},
        {"hold_id"},
        {"held_amount", "held"},
    ]
    assert [constraints for _, constraints in older] == [
        {"accounts_minimum"},
        {"transfers_amount"},
        {"entries_account_version"},
    ]
    migrate(database_url, command.upgrade, "head")
    assert [shape(database_url, table) for table in tables] == newest
    assert [rows(credited, table) for table in tables] == books
    check(credited)

"""A transfer leaves an entry in each account that it changes; a hold is posted, void or expired, and that once."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Refused
from services.points.bookings import ENDINGS, EXPIRE, HOLD, POST, VOID, Booking, Why, hold, move, post, release, told
from services.points.contract import PointsCredited, PointsHeld, PointsReleased, PointsSpent
from services.points.model import Account, Entry, account_of, issuance_of, spent_of
from tests.shared.samples import COMMUNITY, ISSUE, NEIGHBOUR, NOON, REPORTER

EARNED = Why("confirmed_report", "分-1", ISSUE)
FOR_A_VOUCHER = Why(HOLD, "分-3", ISSUE)


@dataclass
class Books:
    """The accounts of a community with two members, and every entry in them."""

    issuance: Account = field(default_factory=lambda: issuance_of(COMMUNITY, NOON))
    spent: Account = field(default_factory=lambda: spent_of(COMMUNITY, NOON))
    members: list[Account] = field(
        default_factory=lambda: [account_of(COMMUNITY, name, NOON) for name in (REPORTER, NEIGHBOUR)]
    )
    entries: list[Entry] = field(default_factory=list)

    def keep(self, booking: Booking) -> Booking:
        """Keep its entries."""
        self.entries += booking.entries
        return booking

    def earned(self, points: int, cause: str = ISSUE, who: int = 0) -> Account:
        """A member's account after they earned points."""
        self.keep(move(self.issuance, self.members[who], points, Why("confirmed_report", "分-1", cause), NOON))
        return self.members[who]

    def end(self, kind: str, held: Booking, who: int = 0) -> Booking:
        """End a hold."""
        if kind == POST:
            return self.keep(post(held.transfer, self.members[who], self.spent, "分-4", NOON))
        return self.keep(release(held.transfer, self.members[who], kind, "分-5", NOON))


def seen(entry: Entry) -> tuple[Any, ...]:
    """What an entry says."""
    return entry.account_id, entry.account_version, entry.amount, entry.balance, entry.held_amount, entry.held


def test_a_transfer_leaves_one_entry_in_each_account() -> None:
    books = Books()
    booking = move(books.issuance, books.members[0], 5, EARNED, NOON)
    assert (books.issuance.balance, books.issuance.version) == (-5, 1)
    assert (books.members[0].balance, books.members[0].version) == (5, 1)
    out, into = booking.entries
    assert seen(out) == (books.issuance.id, 1, -5, -5, 0, 0)
    assert seen(into) == (books.members[0].id, 1, 5, 5, 0, 0)
    done = booking.transfer
    assert done.id == out.transfer_id == into.transfer_id
    assert (done.debit_id, done.credit_id, done.hold_id) == (books.issuance.id, books.members[0].id, None)


def test_a_hold_leaves_one_entry_and_moves_nothing() -> None:
    books = Books()
    account = books.earned(15)
    booking = hold(account, books.spent, 10, FOR_A_VOUCHER, NOON)
    assert (account.balance, account.held, account.version) == (15, 10, 2)
    assert [seen(entry) for entry in booking.entries] == [(account.id, 2, 0, 15, 10, 10)]
    assert (booking.transfer.debit_id, booking.transfer.credit_id) == (account.id, books.spent.id)
    assert books.spent.version == 0


def test_a_posted_hold_moves_its_points_to_what_was_spent() -> None:
    books = Books()
    account = books.earned(15)
    held = hold(account, books.spent, 10, FOR_A_VOUCHER, NOON)
    end = books.end(POST, held)
    assert (account.balance, account.held, books.spent.balance) == (5, 0, 10)
    assert [seen(entry) for entry in end.entries] == [
        (account.id, 3, -10, 5, -10, 0),
        (books.spent.id, 1, 10, 10, 0, 0),
    ]
    assert (end.transfer.kind, end.transfer.hold_id, end.transfer.cause) == (POST, held.transfer.id, ISSUE)


@pytest.mark.parametrize("kind", [VOID, EXPIRE])
def test_a_hold_that_comes_to_nothing_frees_its_points(kind: str) -> None:
    books = Books()
    account = books.earned(15)
    held = hold(account, books.spent, 10, FOR_A_VOUCHER, NOON)
    end = books.end(kind, held)
    assert (account.balance, account.held, books.spent.balance) == (15, 0, 0)
    assert [seen(entry) for entry in end.entries] == [(account.id, 3, 0, 15, -10, 0)]
    assert (end.transfer.kind, end.transfer.hold_id) == (kind, held.transfer.id)


def test_every_end_of_a_hold_has_the_same_id_so_that_there_is_one() -> None:
    ends = set()
    for kind in ENDINGS:
        books = Books()
        ends.add(books.end(kind, hold(books.earned(10), books.spent, 10, FOR_A_VOUCHER, NOON)).transfer.id)
    assert len(ends) == 1


def test_only_a_hold_ends_and_only_in_one_of_three_ways_and_for_its_own_account() -> None:
    books = Books()
    credit = move(books.issuance, books.members[0], 20, EARNED, NOON)
    with pytest.raises(AssertionError):
        books.end(VOID, credit)
    held = hold(books.members[0], books.spent, 10, FOR_A_VOUCHER, NOON)
    with pytest.raises(AssertionError):
        books.end("gift", held)
    hold(books.earned(10, "other", 1), books.spent, 10, Why(HOLD, "分-3", "other"), NOON)
    with pytest.raises(AssertionError):
        books.end(VOID, held, 1)


def test_the_same_cause_makes_the_same_ids_and_another_one_others() -> None:
    def ids(cause: str) -> set[str]:
        books = Books()
        booking = move(books.issuance, books.members[0], 5, Why("k", "分-1", cause), NOON)
        return {booking.transfer.id, *(entry.id for entry in booking.entries)}

    assert ids(ISSUE) == ids(ISSUE)
    assert not ids(ISSUE) & ids(REPORTER)
    assert len(ids(ISSUE)) == 3


def test_nobody_spends_or_holds_more_than_they_have() -> None:
    books = Books()
    account, other = books.members
    with pytest.raises(Refused):
        move(account, other, 1, EARNED, NOON)
    with pytest.raises(Refused):
        hold(account, books.spent, 1, FOR_A_VOUCHER, NOON)
    assert (account.balance, account.held, account.version, other.version) == (0, 0, 0, 0)


def test_each_event_tells_what_the_owner_sees() -> None:
    books = Books()
    account = books.earned(15)
    booking = hold(account, books.spent, 10, FOR_A_VOUCHER, NOON)
    said: list[Any] = [told(PointsHeld, account, booking), told(PointsCredited, account, booking)]
    said += [told(PointsReleased, account, booking), told(PointsSpent, account, booking)]
    for each in said:
        assert each.account == account.state()
        assert (each.transfer.kind, each.transfer.amount, each.transfer.cause) == (HOLD, 10, ISSUE)
        assert (each.transfer.id, each.transfer.clause) == (booking.transfer.id, "分-3")
    assert [type(each) for each in said] == [PointsHeld, PointsCredited, PointsReleased, PointsSpent]


STEPS = st.lists(
    st.tuples(st.sampled_from(["credit", HOLD, *ENDINGS]), st.integers(0, 1), st.integers(1, 30)), max_size=60
)


@given(STEPS)
def test_whatever_order_steps_come_in_the_books_agree_with_a_simple_model(steps: list[tuple[str, int, int]]) -> None:
    """The model: what each member has, what of it is held for what, what was issued and what was spent."""
    books, has, issued, spent = Books(), [0, 0], 0, 0
    still: list[dict[int, Booking]] = [{}, {}]
    for number, (kind, who, points) in enumerate(steps):
        account, reserved = books.members[who], sum(each.transfer.amount for each in still[who].values())
        if kind == "credit":
            books.earned(points, f"{number}", who)
            has[who], issued = has[who] + points, issued + points
        elif kind == HOLD:
            possible = has[who] - reserved >= points
            try:
                held = books.keep(hold(account, books.spent, points, Why(HOLD, "分-3", f"{number}"), NOON))
            except Refused:
                assert not possible
                continue
            assert possible
            still[who][number] = held
        elif still[who]:
            held = still[who].pop(sorted(still[who])[points % len(still[who])])
            books.end(kind, held, who)
            if kind == POST:
                has[who], spent = has[who] - held.transfer.amount, spent + held.transfer.amount
    assert [account.balance for account in books.members] == has
    assert (books.issuance.balance, books.spent.balance) == (-issued, spent)
    assert sum(has) + spent - issued == sum(entry.amount for entry in books.entries) == 0
    assert len({entry.id for entry in books.entries}) == len(books.entries)
    for account, open_ in zip(books.members, still, strict=True):
        assert account.held == sum(each.transfer.amount for each in open_.values())
        assert account.balance >= account.held >= 0
        own = [entry for entry in books.entries if entry.account_id == account.id]
        assert [entry.account_version for entry in own] == list(range(1, account.version + 1))
        assert all(entry.balance >= entry.held >= 0 for entry in own)

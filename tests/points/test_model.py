"""A transfer changes two accounts and leaves an entry for each; its ids come out the same for the same cause."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Refused
from services.points.contract import AccountState
from services.points.model import Account, account_of, credited, issuance_of, move
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, ISSUE, NEIGHBOUR, NOON, REPORTER


def test_a_transfer_leaves_one_entry_in_each_account() -> None:
    issuance, account = issuance_of(COMMUNITY, NOON), account_of(COMMUNITY, REPORTER, NOON)
    transfer, out, into = move(issuance, account, 5, "confirmed_report", "分-1", ISSUE, NOON)
    assert (issuance.balance, issuance.version) == (-5, 1)
    assert (account.balance, account.version) == (5, 1)
    assert (out.account_id, out.amount, out.balance, out.account_version) == (issuance.id, -5, -5, 1)
    assert (into.account_id, into.amount, into.balance, into.account_version) == (account.id, 5, 5, 1)
    assert transfer.id == out.transfer_id == into.transfer_id
    assert (transfer.debit_id, transfer.credit_id) == (issuance.id, account.id)


def test_the_same_cause_makes_the_same_ids_and_another_one_others() -> None:
    def ids(cause: str) -> set[str]:
        made = move(issuance_of(COMMUNITY, NOON), account_of(COMMUNITY, REPORTER, NOON), 5, "k", "分-1", cause, NOON)
        return {each.id for each in made}

    assert ids(ISSUE) == ids(ISSUE)
    assert not ids(ISSUE) & ids(REPORTER)
    assert len(ids(ISSUE)) == 3


def test_a_member_has_one_account_in_each_community() -> None:
    assert account_of(COMMUNITY, REPORTER, NOON).id == account_of(COMMUNITY, REPORTER, NOON).id
    others = [
        account_of(COMMUNITY, NEIGHBOUR, NOON),
        account_of(ANOTHER_COMMUNITY, REPORTER, NOON),
        issuance_of(COMMUNITY, NOON),
        issuance_of(ANOTHER_COMMUNITY, NOON),
    ]
    assert len({account_of(COMMUNITY, REPORTER, NOON).id, *(other.id for other in others)}) == 5


def test_nobody_spends_more_than_they_have() -> None:
    account, other = account_of(COMMUNITY, REPORTER, NOON), account_of(COMMUNITY, NEIGHBOUR, NOON)
    with pytest.raises(Refused):
        move(account, other, 1, "gift", "分-2", ISSUE, NOON)
    assert (account.balance, account.version, other.balance, other.version) == (0, 0, 0, 0)


def test_a_credit_tells_what_the_owner_sees() -> None:
    account = account_of(COMMUNITY, REPORTER, NOON)
    transfer, _, _ = move(issuance_of(COMMUNITY, NOON), account, 5, "confirmed_report", "分-1", ISSUE, NOON)
    told = credited(account, transfer)
    assert told.account == account.state() == AccountState(
        community_id=COMMUNITY,
        id=account.id,
        version=1,
        member_id=REPORTER,
        balance=5,
        created_at=NOON,
        updated_at=NOON,
    )  # fmt: skip
    assert (told.transfer.amount, told.transfer.cause, told.transfer.clause) == (5, ISSUE, "分-1")


def test_nobody_is_shown_the_issuance_account() -> None:
    with pytest.raises(AssertionError):
        issuance_of(COMMUNITY, NOON).state()


MOVES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 30)), max_size=60)


@given(MOVES)
def test_whatever_moves_points_are_neither_made_nor_lost_and_no_member_owes_any(
    moves: list[tuple[int, int, int]],
) -> None:
    names = ["a", "b", "c"]
    accounts: list[Account] = [issuance_of(COMMUNITY, NOON), *(account_of(COMMUNITY, name, NOON) for name in names)]
    model = {account.id: 0 for account in accounts}
    entries = []
    for number, (giver, taker, amount) in enumerate(moves):
        debit, credit = accounts[giver], accounts[taker]
        if debit is credit:
            continue
        possible = debit.minimum is None or model[debit.id] >= amount
        try:
            _, *made = move(debit, credit, amount, "gift", "分-2", f"{number}", NOON)
        except Refused:
            assert not possible
            continue
        assert possible
        entries += made
        model[debit.id] -= amount
        model[credit.id] += amount
    assert {account.id: account.balance for account in accounts} == model
    assert sum(account.balance for account in accounts) == sum(entry.amount for entry in entries) == 0
    assert all(account.balance >= 0 for account in accounts[1:])
    for account in accounts:
        own = [entry for entry in entries if entry.account_id == account.id]
        assert [entry.account_version for entry in own] == list(range(1, account.version + 1))
        assert account.balance == (own[-1].balance if own else 0)

"""Whose an account is; every id comes out the same for the same member and the same cause."""

import pytest

from services.points.contract import AccountState
from services.points.model import account_of, issuance_of, spent_of, transfer_id
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, ISSUE, NEIGHBOUR, NOON, REPORTER


def test_a_member_has_one_account_in_each_community() -> None:
    assert account_of(COMMUNITY, REPORTER, NOON).id == account_of(COMMUNITY, REPORTER, NOON).id
    others = [account_of(COMMUNITY, NEIGHBOUR, NOON), account_of(ANOTHER_COMMUNITY, REPORTER, NOON)]
    for community_id in (COMMUNITY, ANOTHER_COMMUNITY):
        others += [issuance_of(community_id, NOON), spent_of(community_id, NOON)]
    assert len({account_of(COMMUNITY, REPORTER, NOON).id, *(other.id for other in others)}) == 7


def test_only_issuance_may_fall_below_zero() -> None:
    assert issuance_of(COMMUNITY, NOON).minimum is None
    assert account_of(COMMUNITY, REPORTER, NOON).minimum == spent_of(COMMUNITY, NOON).minimum == 0


def test_a_member_sees_what_they_have_and_what_of_it_is_held() -> None:
    account = account_of(COMMUNITY, REPORTER, NOON)
    account.version, account.balance, account.held = 3, 15, 10
    assert account.state() == AccountState(
        community_id=COMMUNITY,
        id=account.id,
        version=3,
        member_id=REPORTER,
        balance=15,
        held=10,
        created_at=NOON,
        updated_at=NOON,
    )


def test_nobody_is_shown_the_communitys_own_accounts() -> None:
    for account in (issuance_of(COMMUNITY, NOON), spent_of(COMMUNITY, NOON)):
        with pytest.raises(AssertionError):
            account.state()


def test_the_same_cause_has_one_transfer_of_each_kind_in_each_community() -> None:
    assert transfer_id(COMMUNITY, "hold", ISSUE) == transfer_id(COMMUNITY, "hold", ISSUE)
    others = [(ANOTHER_COMMUNITY, "hold", ISSUE), (COMMUNITY, "post", ISSUE), (COMMUNITY, "hold", REPORTER)]
    assert len({transfer_id(COMMUNITY, "hold", ISSUE), *(transfer_id(*other) for other in others)}) == 4

"""Points are credited once for each thing done; a voucher holds them until it is confirmed, void or out of date."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.actor import SYSTEM, Actor, Role
from services.communities import keep_communities
from services.declare import COMMANDS, event_spec
from services.errors import Conflict, Forbidden, NotFound, Refused
from services.ids import new_id
from services.points.contract import (
    ConfirmRedemption,
    OfferReward,
    PointsCredited,
    PointsHeld,
    PointsReleased,
    PointsSpent,
    RedeemReward,
    VoucherIssued,
)
from services.points.earning import EARNING
from services.points.redemptions import GIVEN_BACK
from services.points.store import STORE, accounts
from services.points.use_cases import DOES, DUE, REACTS
from services.schemas import load
from services.wire import from_json
from services.work import Desk
from tests.points.books import (
    HOME,
    MANAGER,
    PROPERTY_SYSTEM,
    SPENT,
    answer,
    balances,
    check,
    confirmed,
    give,
    held,
    offered,
    redeem,
    redeemed,
    told,
)
from tests.shared.desks import SetClock, counts, job, perform, rows
from tests.shared.samples import (
    ANOTHER_COMMUNITY,
    ANOTHER_RESIDENT,
    COMMUNITY,
    ISSUE,
    NEIGHBOUR,
    REPORTER,
    RESIDENT,
    caochang,
    member,
)

LAST_NIGHT = datetime(2024, 6, 19, 16, tzinfo=UTC)  # the local midnight after the thirtieth day


def set_number(desk: Desk, name: str, number: int, version: int) -> None:
    """The community has a number of its own from today on."""
    own = caochang(version=version, parameters={f"points.{name}": [(date(2024, 5, 20), number)]})
    with desk.engine.begin() as connection:
        keep_communities(connection, STORE, [own])
    desk.communities.forget(COMMUNITY)


def last(desk: Desk, cls: Any) -> Any:
    """The last event of a class in the journal."""
    name = event_spec(cls).name
    return load(cls, from_json([row.data for row in rows(desk, "journal") if row.type == name][-1]))


def test_a_confirmed_report_is_credited_and_told(desk: Desk) -> None:
    heard = confirmed()
    perform(desk, heard)
    assert balances(desk) == {REPORTER: 5, None: -5}
    check(desk)
    (row,) = rows(desk, "journal")
    said = load(PointsCredited, from_json(row.data))
    assert (said.account.member_id, said.account.balance, said.transfer.cause) == (REPORTER, 5, ISSUE)
    assert (row.audience, row.member_id, row.causation_id) == ("member", REPORTER, heard.id)


def test_the_same_event_again_credits_nothing(desk: Desk) -> None:
    heard = confirmed()
    for _ in range(3):
        perform(desk, heard, heard)
    assert balances(desk) == {REPORTER: 5, None: -5}
    assert len(rows(desk, "journal")) == 1
    check(desk)


@pytest.mark.parametrize("together", [True, False])
def test_the_same_issue_told_as_another_event_credits_nothing(desk: Desk, together: bool) -> None:
    jobs = [confirmed(), confirmed(), confirmed()]
    if together:
        perform(desk, *jobs)
    else:
        for each in jobs:
            perform(desk, each)
    assert balances(desk) == {REPORTER: 5, None: -5}
    assert len(rows(desk, "journal")) == len(rows(desk, "transfers")) == 1
    check(desk)


def test_each_issue_is_credited_to_its_own_reporter(desk: Desk) -> None:
    perform(desk, confirmed(new_id()), confirmed(new_id()), confirmed(new_id(), NEIGHBOUR))
    assert balances(desk) == {REPORTER: 10, NEIGHBOUR: 5, None: -15}
    check(desk)


def test_each_community_has_books_of_its_own(desk: Desk) -> None:
    perform(desk, confirmed(), confirmed(community_id=ANOTHER_COMMUNITY))
    accounts = rows(desk, "accounts")
    assert len(accounts) == 4
    for community_id in (COMMUNITY, ANOTHER_COMMUNITY):
        assert sum(account.balance for account in accounts if account.community_id == community_id) == 0
    check(desk)


def test_a_community_gives_its_own_number_of_points_or_none(desk: Desk) -> None:
    set_number(desk, "confirmed_report_points", 8, 2)
    perform(desk, confirmed(new_id()))
    set_number(desk, "confirmed_report_points", 0, 3)
    perform(desk, confirmed(new_id()))
    assert balances(desk) == {REPORTER: 8, None: -8}
    assert len(rows(desk, "journal")) == 1
    check(desk)


def test_managers_and_admins_offer_rewards_and_nobody_else(desk: Desk) -> None:
    command = OfferReward(community_id=COMMUNITY, title="抵扣物业费", price=100, value=1000)
    outcomes = {role: desk.perform([job(command, member(NEIGHBOUR, role), does=DOES)])[0] for role in Role}
    assert {role for role, outcome in outcomes.items() if outcome.refusal is None} == {
        Role.PROPERTY_MANAGER,
        Role.COMMUNITY_ADMIN,
    }
    refusals = [outcome.refusal for outcome in outcomes.values() if outcome.refusal]
    assert all(isinstance(refusal, Forbidden) and refusal.clause == "分-7" for refusal in refusals)
    assert told(desk) == ["reward.offered"] * 2
    assert [(row.price, row.value, row.kind) for row in rows(desk, "rewards")] == [(100, 1000, "fee_reduction")] * 2


def test_redeeming_holds_the_points_and_issues_a_voucher(desk: Desk) -> None:
    give(desk, 120)
    reward_id = offered(desk)
    (state,) = perform(desk, redeem(reward_id))
    assert (state["status"], state["points"], state["value"], state["home_id"]) == ("issued", 100, 1000, HOME)
    assert (balances(desk)[REPORTER], held(desk)) == (120, {REPORTER: 100})
    assert told(desk)[-2:] == ["account.held", "redemption.issued"]
    said = last(desk, PointsHeld)
    assert (said.account.balance, said.account.held) == (120, 100)
    assert (said.transfer.kind, said.transfer.cause, said.transfer.clause) == ("hold", state["id"], "分-3")
    assert last(desk, VoucherIssued).redemption.reward_id == reward_id
    row = rows(desk, "journal")[-1]
    assert (row.audience, row.member_id) == ("staff", REPORTER)
    assert [(row.kind, row.subject, row.due_at) for row in rows(desk, "due")] == [
        ("expire_voucher", state["id"], LAST_NIGHT)
    ]
    check(desk)


@pytest.mark.parametrize("points", [0, 95])
def test_too_few_points_redeem_nothing(desk: Desk, points: int) -> None:
    give(desk, points)
    reward_id = offered(desk)
    before = counts(desk, "accounts", "transfers", "entries", "redemptions", "due", "journal")
    refusal = desk.perform([redeem(reward_id)])[0].refusal
    assert isinstance(refusal, Refused)
    assert (refusal.clause, refusal.reason.zh) == ("分-2", "积分不足")
    assert counts(desk, "accounts", "transfers", "entries", "redemptions", "due", "journal") == before
    check(desk)


def test_points_that_are_held_are_not_redeemed_again(desk: Desk) -> None:
    give(desk, 195)
    reward_id = offered(desk)
    outcomes = desk.perform([redeem(reward_id), redeem(reward_id)])
    assert [type(outcome.refusal) for outcome in outcomes] == [type(None), Refused]
    give(desk, 5)
    perform(desk, redeem(reward_id))
    assert held(desk) == {REPORTER: 200}
    check(desk)


def test_the_same_command_again_gets_the_same_voucher(desk: Desk) -> None:
    give(desk, 200)
    asked = redeem(offered(desk), id_=new_id())
    assert perform(desk, asked)[0] == perform(desk, asked)[0]
    assert held(desk) == {REPORTER: 100}
    check(desk)


def test_only_members_redeem_and_only_for_their_own_points(desk: Desk) -> None:
    give(desk, 100)
    reward_id = offered(desk)
    for actor, error in ((PROPERTY_SYSTEM, Forbidden), (Actor(REPORTER), Forbidden), (ANOTHER_RESIDENT, Refused)):
        assert isinstance(desk.perform([redeem(reward_id, actor)])[0].refusal, error)
    assert held(desk) == {}


def test_what_is_anothers_is_not_found(desk: Desk) -> None:
    voucher, elsewhere = redeemed(desk), offered(desk, community_id=ANOTHER_COMMUNITY)
    for reward_id in (new_id(), elsewhere, voucher):
        assert isinstance(desk.perform([redeem(reward_id)])[0].refusal, NotFound)
    for deed in ("confirm", "cancel", "refuse"):
        assert isinstance(desk.perform([answer(deed, new_id())])[0].refusal, NotFound)
    manager = member(new_id(), Role.PROPERTY_MANAGER, community_id=ANOTHER_COMMUNITY)
    command = ConfirmRedemption(community_id=ANOTHER_COMMUNITY, redemption_id=voucher, reference="收据")
    assert isinstance(desk.perform([job(command, manager, does=DOES)])[0].refusal, NotFound)
    assert isinstance(desk.perform([answer("confirm", voucher, manager)])[0].refusal, Forbidden)
    assert [row.status for row in rows(desk, "redemptions")] == ["issued"]


@pytest.mark.parametrize("actor", [PROPERTY_SYSTEM, MANAGER], ids=["system", "manager"])
def test_a_confirmed_reduction_spends_the_points(desk: Desk, actor: Actor) -> None:
    (state,) = perform(desk, answer("confirm", redeemed(desk), actor))
    assert (state["status"], state["reference"], state["version"]) == ("confirmed", "收据 8812", 2)
    assert (balances(desk), held(desk)) == ({REPORTER: 0, None: -100, SPENT: 100}, {})
    assert told(desk)[-2:] == ["account.spent", "redemption.confirmed"]
    said = last(desk, PointsSpent)
    assert (said.account.balance, said.transfer.kind, said.transfer.clause) == (0, "post", "分-4")
    check(desk)


@pytest.mark.parametrize(("deed", "reason"), [("cancel", GIVEN_BACK), ("refuse", "该户本季已缴清")])
def test_a_void_voucher_frees_the_points(desk: Desk, deed: str, reason: str) -> None:
    voucher = redeemed(desk)
    (state,) = perform(desk, answer(deed, voucher))
    assert (state["status"], state["reason"]) == ("void", reason)
    assert (balances(desk), held(desk)) == ({REPORTER: 100, None: -100}, {})
    assert told(desk)[-2:] == ["account.released", "redemption.voided"]
    said = last(desk, PointsReleased)
    assert (said.account.held, said.transfer.kind, said.transfer.clause) == (0, "void", "分-5")
    perform(desk, redeem(rows(desk, "rewards")[0].id))
    check(desk)


def test_only_the_redeemer_gives_back_and_only_the_property_company_answers(desk: Desk) -> None:
    voucher = redeemed(desk)
    for deed, actor in (
        ("cancel", ANOTHER_RESIDENT),
        ("cancel", MANAGER),
        ("cancel", Actor(REPORTER)),
        ("confirm", RESIDENT),
        ("confirm", member(NEIGHBOUR, Role.COMMUNITY_ADMIN)),
        ("refuse", RESIDENT),
        ("refuse", member(NEIGHBOUR, Role.PROPERTY_STEWARD)),
    ):
        assert isinstance(desk.perform([answer(deed, voucher, actor)])[0].refusal, Forbidden)
    assert held(desk) == {REPORTER: 100}
    check(desk)


@pytest.mark.parametrize("first", ["confirm", "cancel", "refuse"])
def test_a_second_answer_with_another_key_is_refused_and_changes_nothing(
    desk: Desk, clock: SetClock, first: str
) -> None:
    voucher = redeemed(desk)
    asked = answer(first, voucher, id_=new_id())
    (state,) = perform(desk, asked)
    before = [rows(desk, table) for table in ("accounts", "transfers", "entries", "redemptions", "journal")]
    assert perform(desk, asked) == [state]
    for deed, clause in (("confirm", "分-4"), ("cancel", "分-5"), ("refuse", "分-5")):
        refusal = desk.perform([answer(deed, voucher)])[0].refusal
        assert isinstance(refusal, Refused)
        assert refusal.clause == clause
    clock.now = LAST_NIGHT
    desk.do_due(DUE, SYSTEM)
    assert [rows(desk, table) for table in ("accounts", "transfers", "entries", "redemptions", "journal")] == before
    assert rows(desk, "due") == []
    check(desk)


def test_answers_of_one_batch_end_a_voucher_once(desk: Desk) -> None:
    voucher = redeemed(desk)
    outcomes = desk.perform([answer(deed, voucher) for deed in ("refuse", "confirm", "cancel", "confirm")])
    assert [type(outcome.refusal) for outcome in outcomes] == [type(None), Refused, Refused, Refused]
    check(desk)


def test_whoever_reads_the_account_after_a_rival_ended_the_hold_is_told_of_the_conflict(desk: Desk) -> None:
    voucher = redeemed(desk)
    with desk.engine.begin() as connection:  # as it is seen between two reads: freed already, the voucher read before
        connection.execute(sa.update(accounts).values(held=0))
    before = counts(desk, "transfers", "entries", "journal")
    for deed in ("confirm", "cancel", "refuse"):
        (outcome,) = desk.perform([answer(deed, voucher)])
        assert (type(outcome.refusal), outcome.failure) == (Conflict, None)
    assert counts(desk, "transfers", "entries", "journal") == before
    assert [row.status for row in rows(desk, "redemptions")] == ["issued"]


def test_a_voucher_expires_at_the_local_midnight_after_its_last_day(desk: Desk, clock: SetClock) -> None:
    voucher = redeemed(desk)
    clock.now = LAST_NIGHT - timedelta(microseconds=1)
    assert desk.do_due(DUE, SYSTEM) == []
    clock.now = LAST_NIGHT
    late = desk.perform([answer("confirm", voucher)])[0].refusal
    assert isinstance(late, Refused)
    desk.do_due(DUE, SYSTEM)
    assert [row.status for row in rows(desk, "redemptions")] == ["expired"]
    assert (balances(desk), held(desk)) == ({REPORTER: 100, None: -100}, {})
    assert told(desk)[-2:] == ["account.released", "redemption.expired"]
    said = last(desk, PointsReleased)
    assert (said.transfer.kind, said.transfer.clause) == ("expire", "分-6")
    assert rows(desk, "due") == []
    check(desk)


def test_a_voucher_expires_late_rather_than_never_and_once(desk: Desk, clock: SetClock) -> None:
    redeemed(desk)
    clock.forward(days=200)
    for _ in range(2):
        desk.do_due(DUE, SYSTEM)
    assert told(desk).count("redemption.expired") == 1
    check(desk)


def test_a_community_has_its_own_days_and_a_voucher_keeps_those_it_was_issued_with(desk: Desk, clock: SetClock) -> None:
    set_number(desk, "voucher_days", 2, 2)
    redeemed(desk)
    set_number(desk, "voucher_days", 60, 3)
    clock.now = LAST_NIGHT - timedelta(days=28)
    desk.do_due(DUE, SYSTEM)
    assert [row.status for row in rows(desk, "redemptions")] == ["expired"]


def test_the_tables_name_what_is_done_heard_and_awaited() -> None:
    assert set(DOES) == {cls for cls, spec in COMMANDS.items() if spec.service == "points"}
    assert RedeemReward in DOES
    assert {cls.__name__ for cls in set(REACTS) - set(EARNING)} == {"CommunityOnboarded", "CommunityChanged"}
    assert set(EARNING) < set(REACTS)
    assert set(DUE) == {"expire_voucher"}

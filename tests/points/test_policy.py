"""Every number is dated, has a clause and bounds; exactly the moves of the table are possible, for exactly whom it names."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.actor import SYSTEM, Actor, Role
from services.declare import commands_of
from services.errors import Forbidden, Invalid, Refused
from services.lifecycle import move_of, permit
from services.points.contract import RedemptionStatus
from services.points.policy import (
    CONFIRMED_REPORT_POINTS,
    LIFECYCLE,
    PARAMETERS,
    VOUCHER_DAYS,
    may_offer,
    voucher_is_out_of_date,
    voucher_is_valid,
)
from tests.points.made import redemption
from tests.shared.samples import COMMUNITY, NEIGHBOUR, NOON, REPORTER, moment

MEMBERS = set(Role) - {Role.PROPERTY_SYSTEM}
PROPERTY_COMPANY = {Role.PROPERTY_SYSTEM, Role.PROPERTY_MANAGER}
ISSUED = RedemptionStatus.ISSUED

# The lifecycle in other words: move, state → who may; the redeemer may while holding any role in the community.
BY_ROLE: dict[tuple[str, RedemptionStatus | None], set[Role]] = {
    ("issue", None): MEMBERS,
    ("confirm", ISSUED): PROPERTY_COMPANY,
    ("refuse", ISSUED): PROPERTY_COMPANY,
}
BY_REDEEMER = {("cancel", ISSUED)}
BY_SYSTEM = {("expire", ISSUED)}
LEADS_TO = {
    "issue": RedemptionStatus.ISSUED,
    "confirm": RedemptionStatus.CONFIRMED,
    "cancel": RedemptionStatus.VOID,
    "refuse": RedemptionStatus.VOID,
    "expire": RedemptionStatus.EXPIRED,
}
MOVES = [move.name for move in LIFECYCLE]
IN_TIME, TOO_LATE = moment(NOON - timedelta(seconds=1)), moment(NOON)
CASES = [
    *product((name for name in MOVES if name != "issue"), RedemptionStatus),
    ("issue", None),
    *(("issue", state) for state in RedemptionStatus),
]


def passes(name: str, state: RedemptionStatus | None, who: Actor, held: frozenset[Role], late: bool = False) -> bool:
    """Whether the move is possible; where it is, it leads where it should."""
    thing = None if state is None else redemption(state)
    try:
        move = permit(LIFECYCLE, name, thing, who, held, TOO_LATE if late else IN_TIME)
    except (Forbidden, Refused):
        return False
    assert move.target == LEADS_TO[name]
    return True


@pytest.mark.parametrize(("name", "state"), CASES)
def test_of_every_move_state_and_role_exactly_the_allowed_ones_pass(name: str, state: RedemptionStatus | None) -> None:
    for role in (None, *Role):
        held = frozenset({role} if role else ())
        somebody, redeemer = Actor(NEIGHBOUR, {COMMUNITY: held}), Actor(REPORTER, {COMMUNITY: held})
        by_role = role in BY_ROLE.get((name, state), set())
        assert passes(name, state, somebody, held) == by_role
        assert passes(name, state, redeemer, held) == (by_role or (bool(held) and (name, state) in BY_REDEEMER))


@pytest.mark.parametrize(("name", "state"), CASES)
def test_the_system_makes_its_own_move_only(name: str, state: RedemptionStatus | None) -> None:
    for held in (frozenset[Role](), frozenset(Role)):
        assert passes(name, state, SYSTEM, held, late=True) == ((name, state) in BY_SYSTEM)


def test_the_table_has_no_move_twice_and_every_state_is_reached() -> None:
    assert len(set(MOVES)) == len(MOVES) == len(LEADS_TO)
    assert {move.target for move in LIFECYCLE} == set(RedemptionStatus)
    assert len({status.zh for status in RedemptionStatus}) == len(RedemptionStatus)
    assert [move.clause for move in LIFECYCLE] == ["分-3", "分-4", "分-5", "分-5", "分-6"]


def test_who_may_is_the_same_in_the_contract_and_in_the_policy() -> None:
    commands = commands_of("points")
    moves = {"redeem_reward": "issue", **{f"{name}_redemption": name for name in ("confirm", "cancel", "refuse")}}
    assert {*moves, "offer_reward"} == set(commands)
    for method, name in moves.items():
        assert commands[method].by is move_of(LIFECYCLE, name).by


def test_managers_and_admins_offer_rewards_and_nobody_else() -> None:
    for role in Role:
        actor, held = Actor(REPORTER, {COMMUNITY: frozenset({role})}), frozenset({role})
        if role in (Role.PROPERTY_MANAGER, Role.COMMUNITY_ADMIN):
            may_offer(actor, held)
            continue
        with pytest.raises(Forbidden, match="only property manager, community admin may offer") as no:
            may_offer(actor, held)
        assert (no.value.clause, "物业经理" in no.value.reason.zh) == ("分-7", True)
    with pytest.raises(Forbidden):
        may_offer(SYSTEM, frozenset())


@given(st.datetimes(datetime(2023, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_either_a_voucher_is_valid_or_it_may_expire(now: datetime) -> None:
    valid, over = (
        voucher_is_valid(redemption(ISSUED), moment(now)),
        voucher_is_out_of_date(redemption(ISSUED), moment(now)),
    )
    assert (valid is None) == (over is not None) == (now < NOON)


def test_a_voucher_that_is_out_of_date_is_neither_confirmed_nor_expired_early() -> None:
    thing, held = redemption(ISSUED), frozenset({Role.PROPERTY_MANAGER})
    actor = Actor(NEIGHBOUR, {COMMUNITY: held})
    with pytest.raises(Refused, match="no longer valid") as late:
        permit(LIFECYCLE, "confirm", thing, actor, held, TOO_LATE)
    with pytest.raises(Refused, match="still valid") as early:
        permit(LIFECYCLE, "expire", thing, SYSTEM, frozenset(), IN_TIME)
    assert (late.value.clause, early.value.clause) == ("分-4", "分-6")
    assert permit(LIFECYCLE, "refuse", thing, actor, held, TOO_LATE).target is RedemptionStatus.VOID


def test_every_refusal_is_said_in_chinese_too() -> None:
    for name, state in CASES:
        if name == "issue" and state is not None:
            continue
        with pytest.raises((Forbidden, Refused)) as no:
            permit(LIFECYCLE, name, redemption(state) if state else None, Actor("nobody"), frozenset(), moment())
        assert any("\u4e00" <= character <= "\u9fff" for character in no.value.reason.zh)
        assert no.value.clause.startswith("分-")


def test_the_numbers_are_those_of_the_scheme() -> None:
    named = {parameter.name.removeprefix("points."): parameter.on(date(2022, 5, 1)) for parameter in PARAMETERS}
    assert named == {
        "confirmed_report_points": 5,
        "verified_expert_points": 10,
        "judged_design_points": 20,
        "cast_ballot_points": 2,
        "diary_entry_points": 2,
        "stop_order_points": 20,
        "signed_acceptance_points": 10,
        "given_opinion_points": 1,
        "voucher_days": 30,
    }
    for parameter in PARAMETERS:
        assert parameter.name.startswith("points.")
        assert parameter.clause == ("分-3" if parameter is VOUCHER_DAYS else "分-1")
        assert all(parameter.least <= value <= parameter.most for value in parameter.values.values())


def test_a_community_may_give_other_points_or_none() -> None:
    CONFIRMED_REPORT_POINTS.check([(date(2024, 1, 1), 0), (date(2024, 2, 1), 1000)])
    for wrong in (-1, 1001):
        with pytest.raises(Invalid):
            CONFIRMED_REPORT_POINTS.check([(date(2024, 1, 1), wrong)])

"""Exactly the moves of the table are possible, for exactly whom it names; days are the community's local ones."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.actor import SYSTEM, Actor, Role
from services.declare import commands_of
from services.errors import Forbidden, Refused
from services.issues.contract import Status
from services.issues.model import Issue
from services.issues.policy import (
    LIFECYCLE,
    MOST_REOPENINGS,
    PARAMETERS,
    REOPENING_DAYS,
    reopened_rarely_enough,
    reopening_days_are_over,
    somebody_else_handled_it,
    within_reopening_days,
)
from services.lifecycle import move_of, permit
from tests.issues.made import issue
from tests.shared.samples import COMMUNITY, NEIGHBOUR, NOON, OFFICER, REPORTER, moment

MEMBERS = set(Role) - {Role.PROPERTY_SYSTEM}
MICRO_GRID = {Role.GRID_OFFICER, Role.BUILDING_LEADER, Role.PROPERTY_STEWARD}
SHANGHAI = ZoneInfo("Asia/Shanghai")

# The lifecycle in other words: move, state → who may; the reporter may while holding any role in the community.
BY_ROLE: dict[tuple[str, Status | None], set[Role]] = {
    ("report", None): MEMBERS,
    ("accept", Status.REPORTED): MICRO_GRID,
    ("accept", Status.REOPENED): MICRO_GRID,
    ("reject", Status.REPORTED): MICRO_GRID,
    ("reject", Status.ACCEPTED): MICRO_GRID,
    ("resolve", Status.ACCEPTED): MICRO_GRID,
    ("resolve", Status.REOPENED): MICRO_GRID,
    ("escalate", Status.REPORTED): MICRO_GRID,
    ("escalate", Status.ACCEPTED): MICRO_GRID,
    ("escalate", Status.REOPENED): MICRO_GRID,
}
BY_REPORTER = {("confirm", Status.RESOLVED), ("reopen", Status.RESOLVED)}
BY_SYSTEM = {("confirm_by_silence", Status.RESOLVED), ("deliver", Status.ESCALATED)}
LEADS_TO = {
    "report": Status.REPORTED,
    "accept": Status.ACCEPTED,
    "reject": Status.REJECTED,
    "resolve": Status.RESOLVED,
    "escalate": Status.ESCALATED,
    "deliver": Status.RESOLVED,
    "confirm": Status.CONFIRMED,
    "reopen": Status.REOPENED,
    "confirm_by_silence": Status.CONFIRMED,
}
MOVES = [move.name for move in LIFECYCLE]
IN_TIME, TOO_LATE = moment(NOON + timedelta(days=7)), moment(NOON + timedelta(days=8))


def passes(name: str, state: Status | None, who: Actor, held: frozenset[Role], late: bool = False) -> bool:
    """Whether the move is possible; where it is, it leads where it should."""
    thing = None if state is None else issue(state)
    try:
        move = permit(LIFECYCLE, name, thing, who, held, TOO_LATE if late else IN_TIME)
    except (Forbidden, Refused):
        return False
    assert move.target == LEADS_TO[name]
    return True


CASES = [
    *product((name for name in MOVES if name != "report"), Status),
    ("report", None),
    *(("report", state) for state in Status),
]


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize(("name", "state"), CASES)
def test_of_every_move_state_and_role_exactly_the_allowed_ones_pass(
    name: str, state: Status | None, role: Role | None
) -> None:
    held = frozenset({role} if role else ())
    somebody, reporter = Actor(NEIGHBOUR, {COMMUNITY: held}), Actor(REPORTER, {COMMUNITY: held})
    by_role = role in BY_ROLE.get((name, state), set())
    assert passes(name, state, somebody, held) == by_role
    assert passes(name, state, reporter, held) == (by_role or (bool(held) and (name, state) in BY_REPORTER))


@pytest.mark.parametrize(("name", "state"), CASES)
def test_the_system_makes_its_own_move_only(name: str, state: Status | None) -> None:
    assert passes(name, state, SYSTEM, frozenset(), late=True) == ((name, state) in BY_SYSTEM)
    assert passes(name, state, SYSTEM, frozenset(Role), late=True) == ((name, state) in BY_SYSTEM)


def test_the_table_has_no_move_twice_and_every_state_is_reached() -> None:
    assert len(set(MOVES)) == len(MOVES) == len(LEADS_TO)
    assert {move.target for move in LIFECYCLE} == set(Status)
    assert len({status.zh for status in Status}) == len(Status)


def test_who_may_is_the_same_in_the_contract_and_in_the_policy() -> None:
    commands = commands_of("issues")
    assert {spec.by for spec in commands.values()} == {
        move_of(LIFECYCLE, method.removesuffix("_issue")).by for method in commands
    }
    for method, spec in commands.items():
        assert spec.by is move_of(LIFECYCLE, method.removesuffix("_issue")).by


def test_every_move_has_a_command_but_the_systems_own() -> None:
    assert {f"{move.name}_issue" for move in LIFECYCLE if not move.by.system} == set(commands_of("issues"))


def test_every_move_names_its_clause() -> None:
    assert all(move.clause.startswith("日-") for move in LIFECYCLE)


def days_left(resolved: datetime, now: datetime, zone: str = "Asia/Shanghai", **own: list[tuple[date, int]]) -> bool:
    """Whether the reporter can still reopen it; silence confirms exactly when not."""
    thing, at = issue(Status.RESOLVED, resolved_at=resolved), moment(now, zone, **own)
    open_, over = within_reopening_days(thing, at) is None, reopening_days_are_over(thing, at) is None
    assert open_ != over
    return open_


@pytest.mark.parametrize("hour", [time(0, 0), time(12, 0), time(23, 59, 59, 999999)])
def test_the_reopening_days_end_at_local_midnight_whatever_the_hour_of_settlement(hour: time) -> None:
    resolved = datetime.combine(date(2024, 5, 20), hour, SHANGHAI).astimezone(UTC)
    end = datetime(2024, 5, 28, tzinfo=SHANGHAI).astimezone(UTC)
    assert days_left(resolved, end - timedelta(microseconds=1))
    assert not days_left(resolved, end)


def test_a_second_before_and_after_midnight_of_settlement_makes_a_day_of_difference() -> None:
    end = datetime(2024, 5, 28, tzinfo=SHANGHAI)
    assert not days_left(datetime(2024, 5, 20, 23, 59, 59, tzinfo=SHANGHAI), end)
    assert days_left(datetime(2024, 5, 21, 0, 0, 0, tzinfo=SHANGHAI), end)


@given(
    st.datetimes(datetime(2023, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(), timedelta(days=30)),
    st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/Sao_Paulo", "UTC"]),
    st.integers(1, 20),
)
def test_either_the_reporter_can_reopen_or_silence_confirms_in_every_zone(
    resolved: datetime, waited: timedelta, zone: str, days: int
) -> None:
    now = resolved + waited
    own = [(date(2022, 5, 1), days)]
    passed = now.astimezone(ZoneInfo(zone)).date() - resolved.astimezone(ZoneInfo(zone)).date()
    assert days_left(resolved, now, zone, issues__reopening_days=own) == (passed.days <= days)


def test_a_communitys_own_number_of_days_counts_from_its_day_on() -> None:
    own = [(date(2024, 5, 25), 3)]
    assert days_left(NOON, NOON + timedelta(days=4), issues__reopening_days=own)
    assert not days_left(NOON, NOON + timedelta(days=5), issues__reopening_days=own)


def test_whoever_handled_an_issue_cannot_confirm_it_but_can_reopen_it() -> None:
    own = issue(Status.RESOLVED, handler_id=REPORTER)
    held = frozenset({Role.GRID_OFFICER})
    actor = Actor(REPORTER, {COMMUNITY: held})
    with pytest.raises(Refused, match="whoever handled an issue cannot confirm it") as no:
        permit(LIFECYCLE, "confirm", own, actor, held, moment())
    assert no.value.clause == "日-7"
    assert permit(LIFECYCLE, "reopen", own, actor, held, moment()).target == Status.REOPENED
    assert somebody_else_handled_it(issue(Status.RESOLVED, handler_id=OFFICER), moment()) is None


@pytest.mark.parametrize(("times", "possible"), [(0, True), (9, True), (10, False), (11, False)])
def test_an_issue_is_reopened_a_limited_number_of_times(times: int, possible: bool) -> None:
    assert (reopened_rarely_enough(issue(Status.RESOLVED, reopenings=times), moment()) is None) == possible


def test_the_number_of_reopenings_is_the_communitys() -> None:
    own = moment(issues__most_reopenings=[(date(2024, 1, 1), 1)])
    assert reopened_rarely_enough(issue(Status.RESOLVED, reopenings=1), own) is not None


def test_the_numbers_are_those_of_the_scheme() -> None:
    assert PARAMETERS == (REOPENING_DAYS, MOST_REOPENINGS)
    assert (REOPENING_DAYS.on(date(2022, 5, 1)), MOST_REOPENINGS.on(date(2022, 5, 1))) == (7, 10)
    for parameter in PARAMETERS:
        assert parameter.name.startswith("issues.")
        assert all(parameter.least <= value <= parameter.most for value in parameter.values.values())


def test_every_refusal_is_said_in_chinese_too() -> None:
    for name, state in CASES:
        if name == "report":
            continue
        with pytest.raises((Forbidden, Refused)) as no:
            permit(LIFECYCLE, name, issue(state), Actor("nobody"), frozenset(), moment())
        assert any("\u4e00" <= character <= "\u9fff" for character in no.value.reason.zh)


def test_an_issue_that_was_never_settled_is_not_asked_for_its_day() -> None:
    with pytest.raises(AssertionError):
        within_reopening_days(issue(Status.REPORTED, resolved_at=None), moment())


def test_the_sample_is_a_real_issue() -> None:
    assert isinstance(issue(Status.REPORTED), Issue)

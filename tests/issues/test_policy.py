"""Exactly the moves of the table are possible, for exactly whom it names; days are the community's local ones."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.actor import SYSTEM, Actor, Role
from services.declare import commands_of
from services.errors import Forbidden, Refused
from services.issues.contract import Appeal, IssueState, Rating, Status, Turn
from services.issues.model import Issue
from services.issues.policy import (
    ACTS,
    HANDLING,
    LIFECYCLE,
    PARAMETERS,
    a_rating_can_be_appealed,
    an_appeal_waits,
    it_fell_due,
    it_was_not_rated_yet,
    reopened_rarely_enough,
    reopening_days_are_over,
    somebody_else_handled_it,
    within_rating_days,
    within_reopening_days,
)
from services.lifecycle import move_of, permit
from tests.issues.made import issue
from tests.shared.samples import COMMUNITY, GRID_OFFICER, ISSUE, NEIGHBOUR, NOON, OFFICER, REPORTER, moment

MEMBERS = set(Role) - {Role.PROPERTY_SYSTEM}
MICRO_GRID = {Role.GRID_OFFICER, Role.BUILDING_LEADER, Role.PROPERTY_STEWARD}
SHANGHAI = ZoneInfo("Asia/Shanghai")

# The lifecycle in other words: which move leaves which states; who may; the reporter and the handler hold some role here.
LEAVES = {
    "accept": "reported reopened waiting transferred",
    "assign": "reported accepted assigned in_progress reopened waiting transferred escalated",
    "start": "accepted assigned reopened waiting",
    "reject": "reported accepted assigned in_progress",
    "resolve": "reported accepted assigned in_progress reopened waiting transferred escalated",
    "transfer": "reported accepted assigned in_progress reopened waiting escalated",
    "postpone": "reported accepted assigned in_progress reopened waiting transferred escalated",
    "escalate": "reported accepted assigned in_progress reopened waiting transferred",
    "merge": "reported accepted assigned in_progress reopened waiting transferred escalated",
    "unmerge": "merged",
    "confirm": "resolved",
    "reopen": "resolved",
    "withdraw": "reported accepted assigned in_progress reopened waiting",
    "stay_overnight": "reported accepted assigned in_progress reopened waiting",
    "deliver": "escalated",
    "confirm_by_silence": "resolved",
}
THE_REPORTERS = {"confirm", "reopen", "withdraw"}
THE_SYSTEMS = {"stay_overnight", "deliver", "confirm_by_silence"}
THE_HANDLERS_TOO = {"start", "resolve", "transfer", "postpone", "escalate"}
CASES_THAT_PASS = {(name, Status(state)) for name, states in LEAVES.items() for state in states.split()}
BY_ROLE: dict[tuple[str, Status | None], set[Role]] = {("report", None): MEMBERS} | {
    case: MICRO_GRID for case in CASES_THAT_PASS if case[0] not in THE_REPORTERS | THE_SYSTEMS
}
BY_REPORTER = {case for case in CASES_THAT_PASS if case[0] in THE_REPORTERS}
BY_HANDLER = {case for case in CASES_THAT_PASS if case[0] in THE_HANDLERS_TOO}
BY_SYSTEM = {case for case in CASES_THAT_PASS if case[0] in THE_SYSTEMS}
LEADS_TO = {
    "report": Status.REPORTED,
    "accept": Status.ACCEPTED,
    "assign": Status.ASSIGNED,
    "start": Status.IN_PROGRESS,
    "reject": Status.REJECTED,
    "resolve": Status.RESOLVED,
    "transfer": Status.TRANSFERRED,
    "postpone": Status.WAITING,
    "escalate": Status.ESCALATED,
    "stay_overnight": Status.ESCALATED,
    "deliver": Status.RESOLVED,
    "confirm": Status.CONFIRMED,
    "reopen": Status.REOPENED,
    "confirm_by_silence": Status.CONFIRMED,
    "withdraw": Status.WITHDRAWN,
    "merge": Status.MERGED,
    "unmerge": Status.ACCEPTED,
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


@pytest.mark.parametrize(("name", "state"), CASES)
def test_of_every_move_state_and_role_exactly_the_allowed_ones_pass(name: str, state: Status | None) -> None:
    for role in (None, *Role):
        exactly_the_allowed_pass(name, state, role)


def exactly_the_allowed_pass(name: str, state: Status | None, role: Role | None) -> None:
    """Whoever holds this role alone: somebody, the reporter, the handler."""
    held = frozenset({role} if role else ())
    somebody, reporter = Actor(NEIGHBOUR, {COMMUNITY: held}), Actor(REPORTER, {COMMUNITY: held})
    by_role = role in BY_ROLE.get((name, state), set())
    assert passes(name, state, somebody, held) == by_role
    assert passes(name, state, reporter, held) == (by_role or (bool(held) and (name, state) in BY_REPORTER))
    handler = Actor(OFFICER, {COMMUNITY: held})
    assert passes(name, state, handler, held) == (by_role or (bool(held) and (name, state) in BY_HANDLER))


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
    for move in LIFECYCLE:
        if not move.by.system:
            assert commands[f"{move.name}_issue"].by is move.by
    for name, act in ACTS.items():
        assert commands[name].by is act.by


def test_every_command_about_an_issue_is_a_move_or_an_act() -> None:
    about_an_issue = {method for method, spec in commands_of("issues").items() if spec.returns is IssueState}
    moves = {f"{move.name}_issue" for move in LIFECYCLE if not move.by.system}
    assert about_an_issue | {"follow_issue", "unfollow_issue"} == moves | set(ACTS)


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
    with pytest.raises(Refused, match="whoever handled an issue can neither") as no:
        permit(LIFECYCLE, "confirm", own, actor, held, moment())
    assert no.value.clause == "日-7"
    assert permit(LIFECYCLE, "reopen", own, actor, held, moment()).target == Status.REOPENED
    assert somebody_else_handled_it(issue(Status.RESOLVED, handler_id=OFFICER), moment()) is None


@pytest.mark.parametrize("move", sorted(HANDLING))
def test_whoever_handled_it_once_can_neither_confirm_nor_rate_it_when_somebody_else_settled_it(move: str) -> None:
    turn = Turn(move=move, at=NOON, status=Status.ACCEPTED, by=REPORTER)
    assert somebody_else_handled_it(issue(Status.RESOLVED, history=(turn,)), moment()) is not None


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_what_the_three_parties_deliberate_is_no_longer_the_micro_grids(name: str) -> None:
    held = frozenset({Role.GRID_OFFICER})
    thing = issue(Status.ESCALATED, topic_id=ISSUE)
    if (name, Status.ESCALATED) in BY_ROLE:
        with pytest.raises(Refused, match="deliberating") as no:
            permit(LIFECYCLE, name, thing, GRID_OFFICER, held, moment())
        assert no.value.clause == move_of(LIFECYCLE, name).clause


def test_nothing_stays_overnight_before_it_fell_due() -> None:
    thing = issue(Status.REPORTED, settle_by=NOON)
    assert it_fell_due(thing, moment(NOON - timedelta(microseconds=1))) is not None
    assert it_fell_due(thing, moment(NOON)) is None
    assert it_fell_due(issue(Status.REPORTED, settle_by=None), moment()) is not None


def rated(days_ago: int = 0, **appeal: Any) -> Issue:
    """A settled issue with a rating, and an appeal where something is said of it."""
    at = NOON - timedelta(days=days_ago)
    appealed = Appeal(reason="不公平", at=at, **appeal) if appeal else None
    return issue(Status.CONFIRMED, rating=Rating(stars=1, at=at, appeal=appealed))


def test_an_issue_is_rated_once_and_within_its_days() -> None:
    assert it_was_not_rated_yet(issue(Status.RESOLVED), moment()) is None
    assert it_was_not_rated_yet(rated(), moment()) is not None
    assert within_rating_days(issue(Status.RESOLVED), moment(NOON + timedelta(days=30))) is None
    assert within_rating_days(issue(Status.RESOLVED), moment(NOON + timedelta(days=31))) is not None


def test_a_rating_is_appealed_once_and_within_its_days_and_decided_once() -> None:
    assert a_rating_can_be_appealed(issue(Status.RESOLVED), moment()) is not None
    assert a_rating_can_be_appealed(rated(7), moment()) is None
    assert a_rating_can_be_appealed(rated(8), moment()) is not None
    assert a_rating_can_be_appealed(rated(unfair=None), moment()) is not None
    assert an_appeal_waits(rated(), moment()) is not None
    assert an_appeal_waits(rated(unfair=None), moment()) is None
    assert an_appeal_waits(rated(unfair=True, decided_at=NOON), moment()) is not None


@pytest.mark.parametrize(("times", "possible"), [(0, True), (9, True), (10, False), (11, False)])
def test_an_issue_is_reopened_a_limited_number_of_times(times: int, possible: bool) -> None:
    assert (reopened_rarely_enough(issue(Status.RESOLVED, reopenings=times), moment()) is None) == possible


def test_the_number_of_reopenings_is_the_communitys() -> None:
    own = moment(issues__most_reopenings=[(date(2024, 1, 1), 1)])
    assert reopened_rarely_enough(issue(Status.RESOLVED, reopenings=1), own) is not None


def test_the_numbers_are_those_of_the_scheme() -> None:
    assert {parameter.name.removeprefix("issues."): parameter.on(date(2022, 5, 1)) for parameter in PARAMETERS} == {
        "reopening_days": 7,
        "most_reopenings": 10,
        "cut_off_minute": 22 * 60,
        "huddle_minute": 8 * 60 + 30,
        "most_waiting_days": 90,
        "handler_alarm_minutes": 60,
        "grid_officer_alarm_minutes": 30,
        "community_alarm_minutes": 30,
        "district_alarm_minutes": 24 * 60,
        "rating_days": 30,
        "appeal_days": 7,
    }
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

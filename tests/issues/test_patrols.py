"""A patrol names only what is on its route and in its time; what nobody visited is missed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.actor import Role
from services.errors import Forbidden, Refused
from services.issues.contract import ChangeRoute, Outcome, PatrolLogged, RouteChanged, RouteDefined
from services.issues.patrols import AHEAD, LONGEST, Patrol, Route
from tests.issues.rounds import (
    ADMIN,
    LEADER,
    PATROL,
    ROUTE,
    checkpoints,
    define_route,
    log_patrol,
    visits,
)
from tests.shared.samples import COMMUNITY, GRID_OFFICER, NOON, moment

PLANNERS = frozenset({Role.GRID_OFFICER})
WALKERS = frozenset({Role.BUILDING_LEADER})


def route(*numbers: int, active: bool = True) -> Route:
    """A route with checkpoints of these numbers."""
    made, _ = Route.define(ROUTE, define_route(*numbers), GRID_OFFICER, PLANNERS, moment())
    made.active = active
    return made


def change(*numbers: int, active: bool = True) -> ChangeRoute:
    """The command that changes it."""
    return ChangeRoute(
        community_id=COMMUNITY, route_id=ROUTE, name="西线", checkpoints=checkpoints(*numbers), active=active
    )


def gone(way: Route | None = None, **changed: Any) -> Patrol:
    """A patrol of the building leader's."""
    command = log_patrol(**{"route_id": way.id if way else None, **changed})
    return Patrol.go(PATROL, command, way, LEADER, WALKERS, moment())


def refusal(way: Route | None = None, **changed: Any) -> str:
    """Why a patrol cannot be logged."""
    with pytest.raises(Refused) as refused:
        gone(way, **changed)
    assert refused.value.clause == "日-19"
    return refused.value.reason.en


def test_a_route_is_a_way_from_checkpoint_to_checkpoint() -> None:
    made, told = Route.define(ROUTE, define_route(3, 1, 2), GRID_OFFICER, PLANNERS, moment())
    assert told == RouteDefined(route=made.state())
    assert [each.number for each in made.checkpoints] == [3, 1, 2]
    assert made.active
    changed = made.change(change(1, active=False), GRID_OFFICER, PLANNERS, moment())
    assert changed == RouteChanged(route=made.state())
    assert (made.name, made.active, made.version) == ("西线", False, 2)


def test_no_two_checkpoints_of_a_route_have_one_number() -> None:
    with pytest.raises(Refused, match="same number"):
        route(1, 2, 1)
    way = route(1, 2)
    with pytest.raises(Refused, match="same number"):
        way.change(change(2, 2), GRID_OFFICER, PLANNERS, moment())
    assert way == route(1, 2)


@pytest.mark.parametrize("role", [None, *Role])
def test_planners_draw_routes_and_the_micro_grid_goes_them(role: Role | None) -> None:
    held = frozenset({role} if role else ())
    may_plan = role in (Role.GRID_OFFICER, Role.COMMUNITY_ADMIN)
    may_go = role in (Role.GRID_OFFICER, Role.BUILDING_LEADER, Role.PROPERTY_STEWARD)
    deeds: list[tuple[bool, Callable[[], object]]] = [
        (may_plan, lambda: Route.define(ROUTE, define_route(1), ADMIN, held, moment())),
        (may_plan, lambda: route(1).change(change(1), ADMIN, held, moment())),
        (may_go, lambda: Patrol.go(PATROL, log_patrol(), None, ADMIN, held, moment())),
    ]
    for may, deed in deeds:
        if may:
            deed()
        else:
            with pytest.raises(Forbidden, match="only"):
                deed()


def test_a_patrol_says_what_it_passed_and_what_it_missed() -> None:
    later = NOON - timedelta(minutes=1)
    way = (*visits(4, at=NOON), *visits(1, at=later), *visits(4, at=later))
    patrol = gone(route(4, 3, 2, 1), visits=way, began_at=later)
    assert [each.number for each in patrol.visits] == [1, 4, 4]
    assert patrol.missed == (2, 3)
    outcomes = [Outcome(number=1, code="refused", en="no", zh="否")]
    assert patrol.log(outcomes) == PatrolLogged(patrol=patrol.state())
    assert patrol.state().outcomes == tuple(outcomes)
    assert patrol.patroller_id == LEADER.member_id


def test_a_patrol_needs_no_route_and_then_passes_no_checkpoints() -> None:
    assert gone().missed == ()
    assert "no checkpoint" in refusal(visits=visits(1))


def test_a_patrol_passes_only_checkpoints_of_its_route() -> None:
    assert "no checkpoint" in refusal(route(1, 2), visits=visits(1, 3))


def test_a_route_that_is_gone_no_longer_is_refused() -> None:
    assert "no longer" in refusal(route(1, active=False))


def test_a_patrol_is_logged_when_it_is_over() -> None:
    gone(ended_at=NOON + AHEAD)
    assert "over" in refusal(ended_at=NOON + AHEAD + timedelta(microseconds=1))
    assert "after it began" in refusal(began_at=NOON + timedelta(seconds=1))


def test_a_patrol_is_not_longer_than_a_day() -> None:
    gone(began_at=NOON - LONGEST)
    assert "24 hours" in refusal(began_at=NOON - LONGEST - timedelta(microseconds=1))


@given(st.datetimes(datetime(2024, 5, 20, 2), datetime(2024, 5, 20, 6), timezones=st.just(UTC)))  # noqa: DTZ001
def test_checkpoints_are_reached_within_the_time_of_the_patrol(reached: datetime) -> None:
    began = NOON - timedelta(hours=1)
    if began <= reached <= NOON:
        assert gone(route(1), began_at=began, visits=visits(1, at=reached)).missed == ()
    else:
        assert "outside" in refusal(route(1), began_at=began, visits=visits(1, at=reached))

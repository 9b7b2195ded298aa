"""A patrol is logged in one call: each finding becomes an issue, or is refused by itself and leaves nothing behind."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.actor import Actor
from services.errors import Forbidden, NotFound, Refused, SansanError
from services.ids import new_id
from services.issues.contract import ChangeRoute, GivenAnswer, LogPatrol, PatrolState, Place
from services.wire import read
from services.work import Desk
from tests.issues.rounds import (
    ADMIN,
    BUILDINGS,
    LEADER,
    begin_grid,
    checkpoints,
    define_route,
    finding,
    know,
    log_patrol,
    told,
    visits,
)
from tests.shared.desks import SetClock, job, perform, rows
from tests.shared.samples import BUILDING, COMMUNITY, GRID_OFFICER, NOON, RESIDENT

TABLES = ("routes", "patrols", "issues", "journal", "due")


def route(desk: Desk, *numbers: int) -> str:
    """The id of a new route."""
    return str(perform(desk, job(define_route(*numbers), GRID_OFFICER))[0]["id"])


def change(route_id: str, *numbers: int, active: bool = True) -> ChangeRoute:
    """The command that changes it."""
    return ChangeRoute(
        community_id=COMMUNITY, route_id=route_id, name="西线", checkpoints=checkpoints(*numbers), active=active
    )


def logged(desk: Desk, command: LogPatrol) -> PatrolState:
    """The patrol of the building leader's."""
    return read(PatrolState, perform(desk, job(command, LEADER))[0])


def refusal(desk: Desk, command: Any, actor: Actor = LEADER) -> SansanError:
    """Why a command is refused; nothing at all is changed by it."""
    before = [rows(desk, table) for table in TABLES]
    outcome = desk.perform([job(command, actor)])[0]
    assert outcome.failure is None
    assert outcome.refusal is not None
    assert [rows(desk, table) for table in TABLES] == before
    return outcome.refusal


def test_a_patrol_goes_its_route_and_what_it_found_becomes_issues(desk: Desk, clock: SetClock) -> None:
    know(desk)
    grid = begin_grid(desk, BUILDING)
    way = route(desk, 1, 2, 3)
    clock.forward(hours=1)
    found = (finding("垃圾堆放"), finding("井盖破损", place=Place(building_id=BUILDINGS[1])))
    patrol = logged(desk, log_patrol(*found, route_id=way, visits=visits(3, 1), note="雨天"))
    assert (patrol.missed, patrol.patroller_id, patrol.note) == ((2,), LEADER.member_id, "雨天")
    issues = {row.id: row for row in rows(desk, "issues")}
    assert [each.number for each in patrol.outcomes] == [1, 2]
    first, second = (issues[str(each.issue_id)] for each in patrol.outcomes)
    assert (first.title, first.reporter_id, first.patrol_id) == ("垃圾堆放", LEADER.member_id, patrol.id)
    assert (first.occurred_at, first.created_at) == (NOON, clock.now)
    assert (first.grid_id, second.grid_id) == (grid, None)
    assert told(desk, "issue") == ["reported", "reported"]
    assert told(desk, "patrol") == ["logged"]


def test_a_finding_that_a_rule_refuses_does_not_stop_the_others_and_leaves_nothing_behind(desk: Desk) -> None:
    wrong = (
        finding("未知类别", category="unicorns"),
        finding("没有这栋楼", place=Place(building_id=new_id())),
        finding("没有楼栋的单元", place=Place(entrance_id=new_id())),
        finding("照片重复", photos=(BUILDING, BUILDING)),
        finding("没有这个问题", answers=(GivenAnswer(question="colour", values=("red",)),)),
    )
    patrol = logged(desk, log_patrol(finding("好的"), *wrong, finding("也好")))
    assert [each.issue_id is not None for each in patrol.outcomes] == [True, *[False] * 5, True]
    assert [each.number for each in patrol.outcomes] == list(range(1, 8))
    for each in patrol.outcomes[1:-1]:
        assert (each.code, each.clause) == ("refused", "日-1")
        assert each.en
        assert each.zh
    assert {row.title for row in rows(desk, "issues")} == {"好的", "也好"}
    assert told(desk, "issue") == ["reported", "reported"]


def test_a_patrol_may_find_nothing_and_may_find_fifty(desk: Desk) -> None:
    assert logged(desk, log_patrol()).outcomes == ()
    many = logged(desk, log_patrol(*(finding(f"第{number}处") for number in range(50))))
    assert len({each.issue_id for each in many.outcomes}) == 50


def test_a_patrol_that_is_sent_again_is_the_same(desk: Desk) -> None:
    command, key = log_patrol(finding()), new_id()
    first, again = (perform(desk, job(command, LEADER, key))[0] for _ in range(2))
    assert first == again
    assert len(rows(desk, "issues")) == len(rows(desk, "patrols")) == 1


def test_what_is_wrong_about_the_patrol_itself_refuses_all_of_it(desk: Desk) -> None:
    way, shut = route(desk, 1, 2), route(desk, 1)
    perform(desk, job(change(shut, 1, active=False), GRID_OFFICER))
    whole = log_patrol(finding(), route_id=way, visits=visits(1))
    for wrong in (
        replace(whole, visits=visits(1, 3)),
        replace(whole, visits=visits(1, at=NOON + timedelta(seconds=1))),
        replace(whole, began_at=NOON - timedelta(hours=25)),
        replace(whole, ended_at=NOON + timedelta(hours=1)),
        replace(whole, began_at=NOON + timedelta(hours=1)),
        replace(whole, route_id=shut),
        replace(whole, route_id=None),
    ):
        refused = refusal(desk, wrong)
        assert (type(refused), refused.clause) == (Refused, "日-19")
    assert isinstance(refusal(desk, replace(whole, route_id=new_id())), NotFound)
    assert isinstance(refusal(desk, whole, RESIDENT), Forbidden)
    logged(desk, whole)


def test_telephones_whose_clock_is_a_little_ahead_can_log(desk: Desk) -> None:
    patrol = logged(desk, log_patrol(finding(), ended_at=NOON + timedelta(minutes=5)))
    (row,) = rows(desk, "issues")
    assert (patrol.outcomes[0].issue_id, row.occurred_at) == (row.id, NOON)


@pytest.mark.parametrize("actor", [LEADER, RESIDENT])
def test_only_planners_draw_routes(desk: Desk, actor: Actor) -> None:
    way = route(desk, 1)
    for command in (define_route(1), change(way, 2)):
        assert isinstance(refusal(desk, command, actor), Forbidden)
    perform(desk, job(define_route(1), ADMIN))


def test_a_route_changes_and_what_was_logged_stays(desk: Desk) -> None:
    way = route(desk, 1, 2)
    before = logged(desk, log_patrol(route_id=way, visits=visits(2)))
    changed = perform(desk, job(change(way, 3), GRID_OFFICER))[0]
    assert (changed["version"], changed["name"]) == (2, "西线")
    assert logged(desk, log_patrol(route_id=way)).missed == (3,)
    assert [row.missed for row in rows(desk, "patrols") if row.id == before.id] == [(1,)]
    assert isinstance(refusal(desk, define_route(1, 1), GRID_OFFICER), Refused)
    assert isinstance(refusal(desk, change(new_id(), 1), GRID_OFFICER), NotFound)
    assert told(desk, "route") == ["defined", "changed"]

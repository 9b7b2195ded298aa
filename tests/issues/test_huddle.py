"""A huddle lists each issue for its most serious reason, is attended by its own people, and publishes nothing that is private."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.actor import SYSTEM, Role
from services.errors import Forbidden, Refused
from services.ids import new_id
from services.issues.contract import (
    Disposition,
    HuddleAttended,
    HuddleClosed,
    HuddleDisposed,
    HuddleOpened,
    HuddleStatus,
    IssueState,
    Item,
    Listed,
    Status,
)
from services.issues.huddle import (
    HUDDLE_LIFECYCLE,
    MOST_ATTENDING,
    Huddle,
    huddle_id,
)
from services.issues.minutes import NO_REASON, Outcome
from services.issues.policy import UNSETTLED
from services.lifecycle import permit
from tests.issues.rounds import GRID, LEADER, MORNING, STEWARD, TODAY, huddle, item
from tests.shared.samples import COMMUNITY, GRID_OFFICER, ISSUE, NOON, OFFICER, issue_state, member, moment

OFFICERS = frozenset({Role.GRID_OFFICER})
LEADERS = frozenset({Role.BUILDING_LEADER})
MICRO_GRID = {Role.GRID_OFFICER, Role.BUILDING_LEADER, Role.PROPERTY_STEWARD}


def open_issue(issue_id: str = ISSUE, status: Status = Status.REPORTED, **known: Any) -> IssueState:
    """An issue that is not settled."""
    return issue_state(**{"id": issue_id, "status": status, "resolved_at": None, **known})


def attended(*items: Item) -> Huddle:
    """A huddle where the grid officer sits."""
    made = huddle(*items)
    made.attend(Role.GRID_OFFICER, GRID_OFFICER, OFFICERS, moment(MORNING))
    return made


def test_a_huddle_is_the_only_one_of_its_grid_and_day() -> None:
    days = (TODAY, date(2024, 5, 21))
    ids = {huddle_id(here, grid, day) for here in (COMMUNITY, "x") for grid in (None, GRID, new_id()) for day in days}
    assert len(ids) == 12
    assert huddle_id(COMMUNITY, GRID, TODAY) == huddle_id(COMMUNITY, GRID, TODAY)


def test_a_huddle_opens_for_staff_with_its_list() -> None:
    made, told = Huddle.open(COMMUNITY, GRID, [item()], 3, moment(MORNING))
    assert told == HuddleOpened(huddle=made.state())
    assert (made.audience, made.status, made.day, made.more) == ("staff", HuddleStatus.OPEN, TODAY, 3)
    assert made.items == (item(),)


@pytest.mark.parametrize("role", [None, *Role])
def test_one_attends_in_a_role_of_the_micro_grid_that_one_holds(role: Role | None) -> None:
    held = frozenset({role} if role else ())
    for wanted in Role:
        made = huddle()
        if wanted is role and role in MICRO_GRID:
            told = made.attend(wanted, LEADER, held, moment())
            assert told == HuddleAttended(huddle=made.state(), member_id=LEADER.member_id)
            assert [(each.member_id, each.role, each.at) for each in made.attendance] == [
                (LEADER.member_id, wanted, NOON)
            ]
        else:
            with pytest.raises(Forbidden) as forbidden:
                made.attend(wanted, LEADER, held, moment())
            assert forbidden.value.clause == "日-15"
            assert made == huddle()


def test_nobody_attends_twice_and_not_everybody_attends() -> None:
    made = attended()
    before = made.state()
    with pytest.raises(Refused, match="already"):
        made.attend(Role.GRID_OFFICER, GRID_OFFICER, OFFICERS, moment())
    assert made.state() == before
    for _ in range(MOST_ATTENDING - 1):
        made.attend(Role.BUILDING_LEADER, member(new_id()), LEADERS, moment())
    with pytest.raises(Refused, match="at most 200"):
        made.attend(Role.BUILDING_LEADER, LEADER, LEADERS, moment())


def test_the_last_decision_about_an_issue_counts() -> None:
    made = huddle(item(), item(new_id()))
    made.take_up(open_issue(), None, LEADER, LEADERS, moment())
    assigned = open_issue(status=Status.ASSIGNED)
    told = made.dispose(assigned, Disposition.ASSIGN, "请师傅看看", moment())
    assert told == HuddleDisposed(huddle=made.state(), issue_id=ISSUE)
    made.dispose(issue_state(), Disposition.RESOLVE, "已更换", moment(NOON + timedelta(hours=1)))
    first, second = made.items
    assert (first.disposition, first.status, first.why) == (Disposition.RESOLVE, Status.RESOLVED, "已更换")
    assert first.at == NOON + timedelta(hours=1)
    assert second.disposition is None
    assert made.version == 3


def test_an_issue_of_the_micro_grid_that_is_not_settled_can_be_added_to_the_list() -> None:
    made = huddle()
    cases: tuple[tuple[Listed | None, dict[str, datetime], Listed], ...] = (
        (Listed.REOPENED, {}, Listed.REOPENED),
        (None, {"created_at": MORNING - timedelta(days=3)}, Listed.CARRIED_OVER),
        (None, {"created_at": MORNING}, Listed.NEW),
    )
    for listed, known, expected in cases:
        one = open_issue(new_id(), Status.REPORTED, **known)
        made.take_up(one, listed, LEADER, LEADERS, moment())
        assert (made.items[-1].issue_id, made.items[-1].listed) == (one.id, expected)


@pytest.mark.parametrize("status", Status)
def test_only_what_is_not_settled_can_be_added(status: Status) -> None:
    made = huddle()
    if status in UNSETTLED:
        made.take_up(open_issue(status=status), None, LEADER, LEADERS, moment())
        return
    with pytest.raises(Refused, match="settled"):
        made.take_up(open_issue(status=status), None, LEADER, LEADERS, moment())


def test_an_issue_of_another_micro_grid_is_not_added() -> None:
    for of_huddle, of_issue in ((None, GRID), (GRID, None), (GRID, new_id())):
        with pytest.raises(Refused, match="another"):
            huddle(grid_id=of_huddle).take_up(open_issue(grid_id=of_issue), None, LEADER, LEADERS, moment())


def test_a_full_list_takes_nothing_more_but_what_is_on_it() -> None:
    made = huddle(*(item(new_id()) for _ in range(499)), item())
    made.take_up(open_issue(), None, LEADER, LEADERS, moment())
    with pytest.raises(Refused, match="500"):
        made.take_up(open_issue(new_id()), None, LEADER, LEADERS, moment())


def test_a_huddle_where_nobody_was_is_not_closed_by_anybody() -> None:
    with pytest.raises(Refused, match="nobody"):
        huddle().close({}, GRID_OFFICER, OFFICERS, moment())


def test_closing_says_what_became_of_each_issue_and_who_and_why_of_what_is_left() -> None:
    ids = [new_id() for _ in range(8)]
    made = attended(*(item(each, why="早会上说的") for each in ids))
    outcomes = [
        Outcome(Status.RESOLVED, handler_id=OFFICER, note="已更换"),
        Outcome(Status.TRANSFERRED),
        Outcome(Status.WAITING, waiting_until=date(2024, 5, 22)),
        Outcome(Status.ESCALATED),
        Outcome(Status.REJECTED),
        Outcome(Status.MERGED),
        Outcome(Status.ASSIGNED, handler_id=OFFICER, note="缺配件"),
        Outcome(Status.REPORTED),
    ]
    told = made.close(dict(zip(ids, outcomes, strict=True)), GRID_OFFICER, OFFICERS, moment())
    assert told == HuddleClosed(huddle=made.state())
    assert (made.status, made.audience, made.closed_by, made.closed_at) == (
        HuddleStatus.CLOSED,
        "community",
        OFFICER,
        NOON,
    )
    assert [(each.disposition, each.why, each.by) for each in made.items] == [
        (Disposition.RESOLVE, None, None),
        (Disposition.TRANSFER, None, None),
        (Disposition.POSTPONE, None, None),
        (Disposition.ESCALATE, None, None),
        (Disposition.REJECT, None, None),
        (None, None, None),
        (None, "缺配件", OFFICER),
        (None, "早会上说的", None),
    ]
    assert [each.status for each in made.items] == [each.status for each in outcomes]
    assert made.minutes is not None
    assert (made.minutes.listed, made.minutes.settled, made.minutes.carried_over) == (8, 1, 2)


def test_what_is_for_staff_only_is_published_without_its_title_and_its_reason() -> None:
    private = Outcome(Status.ASSIGNED, note="楼上漏水,双方争吵", instead_of_title="邻里纠纷(不公开事项)")
    made = attended(item(title="601和501吵架", why="去劝一劝"))
    made.close({ISSUE: private}, GRID_OFFICER, OFFICERS, moment())
    assert [(each.title, each.why) for each in made.items] == [("邻里纠纷(不公开事项)", None)]
    assert made.minutes is not None
    assert "邻里纠纷(不公开事项)" in made.minutes.text
    assert not any(word in str(made.state()) for word in ("601", "争吵", "劝"))


def test_what_nobody_closed_closes_by_itself_and_says_so() -> None:
    made = huddle(item())
    made.close_by_itself({ISSUE: Outcome(Status.REPORTED)}, moment())
    assert (made.status, made.closed_by, made.audience) == (HuddleStatus.CLOSED, None, "community")
    assert made.items[0].why == NO_REASON
    assert made.minutes is not None
    assert "由系统自动结束" in made.minutes.text


def test_nothing_happens_to_a_huddle_that_is_closed() -> None:
    made = attended(item())
    made.close({ISSUE: Outcome(Status.RESOLVED)}, GRID_OFFICER, OFFICERS, moment())
    before = made.state()
    with pytest.raises(Refused):
        made.attend(Role.PROPERTY_STEWARD, STEWARD, frozenset({Role.PROPERTY_STEWARD}), moment())
    with pytest.raises(Refused):
        made.take_up(open_issue(), None, LEADER, LEADERS, moment())
    with pytest.raises(Refused):
        made.close({ISSUE: Outcome(Status.RESOLVED)}, GRID_OFFICER, OFFICERS, moment())
    with pytest.raises(Refused):
        made.close_by_itself({ISSUE: Outcome(Status.RESOLVED)}, moment())
    assert made.state() == before


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize("status", [None, *HuddleStatus])
def test_exactly_these_may_do_exactly_this(status: HuddleStatus | None, role: Role | None) -> None:
    held = frozenset({role} if role else ())
    thing = None if status is None else replace(attended(), status=status)
    for name, roles in (("attend", MICRO_GRID), ("dispose", MICRO_GRID), ("close", {Role.GRID_OFFICER})):
        if thing is None:
            continue
        if role in roles and status is HuddleStatus.OPEN:
            permit(HUDDLE_LIFECYCLE, name, thing, LEADER, held, moment())
        else:
            with pytest.raises((Forbidden, Refused)):
                permit(HUDDLE_LIFECYCLE, name, thing, LEADER, held, moment())
    for name in ("open", "close_by_itself"):
        with pytest.raises(Forbidden):
            permit(HUDDLE_LIFECYCLE, name, thing, LEADER, held, moment())
    permit(HUDDLE_LIFECYCLE, "open", None, SYSTEM, frozenset(), moment())

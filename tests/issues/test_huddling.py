"""Every micro-grid has its huddle every day: it opens by itself, decides as anybody may, and is closed and published."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gateway.directory.contract import CommunityChanged, CommunityOnboarded
from services.actor import Actor, Role
from services.errors import Conflict, Forbidden, NotFound, Refused, SansanError
from services.ids import new_id
from services.issues.contract import (
    AssignIssue,
    Category,
    Disposition,
    EscalateIssue,
    HuddleState,
    HuddleStatus,
    Listed,
    Place,
    PostponeIssue,
    ReopenIssue,
    SetCategory,
    Status,
)
from services.issues.huddle import huddle_id
from services.issues.huddling import arm_huddles
from services.issues.listing import opens_at
from services.issues.minutes import NO_REASON
from services.issues.use_cases import REACTS
from services.work import Desk, Job
from tests.issues.rounds import (
    ADMIN,
    BUILDINGS,
    LEADER,
    MORNING,
    NEXT_MORNING,
    STEWARD,
    attend,
    begin_grid,
    close,
    dispose,
    do_due,
    huddles,
    know,
    listed,
    onboarded,
    state_of,
    told,
)
from tests.issues.test_agenda import put, some
from tests.shared.desks import SetClock, event, job, perform, rows, settled
from tests.shared.samples import (
    ANOTHER_COMMUNITY,
    BUILDING,
    COMMUNITY,
    GRID_OFFICER,
    NOON,
    OFFICER,
    RESIDENT,
    member,
    moment,
    report,
)

TOMORROW = date(2024, 5, 21)
EVENING = datetime(2024, 5, 21, 14, 0, tzinfo=UTC)  # the cut-off of tomorrow, 22:00 in Shanghai
DAY = timedelta(days=1)


def reported(desk: Desk, **changed: Any) -> str:
    """The id of an issue that the resident reports now."""
    return str(perform(desk, job(report(**changed)))[0]["id"])


def welcome(desk: Desk, **told_of: Any) -> None:
    """The directory tells of the community."""
    perform(desk, event(CommunityOnboarded(community=onboarded(**told_of)), REACTS))
    desk.communities.forget(COMMUNITY)


def open_(desk: Desk, clock: SetClock) -> HuddleState:
    """The huddle of the community's own micro-grid, which opens tomorrow morning."""
    welcome(desk)
    do_due(desk, clock, NEXT_MORNING)
    return huddles(desk)[0]


def due(desk: Desk, kind: str = "open_huddles") -> list[tuple[str, datetime]]:
    """What is planned."""
    return sorted((row.subject, row.due_at) for row in rows(desk, "due") if row.kind == kind)


def refusal(desk: Desk, command: Any, actor: Actor = GRID_OFFICER) -> SansanError:
    """Why a command is refused; nothing at all is changed by it."""
    tables = ("huddles", "issues", "journal", "due")
    before = [rows(desk, table) for table in tables]
    outcome = desk.perform([job(command, actor)])[0]
    assert outcome.failure is None
    assert outcome.refusal is not None
    assert [rows(desk, table) for table in tables] == before
    return outcome.refusal


def closed(desk: Desk, state: HuddleState) -> HuddleState:
    """The huddle, attended and closed by the grid officer."""
    perform(desk, job(attend(state.id), GRID_OFFICER))
    return state_of(perform(desk, job(close(state.id), GRID_OFFICER))[0])


def test_huddles_open_by_themselves_every_morning(desk: Desk, clock: SetClock) -> None:
    welcome(desk)
    assert due(desk) == [("2024-05-21", NEXT_MORNING)]
    do_due(desk, clock, NEXT_MORNING - timedelta(microseconds=1))
    assert huddles(desk) == []
    for number in range(3):
        do_due(desk, clock, NEXT_MORNING + number * DAY)
    assert [each.day for each in huddles(desk)] == [TOMORROW + number * DAY for number in range(3)]
    assert due(desk) == [("2024-05-24", NEXT_MORNING + 3 * DAY)]
    assert all(each.created_at == opens_at(moment(), each.day) for each in huddles(desk))


def test_a_community_that_begins_early_in_the_morning_has_its_first_huddle_that_day(
    desk: Desk, clock: SetClock
) -> None:
    clock.now = MORNING - timedelta(hours=1)
    welcome(desk)
    do_due(desk, clock, MORNING)
    assert [each.day for each in huddles(desk)] == [MORNING.date()]


def test_arming_again_is_harmless(desk: Desk, clock: SetClock) -> None:
    welcome(desk)
    for version in (4, 5):
        perform(desk, event(CommunityChanged(community=onboarded(version)), REACTS))
    do_due(desk, clock, NEXT_MORNING)
    perform(desk, event(CommunityChanged(community=onboarded(6)), REACTS))
    do_due(desk, clock, NEXT_MORNING + timedelta(minutes=1))
    assert due(desk) == [("2024-05-22", NEXT_MORNING + DAY)]
    assert told(desk, "huddle") == ["opened"]


def test_an_hour_that_was_put_off_is_waited_for_and_an_earlier_one_counts_from_the_next_day(
    desk: Desk, clock: SetClock
) -> None:
    welcome(desk, minute=540)  # 9:00
    do_due(desk, clock, NEXT_MORNING)
    assert huddles(desk) == []
    do_due(desk, clock, NEXT_MORNING + timedelta(minutes=30))
    assert len(huddles(desk)) == 1
    perform(desk, event(CommunityChanged(community=onboarded(4, minute=480)), REACTS))  # 8:00
    desk.communities.forget(COMMUNITY)
    do_due(desk, clock, NEXT_MORNING + DAY)
    do_due(desk, clock, NEXT_MORNING + 2 * DAY - timedelta(minutes=30))
    assert len(huddles(desk)) == 3


@pytest.mark.parametrize("day", [date(2024, 3, 31), date(2024, 10, 27)])
def test_huddles_open_once_on_days_on_which_clocks_change(desk: Desk, clock: SetClock, day: date) -> None:
    at = moment(zone="Europe/Berlin")
    before, after = day - DAY, day + DAY
    clock.now = opens_at(at, before) - timedelta(hours=3)
    welcome(desk, zone="Europe/Berlin")
    for each in (before, day, after):
        do_due(desk, clock, opens_at(at, each) - timedelta(microseconds=1))
        do_due(desk, clock, opens_at(at, each))
    assert [each.day for each in huddles(desk)] == [before, day, after]


def test_after_an_outage_there_is_todays_huddle_and_none_of_the_days_that_were_slept_through(
    desk: Desk, clock: SetClock
) -> None:
    first = open_(desk, clock)
    issue_id = reported(desk)
    late = NEXT_MORNING + 5 * DAY + timedelta(hours=3)
    do_due(desk, clock, late)
    found = huddles(desk)
    assert [each.day for each in found] == [TOMORROW, TOMORROW + 5 * DAY]
    assert (found[0].id, found[0].status, found[0].closed_by) == (first.id, HuddleStatus.CLOSED, None)
    assert listed(found[1]) == {issue_id: Listed.CARRIED_OVER}
    assert due(desk) == [("2024-05-27", NEXT_MORNING + 6 * DAY)]


def test_an_outage_that_ends_before_the_hour_waits_for_it(desk: Desk, clock: SetClock) -> None:
    welcome(desk)
    do_due(desk, clock, NEXT_MORNING + 3 * DAY - timedelta(hours=2))
    assert huddles(desk) == []
    do_due(desk, clock, NEXT_MORNING + 3 * DAY)
    assert [each.day for each in huddles(desk)] == [TOMORROW + 3 * DAY]


def test_every_micro_grid_has_a_huddle_with_its_own_issues(desk: Desk, clock: SetClock) -> None:
    welcome(desk)
    east, west = begin_grid(desk, BUILDING, name="东"), begin_grid(desk, BUILDINGS[1], name="西")
    ids = [reported(desk, place=Place(building_id=each)) for each in BUILDINGS[:3]]
    do_due(desk, clock, NEXT_MORNING)
    lists = {each.grid_id: set(listed(each)) for each in huddles(desk)}
    assert lists == {east: {ids[0]}, west: {ids[1]}, None: {ids[2]}}
    assert {each.id for each in huddles(desk)} == {huddle_id(COMMUNITY, grid, TOMORROW) for grid in (east, west, None)}


def test_a_micro_grid_that_began_after_the_hour_has_its_first_huddle_the_next_day(desk: Desk, clock: SetClock) -> None:
    open_(desk, clock)
    grid = begin_grid(desk, BUILDING)
    unopened = huddle_id(COMMUNITY, grid, TOMORROW)
    assert isinstance(refusal(desk, attend(unopened)), NotFound)
    do_due(desk, clock, NEXT_MORNING + DAY)
    assert [each.grid_id for each in huddles(desk) if each.day == TOMORROW + DAY] == [None, grid]


def test_the_list_says_why_each_issue_is_on_it(desk: Desk, clock: SetClock) -> None:
    over = reported(desk, title="昨天到期")
    again = settled(desk, title="又坏了")
    perform(desk, job(ReopenIssue(community_id=COMMUNITY, issue_id=again, reason="还在漏水")))
    meeting = reported(desk, title="提交例会")
    perform(desk, job(EscalateIssue(community_id=COMMUNITY, issue_id=meeting, reason="须统一建设"), GRID_OFFICER))
    waits, later = reported(desk, title="约明天"), reported(desk, title="约后天")
    for issue_id, until in ((waits, TOMORROW), (later, TOMORROW + DAY)):
        given = PostponeIssue(community_id=COMMUNITY, issue_id=issue_id, until=until, reason="等配件")
        perform(desk, job(given, GRID_OFFICER))
    settled(desk, title="已办结")
    clock.now = NOON + timedelta(hours=11)  # 23:00: what is reported now belongs to the next day
    tonight, slow = reported(desk, title="夜里"), reported(desk, title="晒物业收费", category="fees")
    back = settled(desk, title="又亮了一夜", category="fees")
    perform(desk, job(ReopenIssue(community_id=COMMUNITY, issue_id=back, reason="还在亮")))
    welcome(desk)
    do_due(desk, clock, NEXT_MORNING)
    assert listed(huddles(desk)[0]) == {
        over: Listed.CARRIED_OVER,
        again: Listed.CARRIED_OVER,
        waits: Listed.DUE_TODAY,
        tonight: Listed.DUE_TODAY,
        slow: Listed.NEW,
        back: Listed.REOPENED,
    }


def test_what_was_reported_since_the_last_opening_is_new_even_if_it_was_committed_a_moment_later(
    desk: Desk, clock: SetClock
) -> None:
    open_(desk, clock)
    week = {"settle_by": NEXT_MORNING + 9 * DAY}
    old, in_flight, new = (
        some(1, created_at=NEXT_MORNING + timedelta(seconds=seconds), **week)[0] for seconds in (-90, -30, 30)
    )
    put(desk, [old, in_flight, new])
    do_due(desk, clock, NEXT_MORNING + DAY)
    assert listed(huddles(desk)[-1]) == {in_flight.id: Listed.NEW, new.id: Listed.NEW}


def test_more_than_fits_on_a_list_is_counted(desk: Desk, clock: SetClock) -> None:
    put(desk, some(503, settle_by=EVENING))
    made = open_(desk, clock)
    assert (len(made.items), made.more) == (500, 3)
    extra = reported(desk)
    full = dispose(made.id, extra, Disposition.ACCEPT)
    assert "500" in refusal(desk, full).reason.en
    perform(desk, job(dispose(made.id, made.items[0].issue_id, Disposition.RESOLVE, note="已清理"), LEADER))
    end = closed(desk, made)
    assert end.minutes is not None
    assert (end.minutes.listed, end.minutes.settled, end.minutes.carried_over) == (500, 1, 499)
    assert "另有 3 件未列入清单。" in end.minutes.text


def test_a_morning_from_the_opening_to_the_published_minutes(desk: Desk, clock: SetClock) -> None:
    ids = [reported(desk, title=f"第{number}件") for number in range(9)]
    made = open_(desk, clock)
    assert set(listed(made)) == set(ids)
    for actor, role in ((GRID_OFFICER, Role.GRID_OFFICER), (LEADER, Role.BUILDING_LEADER)):
        perform(desk, job(attend(made.id, role), actor))
    decided: list[tuple[Disposition, dict[str, Any]]] = [
        (Disposition.ACCEPT, {"note": "上午去看"}),
        (Disposition.ASSIGN, {"handler_id": STEWARD.member_id, "note": "请更换灯泡"}),
        (Disposition.RESOLVE, {"note": "已清理"}),
        (Disposition.TRANSFER, {"body": "市水务集团", "reference": "W-17", "note": "主管爆裂"}),
        (Disposition.POSTPONE, {"until": TOMORROW + 2 * DAY, "note": "等配件"}),
        (Disposition.ESCALATE, {"note": "须统一建设"}),
        (Disposition.REJECT, {"note": "不属于本社区"}),
    ]
    for issue_id, (disposition, said) in zip(ids, decided, strict=False):
        perform(desk, job(dispose(made.id, issue_id, disposition, **said), LEADER))
    shown = huddles(desk)[0]
    assert shown.audience == "staff"
    assert [each.disposition for each in shown.items][:7] == [disposition for disposition, _ in decided]
    assert [each.status for each in shown.items] == [
        Status.ACCEPTED,
        Status.ASSIGNED,
        Status.RESOLVED,
        Status.TRANSFERRED,
        Status.WAITING,
        Status.ESCALATED,
        Status.REJECTED,
        None,
        None,
    ]
    end = state_of(perform(desk, job(close(made.id), GRID_OFFICER))[0])
    assert (end.status, end.audience, end.closed_by) == (HuddleStatus.CLOSED, "community", OFFICER)
    minutes = end.minutes
    assert minutes is not None
    assert (minutes.listed, minutes.settled, minutes.transferred, minutes.postponed) == (9, 1, 1, 1)
    assert (minutes.escalated, minutes.rejected, minutes.carried_over) == (1, 1, 4)
    left = [(each.why, each.by) for each in end.items if each.issue_id in (*ids[:2], *ids[7:])]
    assert left == [
        ("上午去看", LEADER.member_id),
        ("请更换灯泡", STEWARD.member_id),
        (NO_REASON, None),
        (NO_REASON, None),
    ]
    assert told(desk, "huddle") == ["opened", "attended", "attended", *["disposed"] * 7, "closed"]
    last = rows(desk, "journal")[-1]
    assert (last.type, last.audience) == ("issues.huddle.closed.v1", "community")


def test_the_last_decision_stands(desk: Desk, clock: SetClock) -> None:
    issue_id = reported(desk)
    made = open_(desk, clock)
    perform(desk, job(dispose(made.id, issue_id, Disposition.POSTPONE, until=TOMORROW + DAY, note="等人"), LEADER))
    perform(desk, job(dispose(made.id, issue_id, Disposition.RESOLVE, note="已清理"), LEADER))
    assert [(each.disposition, each.status) for each in huddles(desk)[0].items] == [
        (Disposition.RESOLVE, Status.RESOLVED)
    ]
    again = refusal(desk, dispose(made.id, issue_id, Disposition.RESOLVE, note="已清理"))
    assert isinstance(again, Refused)
    assert again.clause == "日-4"


def test_what_happened_outside_the_huddle_is_in_its_minutes(desk: Desk, clock: SetClock) -> None:
    issue_id = reported(desk)
    made = open_(desk, clock)
    assigned = AssignIssue(community_id=COMMUNITY, issue_id=issue_id, handler_id=STEWARD.member_id, note="缺配件")
    perform(desk, job(assigned, GRID_OFFICER))
    (item,) = closed(desk, made).items
    assert (item.status, item.disposition, item.why, item.by) == (
        Status.ASSIGNED,
        None,
        "缺配件",
        STEWARD.member_id,
    )


def test_an_issue_of_today_can_be_decided_in_the_huddle(desk: Desk, clock: SetClock) -> None:
    made = open_(desk, clock)
    assert made.items == ()
    clock.forward(minutes=10)
    issue_id = reported(desk)
    shown = state_of(perform(desk, job(dispose(made.id, issue_id, Disposition.RESOLVE, note="已清理"), STEWARD))[0])
    assert [(each.issue_id, each.status) for each in shown.items] == [(issue_id, Status.RESOLVED)]
    assert closed(desk, made).items[0].disposition is Disposition.RESOLVE


def test_nothing_is_decided_about_another_micro_grids_or_a_settled_issue(desk: Desk, clock: SetClock) -> None:
    grid = begin_grid_known(desk)
    theirs = reported(desk, place=Place(building_id=BUILDING))
    over = settled(desk, place=Place())
    made = open_(desk, clock)
    assert made.grid_id is None
    assert isinstance(refusal(desk, dispose(made.id, theirs, Disposition.ACCEPT)), Refused)
    assert isinstance(refusal(desk, dispose(made.id, over, Disposition.ACCEPT)), Refused)
    assert isinstance(refusal(desk, dispose(made.id, new_id(), Disposition.ACCEPT)), NotFound)
    assert isinstance(refusal(desk, dispose(new_id(), theirs, Disposition.ACCEPT)), NotFound)
    own = huddle_id(COMMUNITY, grid, TOMORROW)
    perform(desk, job(dispose(own, theirs, Disposition.ACCEPT), GRID_OFFICER))


def begin_grid_known(desk: Desk) -> str:
    """The micro-grid of the first building."""
    know(desk)
    return begin_grid(desk, BUILDING)


def test_only_the_micro_grid_attends_and_decides_and_only_grid_officers_close(desk: Desk, clock: SetClock) -> None:
    issue_id = reported(desk)
    made = open_(desk, clock)
    perform(desk, job(attend(made.id), GRID_OFFICER))
    stranger = member(OFFICER, Role.GRID_OFFICER, community_id=ANOTHER_COMMUNITY)
    for actor in (RESIDENT, ADMIN, stranger):
        for command in (attend(made.id), dispose(made.id, issue_id, Disposition.ACCEPT), close(made.id)):
            assert isinstance(refusal(desk, command, actor), Forbidden)
    assert isinstance(refusal(desk, close(made.id), LEADER), Forbidden)
    assert isinstance(refusal(desk, attend(made.id, Role.GRID_OFFICER), LEADER), Forbidden)


def test_a_huddle_where_nobody_was_is_not_closed_and_nobody_attends_twice(desk: Desk, clock: SetClock) -> None:
    made = open_(desk, clock)
    refused = refusal(desk, close(made.id))
    assert (type(refused), refused.clause) == (Refused, "日-15")
    perform(desk, job(attend(made.id), GRID_OFFICER))
    assert isinstance(refusal(desk, attend(made.id)), Refused)


def test_of_two_who_close_or_decide_at_once_one_is_told_that_it_changed(desk: Desk, clock: SetClock) -> None:
    made = open_(desk, clock)
    perform(desk, job(attend(made.id), GRID_OFFICER))
    outcome = desk.perform([job(close(made.id), GRID_OFFICER, version=made.version)])[0]
    assert isinstance(outcome.refusal, Conflict)
    perform(desk, job(close(made.id), GRID_OFFICER, version=made.version + 1))
    assert isinstance(refusal(desk, close(made.id)), Refused)


def test_what_nobody_closed_closes_an_hour_after_the_cut_off(desk: Desk, clock: SetClock) -> None:
    reported(desk)
    made = open_(desk, clock)
    assert due(desk, "close_huddle") == [(made.id, EVENING + timedelta(hours=1))]
    do_due(desk, clock, EVENING + timedelta(minutes=59))
    assert huddles(desk)[0].status is HuddleStatus.OPEN
    do_due(desk, clock, EVENING + timedelta(minutes=60))
    end = huddles(desk)[0]
    assert (end.status, end.audience, end.closed_by, end.closed_at) == (
        HuddleStatus.CLOSED,
        "community",
        None,
        EVENING + timedelta(minutes=60),
    )
    assert end.minutes is not None
    assert "由系统自动结束" in end.minutes.text
    assert due(desk, "close_huddle") == []


def test_what_was_closed_in_time_is_left_alone(desk: Desk, clock: SetClock) -> None:
    made = open_(desk, clock)
    end = closed(desk, made)
    do_due(desk, clock, EVENING + timedelta(hours=2))
    do_due(desk, clock, NEXT_MORNING + DAY)
    assert huddles(desk)[0] == end
    assert told(desk, "huddle") == ["opened", "attended", "closed", "opened"]


def test_an_empty_list_is_a_huddle_too(desk: Desk, clock: SetClock) -> None:
    end = closed(desk, open_(desk, clock))
    assert end.items == ()
    assert end.minutes is not None
    assert end.minutes.listed == 0
    assert "今日清单为空" in end.minutes.text


def test_a_private_issue_is_discussed_by_its_title_and_published_without_it(desk: Desk, clock: SetClock) -> None:
    quarrel = Category(code="quarrel", en="Quarrel", zh="邻里纠纷", private=True)
    perform(desk, job(SetCategory(community_id=COMMUNITY, category=quarrel), ADMIN))
    reported(desk, title="601和501吵架", text="每天晚上吵架。", category="quarrel")
    reported(desk, title="井盖破损")
    made = open_(desk, clock)
    assert {each.title for each in made.items} == {"601和501吵架", "井盖破损"}
    private = next(each.issue_id for each in made.items if each.title == "601和501吵架")
    perform(desk, job(dispose(made.id, private, Disposition.ACCEPT, note="上门劝解601"), GRID_OFFICER))
    end = closed(desk, made)
    assert {each.title for each in end.items} == {"邻里纠纷(不公开事项)", "井盖破损"}
    published = [row.data for row in rows(desk, "journal") if row.audience != "staff" and "huddle" in row.type]
    assert len(published) == 1
    assert "601" not in published[0]


def test_arming_needs_nothing_but_the_community_and_its_clock(desk: Desk) -> None:
    def arm(work: Any) -> None:
        arm_huddles(work, moment(NOON))

    plain = job(report())
    outcome = desk.perform([Job(plain.consumer, plain.id, plain.context, arm)])[0]
    assert outcome.failure is None
    assert due(desk) == [("2024-05-21", NEXT_MORNING)]

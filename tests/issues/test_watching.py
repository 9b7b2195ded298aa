"""No problem stays overnight unseen: at the cut-off, or as soon as possible after it, each is counted once; the ladder calls."""

import dataclasses
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from gateway.directory.contract import CommunityChanged, ParameterSetting
from services.actor import SYSTEM
from services.communities import keep_communities
from services.issues.contract import (
    AcceptIssue,
    EscalateIssue,
    MergeIssue,
    PostponeIssue,
    ResolveIssue,
    TransferIssue,
)
from services.issues.policy import CUT_OFF_MINUTE
from services.issues.store import STORE, issues
from services.issues.use_cases import REACTS
from services.issues.watching import DUE, HEARD_EVERYWHERE, WATCHED, watch
from services.sweeping import sweep
from services.work import Context, Desk, Job, Work
from tests import servers
from tests.issues.rounds import do_due, onboarded
from tests.shared.desks import SetClock, desks, event, job, open_desk, perform, rows
from tests.shared.samples import COMMUNITY, GRID_OFFICER, NOON, caochang, report

DANGER, SAME_DAY = "ebike_indoors", "parking"
SECOND = timedelta(seconds=1)


def local(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """The instant at which the clocks of a zone show this on 20 May 2024, or on the day that is named."""
    named = text if "T" in text else f"2024-05-20T{text}"
    return datetime.fromisoformat(named).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def reported(desk: Desk, *categories: str) -> list[str]:
    """Issues of some categories, reported now; their ids."""
    answers = perform(desk, *(job(report(category=each)) for each in categories or (SAME_DAY,)))
    return [answer["id"] for answer in answers]


def do(desk: Desk, kind: Any, issue_id: str, **members: Any) -> None:
    """Something that the grid officer does."""
    perform(desk, job(kind(community_id=COMMUNITY, issue_id=issue_id, **members), GRID_OFFICER))


def swept(desk: Desk) -> int:
    """How many were done until nothing is left."""
    total = 0
    while found := sweep(desk, WATCHED, SYSTEM):
        assert not found.failures, found.failures
        total += found.done
    return total


def stands(desk: Desk, issue_id: str) -> tuple[str, bool, int, str | None]:
    """Where an issue stands: status, overnight, how often it was, the highest rung that it called."""
    (row,) = (row for row in rows(desk, "issues") if row.id == issue_id)
    return row.status, row.overnight, row.overnights, row.alarm


def told(desk: Desk, issue_id: str) -> list[str]:
    """What was told of an issue, in order."""
    return [row.type.split(".")[2] for row in rows(desk, "journal") if row.subject == issue_id]


def at_each(desk: Desk, clock: SetClock, times: Iterable[str]) -> list[int]:
    """Sweep at some times of the day; how many were done each time."""
    done = []
    for each in times:
        clock.now = local(each)
        done.append(swept(desk))
    return done


def test_at_the_cut_off_and_not_a_second_before_it_stays_overnight(desk: Desk, clock: SetClock) -> None:
    (issue_id,) = reported(desk)
    assert at_each(desk, clock, ["21:30", "21:59:59"]) == [1, 0]
    assert stands(desk, issue_id) == ("reported", False, 0, "grid_officer")
    assert at_each(desk, clock, ["22:00"]) == [1]
    assert stands(desk, issue_id) == ("escalated", True, 1, "grid_officer")
    assert told(desk, issue_id) == ["reported", "alarmed", "stayed_overnight"]
    assert at_each(desk, clock, ["22:00:01"]) == [0]


def test_the_whole_ladder_is_called_rung_by_rung(desk: Desk, clock: SetClock) -> None:
    (issue_id,) = reported(desk)
    called = []
    for at in ("20:59:59", "21:00", "21:30", "22:00", "22:30", "2024-05-21T21:59:59", "2024-05-21T22:00"):
        at_each(desk, clock, [at])
        called.append(stands(desk, issue_id)[3])
    assert called == [None, "handler", "grid_officer", "grid_officer", "community", "community", "district"]
    alarms = [row for row in rows(desk, "journal") if row.type == "issues.issue.alarmed.v1"]
    assert [row.at for row in alarms] == [local("21:00"), local("21:30"), local("22:30"), local("2024-05-21T22:00")]
    assert at_each(desk, clock, ["2024-06-20T12:00"]) == [0]
    assert {row.watch_at for row in rows(desk, "issues")} == {None}


def test_a_danger_is_called_for_within_its_two_hours_and_stays_overnight_at_the_cut_off(
    desk: Desk, clock: SetClock
) -> None:
    (issue_id,) = reported(desk, DANGER)  # at noon
    assert at_each(desk, clock, ["12:59", "13:00", "13:30", "14:00", "14:30", "21:59", "22:00"]) == [
        0,
        1,
        1,
        0,
        1,
        0,
        1,
    ]
    assert stands(desk, issue_id) == ("escalated", True, 1, "community")


def test_a_rung_that_had_passed_before_the_report_is_not_called(desk: Desk, clock: SetClock) -> None:
    clock.now = local("21:40")
    (issue_id,) = reported(desk)
    assert at_each(desk, clock, ["21:40", "21:59"]) == [0, 0]
    assert at_each(desk, clock, ["22:00"]) == [1]
    assert told(desk, issue_id) == ["reported", "stayed_overnight"]


def test_what_was_settled_transferred_postponed_or_escalated_is_left_alone(desk: Desk, clock: SetClock) -> None:
    settled, transferred, postponed, escalated, open_ = reported(desk, *[SAME_DAY] * 5)
    for each in (settled, transferred, postponed, escalated, open_):
        do(desk, AcceptIssue, each)
    do(desk, ResolveIssue, settled, note="已更换")
    do(desk, TransferIssue, transferred, body="武汉市水务集团", reason="主管道漏水")
    do(desk, PostponeIssue, postponed, until=date(2024, 5, 23), reason="等配件")
    do(desk, EscalateIssue, escalated, reason="需三方商议")
    clock.now = local("22:00")
    swept(desk)
    found = {each: stands(desk, each)[:3] for each in (settled, transferred, postponed, escalated, open_)}
    assert found == {
        settled: ("resolved", False, 0),
        transferred: ("transferred", False, 0),
        postponed: ("waiting", False, 0),
        escalated: ("escalated", False, 0),
        open_: ("escalated", True, 1),
    }
    clock.now = local("2024-05-23T21:59:59")
    swept(desk)
    assert stands(desk, postponed)[:3] == ("waiting", False, 0)
    clock.now = local("2024-05-23T22:00")
    swept(desk)
    assert stands(desk, postponed)[:3] == ("escalated", True, 1)


def test_an_outage_over_two_cut_offs_is_made_good_late_and_once(desk: Desk, clock: SetClock) -> None:
    (issue_id,) = reported(desk)
    clock.now = local("2024-05-22T08:00")
    assert swept(desk) == 2
    assert stands(desk, issue_id) == ("escalated", True, 1, "district")
    assert told(desk, issue_id) == ["reported", "stayed_overnight", "alarmed"]
    assert at_each(desk, clock, ["2024-05-22T22:00"]) == [0]


def test_it_can_stay_overnight_again_after_somebody_took_it_back(desk: Desk, clock: SetClock) -> None:
    (issue_id,) = reported(desk)
    at_each(desk, clock, ["22:00"])
    clock.now = local("2024-05-21T09:00")
    do(desk, PostponeIssue, issue_id, until=date(2024, 5, 24), reason="等配件")
    assert stands(desk, issue_id) == ("waiting", False, 1, None)
    assert at_each(desk, clock, ["2024-05-23T22:00", "2024-05-24T21:00", "2024-05-24T22:00"]) == [0, 1, 1]
    assert stands(desk, issue_id) == ("escalated", True, 2, "handler")


def test_a_public_holiday_is_a_day_like_any_other_for_what_is_due_today(desk: Desk, clock: SetClock) -> None:
    clock.now = local("2024-10-01T09:00")
    (issue_id,) = reported(desk)
    assert at_each(desk, clock, ["2024-10-01T21:00", "2024-10-01T22:00"]) == [1, 1]
    assert stands(desk, issue_id)[1:3] == (True, 1)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"], ids=["clocks go forward", "clocks go back"])
def test_on_the_days_on_which_clocks_change_the_day_ends_by_the_local_clock(
    desk: Desk, clock: SetClock, day: str
) -> None:
    zone = "Europe/Berlin"
    with desk.engine.begin() as connection:
        keep_communities(connection, STORE, [caochang(version=2, zone=zone)])
    clock.now = local(f"{day}T00:30", zone)
    (issue_id,) = reported(desk)
    clock.now = local(f"{day}T22:00", zone) - SECOND
    swept(desk)
    assert stands(desk, issue_id)[1] is False
    clock.forward(seconds=1)
    swept(desk)
    assert stands(desk, issue_id)[1] is True


def test_a_cut_off_that_the_community_moves_back_is_waited_for(desk: Desk, clock: SetClock) -> None:
    (issue_id,) = reported(desk)
    later = {CUT_OFF_MINUTE.name: ((date(2024, 5, 20), 1380),)}
    with desk.engine.begin() as connection:
        keep_communities(connection, STORE, [caochang(version=2, parameters=later)])
    desk.communities.forget(COMMUNITY)
    at_each(desk, clock, ["21:30", "22:00"])
    assert stands(desk, issue_id)[:3] == ("reported", False, 0)
    at_each(desk, clock, ["22:59:59"])
    assert stands(desk, issue_id)[:3] == ("reported", False, 0)
    at_each(desk, clock, ["23:00"])
    assert stands(desk, issue_id)[:3] == ("escalated", True, 1)


def test_a_cut_off_that_the_community_moves_earlier_holds_for_what_is_open_already(desk: Desk, clock: SetClock) -> None:
    open_, settled = reported(desk, DANGER, DANGER)
    do(desk, ResolveIssue, settled, note="已推出楼道")
    at_each(desk, clock, ["18:00"])
    seven = ParameterSetting(name=CUT_OFF_MINUTE.name, day=date(2024, 5, 20), value=1140)
    changed = dataclasses.replace(onboarded(), parameters=(seven,))
    perform(desk, event(CommunityChanged(community=changed), REACTS))
    desk.communities.forget(COMMUNITY)
    do_due(desk, clock, clock.now + HEARD_EVERYWHERE)
    assert at_each(desk, clock, ["18:01", "18:59:59", "19:00"]) == [1, 0, 1]
    assert stands(desk, open_)[:3] == ("escalated", True, 1)
    assert stands(desk, settled)[:3] == ("resolved", False, 0)


def test_where_nothing_is_due_only_the_next_time_is_put_right(desk: Desk, clock: SetClock) -> None:
    (issue_id,) = reported(desk)
    do(desk, ResolveIssue, issue_id, note="已更换")
    with desk.engine.begin() as connection:
        connection.execute(sa.update(issues).values(watch_at=NOON))
    before = stands(desk, issue_id)
    assert swept(desk) == 1
    assert stands(desk, issue_id) == before
    assert [row.watch_at for row in rows(desk, "issues")] == [None]
    assert told(desk, issue_id) == ["reported", "resolved"]


def test_what_is_settled_between_finding_and_doing_does_not_stay_overnight(postgres_url: URL, clock: SetClock) -> None:
    """What somebody is just changing is passed over, and looked at anew afterwards."""
    with servers.fresh_database(postgres_url) as named:
        url = named.set(drivername="postgresql+psycopg")
        with open_desk(STORE, url, clock) as desk, desks(STORE, url, clock, 1) as (other,):
            (issue_id,) = reported(desk)
            clock.now = local("22:00")
            settle = job(ResolveIssue(community_id=COMMUNITY, issue_id=issue_id, note="已更换"), GRID_OFFICER)
            with other.unit() as unit:
                work = Work(unit, settle.context)
                settle.do(work)
                work.deliver()
                unit.flush()
                assert not sweep(desk, WATCHED, SYSTEM)
            assert not sweep(desk, WATCHED, SYSTEM)
            assert stands(desk, issue_id)[:3] == ("resolved", False, 0)


def test_watching_too_often_or_as_scheduled_work_does_no_harm(desk: Desk, clock: SetClock) -> None:
    (issue_id,) = reported(desk)
    clock.now = local("22:00")

    def again(number: int) -> Job:
        key = f"00000000-0000-4000-8000-{number:012}"
        return Job("test", key, Context(COMMUNITY, SYSTEM), lambda work: watch(work, issue_id))

    perform(desk, *(again(number) for number in range(3)))
    assert stands(desk, issue_id)[:3] == ("escalated", True, 1)
    assert told(desk, issue_id) == ["reported", "stayed_overnight"]
    assert DUE[WATCHED.name] == WATCHED.do_again


def test_its_copies_follow_what_stays_overnight(desk: Desk, clock: SetClock) -> None:
    original, copy = reported(desk, SAME_DAY, SAME_DAY)
    do(desk, MergeIssue, copy, into_id=original)
    clock.now = local("22:00")
    swept(desk)
    (row,) = (row for row in rows(desk, "issues") if row.id == copy)
    assert (row.status, row.original_status, row.overnights) == ("merged", "escalated", 0)


def test_an_issue_is_watched_from_its_first_rung_on_until_it_is_settled(desk: Desk) -> None:
    (issue_id,) = reported(desk)
    assert [row.watch_at for row in rows(desk, "issues")] == [local("21:00")]
    do(desk, ResolveIssue, issue_id, note="已更换")
    assert [row.watch_at for row in rows(desk, "issues")] == [None]

"""An issue calls rung by rung before and after its deadline, and stays overnight at the cut-off that follows it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clock import Moment
from services.issues.contract import Alarm, Status, Turn
from services.issues.ladder import LADDER, due_since, next_watch, overnight_at, rung_reached
from services.issues.model import Issue
from services.issues.policy import COMMUNITY_ALARM_MINUTES, DATED, HANDLER_ALARM_MINUTES
from services.issues.timing import cut_off
from tests.issues.made import issue
from tests.shared.samples import OFFICER, moment

SECOND = timedelta(seconds=1)


def local(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """The instant at which the clocks of a zone show this on 20 May 2024, or on the day that is named."""
    named = text if "T" in text else f"2024-05-20T{text}"
    return datetime.fromisoformat(named).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def due(settle_by: str, reported: str = "08:00", status: Status = Status.ACCEPTED, **changed: Any) -> Issue:
    """An issue with a deadline."""
    return issue(status, **{"created_at": local(reported), "settle_by": local(settle_by), **changed})


def turn(move: str, at: str, status: Status) -> Turn:
    """A turn of its history."""
    return Turn(move=move, at=local(at), status=status, by=OFFICER)


def test_the_rungs_come_in_order_and_then_the_cut_off() -> None:
    each = due("22:00")
    expected = [("21:00", None, Alarm.HANDLER), ("21:30", Alarm.HANDLER, Alarm.GRID_OFFICER)]
    for at, called, alarm in expected:
        each.alarm = called
        assert next_watch(each, moment(local("12:00"))) == local(at)
        assert rung_reached(each, moment(local(at) - SECOND)) is None
        assert rung_reached(each, moment(local(at))) is alarm
    each.alarm = Alarm.GRID_OFFICER
    assert next_watch(each, moment(local("21:30"))) == overnight_at(each, moment(local("21:30"))) == local("22:00")


def test_what_is_overdue_before_the_cut_off_is_told_to_the_community() -> None:
    each = due("11:00", "09:00", alarm=Alarm.GRID_OFFICER)
    assert next_watch(each, moment(local("11:00"))) == local("11:30")
    assert rung_reached(each, moment(local("11:30"))) is Alarm.COMMUNITY
    each.alarm = Alarm.COMMUNITY
    assert next_watch(each, moment(local("11:30"))) == local("22:00")


def test_what_stayed_overnight_goes_on_up_the_ladder_without_reminders_of_its_deadline() -> None:
    each = due("22:00", status=Status.ESCALATED, overnight=True)
    assert next_watch(each, moment(local("22:00"))) == local("22:30")
    assert rung_reached(each, moment(local("22:29"))) is None
    assert rung_reached(each, moment(local("22:30"))) is Alarm.COMMUNITY
    each.alarm = Alarm.COMMUNITY
    assert next_watch(each, moment(local("23:00"))) == local("2024-05-21T22:00")
    each.alarm = Alarm.DISTRICT
    assert next_watch(each, moment(local("23:00"))) is None


@pytest.mark.parametrize(
    "changed", [{"overnight": False}, {"overnight": True, "topic_id": OFFICER}], ids=["escalated by somebody", "topic"]
)
def test_what_the_weekly_meeting_was_given_calls_nobody(changed: dict[str, Any]) -> None:
    each = due("22:00", status=Status.ESCALATED, **changed)
    assert next_watch(each, moment(local("2024-05-23T12:00"))) is None
    assert rung_reached(each, moment(local("2024-05-23T12:00"))) is None


@pytest.mark.parametrize("status", [status for status in Status if status not in DATED])
def test_nothing_happens_by_itself_to_what_is_settled_handed_on_or_over(status: Status) -> None:
    late = moment(local("2024-06-20T12:00"))
    assert next_watch(due("22:00", status=status), late) is None
    assert overnight_at(due("22:00", status=status), late) is None


def test_an_issue_without_a_deadline_is_left_alone() -> None:
    assert next_watch(issue(Status.ACCEPTED, settle_by=None), moment()) is None


@pytest.mark.parametrize(
    ("settle_by", "overnight"),
    [
        ("11:00", "22:00"),
        ("21:59:59", "22:00"),
        ("22:00", "22:00"),
        ("22:00:01", "2024-05-21T22:00"),
        ("2024-05-21T00:30", "2024-05-21T22:00"),
    ],
)
def test_it_stays_overnight_at_the_first_cut_off_that_is_not_before_its_deadline(
    settle_by: str, overnight: str
) -> None:
    assert overnight_at(due(settle_by), moment(local("09:00"))) == local(overnight)


def test_a_cut_off_is_the_communitys_own_on_that_day() -> None:
    own = [(date(2024, 5, 1), 1320), (date(2024, 5, 21), 1260)]
    at = moment(local("09:00"), issues__cut_off_minute=own)
    assert overnight_at(due("12:00"), at) == local("22:00")
    assert overnight_at(due("2024-05-21T12:00"), at) == local("2024-05-21T21:00")
    assert overnight_at(due("2024-05-21T21:30"), at) == local("2024-05-22T21:00")


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-28", 23), ("2026-10-24", 25), ("2026-05-20", 24)],
    ids=["clocks go forward", "clocks go back", "an ordinary day"],
)
def test_where_clocks_change_the_cut_off_stays_at_the_same_time_of_the_day(day: str, hours: int) -> None:
    zone = "Europe/Berlin"
    evening = local(f"{day}T22:00", zone)
    each = issue(Status.ACCEPTED, settle_by=evening + SECOND)
    assert overnight_at(each, moment(evening, zone)) == evening + timedelta(hours=hours)


def test_a_rung_that_had_passed_when_the_deadline_was_given_is_not_called() -> None:
    each = due("22:00", reported="21:10")
    assert next_watch(each, moment(local("21:10"))) == local("21:30")
    assert rung_reached(each, moment(local("21:29"))) is None
    late = due("22:00", reported="21:40")
    assert next_watch(late, moment(local("21:40"))) == local("22:00")
    assert rung_reached(late, moment(local("21:59"))) is None


def test_after_an_outage_only_the_highest_rung_is_called() -> None:
    each = due("11:00")
    assert rung_reached(each, moment(local("10:45"))) is Alarm.GRID_OFFICER
    assert rung_reached(each, moment(local("15:00"))) is Alarm.COMMUNITY
    each.alarm = Alarm.COMMUNITY
    assert rung_reached(each, moment(local("15:00"))) is None


def test_a_rung_that_was_missed_is_still_called_after_others_touched_the_issue() -> None:
    history = (turn("report", "08:00", Status.REPORTED), turn("accept", "21:05", Status.ACCEPTED))
    each = due("22:00", history=history, updated_at=local("21:06"))
    assert next_watch(each, moment(local("21:06"))) == local("21:00")
    assert rung_reached(each, moment(local("21:06"))) is Alarm.HANDLER


@pytest.mark.parametrize(
    ("before", "move"),
    [
        (Status.WAITING, "accept"),
        (Status.TRANSFERRED, "assign"),
        (Status.ESCALATED, "assign"),
        (Status.ACCEPTED, "postpone"),
        (Status.RESOLVED, "reopen"),
        (Status.MERGED, "unmerge"),
    ],
)
def test_a_deadline_that_is_given_anew_counts_from_then(before: Status, move: str) -> None:
    history = (
        turn("report", "08:00", Status.REPORTED),
        turn("any", "09:00", before),
        turn(move, "21:15", Status.ACCEPTED),
        turn("start", "21:20", Status.IN_PROGRESS),
    )
    assert due_since(due("22:00", history=history)) == local("21:15")


@pytest.mark.parametrize("before", [Status.REPORTED, Status.ACCEPTED, Status.REOPENED])
def test_whoever_takes_it_on_does_not_move_its_deadline(before: Status) -> None:
    history = (turn("report", "08:00", Status.REPORTED), turn("any", "09:00", before), turn("assign", "21:15", before))
    assert due_since(due("22:00", history=history)) == local("08:00")


def test_the_numbers_are_the_communitys() -> None:
    at = moment(
        local("12:00"), issues__handler_alarm_minutes=[(date(2024, 5, 1), 240)], issues__grid_officer_alarm_minutes=[]
    )
    assert next_watch(due("22:00"), at) == local("18:00")
    soon = moment(local("12:00"), issues__community_alarm_minutes=[(date(2024, 5, 1), 0)])
    overdue = due("22:00", status=Status.ESCALATED, overnight=True)
    assert next_watch(overdue, soon) == local("22:00")


def test_the_ladder_has_every_rung_once_from_below() -> None:
    assert [alarm for alarm, _, _ in LADDER] == list(Alarm)
    assert HANDLER_ALARM_MINUTES.clause == COMMUNITY_ALARM_MINUTES.clause == "日-14"


instants = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
minutes = st.integers(0, 3000)


@given(
    instants,
    minutes,
    minutes,
    st.sampled_from(list(Status)),
    st.sampled_from([None, *Alarm]),
    st.booleans(),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Pacific/Auckland"]),
)
def test_something_is_due_exactly_when_the_next_instant_has_come(
    reported: datetime, given_minutes: int, later: int, status: Status, alarm: Alarm | None, overnight: bool, zone: str
) -> None:
    """So that a sweep neither comes in vain again and again, nor forgets anything."""
    settle_by = reported + timedelta(minutes=given_minutes)
    each = issue(status, created_at=reported, settle_by=settle_by, alarm=alarm, overnight=overnight)
    at = Moment(reported + timedelta(minutes=later), zone)
    next_, missed = next_watch(each, at), overnight_at(each, at)
    is_due = bool(missed and missed <= at.now) or rung_reached(each, at) is not None
    assert is_due == (next_ is not None and next_ <= at.now)
    if missed:
        assert settle_by <= missed <= settle_by + timedelta(hours=25)
        assert missed == cut_off(at, at.day_of(missed))

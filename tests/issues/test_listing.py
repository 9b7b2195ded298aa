"""Each issue is on a list for its most serious reason or not at all, by the community's own clocks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.issues.contract import Listed, Status
from services.issues.listing import Today, opens_at, why_listed
from services.issues.policy import DATED
from tests.issues.made import issue
from tests.issues.rounds import MORNING
from tests.shared.samples import ISSUE, moment

YESTERDAY = MORNING - timedelta(days=1)
NOW = Today.of(moment(MORNING), since=YESTERDAY)


def reason(status: Status, **known: Any) -> Listed | None:
    """Why an issue is on this morning's list: one of the day before yesterday that falls due next week, if nothing else is said."""
    long_ago, later = MORNING - timedelta(days=2), MORNING + timedelta(days=7)
    return why_listed(issue(status, **{"created_at": long_ago, "settle_by": later, **known}), NOW)


def test_what_stayed_overnight_or_is_overdue_since_before_is_carried_over() -> None:
    assert reason(Status.ESCALATED, overnight=True) is Listed.CARRIED_OVER
    assert reason(Status.ASSIGNED, overnight=True) is Listed.CARRIED_OVER
    assert reason(Status.ACCEPTED, settle_by=MORNING) is Listed.CARRIED_OVER
    assert reason(Status.WAITING, settle_by=YESTERDAY) is Listed.CARRIED_OVER
    assert reason(Status.REOPENED, settle_by=YESTERDAY) is Listed.CARRIED_OVER


def test_what_was_sent_to_the_meeting_or_is_deliberated_is_not_listed() -> None:
    assert reason(Status.ESCALATED) is None
    assert reason(Status.ESCALATED, overnight=True, topic_id=ISSUE) is None


def test_what_falls_due_today_is_listed_also_when_that_is_its_date() -> None:
    midnight = datetime(2024, 5, 20, 16, tzinfo=UTC)
    for status in (Status.REPORTED, Status.IN_PROGRESS, Status.WAITING):
        assert reason(status, settle_by=midnight - timedelta(microseconds=1)) is Listed.DUE_TODAY
        assert reason(status, settle_by=midnight) is None


def test_what_was_reopened_is_listed_whenever_it_is_due() -> None:
    assert reason(Status.REOPENED) is Listed.REOPENED
    assert reason(Status.REOPENED, settle_by=MORNING + timedelta(hours=1)) is Listed.REOPENED


def test_what_was_reported_since_the_last_huddle_is_new_unless_it_was_given_a_date() -> None:
    assert reason(Status.REPORTED, created_at=YESTERDAY) is Listed.NEW
    assert reason(Status.REPORTED, created_at=YESTERDAY - timedelta(microseconds=1)) is None
    assert reason(Status.WAITING, created_at=YESTERDAY) is None
    assert reason(Status.ASSIGNED, created_at=MORNING, settle_by=None) is Listed.NEW


def test_a_danger_of_this_morning_whose_hours_are_over_is_due_today_and_was_not_carried_over() -> None:
    early = MORNING - timedelta(hours=3)
    assert reason(Status.REPORTED, created_at=early, settle_by=early + timedelta(hours=2)) is Listed.DUE_TODAY


@given(st.sampled_from(Status), st.booleans(), st.booleans(), st.integers(-72, 72), st.integers(-72, 0))
def test_only_what_somebody_has_to_do_something_about_is_listed(
    status: Status, overnight: bool, deliberated: bool, due: int, reported: int
) -> None:
    why = reason(
        status,
        overnight=overnight,
        topic_id=ISSUE if deliberated else None,
        settle_by=MORNING + timedelta(hours=due),
        created_at=MORNING + timedelta(hours=reported),
    )
    if status not in (*DATED, Status.ESCALATED):
        assert why is None
    elif status is Status.REPORTED and (overnight or due < 15 or reported >= -24):
        assert why is not None


@pytest.mark.parametrize(
    ("zone", "day", "utc"),
    [
        ("Asia/Shanghai", date(2024, 5, 20), datetime(2024, 5, 20, 0, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2024, 3, 30), datetime(2024, 3, 30, 7, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2024, 3, 31), datetime(2024, 3, 31, 6, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2024, 10, 27), datetime(2024, 10, 27, 7, 30, tzinfo=UTC)),
    ],
)
def test_huddles_open_at_half_past_eight_on_the_communitys_own_clocks(zone: str, day: date, utc: datetime) -> None:
    assert opens_at(moment(zone=zone), day) == utc


def test_an_hour_that_does_not_exist_or_exists_twice_is_still_one_instant() -> None:
    at = moment(zone="Europe/Berlin", issues__huddle_minute=[(date(2024, 1, 1), 150)])
    assert opens_at(at, date(2024, 3, 31)) == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)
    assert opens_at(at, date(2024, 10, 27)) == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)


def test_the_minute_of_the_day_itself_holds() -> None:
    at = moment(issues__huddle_minute=[(date(2024, 5, 21), 540)])
    assert opens_at(at, date(2024, 5, 20)) == datetime(2024, 5, 20, 0, 30, tzinfo=UTC)
    assert opens_at(at, date(2024, 5, 21)) == datetime(2024, 5, 21, 1, 0, tzinfo=UTC)


def test_a_day_on_which_clocks_change_is_as_long_as_it_is() -> None:
    for day, hours in ((datetime(2024, 3, 31, 6, tzinfo=UTC), 23), (datetime(2024, 10, 27, 6, tzinfo=UTC), 25)):
        today = Today.of(moment(day, "Europe/Berlin"), day)
        assert today.ends - today.begins == timedelta(hours=hours)

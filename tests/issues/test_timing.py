"""What is promised falls due by the community's own clocks: cut-offs, working days, and the two days on which clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clock import Moment
from services.errors import Refused
from services.issues.built_in import BUILT_IN
from services.issues.contract import Category, Timing
from services.issues.policy import CUT_OFF_MINUTE, MOST_WAITING_DAYS
from services.issues.timing import cut_off, is_working_day, next_cut_off, respond_by, settle_by, waiting_until
from tests.shared.samples import moment

SHANGHAI, BERLIN, NEW_YORK, NUUK = "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Nuuk"
ZONES = [SHANGHAI, BERLIN, NEW_YORK, NUUK, "Pacific/Auckland", "Asia/Kathmandu", "America/St_Johns", "UTC"]
MICROSECOND = timedelta(microseconds=1)

moments = st.builds(
    Moment,
    st.datetimes(datetime(2024, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(ZONES),
    st.integers(CUT_OFF_MINUTE.least, CUT_OFF_MINUTE.most).map(
        lambda minute: {CUT_OFF_MINUTE.name: [(date(2022, 5, 1), minute)]}
    ),
)


def local(text: str, zone: str = SHANGHAI) -> datetime:
    """The instant at which the clocks of a zone show this, written in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def at(text: str, zone: str = SHANGHAI, minute: int = 1320) -> Moment:
    """The moment at which the clocks of a community show this."""
    return moment(local(text, zone), zone, issues__cut_off_minute=[(date(2022, 5, 1), minute)])


def category(timing: Timing, settle: int = 0, respond_minutes: int = 120) -> Category:
    """A category with some times."""
    return Category(code="own", en="own", zh="自设", timing=timing, settle=settle, respond_minutes=respond_minutes)


def test_a_day_is_cut_off_at_ten_in_the_evening_unless_the_community_says_otherwise() -> None:
    day = date(2026, 5, 20)
    assert cut_off(moment(local("2026-05-20T09:00")), day) == local("2026-05-20T22:00")
    assert cut_off(at("2026-05-20T09:00", minute=1290), day) == local("2026-05-20T21:30")
    assert cut_off(at("2026-05-20T09:00", BERLIN), day) == datetime(2026, 5, 20, 20, tzinfo=UTC)


def test_a_new_cut_off_holds_from_its_own_day() -> None:
    own = [(date(2026, 5, 1), 1320), (date(2026, 5, 21), 1260)]
    evening = moment(local("2026-05-20T22:30"), issues__cut_off_minute=own)
    assert cut_off(evening, evening.day) == local("2026-05-20T22:00")
    assert next_cut_off(evening) == local("2026-05-21T21:00")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-05-20T00:00", "2026-05-20T22:00"),
        ("2026-05-20T21:59:59.999999", "2026-05-20T22:00"),
        ("2026-05-20T22:00", "2026-05-21T22:00"),
        ("2026-05-20T23:59:59", "2026-05-21T22:00"),
        ("2026-12-31T22:00", "2027-01-01T22:00"),
        ("2026-02-28T23:00", "2026-03-01T22:00"),
    ],
)
def test_what_comes_after_the_cut_off_belongs_to_the_next_day(now: str, due: str) -> None:
    for zone in (SHANGHAI, BERLIN, NEW_YORK):
        assert next_cut_off(at(now, zone)) == local(due, zone)
        assert settle_by(category(Timing.SAME_DAY), at(now, zone)) == local(due, zone)


def test_hours_pass_by_day_and_night_also_when_clocks_change() -> None:
    night = at("2026-03-28T22:00", BERLIN)
    assert settle_by(category(Timing.HOURS, 24), night) - night.now == timedelta(hours=24)
    assert settle_by(category(Timing.HOURS, 24), night).astimezone(ZoneInfo(BERLIN)).hour == 23
    assert respond_by(category(Timing.HOURS, 24, respond_minutes=30), night) == night.now + timedelta(minutes=30)
    danger = next(each for each in BUILT_IN if each.code == "gas_leak")
    assert settle_by(danger, night) == night.now + timedelta(hours=2)


def test_the_same_day_is_an_hour_shorter_or_longer_when_clocks_change() -> None:
    for zone, spring, autumn in ((BERLIN, "2026-03-29", "2026-10-25"), (NEW_YORK, "2026-03-08", "2026-11-01")):
        for day, hours in ((spring, 21), (autumn, 23), ("2026-06-01", 22)):
            midnight = at(f"{day}T00:00", zone)
            assert next_cut_off(midnight) - midnight.now == timedelta(hours=hours)
            assert next_cut_off(midnight) == local(f"{day}T22:00", zone)


def test_a_time_that_does_not_exist_is_as_long_after_midnight_as_it_says() -> None:
    berlin = cut_off(at("2026-03-29T00:00", BERLIN, minute=150), date(2026, 3, 29))
    assert berlin == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 3:30 on the clocks, which never showed 2:30
    nuuk = cut_off(at("2026-03-28T00:00", NUUK, minute=1439), date(2026, 3, 28))
    assert nuuk == local("2026-03-28T00:00", NUUK) + timedelta(minutes=1439)


def test_of_a_time_that_exists_twice_the_first_counts() -> None:
    day = date(2026, 11, 1)
    assert cut_off(at("2026-11-01T00:00", NEW_YORK, minute=90), day) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert next_cut_off(Moment(datetime(2026, 11, 1, 6, 30, tzinfo=UTC), NEW_YORK)) == local(
        "2026-11-01T22:00", NEW_YORK
    )


@given(moments)
def test_the_next_cut_off_comes_within_a_day_and_an_hour_and_is_always_later(now: Moment) -> None:
    due = next_cut_off(now)
    assert timedelta(0) < due - now.now <= timedelta(hours=25)
    assert due.tzinfo is UTC
    assert next_cut_off(Moment(due - MICROSECOND, now.zone, now.overrides)) == due or now.zone == NUUK
    assert next_cut_off(Moment(due, now.zone, now.overrides)) > due


@given(moments, st.integers(1, 30))
def test_working_days_end_at_the_cut_off_of_the_last_one(now: Moment, count: int) -> None:
    due = settle_by(category(Timing.WORKING_DAYS, count), now)
    days = [day for day in range(1, 120) if cut_off(now, now.day + timedelta(days=day)) <= due]
    worked = [day for day in days if is_working_day(now.day + timedelta(days=day))]
    assert len(worked) == count
    assert worked[-1] == days[-1]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-05-20", True),
        ("2026-05-23", False),
        ("2026-02-17", False),  # Spring Festival
        ("2026-02-23", False),  # a Monday off,
        ("2026-02-14", True),  # for which this Saturday
        ("2026-02-28", True),  # and this one are worked (调休)
        ("2026-01-04", True),
        ("2026-09-20", True),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-10-11", False),
    ],
)
def test_holidays_and_the_weekend_days_worked_for_them_are_those_of_the_state_council(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


def test_working_days_go_round_the_holidays_and_over_the_weekend_that_is_worked() -> None:
    for now, count, due in (
        ("2026-05-20T09:00", 1, "2026-05-21T22:00"),
        ("2026-05-20T23:00", 1, "2026-05-21T22:00"),
        ("2026-05-22T09:00", 1, "2026-05-25T22:00"),
        ("2026-09-30T09:00", 1, "2026-10-08T22:00"),
        ("2026-09-30T09:00", 3, "2026-10-10T22:00"),
        ("2026-02-13T09:00", 2, "2026-02-24T22:00"),
        ("2026-12-31T09:00", 1, "2027-01-04T22:00"),
    ):
        assert settle_by(category(Timing.WORKING_DAYS, count), at(now)) == local(due)


def test_other_countries_have_their_own_holidays() -> None:
    easter_monday, golden_week = date(2026, 4, 6), date(2026, 10, 7)
    assert not is_working_day(easter_monday, "DE")
    assert is_working_day(golden_week, "DE")
    thursday = at("2026-04-02T09:00", BERLIN)
    assert settle_by(category(Timing.WORKING_DAYS, 1), thursday, "DE") == local("2026-04-07T22:00", BERLIN)
    with pytest.raises(NotImplementedError):
        is_working_day(golden_week, "XX")


@given(st.dates(date(2101, 1, 1), date(9999, 12, 31)) | st.dates(date(1, 1, 1), date(1949, 12, 31)))
def test_of_a_year_that_nobody_knows_the_weekends_are_kept(day: date) -> None:
    assert is_working_day(day) is (day.weekday() < 5)


def test_of_a_year_not_announced_yet_the_fixed_holidays_are_kept() -> None:
    assert not is_working_day(date(2030, 10, 1))
    assert is_working_day(date(2030, 10, 8))


def test_the_longest_time_of_a_category_can_be_told() -> None:
    due = settle_by(category(Timing.WORKING_DAYS, 1000), at("2026-05-20T09:00"))
    assert local("2030-03-01T22:00") < due < local("2030-09-01T22:00")


def test_a_date_lies_after_today_and_not_too_far_away() -> None:
    evening = at("2026-05-20T23:30")
    assert waiting_until(evening, date(2026, 5, 21)) == local("2026-05-21T22:00")
    last = evening.day + timedelta(days=evening.value(MOST_WAITING_DAYS))
    assert waiting_until(evening, last) == local(f"{last}T22:00")
    for day in (evening.day, date(2026, 5, 19), last + timedelta(days=1), date.min, date.max):
        with pytest.raises(Refused, match="after today") as no:
            waiting_until(evening, day)
        assert no.value.clause == "日-5"
        assert "90" in no.value.reason.zh


def test_today_is_the_communitys_own_when_a_date_is_given() -> None:
    same = local("2026-05-21T00:30")  # still the 20th in New York
    assert waiting_until(moment(same, NEW_YORK), date(2026, 5, 21)) == local("2026-05-21T22:00", NEW_YORK)
    with pytest.raises(Refused):
        waiting_until(moment(same), date(2026, 5, 21))

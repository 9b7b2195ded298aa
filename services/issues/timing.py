"""The times of the promise: by when somebody answers, by when it is settled, and when a community's day is cut off (日-5)."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from services.clock import Moment, zone_of
from services.errors import Refused
from services.issues.contract import Category, Timing
from services.issues.policy import CUT_OFF_MINUTE, MOST_WAITING_DAYS

CHINA = "CN"


def respond_by(category: Category, at: Moment) -> datetime:
    """The instant (UTC) by which somebody must have answered a report of now: so many minutes, day and night."""
    return _later(at.now, timedelta(minutes=category.respond_minutes))


def settle_by(category: Category, at: Moment, country: str = CHINA) -> datetime:
    """The instant (UTC) by which a report of now must be settled.

    Hours pass day and night; the same day ends at its cut-off, and what comes after that belongs to the next one;
    working days end at the cut-off of the last of them, today not counted.
    """
    match category.timing:
        case Timing.HOURS:
            return _later(at.now, timedelta(hours=category.settle))
        case Timing.SAME_DAY:
            return next_cut_off(at)
        case Timing.WORKING_DAYS:
            return cut_off(at, _working_day_after(at.day, category.settle, country))


def cut_off(at: Moment, day: date) -> datetime:
    """The instant (UTC) at which the community's local `day` is cut off, with the minute that holds there on that day.

    When clocks change, a time that does not exist is as long after midnight as it says, and of one that exists twice the
    first counts (RFC 5545, section 3.3.5).
    """
    minute = CUT_OFF_MINUTE.on(day, at.overrides.get(CUT_OFF_MINUTE.name, ()))
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone_of(at.zone))
    return wall.astimezone(UTC)


def next_cut_off(at: Moment) -> datetime:
    """The next cut-off (UTC) after now: today's, or tomorrow's when now is at or after today's."""
    today = cut_off(at, at.day)
    return today if at.now < today else cut_off(at, at.day + timedelta(days=1))


def waiting_until(at: Moment, day: date) -> datetime:
    """The cut-off (UTC) of a date that an issue is given. Errors: Refused (日-5) when it is not after today, or too far away."""
    most = at.value(MOST_WAITING_DAYS)
    if not 1 <= (day - at.day).days <= most:
        raise Refused(
            f"the date must be after today and at most {most} days away",
            f"约定日期应在今天之后,且不超过 {most} 天",
            "日-5",
        )
    return cut_off(at, day)


def is_working_day(day: date, country: str = CHINA) -> bool:
    """Whether people work on a day: no weekend and no public holiday, or a weekend day that is worked instead of one (调休).

    Of a year whose holidays are not announced yet only the fixed ones are known; of one that the library does not know at
    all, only the weekends. Errors: NotImplementedError for a country (ISO 3166-1) that it does not know.
    """
    return _holidays(country, day.year).is_working_day(day)


@lru_cache(maxsize=64)
def _holidays(country: str, year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=year, expand=False)


@lru_cache(maxsize=1024)
def _working_day_after(day: date, count: int, country: str) -> date:
    assert count >= 1, "a category that counts working days has at least one"
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, country)
    return day


def _later(now: datetime, wait: timedelta) -> datetime:
    return now.astimezone(UTC) + wait

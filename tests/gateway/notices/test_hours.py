"""Messages wait for the end of quiet hours and the digest's minute, on local clocks, also where they are put back or forward."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.contract import Digest, NoticePreferences
from gateway.notices.hours import due_at, next_at, quiet_until

WUHAN, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def at(text: str, zone: Any = WUHAN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def wanted(**changed: Any) -> NoticePreferences:
    return NoticePreferences(**changed)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2024-05-20 21:59", None),
        ("2024-05-20 22:00", "2024-05-21 07:00"),
        ("2024-05-20 23:59", "2024-05-21 07:00"),
        ("2024-05-21 00:00", "2024-05-21 07:00"),
        ("2024-05-21 06:59", "2024-05-21 07:00"),
        ("2024-05-21 07:00", None),
        ("2024-12-31 23:30", "2025-01-01 07:00"),
    ],
)
def test_quiet_hours_pass_midnight(now: str, end: str | None) -> None:
    assert quiet_until(wanted(), at(now), WUHAN) == (end and at(end))


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = wanted(quiet_from=12 * 60, quiet_until=14 * 60)
    assert quiet_until(noon, at("2024-05-20 13:00"), WUHAN) == at("2024-05-20 14:00")
    assert quiet_until(noon, at("2024-05-20 14:00"), WUHAN) is None
    assert quiet_until(noon, at("2024-05-20 02:00"), WUHAN) is None
    assert quiet_until(wanted(quiet_from=60, quiet_until=60), at("2024-05-20 01:00"), WUHAN) is None


def test_the_same_instant_is_quiet_in_one_zone_and_not_in_another() -> None:
    now = at("2024-05-20 23:00")
    assert quiet_until(wanted(), now, WUHAN) == at("2024-05-21 07:00")
    assert quiet_until(wanted(), now, BERLIN) is None


def test_where_the_clock_is_put_back_the_end_is_the_first_that_is_not_over() -> None:
    until = wanted(quiet_from=0, quiet_until=150)  # 02:30, which is there twice on this night
    first, second = datetime(2024, 10, 27, 0, 30, tzinfo=UTC), datetime(2024, 10, 27, 1, 30, tzinfo=UTC)
    assert quiet_until(until, first - timedelta(minutes=20), BERLIN) == first
    assert quiet_until(until, second - timedelta(minutes=20), BERLIN) == second


def test_where_the_clock_is_put_forward_an_end_that_is_not_there_comes_all_the_same() -> None:
    until = wanted(quiet_from=0, quiet_until=150)  # 02:30, which is not there on this night
    end = quiet_until(until, datetime(2024, 3, 31, 0, 30, tzinfo=UTC), BERLIN)
    assert end == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)


def test_the_digest_comes_at_its_next_minute() -> None:
    assert next_at(18 * 60, at("2024-05-20 17:59"), WUHAN) == at("2024-05-20 18:00")
    assert next_at(18 * 60, at("2024-05-20 18:00"), WUHAN) == at("2024-05-21 18:00")
    daily = wanted(digest=Digest.DAILY)
    assert due_at(daily, False, at("2024-05-20 09:00"), WUHAN) == at("2024-05-20 18:00")


def test_a_digest_in_quiet_hours_waits_for_their_end() -> None:
    late = wanted(digest=Digest.DAILY, digest_at=23 * 60)
    assert due_at(late, False, at("2024-05-20 09:00"), WUHAN) == at("2024-05-21 07:00")


def test_what_is_urgent_waits_for_nothing() -> None:
    night = at("2024-05-20 23:00")
    assert due_at(wanted(digest=Digest.DAILY), True, night, WUHAN) == night
    assert due_at(wanted(), False, night, WUHAN) == at("2024-05-21 07:00")
    assert due_at(wanted(), False, at("2024-05-20 12:00"), WUHAN) == at("2024-05-20 12:00")


MINUTES = st.integers(0, 1439)
TIMES = st.integers(1_577_836_800, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia"])


@given(MINUTES, MINUTES, TIMES, ZONES)
def test_the_end_is_never_before_now_nor_more_than_a_day_and_an_hour_away(
    begin: int, end: int, now: datetime, name: str
) -> None:
    found = quiet_until(wanted(quiet_from=begin, quiet_until=end), now, ZoneInfo(name))
    assert found is None or now <= found <= now + timedelta(hours=25)
    if begin == end:
        assert found is None

"""A community lives on its own clock: days, and the numbers that hold on them, are its local ones."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given

from services.clock import Moment, utc_now, zone_of
from services.parameters import Parameter
from tests.shared.made_up import instants

MIDNIGHT = datetime(2024, 5, 20, 16, 0, tzinfo=UTC)  # in Shanghai, where the 21st begins
DAYS = Parameter("test.days", "days", "天数", "days", "试-1", {date(2024, 1, 1): 7, date(2024, 5, 21): 9}, 1, 60)


def test_the_day_changes_at_local_midnight() -> None:
    assert Moment(MIDNIGHT - timedelta(microseconds=1)).day == date(2024, 5, 20)
    assert Moment(MIDNIGHT).day == date(2024, 5, 21)
    assert Moment(MIDNIGHT, "UTC").day == date(2024, 5, 20)


def test_a_number_changes_at_local_midnight() -> None:
    assert Moment(MIDNIGHT - timedelta(microseconds=1)).value(DAYS) == 7
    assert Moment(MIDNIGHT).value(DAYS) == 9


def test_a_communitys_own_number_goes_before_the_general_one() -> None:
    own = {"test.days": [(date(2024, 5, 1), 3)], "test.others": [(date(2024, 5, 1), 4)]}
    assert Moment(MIDNIGHT, overrides=own).value(DAYS) == 3


@given(instants())
def test_an_instant_has_one_day_however_it_is_written(instant: datetime) -> None:
    moment = Moment(MIDNIGHT)
    assert moment.day_of(instant) == moment.day_of(instant.astimezone(UTC)) == Moment(instant).day


def test_now_is_aware_and_in_utc() -> None:
    assert utc_now().tzinfo is UTC


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(KeyError):
        zone_of("Asia/Nowhere")

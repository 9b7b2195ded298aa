"""A community lives on its own clock: days, and the numbers that hold on them, are its local ones."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given

from services.clock import Moment, use_clock_file, utc_now, zone_of
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


@pytest.fixture
def clock_file(tmp_path: Path) -> Iterator[Path]:
    """The file of a rehearsal that this process takes part in."""
    file = tmp_path / "clock"
    use_clock_file(file)
    yield file
    use_clock_file(None)


def ahead() -> float:
    """By how many seconds the clock is ahead."""
    return (utc_now() - datetime.now(UTC)).total_seconds()


def test_in_a_rehearsal_it_is_later_by_what_the_file_says_and_goes_on(clock_file: Path) -> None:
    for seconds in (3600.5, 86_400):
        clock_file.write_text(f"{seconds}\n")
        first, second = utc_now(), utc_now()
        assert first <= second
        assert ahead() == pytest.approx(seconds, abs=1)
        assert first.tzinfo is UTC


def test_while_the_file_is_not_there_it_is_now(clock_file: Path) -> None:
    assert ahead() == pytest.approx(0, abs=1)


def test_a_file_that_holds_no_number_is_an_error(clock_file: Path) -> None:
    clock_file.write_text("soon")
    with pytest.raises(ValueError, match="soon"):
        utc_now()


def test_when_the_rehearsal_ends_it_is_now_again(clock_file: Path) -> None:
    clock_file.write_text("3600")
    use_clock_file(None)
    assert ahead() == pytest.approx(0, abs=1)


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(KeyError):
        zone_of("Asia/Nowhere")

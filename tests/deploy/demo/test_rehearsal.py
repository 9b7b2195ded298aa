"""The clock of a rehearsal goes forward only, begins on a working day, and is found again by the next rehearsal."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.demo.rehearsal import BEGINNING, Rehearsal
from services.clock import utc_now
from services.issues.timing import is_working_day


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[Rehearsal]:
    """A rehearsal that has begun."""
    clock = Rehearsal(tmp_path / "var" / "clock", "Asia/Shanghai")
    clock.begin()
    yield clock
    clock.end()


def test_it_begins_in_the_morning_of_a_working_day_to_come(clock: Rehearsal) -> None:
    assert clock.at(BEGINNING) > datetime.now(UTC)
    assert is_working_day(clock.day)
    assert timedelta() <= clock.now() - clock.at(BEGINNING) < timedelta(minutes=1)
    assert clock.now().date() == clock.day


def test_this_process_lives_in_it_until_it_ends(clock: Rehearsal) -> None:
    clock.move_to("09:10", days=1)
    assert utc_now() >= clock.at("09:10", days=1)
    clock.end()
    assert utc_now() < clock.at(BEGINNING)


def test_it_never_goes_back(clock: Rehearsal) -> None:
    clock.move_to("22:00:01")
    written = clock.file.read_text()
    clock.move_to("21:30")
    assert clock.file.read_text() == written
    assert clock.now() >= clock.at("22:00:01")


def test_the_next_one_begins_later_with_the_same_file(clock: Rehearsal) -> None:
    clock.move_to("08:30", days=1)
    again = Rehearsal(clock.file, clock.zone)
    again.begin()
    assert again.at(BEGINNING) > clock.at("08:30", days=1)
    assert is_working_day(again.day)


def test_nobody_ever_finds_half_a_number(clock: Rehearsal) -> None:
    for minute in range(1, 60):
        clock.move_to(f"08:{minute:02}")
        assert float(clock.file.read_text()) > 0
    assert [file.name for file in clock.file.parent.iterdir()] == [clock.file.name]

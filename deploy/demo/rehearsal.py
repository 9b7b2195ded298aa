"""The clock of a rehearsal: all processes of one machine live ahead of real time, and only ever further ahead."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from services.clock import use_clock_file, utc_now, zone_of
from services.issues.timing import is_working_day

BEGINNING = "07:45"


@dataclass
class Rehearsal:
    """One day that is lived ahead; this process lives on the same clock from `begin` to `end`."""

    file: Path
    zone: str
    day: date = date.min

    def begin(self, hour: str = BEGINNING) -> None:
        """Move to an hour (HH:MM) of the next working day that has not got so far yet."""
        use_clock_file(self.file)
        day = self.now().date()
        while not is_working_day(day) or self._instant(day, hour) <= self.now():
            day += timedelta(days=1)
        self.day = day
        self.move_to(hour)

    def end(self) -> None:
        """Let this process live in real time again; the others go on as the file says."""
        use_clock_file(None)

    def now(self) -> datetime:
        """The local time."""
        return utc_now().astimezone(zone_of(self.zone))

    def at(self, hour: str, days: int = 0) -> datetime:
        """The local time HH:MM or HH:MM:SS of the day, or of one so many days later."""
        return self._instant(self.day + timedelta(days=days), hour)

    def move_to(self, hour: str, days: int = 0) -> None:
        """Move the clock to a time of the day, or of one so many days later; what is past already stays past."""
        ahead = self.at(hour, days) - datetime.now(UTC)
        if self.at(hour, days) > self.now():
            self._write(ahead)

    def _instant(self, day: date, hour: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(hour), zone_of(self.zone))

    def _write(self, ahead: timedelta) -> None:
        """Put the whole number in its place at once: others read it all the time."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_name(f".{self.file.name}")
        part.write_text(f"{ahead.total_seconds():.6f}\n")
        part.replace(self.file)

"""Time comes in from outside: rules take a `Moment`, the instant together with the community's local day and numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from services.parameters import Overrides, Parameter

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present instant, aware, in UTC; in a rehearsal so many seconds later as the clock file says."""
    return datetime.now(UTC) + (_ahead() if _clock_files else timedelta())


def use_clock_file(path: Path | None) -> None:
    """Have this process live in a rehearsal: the file holds the seconds by which its clock is ahead, and may change any time.

    None ends the rehearsal.
    """
    _clock_files[:] = [path] if path else []


_clock_files: list[Path] = []


def _ahead() -> timedelta:
    """By how much the clock is ahead; not at all while the file is not there. Errors: ValueError when it holds no number."""
    try:
        return timedelta(seconds=float(_clock_files[0].read_text()))
    except FileNotFoundError:
        return timedelta()


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of a community by its IANA name."""
    return ZoneInfo(name)


@dataclass(frozen=True)
class Moment:
    """An instant in a community: when it is there, and which numbers hold."""

    now: datetime
    zone: str = "Asia/Shanghai"
    overrides: Mapping[str, Overrides] = field(default_factory=dict)

    @cached_property
    def local(self) -> datetime:
        """The instant on the community's own clocks."""
        return self.now.astimezone(zone_of(self.zone))

    @cached_property
    def day(self) -> date:
        """The community's local day."""
        return self.local.date()

    def day_of(self, instant: datetime) -> date:
        """The community's local day of another instant."""
        return instant.astimezone(zone_of(self.zone)).date()

    def value(self, parameter: Parameter) -> int:
        """The number that holds here on this day."""
        return parameter.on(self.day, self.overrides.get(parameter.name, ()))

"""What residents report on the day that the demo lives, read from a table that a street office could have written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).with_name("reports.yaml")


class Fate(StrEnum):
    """What becomes of a report by the end of the day."""

    SETTLED = "settled"
    COPY = "copy"
    TRANSFERRED = "transferred"
    DATED = "dated"
    ESCALATED = "escalated"
    OVERNIGHT = "overnight"


class How(StrEnum):
    """By which moves something is settled on the spot."""

    AT_ONCE = "at_once"
    ACCEPTED = "accepted"
    STARTED = "started"
    HUDDLE = "huddle"


TURNS = (How.AT_ONCE, How.ACCEPTED, How.STARTED)


@dataclass(frozen=True)
class Report:
    """One report: `who` (by the name in the story) says what about which place, perhaps on `behalf` of somebody.

    `seen` (HH:MM) when it was written offline; `of` is the key of what it is the same as.
    """

    key: str
    who: str
    category: str
    title: str
    text: str
    building: str = ""
    spot: str = ""
    point: tuple[float, float] | None = None
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    photo: bool = False
    exposure: str = "hidden"
    behalf: str = ""
    seen: str = ""
    fate: Fate = Fate.SETTLED
    of: str = ""
    how: How = How.AT_ONCE


@cache
def the_reports() -> Mapping[str, tuple[Report, ...]]:
    """Hour (HH:MM) → the reports of that hour."""
    found: dict[str, tuple[Report, ...]] = {}
    for hour in yaml.safe_load(TABLE.read_text(encoding="utf-8")):
        found[hour["hour"]] = tuple(_report(row, TURNS[at % len(TURNS)]) for at, row in enumerate(hour["reports"]))
    return found


def of_fate(fate: Fate) -> tuple[Report, ...]:
    """The reports of the whole day that end so."""
    return tuple(report for reports in the_reports().values() for report in reports if report.fate is fate)


def _report(row: Mapping[str, Any], turn: How) -> Report:
    told = dict(row)
    point = told.pop("point", None)
    fate, how = Fate(told.pop("fate", Fate.SETTLED)), How(told.pop("how", turn))
    return Report(**told, point=tuple(point) if point else None, fate=fate, how=how)

"""What numbers, maps and exports may be asked: a span of the community's local days, both ends included, and some filters."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from gateway.directory.contract import Language
from gateway.meaning import Meaning
from services.declare import Matching, value
from services.errors import Invalid
from services.fields import Code, Id
from services.issues.contract import Status

MOST_DAYS = 366
USUAL_DAYS = 30
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)

_FROM = Meaning(
    "The first local day of report, included (30 days to today without it).", "起始上报日(含),缺省为近 30 天。"
)
_UNTIL = Meaning("The last local day of report, included (today without it).", "截止上报日(含),缺省为今天。")
_SINCE_EVER = Meaning("The first local day of report, included (since ever without it).", "起始上报日(含),缺省不限。")
_FOR_EVER = Meaning("The last local day of report, included (no end without it).", "截止上报日(含),缺省不限。")


class By(StrEnum):
    """What the rows are about; `handler` is for staff."""

    COMMUNITY = "community"
    BUILDING = "building"
    CATEGORY = "category"
    HANDLER = "handler"
    GRID = "grid"
    DAY = "day"


@value
class NumbersQuestion:
    """Which days, and row by row for what."""

    from_: Annotated[date | None, _FROM] = None
    until: Annotated[date | None, _UNTIL] = None
    by: By = By.COMMUNITY


@value
class HeatQuestion:
    """Which days, and perhaps only one category."""

    from_: Annotated[date | None, _FROM] = None
    until: Annotated[date | None, _UNTIL] = None
    category: Code | None = None


@value
class MonthQuestion:
    """Which month; the present one without it."""

    month: Annotated[str | None, Matching(r"^(19[789]\d|20\d\d|21\d\d)-(0[1-9]|1[0-2])$")] = None


@value
class GeoQuestion:
    """Which issues are exported; all that the caller may see without any filter."""

    from_: Annotated[date | None, _SINCE_EVER] = None
    until: Annotated[date | None, _FOR_EVER] = None
    status: Status | None = None
    category: Code | None = None
    building_id: Id | None = None


@value
class CsvQuestion:
    """Which issues are exported, and whether the head names the columns to people instead of to programs."""

    from_: Annotated[date | None, _SINCE_EVER] = None
    until: Annotated[date | None, _FOR_EVER] = None
    status: Status | None = None
    category: Code | None = None
    building_id: Id | None = None
    lang: Language | None = None


@dataclass(frozen=True)
class Span:
    """Some local days, `first` and `last` among them."""

    first: date
    last: date


def span_of(first: date | None, last: date | None, today: date) -> Span:
    """The days that numbers are asked for. Errors: Invalid for a day that is none, an end before the start, too long a span."""
    last = last or today
    _check_days(first, last)
    span = Span(first or max(last - timedelta(days=USUAL_DAYS - 1), FIRST_DAY), last)
    _check_order(span)
    if (span.last - span.first).days >= MOST_DAYS:
        raise _wrong("from", f"at most {MOST_DAYS} days are counted at once", f"一次最多统计 {MOST_DAYS} 天")
    return span


def open_span(first: date | None, last: date | None) -> Span:
    """The days that an export is asked for, without a limit. Errors: Invalid."""
    _check_days(first, last)
    span = Span(first or FIRST_DAY, last or LAST_DAY)
    _check_order(span)
    return span


def month_of(text: str | None, today: date) -> Span:
    """The days of a month `YYYY-MM`."""
    year, month = map(int, text.split("-")) if text else (today.year, today.month)
    return Span(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _check_days(first: date | None, last: date | None) -> None:
    for name, day in (("from", first), ("until", last)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise _wrong(name, "no such day", "日期超出范围")


def _check_order(span: Span) -> None:
    if span.last < span.first:
        raise _wrong("until", "the last day is before the first one", "截止日早于起始日")


def _wrong(name: str, en: str, zh: str) -> Invalid:
    return Invalid(f"{name}: {en}", f"{name}:{zh}", details=({"member": f"/{name}", "en": en, "zh": zh},))

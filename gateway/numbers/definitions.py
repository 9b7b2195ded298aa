"""Every number is defined here, once: the API's description, the head of its CSV and `GET /v1/numbers/definitions` repeat it.

The three rates are those of the 12345 hotlines (响应率、办结/解决率、满意率: Guobanfa [2020] 53 asks that whoever handles what
was reported is judged by how much is solved and how many are satisfied; the Beijing regulation of 24 September 2021 on
swift response (北京市接诉即办工作条例) and the reports of cities name the three). No national formula is published, so that ours
is spelled out: answered in time, of what was to be answered; settled, of what was the community's own to settle; satisfied,
of those who gave a rating. Of five grades the lower two are "not satisfied" (Guobanfa [2019] 51, the good-or-bad rating).
A copy that was merged and a report that was taken back are counted as reported and are in no rate.
"""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from gateway.meaning import Meaning
from gateway.numbers.asking import By
from services.declare import Between, value
from services.fields import Code, Line, Note, Prose, Slug

SOURCES = " ".join((__doc__ or "").split())
SATISFIED_STARS = 3
MOST_ROWS = 5000

Count = Annotated[int, Between(0, 2_000_000_000)]


class Kind(StrEnum):
    """How a number is written: a count of issues, whole minutes, or a rate from 0 to 1."""

    COUNT = "count"
    MINUTES = "minutes"
    RATE = "rate"


@dataclass(frozen=True)
class Number:
    """One number: what it is called, what it means, and for a rate which counts it is made of."""

    name: str
    kind: Kind
    zh: str
    en: str
    meaning_zh: str
    meaning_en: str
    numerator: str | None = None
    denominator: str | None = None


def _count(name: str, zh: str, en: str, meaning_zh: str, meaning_en: str) -> Number:
    return Number(name, Kind.COUNT, zh, en, meaning_zh, meaning_en)


def _minutes(name: str, zh: str, en: str, meaning_zh: str, meaning_en: str) -> Number:
    return Number(name, Kind.MINUTES, zh, en, meaning_zh, meaning_en)


def _rate(
    name: str, zh: str, en: str, numerator: str, denominator: str, note_zh: str = "", note_en: str = ""
) -> Number:
    meaning_zh = f"{numerator} ÷ {denominator},保留四位小数;分母为零时为空。{note_zh}"
    meaning_en = f"{numerator} / {denominator}, to four decimals; null when there is nothing to divide by.{note_en}"
    return Number(name, Kind.RATE, zh, en, meaning_zh, meaning_en, numerator, denominator)


_RANK_ZH, _RANK_EN = "取最近秩(不插值)。", "the nearest rank, never between two values."

NUMBERS = (
    _count("reported", "上报", "reported",
           "上报日(社区当地日期)在所选区间内的全部问题,含已撤回和已并案。",
           "All issues whose local day of report is in the span, also those taken back or merged."),
    _count("withdrawn", "撤回", "taken back", "现为已撤回。", "Stand as withdrawn now."),
    _count("merged", "并案", "merged", "现为已并案(同一问题的重复上报)。", "Stand as merged now: copies of another issue."),
    _count("to_answer", "应响应", "to be answered",
           "上报减去撤回和并案。", "Reported, less those taken back or merged."),
    _count("responded_in_time", "按时响应", "answered in time",
           "应响应中,在响应时限内有人首次处理的;没有时限的,有人处理即算。",
           "Of those to be answered: somebody first dealt with them by `respond_by`; without such a time, at all."),
    _count("rejected", "不予受理", "rejected", "现为不予受理。", "Stand as rejected now: out of scope."),
    _count("transferred", "转办", "handed on", "现为已转办(社区外单位承办)。",
           "Stand as transferred now: with a body outside the community."),
    _count("to_settle", "应办结", "to be settled", "应响应减去不予受理和转办。",
           "Those to be answered, less those rejected or handed on."),
    _count("settled", "办结", "settled", "现为已办结或已确认;重开后未再办结的不算。",
           "Stand as resolved or confirmed now; not those reopened and not settled again."),
    _count("settled_same_day", "当日办结", "settled the same day", "办结中,最后一次办结在上报当日(社区当地日期)的。",
           "Of the settled: the last settlement was on the local day of the report."),
    _count("confirmed", "上报人确认", "confirmed by the reporter", "办结中,上报人确认已解决的。",
           "Of the settled: the reporter said that the problem is gone."),
    _count("confirmed_by_silence", "默认确认", "confirmed by silence", "办结中,逾期未提出异议视为确认的。",
           "Of the settled: the reporter was silent for the reopening days."),
    _count("open", "未办结", "still open", "应办结减去办结。", "Those to be settled, less the settled."),
    _count("waiting", "约期", "given a date", "未办结中,现为约期处理的。", "Of the open: given a date, with a reason."),
    _count("overnight", "隔夜", "overnight", "至少一次过夜未处理的。",
           "Stayed overnight at least once: nothing was done about them by the cut-off."),
    _count("overdue", "逾期", "overdue", "应办结中,超过办结时限才办结,或已超过时限仍未办结的。",
           "Of those to be settled: settled after `settle_by`, or still open after it."),
    _count("escalated", "提交例会", "escalated", "至少一次提交三方例会的(含隔夜自动提交)。",
           "Went to the weekly meeting at least once, by decision or by themselves after a night."),
    _count("reopened", "重开", "reopened", "至少重开过一次的。", "Were reopened at least once."),
    _count("rated", "评价", "rated", "有评价的;经认定不公正的评价不算。",
           "Have a rating; one that was found unfair does not count."),
    _count("satisfied", "满意", "satisfied", "评价为 3 至 5 星(基本满意、满意、非常满意)的。",
           "Were rated with 3 to 5 stars (rather satisfied, satisfied, very satisfied)."),
    _count("complaints", "投诉", "complaints", "类别现标为投诉的;类别目录未知时为空。",
           "Are in a category that the catalogue marks as a complaint now; null while no catalogue is known."),
    _minutes("respond_minutes_median", "响应时长中位数", "median minutes to answer",
             f"应响应中已响应的,从上报到首次处理的整分钟数的中位数,{_RANK_ZH}",
             f"Of those to be answered that were: whole minutes from the report to the first answer; {_RANK_EN}"),
    _minutes("respond_minutes_p90", "响应时长九成位", "90th percentile of minutes to answer",
             f"同上,九成的响应不慢于此,{_RANK_ZH}", f"As the median; nine of ten were no slower; {_RANK_EN}"),
    _minutes("settle_minutes_median", "办结时长中位数", "median minutes to settle",
             f"办结的,从上报到最后一次办结的整分钟数的中位数,{_RANK_ZH}",
             f"Of the settled: whole minutes from the report to the last settlement; {_RANK_EN}"),
    _minutes("settle_minutes_p90", "办结时长九成位", "90th percentile of minutes to settle",
             f"同上,九成的办结不慢于此,{_RANK_ZH}", f"As the median; nine of ten were no slower; {_RANK_EN}"),
    _rate("response_rate", "响应率", "response rate", "responded_in_time", "to_answer"),
    _rate("settlement_rate", "办结率", "settlement rate", "settled", "to_settle"),
    _rate("same_day_rate", "当日办结率", "same-day rate", "settled_same_day", "to_settle"),
    _rate("satisfaction_rate", "满意率", "satisfaction rate", "satisfied", "rated"),
    _rate("complaint_share", "投诉占比", "complaint share", "complaints", "reported"),
)  # fmt: skip

COUNTS = tuple(number.name for number in NUMBERS if number.kind is Kind.COUNT)
RATES = tuple(number for number in NUMBERS if number.kind is Kind.RATE)

_KINDS: dict[Kind, tuple[Any, Between]] = {
    Kind.COUNT: (int, Between(0, 2_000_000_000)),
    Kind.MINUTES: (int | None, Between(0, 2_000_000_000)),
    Kind.RATE: (float | None, Between(0, 1)),
}


def _member(number: Number) -> tuple[str, Any]:
    kind, most = _KINDS[number.kind]
    kind = int | None if number.name == "complaints" else kind
    return number.name, Annotated[
        kind, most, Meaning(f"{number.en}: {number.meaning_en}", f"{number.zh}:{number.meaning_zh}")
    ]


NumbersRow = dataclasses.make_dataclass(
    "NumbersRow",
    [
        ("key", Annotated[Line | None, Meaning("What the row is about; null for what has none.", "行的标识,没有则为空。")]),
        ("zh", Line),
        ("en", Line),
        ("withheld", Annotated[bool, Meaning(
            "Sums up what is not for you in detail: issues that only staff may see.", "仅工作人员可见的问题,合为一行。")]),
        *map(_member, NUMBERS),
    ],
    frozen=True,
    kw_only=True,
    slots=True,
    namespace={"__doc__": "The numbers of a community, or of a part of it (some issues of the span)."},
)  # fmt: skip


NumbersAnswer = dataclasses.make_dataclass(
    "NumbersAnswer",
    [
        ("community_id", Slug),
        ("first_day", date),
        ("last_day", date),
        ("by", By),
        ("counted_at", datetime),
        ("total", NumbersRow),
        ("rows", Annotated[tuple[NumbersRow, ...], Between(0, MOST_ROWS)]),  # type: ignore[valid-type]
    ],
    frozen=True,
    kw_only=True,
    slots=True,
    namespace={"__doc__": "The numbers of some days, both included: all together, and row by row."},
)


@value
class Definition:
    """A number, or a column of an export: its name, and what it means in both languages."""

    name: Code
    kind: Code
    zh: Line
    en: Line
    meaning_zh: Note
    meaning_en: Note
    numerator: Code | None = None
    denominator: Code | None = None


@value
class Definitions:
    """Everything that is counted and exported, with the sources of the rates."""

    sources: Prose
    numbers: Annotated[tuple[Definition, ...], Between(1, 100)]
    columns: Annotated[tuple[Definition, ...], Between(1, 100)]


def with_rates(counted: dict[str, Any]) -> dict[str, Any]:
    """Counts and minutes together with the rates that follow from the counts."""
    rates = {rate.name: _share(counted[str(rate.numerator)], counted[str(rate.denominator)]) for rate in RATES}
    return {number.name: {**counted, **rates}[number.name] for number in NUMBERS}


def _share(part: int | None, whole: int) -> float | None:
    return None if part is None or not whole else round(part / whole, 4)

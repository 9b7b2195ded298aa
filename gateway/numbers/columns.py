"""The columns of an exported issue, each declared once: its names, what it means, and how it follows from what is known.

What is counted comes from the facts, so that a file and the numbers agree; words come from what the caller may see.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.meaning import Meaning
from gateway.numbers.place import Place
from gateway.numbers.tables import MILLIONTHS
from gateway.reader import instant
from services.clock import zone_of
from services.issues.contract import Status, Urgency

FACTS = (
    "day", "status", "category", "building_id", "created_at", "respond_by", "responded_at", "settle_by", "first_resolved_at",
    "resolved_at", "respond_minutes", "settle_minutes", "escalated", "confirmed", "reopenings", "overnights", "stars",
    "me_toos", "latitude", "longitude",
)  # fmt: skip

Known = Mapping[str, Any]
Cell = Callable[[Known, Known, Place], Any]


@dataclass(frozen=True)
class Column:
    """A column: its name for programs and for people, what it means, and how it follows from facts, seen issue and place."""

    name: str
    zh: str
    en: str
    meaning: Meaning
    cell: Cell


def _fact(name: str, zh: str, en: str, meaning_zh: str, meaning_en: str) -> Column:
    return _made(name, zh, en, meaning_zh, meaning_en, lambda fact, _seen, _place: fact[name])


def _seen(name: str, zh: str, en: str, meaning_zh: str, meaning_en: str) -> Column:
    return _made(name, zh, en, meaning_zh, meaning_en, lambda _fact, seen, _place: seen.get(name))


def _time(name: str, zh: str, en: str, meaning_zh: str, meaning_en: str) -> Column:
    return _made(
        name,
        zh,
        en,
        f"{meaning_zh},社区当地时间。",
        f"{meaning_en}, the community's local time (RFC 3339).",
        lambda fact, _seen, place: _local(fact[name], place),
    )


def _made(name: str, zh: str, en: str, meaning_zh: str, meaning_en: str, cell: Cell) -> Column:
    return Column(name, zh, en, Meaning(meaning_en, meaning_zh), cell)


def _building(fact: Known, _seen: Known, place: Place) -> Any:
    return place.buildings.get(fact["building_id"])


def _category(fact: Known, _seen: Known, place: Place) -> Any:
    return place.categories[fact["category"]].zh if fact["category"] in place.categories else None


def _status(fact: Known, _seen: Known, _place: Place) -> Any:
    return _STATUS.get(fact["status"])


def _urgency(_fact: Known, seen: Known, _place: Place) -> Any:
    return _URGENCY.get(seen.get("urgency", ""))


def _spot(_fact: Known, seen: Known, _place: Place) -> Any:
    return (seen.get("place") or {}).get("spot")


_STATUS = {status.value: status.zh for status in Status}
_URGENCY = {urgency.value: urgency.zh for urgency in Urgency}

COLUMNS = (
    _seen("id", "编号", "id", "问题编号。", "The issue's id."),
    _made("day", "上报日", "day", "上报当日(社区当地日期)。", "The local day of the report.", lambda f, s, p: str(f["day"])),
    _fact("status", "状态代码", "status", "状态代码。", "The status."),
    _made("status_zh", "状态", "status in Chinese", "状态。", "The status in Chinese.", _status),
    _fact("category", "类别代码", "category", "类别代码。", "The category."),
    _made("category_zh", "类别", "category in Chinese", "类别。", "The category in Chinese.", _category),
    _made("urgency_zh", "紧急程度", "urgency in Chinese", "紧急程度。", "The urgency in Chinese.", _urgency),
    _seen("title", "标题", "title", "标题。", "The title."),
    _seen("text", "内容", "text", "上报人所述。", "What the reporter says."),
    _fact("building_id", "楼栋编号", "building id", "楼栋编号。", "The building's id."),
    _made("building", "楼栋", "building", "楼栋名称。", "The building's name.", _building),
    _made("spot", "地点", "spot", "地点描述。", "The place in words.", _spot),
    _made("latitude", "纬度", "latitude", "纬度(WGS 84)。", "Degrees (WGS 84).", lambda f, s, p: _degrees(f["latitude"])),
    _made("longitude", "经度", "longitude", "经度(WGS 84)。", "Degrees (WGS 84).", lambda f, s, p: _degrees(f["longitude"])),
    _seen("handler_id", "经办人", "handler id", "仅工作人员和上报人可见。", "Who handles it: for staff and the reporter."),
    _time("created_at", "上报时间", "reported at", "上报时间", "When it was reported"),
    _time("respond_by", "响应时限", "answer due", "应响应的时限", "By when it was to be answered"),
    _time("responded_at", "响应时间", "answered at", "首次处理的时间", "When somebody first dealt with it"),
    _time("settle_by", "办结时限", "settlement due", "应办结的时限", "By when it is to be settled"),
    _time("first_resolved_at", "首次办结时间", "first settled at", "首次办结的时间", "When it was first settled"),
    _time("resolved_at", "办结时间", "settled at", "最后办结的时间", "When it was last settled, if it still is"),
    _fact("respond_minutes", "响应分钟", "minutes to answer", "上报到首次处理的整分钟数。", "Whole minutes to the first answer."),
    _fact("settle_minutes", "办结分钟", "minutes to settle", "上报到办结的整分钟数。", "Whole minutes to the settlement."),
    _fact("confirmed", "确认方式", "confirmed by", "reporter 上报人,silence 默认。", "Who confirmed: `reporter`, `silence`."),
    _made("escalated", "曾提交例会", "escalated", "曾提交例会为 1。", "1 if it ever went to the weekly meeting.",
          lambda f, s, p: int(f["escalated"])),
    _fact("reopenings", "重开次数", "reopenings", "重开次数。", "Times reopened."),
    _fact("overnights", "隔夜次数", "nights", "隔夜未处理的次数。", "Nights that it stayed without anything being done."),
    _fact("stars", "评价星级", "stars", "评价 1 至 5 星;认定不公正的为空。", "The rating, 1 to 5; none if it was found unfair."),
    _fact("me_toos", "附议", "me-toos", "附议人数。", 'How many said "me too".'),
)  # fmt: skip


def _local(at: datetime | str | None, place: Place) -> str | None:
    return None if at is None else instant(at).astimezone(zone_of(place.zone)).isoformat(timespec="seconds")


def _degrees(millionths: int | None) -> float | None:
    return None if millionths is None else millionths / MILLIONTHS

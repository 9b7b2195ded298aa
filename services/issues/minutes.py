"""The minutes of a huddle: what became of each issue of its list, counted, and told so that residents can read it (日-15)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.actor import ROLE_LABELS, Role
from services.issues.contract import HuddleAttendance, Item, Minutes, Status

NO_REASON = "未说明原因 no reason was given"

_MOST_TOLD = 100
_MOST_WORDS = 60


class Fate(StrEnum):
    """What became of an issue by the end of a huddle: the member of the minutes that counts it."""

    SETTLED = "settled"
    TRANSFERRED = "transferred"
    POSTPONED = "postponed"
    ESCALATED = "escalated"
    REJECTED = "rejected"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    CARRIED_OVER = "carried_over"


@dataclass(frozen=True)
class Outcome:
    """Where an issue stands at the end of a huddle; `instead_of_title` is told of one that is for staff only."""

    status: Status
    overnight: bool = False
    waiting_until: date | None = None
    topic_id: str | None = None
    handler_id: str | None = None
    note: str | None = None
    instead_of_title: str | None = None

    def fate(self, day: date) -> Fate:
        """How it counts: as carried over unless it was settled, handed on, given a later date, ended, or sent to the meeting.

        What stayed overnight was sent there by the clock, not by anybody, until a topic is made of it.
        """
        if self.status is Status.WAITING and self.waiting_until is not None and self.waiting_until > day:
            return Fate.POSTPONED
        if self.status is Status.ESCALATED and (self.topic_id is not None or not self.overnight):
            return Fate.ESCALATED
        return _FATES.get(self.status, Fate.CARRIED_OVER)

    def why(self, said: str | None = None) -> str:
        """Why it is carried over: the last note of its history, else what the huddle said."""
        return self.note or said or NO_REASON


_FATES = {
    Status.RESOLVED: Fate.SETTLED,
    Status.CONFIRMED: Fate.SETTLED,
    Status.TRANSFERRED: Fate.TRANSFERRED,
    Status.REJECTED: Fate.REJECTED,
    Status.MERGED: Fate.MERGED,
    Status.WITHDRAWN: Fate.WITHDRAWN,
}

_ZH = {
    Fate.SETTLED: "办结",
    Fate.TRANSFERRED: "转办",
    Fate.POSTPONED: "约期",
    Fate.ESCALATED: "提交例会",
    Fate.REJECTED: "不予受理",
    Fate.MERGED: "并案",
    Fate.WITHDRAWN: "撤回",
    Fate.CARRIED_OVER: "遗留",
}


def minutes_of(
    day: date,
    items: Sequence[Item],
    fates: Sequence[Fate],
    more: int,
    attendance: Sequence[HuddleAttendance],
    by_itself: bool,
) -> Minutes:
    """The minutes of a huddle whose items are in their final form, with what became of each (日-15)."""
    counted = Counter(fates)
    left = [item for item, fate in zip(items, fates, strict=True) if fate is Fate.CARRIED_OVER]
    lines = [
        *_chinese(day, counted, left, more, Counter(each.role for each in attendance), by_itself),
        "",
        _english(day, counted, more, len(attendance), by_itself),
    ]
    return Minutes(listed=len(items), **{fate.value: counted[fate] for fate in Fate}, text="\n".join(lines))


def _chinese(
    day: date, counted: Counter[Fate], left: Sequence[Item], more: int, present: Counter[Role], by_itself: bool
) -> list[str]:
    total = counted.total()
    sums = ",".join(f"{_ZH[fate]} {counted[fate]} 件" for fate in Fate if counted[fate])
    lines = [
        f"{day.year}年{day.month}月{day.day}日碰头会:" + (f"共 {total} 件,其中{sums}。" if total else "今日清单为空。")
    ]
    if more:
        lines.append(f"另有 {more} 件未列入清单。")
    here = "、".join(f"{ROLE_LABELS[role][1]} {present[role]} 人" for role in Role if present[role])
    lines.append(f"到会:{here}。" if here else "无人签到。")
    if by_itself:
        lines.append("本次碰头会无人宣布结束,由系统自动结束。")
    if left:
        lines += ["遗留事项:", *(f"{number}. {_told(item)}" for number, item in enumerate(left[:_MOST_TOLD], 1))]
    if len(left) > _MOST_TOLD:
        lines.append(f"……等共 {len(left)} 件。")
    return lines


def _english(day: date, counted: Counter[Fate], more: int, present: int, by_itself: bool) -> str:
    total = counted.total()
    sums = ", ".join(f"{counted[fate]} {fate.replace('_', ' ')}" for fate in Fate if counted[fate])
    told = f"Huddle of {day.isoformat()}: {total} listed" + (f" ({sums})." if total else ".")
    told += f" {more} more found no place on the list." if more else ""
    told += f" {present} attended."
    return told + (" Nobody closed it; it closed by itself." if by_itself else "")


def _told(item: Item) -> str:
    """One line about what is left: its title and, if it may be known, why."""
    if not item.why:
        return item.title
    words = " ".join(item.why.split())
    return f"{item.title}:{words if len(words) <= _MOST_WORDS else words[: _MOST_WORDS - 1] + '…'}"

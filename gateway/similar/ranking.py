"""How likely it is that two issues are one, as a score of 0 to 1000 with its reasons.

Words count for up to 500, place for up to 300 (150 for the same building without coordinates), category for 100 (50 when it
is related), time for up to 100, falling to 0 in `DUPLICATE_DAYS`. Where nothing is known of how their places lie to each
other, words count for up to 800. What scores less than `LEAST` is no candidate.
"""

from dataclasses import dataclass
from datetime import timedelta

from services.fields import Labelled

DUPLICATE_DAYS = 30
LEAST = 400
MOST = 1000
WORDS, PLACE, CATEGORY, TIME = 500, 300, 100, 100
SAME_BUILDING, RELATED_CATEGORY = 150, 50
_ALIKE, _CLOSE, _RECENT = 250, 0.5, timedelta(days=1)


class Reason(Labelled):
    """Why an issue is a candidate."""

    WORDS = "words", "描述相近"
    NEAR = "near", "位置相近"
    BUILDING = "building", "同一楼栋"
    CATEGORY = "category", "类别相同"
    RELATED = "related", "类别相近"
    RECENT = "recent", "一日之内"


@dataclass(frozen=True)
class Compared:
    """What is known of two issues: how alike their words are (0 to 1000), how their places and times lie to each other.

    `metres` is None unless both have coordinates; `same_building` is only looked at then. Both None: nothing is known.
    """

    words: int
    metres: float | None
    radius: int
    same_building: bool | None
    same_category: bool
    apart: timedelta


def is_elsewhere(compared: Compared) -> bool:
    """Whether they cannot be one: too far from each other, or in two buildings."""
    if compared.metres is not None:
        return compared.metres > compared.radius
    return compared.same_building is False


def score(compared: Compared) -> int:
    """The score, 0 to 1000."""
    if is_elsewhere(compared):
        return 0
    place = _place(compared)
    found = (WORDS if place is not None else WORDS + PLACE) * compared.words // MOST + (place or 0)
    found += CATEGORY if compared.same_category else RELATED_CATEGORY
    days = timedelta(days=DUPLICATE_DAYS)
    return found + round(TIME * (1 - min(abs(compared.apart), days) / days))


def reasons(compared: Compared) -> tuple[Reason, ...]:
    """What speaks for it, the most important first."""
    near = compared.metres is not None and compared.metres <= compared.radius * _CLOSE
    found = {
        Reason.WORDS: compared.words >= _ALIKE,
        Reason.NEAR: near,
        Reason.BUILDING: compared.metres is None and compared.same_building is True,
        Reason.CATEGORY: compared.same_category,
        Reason.RELATED: not compared.same_category,
        Reason.RECENT: abs(compared.apart) <= _RECENT,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def _place(compared: Compared) -> int | None:
    if compared.metres is not None:
        return round(PLACE * (1 - compared.metres / compared.radius)) if compared.radius else PLACE
    return SAME_BUILDING if compared.same_building else None

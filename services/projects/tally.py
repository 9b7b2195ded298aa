"""How the owners' ballots are counted (Civil Code art. 278, SPC 2020-12-29 art. 8, 9): area and headcount, in whole numbers.

"以上" includes the number itself, "过半数" is strictly more than half (art. 1259). Areas are in 0.01 m².
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.errors import Words
from services.projects.contract import Choice

WEIGHTY_MATTERS = frozenset({6, 7, 8})


@dataclass(frozen=True)
class Weight:
    """Some of the owners: their exclusive area in 0.01 m², and their headcount."""

    area: int = 0
    headcount: int = 0


@dataclass(frozen=True)
class Cast:
    """A home for which a ballot was cast: the ballot's number in its vote, what it says, and what the roll says of the home."""

    ballot: int
    choice: Choice
    area: int
    person_id: str


@dataclass(frozen=True)
class Tally:
    """Who took part, and who of them consented."""

    participating: Weight
    yes: Weight


def tally(cast: Iterable[Cast]) -> Tally:
    """Count ballots, in whatever order they come.

    A person (of the headcount) takes part with any home, and consents when their first ballot says yes; abstaining is
    taking part without consenting.
    """
    area = yes = 0
    first: dict[str, Cast] = {}
    for each in cast:
        area += each.area
        yes += each.area if each.choice is Choice.YES else 0
        if each.person_id not in first or each.ballot < first[each.person_id].ballot:
            first[each.person_id] = each
    consenting = sum(each.choice is Choice.YES for each in first.values())
    return Tally(participating=Weight(area, len(first)), yes=Weight(yes, consenting))


def enough_took_part(whole: Weight, participating: Weight) -> bool:
    """决-3: two thirds or more of the area and of the headcount took part (art. 278, second paragraph)."""
    return 3 * participating.area >= 2 * whole.area and 3 * participating.headcount >= 2 * whole.headcount


def enough_consent(matter: int, participating: Weight, yes: Weight) -> bool:
    """决-3: of those who took part, three quarters or more for matters 6, 7 and 8, else more than half (art. 278)."""
    if matter in WEIGHTY_MATTERS:
        return 4 * yes.area >= 3 * participating.area and 4 * yes.headcount >= 3 * participating.headcount
    return 2 * yes.area > participating.area and 2 * yes.headcount > participating.headcount


def why_it_failed(matter: int, whole: Weight, counted: Tally) -> Words | None:
    """The majority of art. 278 that was not reached, None when the owners agreed; `matter` is its number there."""
    if not enough_took_part(whole, counted.participating):
        return Words(
            "less than two thirds of the owners, by area or by headcount, took part in the vote",
            "参与表决的业主未达专有部分面积和人数的三分之二",
        )
    if enough_consent(matter, counted.participating, counted.yes):
        return None
    if matter in WEIGHTY_MATTERS:
        return Words(
            "less than three quarters of those who took part, by area or by headcount, agreed",
            "同意的业主未达参与表决面积和人数的四分之三",
        )
    return Words(
        "not more than half of those who took part, by area or by headcount, agreed",
        "同意的业主未过参与表决面积和人数的半数",
    )

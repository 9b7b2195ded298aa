"""What became of what was attempted, in Jepsen's words: attempts, acknowledged, lost, duplicated, recovered, unexpected."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Element = tuple[str, str]

_SHOWN = 5


@dataclass(frozen=True)
class Verdict:
    """What one place (a database, a journal, the views, the ledger) holds of what was attempted.

    `lost`: acknowledged, and not there. `duplicated`: there more than once. `recovered`: there, though its sender never
    heard so. `unexpected`: there, though nobody attempted it.
    """

    place: str
    attempts: int
    acknowledged: int
    lost: tuple[Element, ...] = ()
    duplicated: tuple[Element, ...] = ()
    recovered: tuple[Element, ...] = ()
    unexpected: tuple[Element, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled or made up; a recovered one is no fault."""
        return not (self.lost or self.duplicated or self.unexpected)

    def __str__(self) -> str:
        faults = {"lost": self.lost, "duplicated": self.duplicated, "unexpected": self.unexpected}
        named = "".join(f"\n{'':14}{word}: {_some(found)}" for word, found in faults.items() if found)
        return (
            f"{self.place:13} {self.attempts} attempts · {self.acknowledged} acknowledged · {len(self.lost)} lost · "
            f"{len(self.duplicated)} duplicated · {len(self.recovered)} recovered · {len(self.unexpected)} unexpected{named}"
        )


def _some(elements: tuple[Element, ...]) -> str:
    names = ", ".join(" ".join(element) for element in elements[:_SHOWN])
    return names + (" …" if len(elements) > _SHOWN else "")


def judge(
    place: str, attempted: Mapping[Element, bool], found: Iterable[Element], committed: Iterable[Element] = ()
) -> Verdict:
    """Compare what one place holds with what was attempted.

    `attempted` maps each element to whether its sender was told that it is done; `committed` are elements that the owning
    service holds: they have to be in every other place too, whether or not their sender heard of it.
    """
    counts = Counter(found)
    acknowledged = {element for element, told in attempted.items() if told}
    return Verdict(
        place=place,
        attempts=len(attempted),
        acknowledged=len(acknowledged),
        lost=tuple(sorted((acknowledged | set(committed)) - set(counts))),
        duplicated=tuple(sorted(element for element, number in counts.items() if number > 1)),
        recovered=tuple(sorted(set(counts) & set(attempted) - acknowledged)),
        unexpected=tuple(sorted(set(counts) - set(attempted))),
    )

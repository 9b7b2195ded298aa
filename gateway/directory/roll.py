"""The owners' roll: every home with its exclusive area and its owners' shares, and what is counted from it."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from gateway.directory.answers import OwnerKind
from services.ids import derived_id


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner as the roll names them."""

    code: str
    kind: OwnerKind
    name: str
    phone: str


@dataclass(slots=True)
class Part:
    """An exclusive part (专有部分): its area in 0.01 m², and each owner's code with the share."""

    area: int
    line: int
    shares: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Roll:
    """A whole roll: parts by home id, owners by code."""

    community_id: str
    parts: Mapping[str, Part]
    owners: Mapping[str, Owner]
    sha256: str = ""

    @property
    def area(self) -> int:
        """All areas together, in 0.01 m²."""
        return sum(part.area for part in self.parts.values())

    @cached_property
    def headcount(self) -> int:
        """One part is one person; the same owners of several parts are one; the developer is one (SPC 2020-12-29, art. 9)."""
        return len({self._buyer(part) for part in self.parts.values()})

    def listed(self) -> Iterator[tuple[str, int, str]]:
        """Each home's id, its area, and the id of the person it counts for in the headcount, in the order of the homes."""
        for home_id, part in sorted(self.parts.items()):
            buyer = ",".join(sorted(self._buyer(part)))
            yield home_id, part.area, derived_id("person", self.community_id, buyer)

    def homes_by_owner(self) -> dict[str, tuple[str, frozenset[str]]]:
        """Each owner's name and homes, by the owner's id."""
        homes: dict[str, set[str]] = {code: set() for code in self.owners}
        for home_id, part in self.parts.items():
            for code in part.shares:
                homes[code].add(home_id)
        return {
            owner_id(self.community_id, code): (self.owners[code].name, frozenset(owned))
            for code, owned in homes.items()
        }

    def _buyer(self, part: Part) -> frozenset[str]:
        kinds = {self.owners[code].kind for code in part.shares}
        return frozenset({"the developer"}) if kinds == {OwnerKind.DEVELOPER} else frozenset(part.shares)

    @cached_property
    def hash(self) -> str:
        """SHA-256 over every home's id, area, and owners' ids with their shares, each in order: no name is in it."""
        digest = hashlib.sha256()
        for home_id, part in sorted(self.parts.items()):
            shares = sorted((owner_id(self.community_id, code), *share) for code, share in part.shares.items())
            owners = ",".join(f"{id_}={numerator}/{denominator}" for id_, numerator, denominator in shares)
            digest.update(f"{home_id} {part.area} {owners}\n".encode())
        return digest.hexdigest()


def owner_id(community_id: str, code: str) -> str:
    """The id of an owner by the code in the roll."""
    return derived_id("owner", community_id, code)

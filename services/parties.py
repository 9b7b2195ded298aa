"""The three parties (三方) that decide together: party committee, property company, owners' committee."""

from collections.abc import Iterable

from services.actor import Role, holders
from services.errors import Forbidden
from services.fields import Labelled


class Party(Labelled):
    """One of the three parties."""

    PARTY_COMMITTEE = "party_committee", "社区党委"
    PROPERTY_COMPANY = "property_company", "物业公司"
    OWNERS_COMMITTEE = "owners_committee", "业委会"

    @property
    def role(self) -> Role:
        """The role whose holders speak for the party."""
        return _ROLES[self]


_ROLES = {
    Party.PARTY_COMMITTEE: Role.PARTY_COMMITTEE,
    Party.PROPERTY_COMPANY: Role.PROPERTY_MANAGER,
    Party.OWNERS_COMMITTEE: Role.OWNERS_COMMITTEE,
}

THREE_PARTIES = holders(*_ROLES.values())


def speak_for(party: Party, held: Iterable[Role], clause: str) -> None:
    """Refuse whoever does not hold the party's role. Errors: Forbidden."""
    if party.role not in held:
        raise Forbidden(
            f"only the {party.replace('_', ' ')} may speak for itself", f"只有{party.zh}的成员可以代表其表态", clause
        )


def missing(present: Iterable[Party]) -> list[Party]:
    """The parties that are not among some, in their order."""
    there = set(present)
    return [party for party in Party if party not in there]

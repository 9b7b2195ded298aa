"""Three parties, each spoken for by the holders of one role."""

import pytest

from services.actor import STAFF, Role
from services.errors import Forbidden
from services.parties import THREE_PARTIES, Party, missing, speak_for


def test_each_party_is_spoken_for_by_one_role_and_all_of_them_are_the_three() -> None:
    assert len(Party) == 3
    assert {party.role for party in Party} == THREE_PARTIES.roles <= STAFF
    assert len({party.zh for party in Party}) == 3


@pytest.mark.parametrize("party", list(Party))
def test_nobody_speaks_for_another_party(party: Party) -> None:
    speak_for(party, {party.role}, "例-2")
    with pytest.raises(Forbidden, match="may speak for itself") as no:
        speak_for(party, set(Role) - {party.role}, "例-2")
    assert no.value.clause == "例-2"
    assert party.zh in no.value.reason.zh


def test_who_is_missing_is_named_in_order() -> None:
    assert missing([]) == list(Party)
    assert missing([Party.PROPERTY_COMPANY]) == [Party.PARTY_COMMITTEE, Party.OWNERS_COMMITTEE]
    assert missing(Party) == []

"""Of a member only verified ownership is known, of an expert the groups."""

import pytest

from gateway.directory.contract import MemberStatus, Tie
from services.projects.known import KnownExpert, KnownOwner
from tests.projects.made import expert, home, id_of, owning
from tests.shared.samples import COMMUNITY


def test_a_verified_member_owns_what_ties_say_and_does_not_own_where_they_live() -> None:
    ties = (Tie(home_id=home("1").home_id, owner=True), Tie(home_id=home("2").home_id, owner=False))
    known = KnownOwner.of(owning(id_of("one"), version=5, homes=ties))
    assert known == KnownOwner(COMMUNITY, id_of("one"), 5, (home("1").home_id,))


@pytest.mark.parametrize("status", sorted(set(MemberStatus) - {MemberStatus.VERIFIED}))
def test_whoever_is_not_verified_owns_nothing(status: MemberStatus) -> None:
    assert KnownOwner.of(owning(id_of("one"), home("1"), status=status)).homes == ()


def test_an_expert_is_known_with_the_groups() -> None:
    told = expert(id_of("one"), "plan_evaluation", "legal_advice")
    assert KnownExpert.of(told) == KnownExpert(COMMUNITY, told.id, 2, id_of("one"), ("plan_evaluation", "legal_advice"))

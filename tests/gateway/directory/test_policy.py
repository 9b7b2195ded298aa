"""Roles: the table of who gives and takes which, tried with every role on every role; nobody raises themselves."""

from dataclasses import dataclass
from itertools import product

import pytest

from gateway.directory.contract import MemberStatus, Tie
from gateway.directory.policy import GRANTS, LIFECYCLE, PARAMETERS, permit_grant, permit_reset, permit_revocation
from services.actor import SYSTEM, Actor, Role
from services.errors import Forbidden, Refused, SansanError
from services.ids import derived_id
from tests.shared.samples import COMMUNITY, OFFICER, REPORTER

HOME = derived_id("home", "1")
NOBODY = Actor("", kind="nobody")
CLIENT = Actor(OFFICER, {COMMUNITY: frozenset({Role.PROPERTY_SYSTEM})}, kind="client")
ACTOR = Actor(OFFICER)

MAY_GIVE = {
    Role.BUILDING_LEADER: {Role.GRID_OFFICER, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN},
    Role.PROPERTY_STEWARD: {Role.PROPERTY_MANAGER, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN},
    Role.GRID_OFFICER: {Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN},
    Role.OWNERS_COMMITTEE: {Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN},
    Role.PARTY_COMMITTEE: {Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN},
    Role.PROPERTY_MANAGER: {Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN},
    Role.COMMUNITY_ADMIN: {Role.DISTRICT_ADMIN},
}


@dataclass(frozen=True)
class Somebody:
    id: str = REPORTER
    status: MemberStatus = MemberStatus.VERIFIED
    roles: tuple[Role, ...] = ()
    homes: tuple[Tie, ...] = (Tie(home_id=HOME, owner=True),)


def allowed(role: Role, held: Role, member: Somebody | None = None, in_district: bool = False) -> bool:
    try:
        permit_grant(role, member or Somebody(), ACTOR, frozenset({held}), in_district)
    except SansanError:
        return False
    return True


@pytest.mark.parametrize(("role", "held"), list(product(Role, Role)))
def test_exactly_those_of_the_table_give_a_role(role: Role, held: Role) -> None:
    assert allowed(role, held) == (held in MAY_GIVE.get(role, set()))


@pytest.mark.parametrize(("role", "held"), list(product(Role, Role)))
def test_in_a_district_only_its_admins_make_admins(role: Role, held: Role) -> None:
    assert allowed(role, held, in_district=True) == (role is held is Role.DISTRICT_ADMIN)


@pytest.mark.parametrize("role", Role)
def test_nobody_and_no_machine_gives_or_takes_a_role(role: Role) -> None:
    for actor, held in ((NOBODY, frozenset[Role]()), (CLIENT, frozenset({Role.PROPERTY_SYSTEM}))):
        with pytest.raises((Forbidden, Refused)):
            permit_grant(role, Somebody(), actor, held, False)
        with pytest.raises((Forbidden, Refused)):
            permit_revocation(role, Somebody(roles=(role,)), actor, held, False)


@pytest.mark.parametrize("role", MAY_GIVE)
def test_nobody_gives_a_role_to_themselves(role: Role) -> None:
    for held in MAY_GIVE[role]:
        assert not allowed(role, held, Somebody(id=OFFICER))


@pytest.mark.parametrize("status", [status for status in MemberStatus if status is not MemberStatus.VERIFIED])
def test_only_the_verified_can_hold_a_role(status: MemberStatus) -> None:
    assert not allowed(Role.GRID_OFFICER, Role.COMMUNITY_ADMIN, Somebody(status=status))


def test_an_owners_committee_consists_of_owners_and_a_building_leader_is_a_neighbour() -> None:
    tenant = Somebody(homes=(Tie(home_id=HOME, owner=False),))
    assert not allowed(Role.OWNERS_COMMITTEE, Role.COMMUNITY_ADMIN, tenant)
    assert allowed(Role.BUILDING_LEADER, Role.GRID_OFFICER, tenant)
    assert not allowed(Role.BUILDING_LEADER, Role.GRID_OFFICER, Somebody(homes=()))


@pytest.mark.parametrize(("role", "held"), list(product(Role, Role)))
def test_whoever_gives_a_role_takes_it_and_all_may_lay_down_their_own(role: Role, held: Role) -> None:
    takers = MAY_GIVE.get(role, set())
    if role in (Role.RESIDENT, Role.OWNER):
        takers = {Role.GRID_OFFICER, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN}
    try:
        permit_revocation(role, Somebody(roles=(role,)), ACTOR, frozenset({held}), False)
    except SansanError:
        assert held not in takers
    else:
        assert held in takers
    if role not in (Role.PROPERTY_SYSTEM, Role.DISTRICT_ADMIN):
        permit_revocation(role, Somebody(roles=(role,)), Actor(REPORTER), frozenset({role}), False)


@pytest.mark.parametrize(("role", "held"), list(product(Role, Role)))
def test_a_new_password_is_no_way_to_a_role_that_one_could_not_take(role: Role, held: Role) -> None:
    member = Somebody(roles=(role,))
    try:
        permit_reset(member, False, ACTOR, frozenset({held}), False)
    except SansanError:
        return
    permit_revocation(role, member, ACTOR, frozenset({held}), False)
    assert held in (Role.GRID_OFFICER, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN)


def test_a_new_password_for_somebody_with_roles_elsewhere_is_the_operators_business() -> None:
    with pytest.raises(Refused):
        permit_reset(Somebody(), True, ACTOR, frozenset({Role.COMMUNITY_ADMIN}), False)
    permit_reset(Somebody(), True, SYSTEM, frozenset(), False)


def test_every_rule_has_its_clause_and_every_role_its_row_at_most_once() -> None:
    assert all(grant.clause.startswith("权-") for grant in GRANTS)
    assert all(move.clause.startswith("籍-") for move in LIFECYCLE)
    assert len({(grant.role, grant.in_district) for grant in GRANTS}) == len(GRANTS)
    assert {grant.role for grant in GRANTS} == set(Role) - {Role.PROPERTY_SYSTEM}
    assert all(number.least <= value <= number.most for number in PARAMETERS for value in number.values.values())

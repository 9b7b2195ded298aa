"""Who acts and who may: roles count where they are held, a token cannot make up a role, and nobody but the system is the system."""

from types import SimpleNamespace

import pytest

from services.actor import (
    MEMBER,
    NOBODY,
    ROLE_LABELS,
    STAFF,
    SYSTEM,
    THE_SYSTEM,
    Actor,
    Role,
    actor_of,
    concerned,
    holders,
)
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, DISTRICT, NEIGHBOUR, OFFICER, REPORTER, issue_state

REPORTER_OF_IT = concerned("reporter_id", "the reporter", "报告人")


def test_a_role_counts_only_in_the_community_where_it_is_held() -> None:
    officer = Actor(REPORTER, {COMMUNITY: frozenset({Role.GRID_OFFICER})})
    assert officer.roles_in(COMMUNITY) == {Role.GRID_OFFICER}
    assert officer.roles_in(ANOTHER_COMMUNITY) == frozenset()


def test_a_role_in_a_district_counts_in_all_its_communities_and_no_others() -> None:
    admin = Actor(REPORTER, districts={DISTRICT: frozenset({Role.DISTRICT_ADMIN})})
    assert admin.roles_in(COMMUNITY, DISTRICT) == admin.roles_in(ANOTHER_COMMUNITY, DISTRICT) == {Role.DISTRICT_ADMIN}
    assert admin.roles_in(COMMUNITY, "another-district") == admin.roles_in(COMMUNITY) == frozenset()


def test_claims_become_an_actor_and_unknown_roles_are_left_out() -> None:
    actor = actor_of(
        {
            "sub": REPORTER,
            "roles": {COMMUNITY: ["resident", "emperor"]},
            "districts": {DISTRICT: ["district_admin"]},
        }
    )
    assert actor.member_id == REPORTER
    assert actor.roles_in(COMMUNITY, DISTRICT) == {Role.RESIDENT, Role.DISTRICT_ADMIN}
    assert actor.kind == "member"


@pytest.mark.parametrize("kind", ["system", "nobody", "", "root"])
def test_no_token_makes_its_bearer_the_system(kind: str) -> None:
    assert not actor_of({"sub": REPORTER, "kind": kind}).is_system


def test_a_client_of_a_property_company_is_known_as_one() -> None:
    assert actor_of({"sub": REPORTER, "kind": "client"}).kind == "client"


def test_the_system_may_only_what_is_the_systems() -> None:
    everything = frozenset(Role)
    assert THE_SYSTEM.allows(SYSTEM, frozenset())
    assert not MEMBER.allows(SYSTEM, everything)
    assert not REPORTER_OF_IT.allows(SYSTEM, everything, issue_state(reporter_id=SYSTEM.member_id))


def test_nobody_else_is_the_system() -> None:
    assert not THE_SYSTEM.allows(Actor(REPORTER), frozenset(Role))
    assert not THE_SYSTEM.allows(NOBODY, frozenset(Role))


@pytest.mark.parametrize("role", Role)
def test_holders_of_a_role_are_meant_and_no_others(role: Role) -> None:
    officers = holders(Role.GRID_OFFICER, Role.PROPERTY_STEWARD)
    assert officers.allows(Actor(REPORTER), frozenset({role})) == (role in officers.roles)


def test_several_members_can_be_concerned() -> None:
    jurors = concerned("jurors", "the jurors", "评审团")
    thing = SimpleNamespace(jurors=(REPORTER, OFFICER))
    held = frozenset({Role.RESIDENT})
    assert [jurors.allows(Actor(id_), held, thing) for id_ in (REPORTER, OFFICER, NEIGHBOUR, "")] == [
        True,
        True,
        False,
        False,
    ]
    assert not jurors.allows(Actor(REPORTER), frozenset(), thing)
    assert not jurors.allows(Actor(REPORTER), held, SimpleNamespace(jurors=()))
    assert not REPORTER_OF_IT.allows(Actor(REPORTER[:8]), held, issue_state()), "a part of an id is nobody"


def test_the_member_concerned_is_meant_while_still_a_member() -> None:
    issue = issue_state()
    assert REPORTER_OF_IT.allows(Actor(REPORTER), frozenset({Role.RESIDENT}), issue)
    assert not REPORTER_OF_IT.allows(Actor(REPORTER), frozenset(), issue)
    assert not REPORTER_OF_IT.allows(Actor("somebody else"), frozenset(Role), issue)
    assert not REPORTER_OF_IT.allows(Actor(REPORTER), frozenset({Role.RESIDENT}), None)


def test_every_role_has_a_label_in_both_languages() -> None:
    assert set(ROLE_LABELS) == set(Role)
    assert all(en and zh for en, zh in ROLE_LABELS.values())
    assert holders(Role.GRID_OFFICER, Role.BUILDING_LEADER).zh == "网格员、楼栋长"


def test_a_members_own_roles_are_no_staff_and_a_companys_system_is_no_member() -> None:
    assert set(Role) - STAFF == {Role.RESIDENT, Role.OWNER}
    assert Role.PROPERTY_SYSTEM not in MEMBER.roles

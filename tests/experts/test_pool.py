"""An expert is one in each community, and nobody's word for oneself counts; a conflict is one for each project."""

from datetime import timedelta

import pytest

from services.actor import Actor, Role
from services.errors import Forbidden, Refused
from services.experts.contract import (
    ConflictDeclared,
    DeclareConflict,
    ExpertRegistered,
    ExpertStatus,
    ExpertVerified,
    RegisterExpert,
)
from services.experts.draw import expert_of
from services.experts.pool import ConflictOfInterest, Expert, conflict_id_of
from services.ids import derived_id
from tests.experts.drawn import ADMIN, person
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, NOON, PROJECT, REPORTER, member, moment

COMMAND = RegisterExpert(community_id=COMMUNITY, profession="structural_engineer", qualification="一级注册结构工程师")
LATER = moment(NOON + timedelta(hours=1))


def registered(by: Actor = person(0)) -> Expert:  # noqa: B008
    """A new expert."""
    return Expert.register(COMMAND, by, by.roles_in(COMMUNITY), moment())[0]


def verify(expert: Expert, *groups: str, by: Actor = ADMIN) -> ExpertVerified:
    """Somebody verifies an expert."""
    return expert.verify(groups, by, by.roles_in(COMMUNITY), LATER)


def test_an_expert_begins_unverified_without_a_group() -> None:
    by = person(0)
    expert, told = Expert.register(COMMAND, by, by.roles_in(COMMUNITY), moment())
    assert told == ExpertRegistered(expert=expert.state())
    assert (expert.status, expert.groups, expert.version) == (ExpertStatus.REGISTERED, (), 1)
    assert expert.id == derived_id(COMMUNITY, "expert", by.member_id)
    assert (told.expert.profession, told.expert.created_at) == ("structural_engineer", NOON)


def test_an_expert_is_one_in_each_community() -> None:
    assert expert_of(COMMUNITY, REPORTER) != expert_of(ANOTHER_COMMUNITY, REPORTER)


def test_whoever_has_no_role_here_cannot_register() -> None:
    for stranger in (member(REPORTER), member(REPORTER, Role.PROPERTY_SYSTEM)):
        with pytest.raises(Forbidden):
            registered(stranger)


def test_verifying_again_changes_the_groups() -> None:
    expert = registered()
    told = verify(expert, "mediation", "plan_evaluation", "mediation")
    assert (told.expert.status, told.expert.groups) == (ExpertStatus.VERIFIED, ("plan_evaluation", "mediation"))
    assert verify(expert, "legal_advice").expert.groups == ("legal_advice",)
    assert (expert.version, expert.created_at, expert.updated_at) == (3, NOON, LATER.now)


@pytest.mark.parametrize("role", [Role.PARTY_COMMITTEE, Role.COMMUNITY_ADMIN])
def test_nobody_verifies_themselves(role: Role) -> None:
    somebody = member(REPORTER, role)
    expert = registered(somebody)
    with pytest.raises(Forbidden) as no:
        verify(expert, "mediation", by=somebody)
    assert no.value.clause == "专-2"
    assert expert == registered(somebody)


def test_only_the_party_committee_and_the_admin_verify_and_only_for_known_groups() -> None:
    expert = registered()
    with pytest.raises(Forbidden):
        verify(expert, "mediation", by=member(REPORTER, Role.OWNERS_COMMITTEE))
    with pytest.raises(Refused):
        verify(expert, "mediation", "fengshui")
    assert expert == registered()


def test_a_conflict_is_one_for_each_project_and_expert() -> None:
    expert = registered()
    command = DeclareConflict(community_id=COMMUNITY, project_id=PROJECT, reason="承包商是我弟弟")
    conflict, told = ConflictOfInterest.declare(command, expert, LATER)
    assert told == ConflictDeclared(conflict=conflict.state())
    assert conflict.id == conflict_id_of(COMMUNITY, PROJECT, expert.id)
    assert (told.conflict.expert_id, told.conflict.member_id) == (expert.id, expert.member_id)
    ids = {conflict_id_of(COMMUNITY, project, who) for project in (PROJECT, REPORTER) for who in (expert.id, PROJECT)}
    assert len(ids) == 4

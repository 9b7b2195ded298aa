"""Every act is possible exactly for those people and in those states that its row names."""

import pytest

from services.actor import SYSTEM, Role
from services.errors import Forbidden, Refused
from services.projects.acts import ACTS, permit_act
from services.projects.contract import ProjectStatus
from tests.projects.building import AT, ENGINEER, STRANGER, held, no, person, project, who
from tests.shared.samples import COMMUNITY, member


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_for_those_whom_its_row_names(name: str) -> None:
    act = ACTS[name]
    thing = project(ProjectStatus(act.during[0]), supervisors=(ENGINEER.member_id,))
    for role in Role:
        if role in act.by.roles:
            permit_act(name, thing, *who(person("somebody", role)))
        else:
            no(Forbidden, act.clause, "只有", permit_act, name, thing, *who(person("somebody", role)))
    no(Forbidden, act.clause, "只有", permit_act, name, thing, *who(STRANGER))
    no(Forbidden, act.clause, "只有", permit_act, name, thing, SYSTEM, frozenset(), AT)


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_possible_while_its_row_says(name: str) -> None:
    act = ACTS[name]
    able = person("somebody", *act.by.roles)
    for status in ProjectStatus:
        thing = project(status)
        if status in act.during:
            permit_act(name, thing, *who(able))
        else:
            no(Refused, act.clause, status.zh, permit_act, name, thing, *who(able))
        assert thing == project(status)


def test_the_diary_is_for_supervisors_too_whatever_their_role_here() -> None:
    thing = project(ProjectStatus.BUILDING, supervisors=(ENGINEER.member_id,))
    permit_act("write_diary", thing, *who(ENGINEER))
    moved_away = member(ENGINEER.member_id, Role.RESIDENT, community_id="wuhan-baibuting")
    assert held(moved_away) == moved_away.roles_in(COMMUNITY) == frozenset()
    no(Forbidden, "关-2", "施工监督组成员", permit_act, "write_diary", thing, *who(moved_away))

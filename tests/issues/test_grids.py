"""A building belongs to one micro-grid at most, names are distinct, and only admins draw."""

from dataclasses import replace

import pytest

from services.actor import Role
from services.errors import Forbidden, Refused
from services.ids import new_id
from services.issues.contract import GridChanged, GridDefined
from services.issues.grids import MOST_GRIDS, Around, Grid
from tests.issues.rounds import ADMIN, AROUND, BUILDINGS, GRID, change_grid, define_grid, grid
from tests.shared.samples import GRID_OFFICER, NOON, OFFICER, moment

ADMINS = frozenset({Role.COMMUNITY_ADMIN})
FIRST, SECOND, THIRD, *_ = BUILDINGS


def refusal(around: Around, *building_ids: str, name: str = "第一网格") -> Refused:
    """Why a micro-grid cannot be drawn so, whether it is new or not."""
    with pytest.raises(Refused) as new:
        Grid.define(GRID, define_grid(*building_ids, name=name), around, ADMIN, ADMINS, moment())
    known = grid(SECOND)
    with pytest.raises(Refused) as changed:
        known.change(change_grid(GRID, *building_ids, name=name), around, ADMIN, ADMINS, moment())
    assert known == grid(SECOND)
    assert new.value.to_wire() == changed.value.to_wire()
    assert new.value.clause == "日-20"
    return new.value


def test_a_micro_grid_has_some_buildings_and_an_officer() -> None:
    command = define_grid(FIRST, SECOND, FIRST, officer_id=OFFICER)
    made, told = Grid.define(GRID, command, AROUND, ADMIN, ADMINS, moment())
    assert told == GridDefined(grid=made.state())
    assert (made.building_ids, made.officer_id, made.version, made.created_at) == ((FIRST, SECOND), OFFICER, 1, NOON)


def test_a_micro_grid_changes_its_name_its_buildings_and_its_officer() -> None:
    thing = grid(FIRST, SECOND)
    around = replace(AROUND, names=frozenset({"第二网格"}))
    told = thing.change(change_grid(GRID, THIRD, name="东网格"), around, ADMIN, ADMINS, moment())
    assert told == GridChanged(grid=thing.state())
    assert (thing.name, thing.building_ids, thing.version) == ("东网格", (THIRD,), 2)


def test_a_micro_grid_may_have_no_building_left() -> None:
    thing = grid(FIRST)
    thing.change(change_grid(GRID), AROUND, ADMIN, ADMINS, moment())
    assert thing.building_ids == ()


@pytest.mark.parametrize("role", [None, *Role])
def test_only_admins_draw_micro_grids(role: Role | None) -> None:
    held = frozenset({role} if role else ())
    if role in (Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN):
        Grid.define(GRID, define_grid(FIRST), AROUND, GRID_OFFICER, held, moment())
        grid(FIRST).change(change_grid(GRID, FIRST), AROUND, GRID_OFFICER, held, moment())
        return
    with pytest.raises(Forbidden, match="only community admin"):
        Grid.define(GRID, define_grid(FIRST), AROUND, GRID_OFFICER, held, moment())
    with pytest.raises(Forbidden, match="only community admin"):
        grid(FIRST).change(change_grid(GRID, FIRST), AROUND, GRID_OFFICER, held, moment())


def test_a_building_of_another_community_is_refused_and_named() -> None:
    refused = refusal(AROUND, FIRST, new_id(), SECOND, new_id())
    assert "2 of these buildings" in refused.reason.en
    assert [detail["member"] for detail in refused.details] == ["/building_ids/1", "/building_ids/3"]


def test_a_building_of_another_micro_grid_is_refused_and_named() -> None:
    refused = refusal(replace(AROUND, taken=frozenset({SECOND})), FIRST, SECOND)
    assert "another micro-grid" in refused.reason.en
    assert [detail["member"] for detail in refused.details] == ["/building_ids/1"]


@pytest.mark.parametrize("name", ["第一网格", " 第一网格 ", "East  Side", "EAST SIDE"])
def test_two_micro_grids_never_look_alike_on_a_list(name: str) -> None:
    taken = replace(AROUND, names=frozenset({"第一网格", "east side"}))
    assert "name" in refusal(taken, FIRST, name=name).reason.en


def test_there_is_a_limit_to_the_micro_grids_of_a_community() -> None:
    full = replace(AROUND, names=frozenset(map(str, range(MOST_GRIDS))))
    with pytest.raises(Refused, match="at most 200"):
        Grid.define(GRID, define_grid(FIRST), full, ADMIN, ADMINS, moment())
    grid(FIRST).change(change_grid(GRID, SECOND), full, ADMIN, ADMINS, moment())


def test_the_details_of_a_refusal_are_limited() -> None:
    refused = refusal(AROUND, *(new_id() for _ in range(500)))
    assert len(refused.details) == 50
    assert "500 of these" in refused.reason.en

"""Places: ids out of names, homes out of plans, and no two of one name."""

import pytest

from gateway.directory.contract import BuildingPlan, EntrancePlan, EstatePlan
from gateway.directory.places import MOST_HOMES, home_names, lay_out, names_of_entrances, place_id, plain
from services.errors import Refused


def plan(*buildings: BuildingPlan) -> list[EstatePlan]:
    return [EstatePlan(name="东立国际小区", buildings=buildings)]


def test_homes_are_named_by_floor_and_number() -> None:
    names = list(home_names(EntrancePlan(name="1单元", floors=11, homes_per_floor=2, homes=("地下室",))))
    assert names[:3] == ["101", "102", "201"]
    assert names[-2:] == ["1102", "地下室"]
    assert len(names) == 23


@pytest.mark.parametrize("name", ["3", "3栋", "3号楼", "03", " 3 栋", "3幢", "3号"])
def test_a_building_is_the_same_however_people_write_it(name: str) -> None:
    assert place_id("c", "e", name) == place_id("c", "e", "3")


def test_different_places_have_different_ids() -> None:
    assert (
        len(
            {
                place_id("c", "e", "1", "1", "101"),
                place_id("c", "e", "1", "11", "01"),
                place_id("d", "e", "1", "1", "101"),
            }
        )
        == 3
    )
    assert plain("0") == "0"
    assert plain("单元") == "单元"


def test_a_plan_is_laid_out_down_to_every_home() -> None:
    entrance = EntrancePlan(name="1单元", floors=2, homes_per_floor=2)
    estates, homes = lay_out("wuhan-caochang", plan(BuildingPlan(name="1栋", entrances=(entrance,))))
    assert estates[0].buildings[0].entrances[0].homes == 4
    assert [home.name for home in homes] == ["101", "102", "201", "202"]
    assert [home.position for home in homes] == [0, 1, 2, 3]
    assert homes[0].id == place_id("wuhan-caochang", "东立国际小区", "1", "1", "101")
    assert names_of_entrances(estates) == {homes[0].entrance_id: ("东立国际小区", "1栋", "1单元")}


@pytest.mark.parametrize(
    "buildings",
    [
        (BuildingPlan(name="1栋", entrances=()), BuildingPlan(name="1号楼", entrances=())),
        (BuildingPlan(name="1栋", entrances=(EntrancePlan(name="1"), EntrancePlan(name="1单元"))),),
        (BuildingPlan(name="1栋", entrances=(EntrancePlan(name="1", floors=1, homes_per_floor=1, homes=("101室",)),)),),
    ],
)
def test_two_places_of_one_name_are_refused(buildings: tuple[BuildingPlan, ...]) -> None:
    with pytest.raises(Refused, match="two of the name") as refused:
        lay_out("wuhan-caochang", plan(*buildings))
    assert refused.value.clause == "册-1"


def test_a_community_has_a_limited_number_of_homes() -> None:
    tall = EntrancePlan(name="1", floors=150, homes_per_floor=99)
    buildings = [BuildingPlan(name=str(number), entrances=(tall,)) for number in range(MOST_HOMES // (150 * 99) + 1)]
    with pytest.raises(Refused, match="at most"):
        lay_out("wuhan-caochang", plan(*buildings))

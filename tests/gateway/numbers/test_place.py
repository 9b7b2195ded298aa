"""A community's parts are called as its people call them; what is not known is said so."""

from datetime import datetime

import pytest

from gateway.numbers.asking import By
from gateway.numbers.place import Place, place_of
from gateway.sight import Sight
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.issues.contract import GridDefined, GridState
from tests.gateway.numbers.office import GRID, NOW, ONE, Office
from tests.shared.samples import COMMUNITY, NOON

RESIDENT = Sight(FOR_COMMUNITY)


def test_names_come_from_the_views(office: Office) -> None:
    grid = GridState(
        community_id=COMMUNITY,
        id=GRID,
        version=1,
        name="东区微网格",
        building_ids=(ONE,),
        created_at=NOON,
        updated_at=NOON,
    )
    office.tell(GridDefined(grid=grid))
    place = office.world.run(place_of(office.desk.views, COMMUNITY, RESIDENT, with_grids=True))
    assert (place.name, place.zone, place.buildings[ONE], place.grids) == (
        "操场社区",
        "Asia/Shanghai",
        "1栋",
        {GRID: "东区微网格"},
    )
    assert place.complaints == ("noise", "quarrel")
    assert place.label(By.CATEGORY, "noise").zh == "噪音"


def test_of_a_community_that_is_not_known_yet_nothing_is_made_up(office: Office) -> None:
    place = office.world.run(place_of(office.desk.views, "wuhan-unknown", RESIDENT))
    assert (place.complaints, place.buildings, place.zone) == (None, {}, "Asia/Shanghai")


@pytest.mark.parametrize("by", list(By))
def test_every_row_has_a_label(by: By) -> None:
    assert Place().label(by, "something").zh == "something"
    assert Place().label(by, None).zh


def test_the_day_is_the_local_one() -> None:
    assert Place("Asia/Shanghai").today(datetime.fromisoformat("2024-05-20T17:00:00Z")).isoformat() == "2024-05-21"
    assert Place("America/New_York").today(NOW).isoformat() == "2024-05-20"

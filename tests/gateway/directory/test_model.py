"""Communities, numbers, the roll's totals, API clients: each change is one version and one event."""

from datetime import date, timedelta

import pytest

from gateway.directory.answers import OwnerKind
from gateway.directory.contract import OnboardCommunity, ParameterSetting
from gateway.directory.model import MOST_SETTINGS, ApiClient, District, Place, RollTotals, the_id
from gateway.directory.roll import Owner, Part, Roll
from services.errors import Refused
from services.ids import derived_id, new_id
from tests.gateway.directory.world import estate_plans
from tests.shared.samples import COMMUNITY, DISTRICT, NOON

TODAY = date(2024, 5, 20)


def number(day: date, value: int, name: str = "issues.reopening_days") -> ParameterSetting:
    return ParameterSetting(name=name, day=day, value=value)


def place() -> Place:
    command = OnboardCommunity(
        community_id=COMMUNITY, district_id=DISTRICT, name="操场社区", estates=estate_plans(),
        parameters=(number(TODAY, 9), number(TODAY - timedelta(days=9), 8)),
    )  # fmt: skip
    return Place.onboard(command, (), NOON)[0]


def test_a_community_begins_with_its_numbers_in_order() -> None:
    made = place()
    assert (made.id, made.version) == (the_id("community", COMMUNITY), 1)
    assert [setting.value for setting in made.parameters] == [8, 9]
    assert made.state().zone == "Asia/Shanghai"


def test_a_number_takes_the_place_of_one_for_the_same_day_and_stands_beside_the_others() -> None:
    made = place()
    changed = made.set(number(TODAY, 7), TODAY, NOON)
    made.set(number(TODAY + timedelta(days=1), 6), TODAY, NOON)
    assert [setting.value for setting in made.parameters] == [8, 7, 6]
    assert changed.community.version == 2
    assert made.version == 3


def test_what_has_begun_to_hold_is_never_changed() -> None:
    made = place()
    with pytest.raises(Refused) as refused:
        made.set(number(TODAY - timedelta(days=1), 6), TODAY, NOON)
    assert refused.value.clause == "册-7"
    assert made.version == 1


def test_there_is_a_limit_on_numbers() -> None:
    made = place()
    made.parameters = tuple(number(TODAY + timedelta(days=day), 5) for day in range(MOST_SETTINGS))
    made.set(number(TODAY, 6), TODAY, NOON)
    with pytest.raises(Refused, match="too many"):
        made.set(number(TODAY + timedelta(days=MOST_SETTINGS), 6), TODAY, NOON)


def test_the_first_roll_is_version_one() -> None:
    totals = RollTotals.first(COMMUNITY, NOON)
    roll = Roll(COMMUNITY, {"h": Part(8935, 2, {"A": (1, 1)})}, {"A": Owner("A", OwnerKind.PERSON, "李桂华", "")})
    state = totals.replace(roll, NOON).roll
    assert (state.version, state.homes, state.area, state.headcount, state.hash) == (1, 1, 8935, 1, roll.hash)
    assert totals.replace(roll, NOON).roll.version == 2


def test_a_client_is_revoked_once_and_never_shows_its_hash() -> None:
    client = ApiClient(COMMUNITY, new_id(), 1, "物业工单系统", "f" * 64, False, NOON, NOON)
    assert "f" * 64 not in str(client.created())
    revoked = client.revoke(NOON).client
    assert (revoked.revoked, revoked.version) == (True, 2)
    with pytest.raises(Refused):
        client.revoke(NOON)


def test_a_district_stands_in_the_place_of_a_community() -> None:
    district, created = District.begin(DISTRICT, "江岸区", NOON)
    assert (created.district.community_id, created.district.name) == (DISTRICT, "江岸区")
    assert district.id == the_id("district", DISTRICT) != the_id("community", DISTRICT)


def test_a_long_roll_is_listed_in_pages_that_hold_every_home_once() -> None:
    totals = RollTotals.first(COMMUNITY, NOON)
    parts = {derived_id("home", str(n)): Part(100 + n, 2, {"A": (1, 1)}) for n in range(1001)}
    roll = Roll(COMMUNITY, parts, {"A": Owner("A", OwnerKind.PERSON, "李桂华", "")})
    totals.replace(roll, NOON)
    pages = list(totals.listed(roll))
    assert [(page.part, page.parts, len(page.homes)) for page in pages] == [(1, 3, 500), (2, 3, 500), (3, 3, 1)]
    told = {home.home_id: home.area for page in pages for home in page.homes}
    assert told == {home_id: part.area for home_id, part in parts.items()}
    assert {page.roll.version for page in pages} == {1}

"""What the directory does: districts, communities, numbers, the roll, API clients; and that its tables are whole."""

from datetime import date, timedelta

import pytest

from gateway.directory.contract import (
    CreateApiClient,
    CreateDistrict,
    EstatePlan,
    OnboardCommunity,
    ParameterSetting,
    Person,
    RevokeApiClient,
    SetParameter,
    Tie,
    VerifyMember,
)
from gateway.directory.use_cases import DOES
from services.actor import NOBODY, SYSTEM, Actor, Role
from services.declare import commands_of
from services.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from services.ids import new_id
from tests.gateway.directory.world import PASSWORD, ROLL, World, estate_plans, home, roll
from tests.shared.samples import COMMUNITY, DISTRICT


def onboard(**changed: object) -> OnboardCommunity:
    told = {"community_id": "wuhan-baibuting", "district_id": DISTRICT, "name": "百步亭社区", "estates": estate_plans()}
    return OnboardCommunity(**{**told, **changed})  # type: ignore[arg-type]


def test_every_command_of_the_contract_is_done_by_something() -> None:
    assert set(DOES) == {spec.cls for spec in commands_of("directory").values()}


def test_a_district_begins_with_its_admin(world: World) -> None:
    assert world.events()[:3] == ["district.created", "member.registered", "role.granted"]
    admin = Person(login="another.admin", name="某某", phone="13000000000", password=PASSWORD)
    for district_id in (DISTRICT, COMMUNITY):
        with pytest.raises(Conflict):
            world.does(CreateDistrict(community_id=district_id, name="又一区", admin=admin), SYSTEM)
    for actor in (world.admin, NOBODY):
        with pytest.raises(Forbidden):
            world.does(CreateDistrict(community_id="wuhan-wuchang", name="武昌区", admin=admin), actor)
    weak = Person(login="another.admin", name="某某", phone="13000000000", password="12345678")
    with pytest.raises(Invalid):
        world.does(CreateDistrict(community_id="wuhan-wuchang", name="武昌区", admin=weak), SYSTEM)


def test_a_community_comes_in_with_every_home(world: World) -> None:
    state = world.does(onboard(), world.admin)
    entrances = [entrance for building in state["estates"][0]["buildings"] for entrance in building["entrances"]]
    assert [entrance["homes"] for entrance in entrances] == [6] * 6
    assert len([row for row in world.all("homes") if row["community_id"] == "wuhan-baibuting"]) == 36
    assert world.events()[-1] == "community.onboarded"
    assert {row["community_id"] for row in world.all("communities")} == {COMMUNITY, "wuhan-baibuting"}


def test_only_the_admin_of_the_very_district_brings_a_community_in(world: World) -> None:
    others = [Actor(new_id(), {}, {"wuhan-wuchang": frozenset({Role.DISTRICT_ADMIN})}), NOBODY]
    others.append(world.official(Role.COMMUNITY_ADMIN))
    for actor in others:
        with pytest.raises(Forbidden):
            world.does(onboard(), actor)
    with pytest.raises(NotFound):
        world.does(onboard(district_id="wuhan-wuchang"), SYSTEM)
    for taken in (COMMUNITY, DISTRICT):
        with pytest.raises(Conflict):
            world.does(onboard(community_id=taken), world.admin)


@pytest.mark.parametrize(
    "changed",
    [
        {"zone": "Asia/Wuhan"},
        {"zone": "../../etc/passwd"},
        {"zone": "/etc/passwd"},
        {"estates": (EstatePlan(name="a", buildings=()), EstatePlan(name="A ", buildings=()))},
        {"parameters": (ParameterSetting(name="issues.nothing", day=date(2024, 1, 1), value=1),)},
        {"parameters": (ParameterSetting(name="issues.reopening_days", day=date(2024, 1, 1), value=0),)},
    ],
)
def test_a_plan_that_cannot_be_is_refused_whole(world: World, changed: dict[str, object]) -> None:
    with pytest.raises((Refused, Invalid)):
        world.does(onboard(**changed), world.admin)
    assert len(world.all("places")) == 1


def test_a_community_sets_its_own_numbers_within_bounds_and_never_backwards(world: World) -> None:
    today = world.clock().date()

    def number(value: int, day: date = today, name: str = "issues.reopening_days") -> SetParameter:
        return SetParameter(community_id=COMMUNITY, name=name, day=day, value=value)

    admin = world.official(Role.COMMUNITY_ADMIN)
    world.does(number(9), admin)
    state = world.does(number(10), admin)
    assert state["parameters"] == [{"name": "issues.reopening_days", "day": today.isoformat(), "value": 10}]
    assert state["version"] == 3
    with pytest.raises(Invalid, match="not between"):
        world.does(number(61), admin)
    with pytest.raises(Refused, match="no number"):
        world.does(number(5, name="issues.unheard_of"), admin)
    with pytest.raises(Refused, match="never backwards"):
        world.does(number(5, today - timedelta(days=1)), admin)
    for actor in (world.official(Role.GRID_OFFICER), NOBODY):
        with pytest.raises(Forbidden):
            world.does(number(5), actor)
    assert world.events().count("community.changed") == 2


def test_a_roll_is_imported_and_replaced_whole(world: World) -> None:
    first = world.directory.import_roll(COMMUNITY, ROLL, world.admin, replaces=0)
    assert (first["version"], first["homes"], first["area"], first["headcount"]) == (1, 5, 45985, 3)
    second = world.directory.import_roll(COMMUNITY, roll("1,1,101,80,A1,李桂华,,1,"), world.admin, replaces=1)
    assert (second["version"], second["homes"], second["area"], second["headcount"]) == (2, 1, 8000, 1)
    assert second["hash"] != first["hash"]
    assert (len(world.all("parts")), len(world.all("owners")), len(world.all("shares"))) == (1, 1, 1)
    assert world.events()[-4:] == ["roll.imported", "roll.listed"] * 2


def test_a_roll_that_somebody_else_replaced_meanwhile_is_refused(world: World) -> None:
    with pytest.raises(Conflict):
        world.directory.import_roll(COMMUNITY, ROLL, world.admin, replaces=1)
    world.directory.import_roll(COMMUNITY, ROLL, world.admin, replaces=0)
    with pytest.raises(Conflict):
        world.directory.import_roll(COMMUNITY, ROLL, world.admin, replaces=0)
    assert len(world.all("parts")) == 5


def test_a_bad_line_leaves_the_old_roll_as_it_was(world: World) -> None:
    world.directory.import_roll(COMMUNITY, ROLL, world.admin, replaces=0)
    before = [world.all(name) for name in ("rolls", "parts", "owners", "shares", "journal")]
    with pytest.raises(Invalid):
        world.directory.import_roll(COMMUNITY, roll("1,1,101,0,A1,李桂华,,1,"), world.admin, replaces=1)
    assert [world.all(name) for name in ("rolls", "parts", "owners", "shares", "journal")] == before


def test_what_members_own_follows_the_roll(world: World) -> None:
    world.directory.import_roll(COMMUNITY, ROLL, world.admin, replaces=0)
    li = world.registered("li.guihua")
    owns = Tie(home_id=home(1, 1, "101"), owner=True)
    world.does(VerifyMember(community_id=COMMUNITY, member_id=li, home=owns), world.admin)
    world.directory.import_roll(
        COMMUNITY, roll("2,1,201,120.5,A1,李桂华,,1,", "3,1,301,80,A1,李桂华,,1,"), world.admin, replaces=1
    )
    assert world.events()[-3:] == ["ownership.changed", "roll.imported", "roll.listed"]
    mine = next(row for row in world.all("members") if row["id"] == li)
    assert {tie.home_id for tie in mine["homes"]} == {home(2, 1, "201"), home(3, 1, "301")}
    world.directory.import_roll(COMMUNITY, roll("2,1,201,120.5,A1,王强,,1,"), world.admin, replaces=2)
    mine = next(row for row in world.all("members") if row["id"] == li)
    assert (mine["homes"], mine["roles"]) == ((), ())
    assert [row["member_id"] for row in world.all("owners")] == [None]
    assert world.actor(li).roles == {}


def test_only_admins_import_a_roll(world: World) -> None:
    for actor in (world.official(Role.GRID_OFFICER), NOBODY):
        with pytest.raises(Forbidden):
            world.directory.import_roll(COMMUNITY, ROLL, actor, replaces=0)
    with pytest.raises(NotFound):
        world.directory.import_roll("wuhan-nowhere", ROLL, SYSTEM, replaces=0)


def test_an_api_client_belongs_to_one_community_and_is_revoked_once(world: World) -> None:
    made = world.does(CreateApiClient(community_id=COMMUNITY, label="物业工单系统"), world.admin)
    revoke = RevokeApiClient(community_id=COMMUNITY, client_id=made["client"]["id"])
    assert world.does(revoke, world.admin)["revoked"]
    with pytest.raises(Refused):
        world.does(revoke, world.admin)
    with pytest.raises(Refused):
        world.does(CreateApiClient(community_id=DISTRICT, label="区平台"), world.admin)
    with pytest.raises(Forbidden):
        world.does(CreateApiClient(community_id=COMMUNITY, label="x"), world.official(Role.PROPERTY_MANAGER))
    with pytest.raises(NotFound):
        world.does(RevokeApiClient(community_id=COMMUNITY, client_id=new_id()), world.admin)

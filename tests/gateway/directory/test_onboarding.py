"""A community begins with one file; doing it again goes on where it was interrupted and changes nothing else."""

import dataclasses

import pytest

from gateway.directory.blueprint import Blueprint, PersonPlan, read_blueprint
from gateway.directory.onboarding import onboard
from services.actor import Role
from services.errors import Conflict, Invalid, Refused
from tests.gateway.directory.test_blueprint import GOOD
from tests.gateway.directory.world import PASSWORD, World, roll

HALVES = roll("1,2,301,80,A1,李桂华,13000000001,1/2,", "1,2,301,80,A2,王强,,1/2,")


def plan(**changed: object) -> Blueprint:
    good = read_blueprint(GOOD.replace("wuhan-caochang", "wuhan-baibuting").encode())
    good = dataclasses.replace(good, estates=(dataclasses.replace(good.estates[0], others=()),))
    return dataclasses.replace(good, **changed)  # type: ignore[arg-type]


def a_new_district() -> Blueprint:
    good = plan()
    admin = PersonPlan(
        login="han.mei", name="韩梅", phone="13000000077", password=PASSWORD, roles=(Role.DISTRICT_ADMIN,)
    )
    district = dataclasses.replace(good.district, id="wuhan-wuchang", name="武昌区")
    return dataclasses.replace(good, district=district, people=(*good.people, admin))


def test_everything_is_there_in_one_go(world: World) -> None:
    done = onboard(world.directory, a_new_district(), HALVES)
    assert done.roll_version == 1
    assert set(done.members) == {"li.guihua", "han.mei"}
    assert set(done.passwords) == {"li.guihua"}
    li = world.actor(done.members["li.guihua"])
    assert li.roles == {"wuhan-baibuting": {Role.OWNER, Role.OWNERS_COMMITTEE}}
    assert world.logged_in("han.mei").districts == {"wuhan-wuchang": {Role.DISTRICT_ADMIN}}
    assert world.directory.log_in("li.guihua", done.passwords["li.guihua"], "10.0.0.1").change_password


def test_doing_it_again_changes_nothing(world: World) -> None:
    first = onboard(world.directory, plan(), HALVES)
    events = world.events()
    world.clock.forward(days=10)
    again = onboard(world.directory, plan(), HALVES)
    assert (again.members, again.roll_version, again.passwords) == (first.members, 1, {})
    assert world.events() == events


def test_what_was_interrupted_goes_on(world: World) -> None:
    with pytest.raises(Refused, match="does not name"):
        onboard(world.directory, plan())
    assert onboard(world.directory, plan(), HALVES).roll_version == 1
    assert world.events()[-2:] == ["member.verified", "role.granted"]


def test_other_places_under_the_same_name_are_a_conflict(world: World) -> None:
    onboard(world.directory, plan(people=()))
    with pytest.raises(Conflict):
        onboard(world.directory, plan(people=(), estates=(dataclasses.replace(plan().estates[0], name="另一小区"),)))


def test_a_new_district_needs_an_admin_among_the_people(world: World) -> None:
    district = dataclasses.replace(plan().district, id="wuhan-wuchang")
    with pytest.raises(Refused, match="district_admin"):
        onboard(world.directory, plan(district=district))
    nameless = a_new_district()
    people = tuple(dataclasses.replace(person, password=None) for person in nameless.people)
    done = onboard(world.directory, dataclasses.replace(nameless, people=people), HALVES)
    world.logged_in("han.mei", done.passwords["han.mei"])


def test_a_bad_roll_and_an_unknown_home_are_told(world: World) -> None:
    with pytest.raises(Invalid):
        onboard(world.directory, plan(), roll("99,1,301,80,A1,李桂华,,1,"))
    person = plan().people[0]
    lost = dataclasses.replace(person, homes=(dataclasses.replace(person.homes[0], home="99栋 1单元 101"),))
    with pytest.raises(Refused, match="no such home"):
        onboard(world.directory, plan(people=(lost,)))

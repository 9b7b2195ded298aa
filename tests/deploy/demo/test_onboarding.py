"""The demonstration's community: as many buildings, entrances and homes as the real one, and people who can log in."""

import io

import pytest
from rich.console import Console

from deploy import parts
from deploy.demo.onboarding import COMMUNITY, onboard, the_plan
from gateway.directory.facade import Directory
from services.actor import Role
from services.clock import utc_now
from services.migrate import upgrade
from services.settings import read_settings
from services.tokens import Verifier


def test_the_plan_has_the_figures_of_the_place() -> None:
    buildings = [building for estate in the_plan().estate_plans() for building in estate.buildings]
    entrances = [entrance for building in buildings for entrance in building.entrances]
    homes = sum(entrance.floors * entrance.homes_per_floor for entrance in entrances)
    assert (len(buildings), len(entrances), homes) == (37, 68, 5700)


def test_the_people_cover_the_three_parties_and_the_micro_grid() -> None:
    roles = {role for person in the_plan().people for role in person.roles}
    assert roles >= {
        Role.GRID_OFFICER, Role.BUILDING_LEADER, Role.PROPERTY_STEWARD, Role.PROPERTY_MANAGER, Role.PARTY_COMMITTEE,
        Role.OWNERS_COMMITTEE, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN,
    }  # fmt: skip


def test_the_community_comes_in_twice_and_is_there_once(
    databases_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SANSAN_DATABASE_URL", databases_url)
        environment.setenv("SANSAN_DATA_DIRECTORY", str(tmp_path_factory.mktemp("data")))
        chosen = read_settings()
    upgrade(chosen.database("directory"), parts.migrations_of("directory"))
    told = [io.StringIO(), io.StringIO()]
    for each in told:
        onboard(chosen, Console(file=each, width=200))
    assert told[0].getvalue() == told[1].getvalue()
    assert "37 buildings, 68 entrances, 5,700 homes; roll version 1" in told[0].getvalue()
    directory = Directory.open(chosen)
    verifier = Verifier(chosen.keys_directory)
    held = {}
    for person in the_plan().people:
        session = directory.log_in(person.login, str(person.password), "127.0.0.1")
        actor = verifier.verify(session.access_token, utc_now())
        held[person.login] = actor.roles.get(COMMUNITY, frozenset())
    directory.close()
    assert held["li.guihua"] == {Role.OWNER}
    assert held["zhang.wei"] == {Role.RESIDENT}
    assert held["chen.jing"] == {Role.GRID_OFFICER}
    assert held["zhou.min"] == {Role.PROPERTY_STEWARD}
    assert held["huang.xiulan"] == {Role.OWNER, Role.BUILDING_LEADER}

"""kill -9 of any process, at any moment, under load: what was accepted is there exactly once, and GETs are answered."""

import random

import pytest

from deploy.machine import tries
from deploy.private_node import PrivateNode
from tests.faults.evidence import Evidence
from tests.faults.founding import COMMUNITY
from tests.faults.load import Load
from tests.faults.stories import ON_POSTGRESQL, ON_SQLITE, PARTS, SEED, OpenTown, UnderLoad
from tests.faults.town import Town

BEHIND_THE_GATEWAY = ("issues", "points", "edge")


def kill(town: Town, load: Load, victims: list[str]) -> None:
    """Kill one after the other at random moments, also while others or they themselves are coming back."""
    chance = random.Random(SEED)
    chance.shuffle(victims)
    for name in victims:
        load.await_acknowledged(chance.randint(1, 60))
        town.kill(name)
    for name in set(victims):
        town.await_new(name, old=0)


def test_no_killed_service_loses_or_doubles_anything(town: Town, under_load: UnderLoad) -> None:
    with under_load(town) as load:
        kill(town, load, [*BEHIND_THE_GATEWAY] * 2)


@ON_SQLITE
def test_no_killed_gateway_loses_or_doubles_anything(town: Town, under_load: UnderLoad) -> None:
    with under_load(town, web_was_away=True) as load:
        kill(town, load, ["web"] * 3)


@ON_POSTGRESQL
def test_another_relay_takes_over_within_seconds_when_the_holder_is_killed(
    open_town: OpenTown, under_load: UnderLoad
) -> None:
    with open_town("issues", "issues+", "points", "edge", "web") as town, under_load(town) as load:
        evidence = Evidence(town.settings, COMMUNITY)
        for _ in range(2):
            load.await_acknowledged(20)
            holder = evidence.relay_holder("issues")
            town.kill(next(name for name in ("issues", "issues+") if f" {town.pid(name)} " in holder))
            assert any(evidence.relay_holder("issues") != holder for _ in tries(10)), "nobody took over"


@pytest.mark.long
@pytest.mark.timeout(900)
def test_no_number_of_kills_loses_or_doubles_anything(open_town: OpenTown, under_load: UnderLoad) -> None:
    names = (*BEHIND_THE_GATEWAY, "issues+", "points+", "edge+", "web")
    with open_town(*names) as town, under_load(town, web_was_away=True) as load:
        kill(town, load, [*names] * 8)


@ON_SQLITE
@pytest.mark.long
def test_a_power_cut_loses_or_doubles_nothing(town: Town, under_load: UnderLoad, faults_broker: PrivateNode) -> None:
    with under_load(town, web_was_away=True) as load:
        for _ in range(3):
            load.await_acknowledged(40)
            for name in PARTS:
                town.kill(name)
            faults_broker.kill()
            faults_broker.start()

"""A service is down: its writes are refused within the time-out, everything else goes on, and it catches up by itself."""

import time
from pathlib import Path

import pytest

from deploy.machine import tries
from deploy.private_node import PrivateNode
from tests.faults.evidence import Evidence
from tests.faults.founding import COMMUNITY, found_community, new_town, onboard_community
from tests.faults.stories import ON_SQLITE, PARTS, OpenTown, UnderLoad

TIMEOUT_SECONDS = 2.0


@ON_SQLITE
@pytest.mark.alone
def test_a_service_that_is_down_stops_nobody_else(open_town: OpenTown, under_load: UnderLoad) -> None:
    with open_town(*PARTS, COMMAND_TIMEOUT_SECONDS=str(TIMEOUT_SECONDS)) as town, under_load(town) as load:
        evidence = Evidence(town.settings, COMMUNITY)

        town.stop("issues")
        down, reads = time.monotonic(), load.history.reads
        load.await_that(lambda history: len(history.between(down, time.monotonic())) > 12, "writes are answered")
        answered = load.history.between(down, time.monotonic())
        assert {sending.status for sending in answered} == {503}
        assert max(sending.seconds for sending in answered) < TIMEOUT_SECONDS + 1
        assert load.history.reads > reads + 10
        town.start("issues")
        load.await_acknowledged(20)

        town.stop("points")
        credited = len(evidence.credited())
        load.await_acknowledged(80)
        assert len(evidence.credited()) == credited
        town.start("points")
        load.await_that(lambda _: len(evidence.credited()) > credited, "points are given again")

        town.stop("edge")
        load.await_acknowledged(80)
        town.start("edge")


@ON_SQLITE
def test_what_was_told_before_a_service_first_started_reaches_it(
    faults_broker: PrivateNode, databases_url: str, tmp_path: Path
) -> None:
    with new_town(faults_broker, databases_url, tmp_path, {}) as town:
        town.start("edge", "web")
        onboard_community(town.settings)
        evidence = Evidence(town.settings, COMMUNITY)
        assert any(evidence.journals()[1] == 0 for _ in tries(20)), "the directory's relay tells of the community"
        town.start("issues", "points")
        found_community(town.settings)

"""The broker is stopped, killed, or takes no more messages: writes are refused at once, reads go on, all resumes by itself."""

import time
from collections.abc import Callable

import pytest

from deploy.private_node import PrivateNode
from tests.faults.load import Load
from tests.faults.stories import ON_POSTGRESQL, ON_SQLITE, UnderLoad
from tests.faults.town import Town

OUTAGE_SECONDS = 20.0
AT_ONCE_SECONDS = 1.0


def refuses_everything(load: Load, begin: float, end: float) -> None:
    """Every write that was sent in this time was answered with 503 within a second, and reads were answered."""
    sendings = load.history.between(begin, end - AT_ONCE_SECONDS)
    assert len(sendings) > 20
    assert {sending.status for sending in sendings} == {503}
    assert max(sending.seconds for sending in sendings) < AT_ONCE_SECONDS


def let_pass(load: Load, seconds: float) -> None:
    """Let people go on for so long, with a broker that is away."""
    end = time.monotonic() + seconds
    reads = load.history.reads
    load.await_that(lambda _: time.monotonic() > end, "time passes", seconds + 5)
    assert load.history.reads > reads + 10, "nobody could read"


@pytest.mark.alone
@pytest.mark.parametrize(
    ("databases_url", "end"),
    [
        pytest.param("sqlite", PrivateNode.stop, id="sqlite-stopped"),
        pytest.param("postgresql", PrivateNode.kill, id="postgresql-killed", marks=pytest.mark.postgres),
    ],
    indirect=["databases_url"],
)
def test_a_broker_that_is_away_costs_nothing_but_time(
    town: Town, under_load: UnderLoad, faults_broker: PrivateNode, end: Callable[[PrivateNode], None]
) -> None:
    with under_load(town) as load:
        end(faults_broker)
        gone = time.monotonic() + AT_ONCE_SECONDS
        let_pass(load, OUTAGE_SECONDS)
        refuses_everything(load, gone, time.monotonic())
        faults_broker.start()


@ON_SQLITE
@pytest.mark.alone
def test_an_alarm_refuses_writes_at_once_and_leaves_reads_alone(
    town: Town, under_load: UnderLoad, faults_broker: PrivateNode
) -> None:
    with under_load(town) as load:
        for alarm in (faults_broker.block, faults_broker.block_disk):
            alarm()
            raised = time.monotonic()
            let_pass(load, 4)
            refuses_everything(load, raised, time.monotonic())
            under_way = [sending for sending in load.history.sendings if sending.began < raised <= sending.ended]
            assert all(sending.ended < raised + AT_ONCE_SECONDS for sending in under_way)
            faults_broker.unblock()
            load.await_acknowledged(20)


@ON_POSTGRESQL
@pytest.mark.long
def test_a_frozen_broker_costs_nothing_but_time(town: Town, under_load: UnderLoad, faults_broker: PrivateNode) -> None:
    with under_load(town) as load:
        for seconds in (3, OUTAGE_SECONDS, 70):
            faults_broker.pause()
            let_pass(load, seconds)
            faults_broker.resume()
            load.await_acknowledged(20, 60)


@ON_SQLITE
def test_a_broker_that_came_back_without_its_bindings_is_told_them_before_anything_is_published(
    town: Town, under_load: UnderLoad
) -> None:
    with under_load(town) as load:
        town.stop("points", "edge")
        town.pause("issues")
        assert town.forget_bindings() > 5
        town.cut_broker_connections()
        town.resume("issues")
        load.await_acknowledged(20)
        town.start("points", "edge")

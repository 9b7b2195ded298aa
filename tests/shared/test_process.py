"""A process answers its probes, waits for what is away, and ends in order when it is told to."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import EX_CONFIG
from deploy.machine import tries
from services.broker import Link
from services.issues.store import STORE as ISSUES
from tests.shared.running import House, Running
from tests.shared.samples import report

ISSUES_SERVICE = "services.issues.service:IssuesService"
PARTS = {"issues.commands", "issues.subscriptions", "issues.relay", "issues.schedule", "issues.watching"}


@pytest.fixture
def house(fresh_amqp_url: str, tmp_path: Path) -> Iterator[House]:
    """A house of its own on SQLite."""
    made = House(fresh_amqp_url, f"sqlite:///{tmp_path}/{{service}}.db", tmp_path).prepare(ISSUES)
    yield made
    made.end()


def exit_status(process: Running, seconds: float = 30) -> int:
    """The status with which it ended by itself."""
    return process.process.wait(seconds)


def test_probes_tell_who_lives_and_what_is_measured(house: House) -> None:
    issues = house.start(ISSUES_SERVICE)
    with house.caller() as caller:
        assert caller.call(report())["error"] is None
    live = issues.get("/healthz")
    assert live.status_code == 200
    assert set(live.json()) == PARTS
    metrics = issues.get("/metrics").text
    assert 'sansan_handled_total{name="issues.report_issue",outcome="done"} 1.0' in metrics
    assert 'sansan_queue_depth{queue="rpc-issues"}' in metrics
    assert issues.get("/nothing").status_code == 404


def test_it_is_not_ready_before_each_of_its_parts_is(house: House) -> None:
    issues = house.begin(ISSUES_SERVICE)
    for _ in tries(60, pause=0.005):
        if issues.said("probes") and (found := issues.get("/readyz")).status_code == 200:
            assert set(found.json()) == PARTS
            break
    with house.caller() as caller:
        assert caller.depth("rpc-issues") == 0
        assert caller.call(report())["error"] is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_when_it_is_told_to(house: House, number: signal.Signals) -> None:
    issues = house.start(ISSUES_SERVICE)
    status, seconds = issues.stop(number)
    assert status == 0
    assert seconds < 10
    assert [line["event"] for line in issues.lines()][-1] == "stopped"
    assert house.rows(ISSUES, "lease") == []


def test_without_a_broker_it_lives_is_not_ready_and_ends_when_it_is_told_to(house: House) -> None:
    issues = house.begin(ISSUES_SERVICE, AMQP_URL="amqp://guest:guest@127.0.0.1:1/")
    assert any(issues.said("consumer waits") and issues.said("relay waits") for _ in tries(20))
    assert issues.get("/healthz").status_code == 200
    assert issues.get("/readyz").status_code == 503
    status, seconds = issues.stop()
    assert (status, seconds < 10) == (0, True)


def test_without_a_database_it_lives_and_works_as_soon_as_there_is_one(house: House, tmp_path: Path) -> None:
    (tmp_path / "later").mkdir()
    later = House(house.amqp_url, f"sqlite:///{tmp_path}/later/{{service}}.db", tmp_path, house.running)
    issues = later.begin(ISSUES_SERVICE)
    assert any(issues.said("relay waits") for _ in tries(20))
    assert issues.process.poll() is None
    assert not issues.is_ready
    later.prepare(ISSUES)
    issues.await_ready()
    with later.caller() as caller:
        assert caller.call(report())["error"] is None


@pytest.mark.parametrize(
    ("queue", "arguments"),
    [
        ("rpc-issues", {"x-max-length": 5}),
        ("issues.on.directory", {}),
        ("dead-letters", {}),
        ("retry.10s", {"x-message-ttl": 1}),
    ],
)
def test_a_queue_that_exists_with_other_arguments_ends_it_with_a_clear_word(
    house: House, queue: str, arguments: dict[str, int]
) -> None:
    link = Link(house.amqp_url)
    link.channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
    issues = house.begin(ISSUES_SERVICE)
    assert exit_status(issues) == EX_CONFIG == 78
    (line,) = issues.said("cannot start")
    assert f"queue {queue} exists with other arguments; delete it or rename it, then start again" in line["error"]
    link.channel.queue_delete(queue)
    link.close()
    house.start(ISSUES_SERVICE)


def test_an_exchange_of_another_kind_ends_it_too(house: House) -> None:
    link = Link(house.amqp_url)
    link.channel.exchange_declare("issues.events", "fanout", durable=True, auto_delete=False)
    issues = house.begin(ISSUES_SERVICE)
    assert exit_status(issues) == EX_CONFIG
    assert "exchange issues.events" in issues.said("cannot start")[0]["error"]
    link.close()


def test_a_probe_port_that_is_taken_is_replaced_by_another(house: House) -> None:
    first = house.start(ISSUES_SERVICE)
    taken = first.said("probes")[0]["port"]
    second = house.start(ISSUES_SERVICE, PROBE_PORT=str(taken))
    assert second.said("probes")[0]["port"] != taken
    assert second.said("probe port is taken, using another")[0]["wanted"] == taken

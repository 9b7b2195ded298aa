"""A private node starts by itself, keeps what it confirmed over a power cut, and is nobody else's."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import amqp
import pytest
from kombu.connection import Connection
from kombu.entity import Queue

from deploy.machine import is_free, tries
from deploy.node_files import Note
from deploy.private_node import NodeFailed, PrivateNode, answers, running

pytestmark = pytest.mark.broker

OWNER = """
import sys
from pathlib import Path
from deploy.private_node import PrivateNode
print(PrivateNode(Path(sys.argv[1])).start().url, flush=True)
sys.stdin.read()
"""


def publish(url: str, *bodies: str) -> None:
    """Put messages into a durable quorum queue; return when the broker has confirmed them."""
    with Connection(url, transport_options={"confirm_publish": True}) as connection:
        queue = Queue("kept", durable=True, queue_arguments={"x-queue-type": "quorum"})
        producer = connection.Producer()
        for body in bodies:
            producer.publish(body, routing_key="kept", declare=[queue], delivery_mode=2)


def consume(url: str, count: int) -> list[str]:
    """Take and acknowledge so many messages; fewer, when the next does not come within five seconds."""
    got: list[str] = []
    with Connection(url) as connection, connection.SimpleQueue(Queue("kept", no_declare=True)) as queue:
        for _ in range(count):
            try:
                message = queue.get(timeout=5)
            except queue.Empty:
                break
            message.ack()
            got.append(message.payload)
    return got


def test_messages_pass_through_it(lent_broker: PrivateNode) -> None:
    publish(lent_broker.url, "one", "two")
    assert consume(lent_broker.url, 2) == ["one", "two"]


def test_confirmed_messages_outlive_an_orderly_stop_and_a_power_cut(private_broker: PrivateNode) -> None:
    url, pid = private_broker.url, private_broker.pid
    publish(url, "before the stop")
    private_broker.stop()
    assert private_broker.pid is None
    assert is_free(private_broker.port)

    private_broker.start()
    assert (private_broker.url, private_broker.pid != pid) == (url, True)
    publish(url, "before the power cut")
    private_broker.kill()
    assert not answers(url)

    private_broker.start()
    assert consume(url, 2) == ["before the stop", "before the power cut"]


def test_two_nodes_at_once_know_nothing_of_each_other(lent_broker: PrivateNode, tmp_path: Path) -> None:
    with PrivateNode(tmp_path / "other") as other:
        assert other.port != lent_broker.port
        publish(lent_broker.url, "mine")
        publish(other.url, "theirs")
        assert (consume(lent_broker.url, 1), consume(other.url, 1)) == (["mine"], ["theirs"])
        assert [node.ctl("list_queues", "messages").split()[-1] for node in (lent_broker, other)] == ["0", "0"]
    assert answers(lent_broker.url)


def test_starting_it_twice_is_starting_it_once(lent_broker: PrivateNode) -> None:
    pid = lent_broker.pid
    assert lent_broker.start().pid == pid


def test_it_listens_on_the_loopback_only(lent_broker: PrivateNode) -> None:
    listening = lent_broker.ctl("listeners", tool="rabbitmq-diagnostics")
    interfaces = {part.split()[0] for part in listening.split("Interface: ")[1:]}
    assert interfaces <= {"127.0.0.1,", "[::],"}, listening
    tables = [Path(f"/proc/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    open_to_all = {
        int(row.split()[1].rpartition(":")[2], 16)
        for row in [*tables[0], *tables[1]]
        if row.split()[3] == "0A" and set(row.split()[1].partition(":")[0]) == {"0"}
    }
    note = Note.read(lent_broker.directory)
    assert note
    assert not open_to_all & {note.port, note.epmd_port, note.distribution_port}


@pytest.mark.parametrize("alarm", [PrivateNode.block, PrivateNode.block_disk])
def test_an_alarm_blocks_publishers_until_it_ends(lent_broker: PrivateNode, alarm: object) -> None:
    said: list[str] = []
    connection = amqp.Connection(
        f"127.0.0.1:{lent_broker.port}",
        on_blocked=lambda reason: said.append(reason),
        on_unblocked=lambda: said.append("unblocked"),
    )
    connection.connect()
    try:
        channel = connection.channel()
        assert callable(alarm)
        alarm(lent_broker)
        channel.basic_publish(amqp.Message("waits"), routing_key="nowhere")
        connection.drain_events(timeout=10)
        lent_broker.unblock()
        connection.drain_events(timeout=10)
    finally:
        connection.collect()
    assert len(said) == 2
    assert said[1] == "unblocked"


def test_a_frozen_node_answers_nothing_until_it_goes_on(lent_broker: PrivateNode) -> None:
    lent_broker.pause()
    assert not answers(lent_broker.url, seconds=0.5)
    lent_broker.resume()
    assert answers(lent_broker.url)


def test_a_virtual_host_is_empty_and_goes_with_its_test(private_broker: PrivateNode) -> None:
    with private_broker.vhost() as url:
        publish(url, "elsewhere")
        assert "kept" not in private_broker.ctl("list_queues", "name")
        assert consume(url, 1) == ["elsewhere"]
    assert not answers(url)


def test_a_node_of_another_living_program_is_shared_and_left_running(tmp_path: Path) -> None:
    with _owner(tmp_path) as (owner, url):
        shared = PrivateNode(tmp_path).start()
        assert shared.url == url
        assert running(tmp_path) == url
        shared.stop()
        assert answers(url)
        owner.communicate()
    assert running(tmp_path) is None


def test_it_ends_with_the_program_that_started_it_even_when_that_is_killed(tmp_path: Path) -> None:
    with _owner(tmp_path) as (owner, url):
        note = Note.read(tmp_path)
        assert note
        assert note.node_runs
        os.kill(owner.pid, signal.SIGKILL)
        with PrivateNode(tmp_path) as node:
            assert node.pid != note.pid
            assert node.url == url
    assert any(is_free(note.epmd_port) for _ in tries(10))


def test_a_node_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "advanced.config").write_text("no Erlang term")
    node = PrivateNode(tmp_path)
    with pytest.raises(NodeFailed, match="advanced"):
        node.start()
    assert node.pid is None


def test_a_tool_that_fails_says_why(lent_broker: PrivateNode) -> None:
    with pytest.raises(NodeFailed, match="no_such_vhost"):
        lent_broker.ctl("delete_vhost", "no_such_vhost")


class _owner:
    """A program that starts a node in a directory and runs until its input ends."""

    def __init__(self, directory: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> "tuple[subprocess.Popen[str], str]":
        assert self._process.stdout
        return self._process, self._process.stdout.readline().strip()

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

"""The broker that is used is the named one, else one that runs, else one of our own; nobody else's is ever stopped."""

import subprocess
from pathlib import Path

import pytest

from deploy.broker import STANDARD_URL, Broker, answers, container_name, find, find_or_start, make_available, start
from deploy.machine import docker_image, rabbitmq_scripts
from deploy.private_node import PrivateNode
from tests.conftest import GIVEN


def test_the_named_broker_is_taken_at_its_word(tmp_path: Path) -> None:
    named = find_or_start("amqp://somebody@elsewhere.example/", tmp_path, "no image")
    assert (named.url, named.origin) == ("amqp://somebody@elsewhere.example/", "named")
    named.stop()
    make_available(named.url, tmp_path, "no image")
    assert not list(tmp_path.iterdir())


def test_the_wrong_password_is_no_answer(lent_broker: PrivateNode) -> None:
    assert answers(lent_broker.url)
    assert not answers(lent_broker.url.replace("guest:guest", "guest:wrong"))
    assert not answers(lent_broker.url + "no-such-host")


def test_a_broker_on_the_standard_port_comes_before_our_own(lent_broker: PrivateNode) -> None:
    found = find("", lent_broker.directory)
    assert found
    if answers(STANDARD_URL):
        assert (found.url, found.origin) == (STANDARD_URL, "local")
    else:
        assert (found.url, found.origin) == (lent_broker.url, "private")
    found.stop()
    assert answers(found.url)


@pytest.mark.broker
def test_without_one_that_runs_a_private_node_is_started_and_stopped(tmp_path: Path) -> None:
    if not rabbitmq_scripts():
        pytest.skip("no rabbitmq-server on this machine")
    with start(tmp_path, "no image") as started:
        assert started.origin == "private"
        assert answers(started.url)
    assert not answers(started.url)


def test_with_a_docker_engine_a_container_is_started_shared_and_stopped(
    docker_engine: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not docker_image(GIVEN.rabbitmq_image):
        pytest.skip(f"the Docker engine has no image {GIVEN.rabbitmq_image}")
    monkeypatch.setattr("deploy.broker.rabbitmq_scripts", lambda: None)
    with start(tmp_path, GIVEN.rabbitmq_image) as started:
        assert started.origin == "container"
        assert answers(started.url)
        second: Broker = start(tmp_path, GIVEN.rabbitmq_image)
        assert second.url == started.url
        second.stop()
        assert answers(started.url)
    assert not answers(started.url)
    subprocess.run(["docker", "volume", "rm", container_name(tmp_path)], check=True, capture_output=True)

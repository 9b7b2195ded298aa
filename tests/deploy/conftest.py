"""The image and the compose project, built and started for real where a Docker engine answers."""

import re
from collections.abc import Iterator
from secrets import token_hex

import pytest

from deploy.machine import free_port
from deploy.parts import PROCESSES
from tests.conftest import GIVEN
from tests.deploy.composed import DOCKERFILE, Composed, compose_command, run, usable_image

IMAGE = "sansan-test"
LABEL = "org.opencontainers.image.title=sansan"


@pytest.fixture(scope="session")
def compose_project(docker_engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """A compose project of this test run, its image built and nothing started; whatever is started in it ends here.

    What earlier builds left behind is kept for half a day, to build upon.
    """
    compose_command()
    public = re.findall(r"^ARG BASE=(.+)$", DOCKERFILE.read_text(), re.MULTILINE)[0]
    name, port = f"sansan-test-{token_hex(4)}", free_port()
    env_file = tmp_path_factory.mktemp("compose") / "env"
    settings = {
        "COMPOSE_PROJECT_NAME": name,
        "POSTGRES_PASSWORD": token_hex(8),
        "RABBITMQ_PASSWORD": token_hex(8),
        "SANSAN_PUBLISH": f"127.0.0.1:{port}",
        "SANSAN_IMAGE": IMAGE,
        "SANSAN_BASE_IMAGE": usable_image(public, "sansan-test-python"),
        "POSTGRES_IMAGE": usable_image(GIVEN.postgres_image, "sansan-test-postgres"),
        "RABBITMQ_IMAGE": usable_image(GIVEN.rabbitmq_image, "sansan-test-rabbitmq"),
    }
    env_file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    project = Composed(name, env_file, f"http://127.0.0.1:{port}")
    project.compose("build")
    run("docker", "image", "prune", "--force", "--filter", f"label={LABEL}", "--filter", "until=12h")
    yield project
    project.compose("down", "--volumes", "--remove-orphans")


@pytest.fixture(scope="session")
def image(compose_project: Composed) -> str:
    """The image that every process runs in."""
    return IMAGE


@pytest.fixture(scope="session")
def composed(compose_project: Composed) -> Composed:
    """The whole system in containers, every process ready."""
    compose_project.compose("up", "--detach")
    compose_project.await_ready(*PROCESSES)
    return compose_project

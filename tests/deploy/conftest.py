"""The image and the compose project, built and started for real where a Docker engine answers."""

import fcntl
import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import pytest

from deploy.machine import free_port, guard
from deploy.parts import PROCESSES
from tests.conftest import GIVEN
from tests.deploy.composed import DOCKERFILE, ROOT, Composed, compose_command, run, usable_image

IMAGE = f"sansan-test:{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"  # each checkout has its own
LABEL = "org.opencontainers.image.title=sansan"
_REMOVE = """
mine="label=com.docker.compose.project=$1"
docker ps --all --quiet --filter "$mine" | xargs -r docker rm --force --volumes
docker network ls --quiet --filter "$mine" | xargs -r docker network rm
docker volume ls --quiet --filter "$mine" | xargs -r docker volume rm
"""


@pytest.fixture(scope="session")
def compose_project(docker_engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """A compose project of this test run, its image built and nothing started.

    Whatever is started in it is removed when the run has ended, however it did; the layers of earlier builds are kept for
    half a day, to build upon.
    """
    compose_command()
    name, port = f"sansan-test-{token_hex(4)}", free_port()
    project = Composed(name, tmp_path_factory.mktemp("compose") / "env", f"http://127.0.0.1:{port}")
    with _one_builder():
        settings = {
            "COMPOSE_PROJECT_NAME": name,
            "POSTGRES_PASSWORD": token_hex(8),
            "RABBITMQ_PASSWORD": token_hex(8),
            "SANSAN_PUBLISH": f"127.0.0.1:{port}",
            "SANSAN_IMAGE": IMAGE,
            "SANSAN_BASE_IMAGE": usable_image(_default_base(), "sansan-test-python"),
            "POSTGRES_IMAGE": usable_image(GIVEN.postgres_image, "sansan-test-postgres"),
            "RABBITMQ_IMAGE": usable_image(GIVEN.rabbitmq_image, "sansan-test-rabbitmq"),
        }
        project.env_file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        project.compose("build")
        run("docker", "image", "prune", "--force", "--filter", f"label={LABEL}", "--filter", "until=12h")
    guardian = guard(_REMOVE, name)
    yield project
    guardian.communicate()


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


@contextmanager
def _one_builder() -> Iterator[None]:
    """Test runs at the same time build one after the other; the later ones find all done."""
    with Path(tempfile.gettempdir(), "sansan-test-build.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _default_base() -> str:
    found = re.search(r"^ARG BASE=(.+)$", DOCKERFILE.read_text(), re.MULTILINE)
    assert found
    return found[1]

"""The compose project of a test: its command line, its images, and what its containers say."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest

from deploy.machine import docker_image, tries

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy" / "compose.yaml"
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
STAND_INS = Path(__file__).parent / "images" / "build.sh"
PORT = 8600
Test = TypeVar("Test", bound=Callable[..., None])
_PROBE = f"""
import sys, urllib.error, urllib.request
try:
    answer = urllib.request.urlopen("http://127.0.0.1:{PORT}" + sys.argv[1], timeout=3)
    print(answer.status, answer.read().decode())
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
except OSError as error:
    print(0, repr(str(error)))
"""


def real(test: Test) -> Test:
    """Mark a test that runs containers: the first of them builds the image, and one worker does them all."""
    for mark in (pytest.mark.timeout(1800), pytest.mark.xdist_group("compose")):
        test = mark(test)
    return test


@cache
def compose_command() -> tuple[str, ...]:
    """Compose 2 if it is there, else the older program of its own; the test is skipped where there is neither."""
    for command in (("docker", "compose"), ("docker-compose",)):
        if shutil.which(command[0]) and not subprocess.run([*command, "version"], capture_output=True).returncode:
            return command
    pytest.skip("Compose is not installed: neither `docker compose` nor `docker-compose` runs")


@cache
def usable_image(public: str, stand_in: str) -> str:
    """The public image, or our stand-in where no registry gives it; made first, if it can be. Else the test is skipped."""
    if docker_image(public):
        return public
    if not docker_image(stand_in):
        made = subprocess.run([STAND_INS], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if made.returncode:
            pytest.skip(f"no registry gives {public}, and {STAND_INS.name} fails: {made.stderr.strip()[-300:]}")
    return stand_in


def run(*command: str, seconds: float = 1500) -> str:
    """What a command writes to its standard output; one that fails fails the test, with all that it said."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}: status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Composed:
    """One compose project, by the env file that names it."""

    name: str
    env_file: Path
    address: str

    def compose(self, *arguments: str) -> str:
        """Say something to Compose."""
        return run(*compose_command(), "--env-file", str(self.env_file), "-f", str(COMPOSE), *arguments)

    def containers(self, service: str) -> list[str]:
        """The ids of a service's containers, ended ones too."""
        labels = {"project": self.name, "service": service, "oneoff": "False"}
        filters = [
            word for label, text in labels.items() for word in ("--filter", f"label=com.docker.compose.{label}={text}")
        ]
        return run("docker", "ps", "--all", "--quiet", *filters).split()

    def only(self, service: str) -> str:
        """The one container of a service."""
        (container,) = self.containers(service)
        return container

    def inspect(self, container: str) -> Any:
        """All that the engine knows of a container."""
        return json.loads(run("docker", "inspect", container))[0]

    def inside(self, container: str, code: str, *arguments: str) -> str:
        """What a piece of Python prints in a container."""
        return run("docker", "exec", container, "python3", "-c", code, *arguments).strip()

    def probe(self, container: str, path: str) -> tuple[int, str]:
        """Status and text of what the process in a container answers at this path; status 0: it does not."""
        try:
            status, _, text = self.inside(container, _PROBE, path).partition(" ")
        except AssertionError as error:  # the container is not running just now
            return 0, str(error)
        return int(status), text

    def await_ready(self, *services: str, seconds: float = 180) -> None:
        """Return when every container of these services answers that it is ready; else fail, with the last log lines."""
        waiting = {container: service for service in services for container in self.containers(service)}
        answers: dict[str, tuple[int, str]] = {}
        for _ in tries(seconds, pause=0.5):
            answers = {container: self.probe(container, "/readyz") for container in waiting}
            waiting = {container: service for container, service in waiting.items() if answers[container][0] != 200}
            if not waiting:
                return
        logs = [run("docker", "logs", "--tail", "20", container) for container in waiting]
        pytest.fail("\n".join((f"not ready after {seconds} s: {waiting} {answers}", *logs)))


def settings_of(example: Path) -> Iterator[tuple[str, str]]:
    """The names and values in a file of settings."""
    for line in example.read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield name, value

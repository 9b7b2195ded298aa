"""Which broker is used: the one that is named, else one that answers here, else one that is started, else one that is installed.

`SANSAN_AMQP_URL` → 127.0.0.1:5672 → a private node under the data directory → a container → the distribution's package
"""

import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.machine import Missing, docker_answers, docker_image, guard, install, rabbitmq_scripts, tries
from deploy.private_node import NodeFailed, PrivateNode, answers, node_url, running

__all__ = [
    "STANDARD_URL",
    "Broker",
    "Missing",
    "NodeFailed",
    "PrivateNode",
    "answers",
    "find",
    "find_or_start",
    "start",
]

STANDARD_URL = "amqp://guest:guest@127.0.0.1:5672/"
PACKAGE = "rabbitmq-server"
CONTAINER_SECONDS = 120


@dataclass(frozen=True)
class Broker:
    """A broker to use: its URL, where it comes from, and how to let it go again (nothing, for one that ran already)."""

    url: str
    origin: str
    stop: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def find(url: str, directory: Path) -> Broker | None:
    """The broker to use when none may be started: the named one, the standard local one, the private one that runs.

    `directory` is the private node's own folder.
    """
    if url:
        return Broker(url, "named")
    if answers(STANDARD_URL):
        return Broker(STANDARD_URL, "local")
    private = running(directory)
    return Broker(private, "private") if private else None


def find_or_start(url: str, directory: Path, image: str) -> Broker:
    """The broker to use; one that had to be started ends with `stop()`, or with this process.

    Errors: Missing, saying what to install; NodeFailed.
    """
    return find(url, directory) or start(directory, image)


def start(directory: Path, image: str) -> Broker:
    """Start a broker of our own: a private node, else a container, else a private node of the package just installed."""
    if not rabbitmq_scripts():
        if docker_answers() and docker_image(image):
            return _container(directory, image)
        install(PACKAGE)
    node = PrivateNode(directory).start()
    return Broker(node.url, "private", node.stop)


def make_available(url: str, directory: Path, image: str) -> None:
    """See to it that `find_or_start` will succeed, by installing what it needs; start nothing.

    Errors: Missing, saying what to install.
    """
    if not (find(url, directory) or rabbitmq_scripts() or (docker_answers() and docker_image(image))):
        install(PACKAGE)


def container_name(directory: Path) -> str:
    """The name of the container, and of the volume of its data, that stands in for a node in this directory."""
    return f"sansan-rabbitmq-{hashlib.sha256(str(directory.absolute()).encode()).hexdigest()[:12]}"


def _container(directory: Path, image: str) -> Broker:
    """A container of this image; its data lies in a volume named after the directory and outlives it."""
    name = container_name(directory)
    if _docker("ps", "--quiet", "--filter", f"name=^{name}$"):
        return Broker(_container_url(name), "container")
    _docker("rm", "--force", name)
    guardian = guard('docker stop "$1"; docker rm --force "$1"', name)

    def stop() -> None:
        guardian.communicate()

    try:
        _docker(
            "run", "--detach", "--name", name, "--hostname", "sansan", "--publish", "127.0.0.1::5672",
            "--volume", f"{name}:/var/lib/rabbitmq", image,
        )  # fmt: skip
        for _ in tries(CONTAINER_SECONDS, pause=0.3):
            if not _docker("ps", "--quiet", "--filter", f"name=^{name}$"):
                break
            if answers(url := _container_url(name)):
                return Broker(url, "container", stop)
        raise NodeFailed(f"the container {name} did not start:\n{_docker('logs', '--tail', '20', name)}")
    except NodeFailed:
        stop()
        raise


def _container_url(name: str) -> str:
    return node_url(int(_docker("port", name, "5672/tcp").splitlines()[0].rpartition(":")[2]))


def _docker(*arguments: str) -> str:
    done = subprocess.run(
        ["docker", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NodeFailed(f"docker {arguments[0]}: {done.stdout.strip()}")
    return done.stdout.strip()

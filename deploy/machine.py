"""What this machine has of brokers, databases and container engines, and how its distribution installs what it lacks.

Standard library only; nothing here starts a server.
"""

import os
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin:/opt/homebrew/sbin"
_NO_STARTS = """
set -e
guard=/usr/sbin/policy-rc.d
[ -e "$guard" ] || { printf '#!/bin/sh\\nexit 101\\n' >"$guard"; chmod 755 "$guard"; trap 'rm -f "$guard"' EXIT; }
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$@"
"""


class Missing(Exception):
    """The machine lacks a program; the text says in one line what to install."""


def program(name: str) -> Path | None:
    """The full path of a program on this machine, also where only an administrator's path leads to it."""
    found = shutil.which(name) or shutil.which(name, path=_SYSTEM_PATH)
    return Path(found) if found else None


def search_path() -> str:
    """A PATH for servers started here: the administrator's, and the folder of the Erlang programs."""
    erl = program("erl")
    return f"{erl.parent}:{_SYSTEM_PATH}" if erl else _SYSTEM_PATH


def rabbitmq_scripts() -> Path | None:
    """The folder of RabbitMQ's own scripts. Distributions put wrappers before them, which insist on their own user."""
    folders = [
        *sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin"), reverse=True),
        *sorted(Path("/opt").glob("rabbitmq*/sbin"), reverse=True),
        *sorted(Path("/opt/homebrew/opt").glob("rabbitmq/sbin")),
    ]
    server = program("rabbitmq-server")
    folders += [server.resolve().parent] if server else []
    return next((folder for folder in folders if (folder / "rabbitmq-env").exists()), None)


def postgresql_programs() -> Path | None:
    """The folder that holds the newest `initdb` and `pg_ctl`."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    initdb = program("initdb")
    folders += [initdb.resolve().parent] if initdb else []
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


def docker_answers() -> bool:
    """Whether a Docker engine runs and this user may use it."""
    return _succeeds("docker", "version", "--format", "{{.Server.Version}}", seconds=10)


def docker_image(image: str) -> bool:
    """Whether the engine has an image, or could fetch it just now."""
    return _succeeds("docker", "image", "inspect", image, seconds=20) or _succeeds(
        "docker", "pull", "-q", image, seconds=600
    )


def postgresql_trusts(port: int, user: str = "postgres") -> bool:
    """Whether a PostgreSQL server on this machine's loopback lets this user in without a password."""
    members = f"user\0{user}\0database\0postgres\0\0".encode()
    hello = struct.pack("!ii", 8 + len(members), 196608) + members
    try:
        with closing(socket.create_connection(("127.0.0.1", port), timeout=2)) as connection:
            connection.sendall(hello)
            return connection.recv(9) == b"R" + struct.pack("!ii", 8, 0)
    except OSError:
        return False


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def tries(seconds: float, pause: float = 0.05) -> Iterator[float]:
    """Moments at which to look again for something that ought to happen within so many seconds."""
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        yield end - now
        time.sleep(pause)


def guard(script: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """A shell that waits until this program has ended, however it did, and then runs the script; kill it to call it off."""
    return subprocess.Popen(
        ["/bin/sh", "-c", f"cat >/dev/null\n{script}", "guard", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def install(*packages: str) -> None:
    """Install the distribution's packages, without starting what they bring; needs root, or sudo without a password.

    Errors: Missing, which says what to install, where this machine's user may not, or the distribution has another way.
    """
    say = f"sansan needs {' and '.join(packages)}; install it (Debian: apt-get install {' '.join(packages)})"
    if not program("apt-get"):
        raise Missing(say)
    command = ["/bin/sh", "-c", _NO_STARTS, "install", *packages]
    if os.geteuid() != 0:
        if not _succeeds("sudo", "-n", "true", seconds=10):
            raise Missing(say)
        command = ["sudo", "-n", *command]
    print(f"Installing {' '.join(packages)} (once; takes about a minute)", file=sys.stderr, flush=True)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"{say}: {' '.join((done.stderr or done.stdout).split())[-300:]}")


def _succeeds(name: str, *arguments: str, seconds: float) -> bool:
    path = program(name)
    if path is None:
        return False
    try:
        done = subprocess.run(
            [path, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0

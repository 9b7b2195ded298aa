"""Real servers for the tests: containers where a Docker engine answers, else what is installed on the machine.

Whatever is started here has its own port and its own data, and ends with the test run, however that ends.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from secrets import token_hex
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from deploy.broker import STANDARD_URL, PrivateNode, answers
from deploy.machine import (
    Missing,
    docker_answers,
    docker_image,
    free_port,
    guard,
    install,
    postgresql_programs,
    postgresql_trusts,
    rabbitmq_scripts,
    tries,
)
from deploy.private_node import node_url

START_SECONDS = 60
HOSTS_AT_ONCE = 8
_HOSTS = """
[rabbit_vhost:delete(Name, <<"sansan">>) || Name <- {used}],
[begin
  rabbit_vhost:add(Name, <<"sansan">>),
  rabbit_auth_backend_internal:set_permissions(<<"guest">>, Name, <<".*">>, <<".*">>, <<".*">>, <<"sansan">>)
end || Name <- {new}].
"""


class BrokerForTests(Protocol):
    """A broker that gives every test a virtual host of its own."""

    def vhost(self) -> AbstractContextManager[str]:
        """The URL of a new, empty virtual host."""


@contextmanager
def broker(directory: Path, image: str) -> Iterator[BrokerForTests]:
    """A broker for ordinary tests: a container, else a private node, else the one that runs here.

    Errors: Missing, naming what to install.
    """
    if docker_answers() and docker_image(image):
        with _container(image, 5672) as container:
            yield ContainerBroker(container)
    elif rabbitmq_scripts() or not answers(STANDARD_URL):
        with PrivateNode(directory) as node:
            yield PrivateBroker(node)
    else:
        yield LocalBroker()


@contextmanager
def postgres(image: str, named: str, durable: bool = False) -> Iterator[URL]:
    """A PostgreSQL server's URL: the named one, else a container, else a private one, else the one that runs here.

    A private one never waits for its disk, which makes a new database for each test twice as fast; where it is to be
    `durable`, because something is measured, it does, and the one that runs here is preferred.
    Errors: Missing, naming what to install.
    """
    if make_url(named or "sqlite://").get_backend_name() == "postgresql":
        yield make_url(named).set(drivername="postgresql", database="postgres")
    elif docker_answers() and docker_image(image):
        with _container(image, 5432, POSTGRES_HOST_AUTH_METHOD="trust") as container:
            yield _maintenance(_await(container, 5432, postgresql_trusts))
    elif postgresql_trusts(5432) and (durable or not postgresql_programs()):
        yield _maintenance(5432)
    else:
        if not postgresql_programs():
            install("postgresql")
        with private_postgres(durable) as url:
            yield url


class PrivateBroker:
    """A node of our own. A call of its tool takes a second, so one call makes the next few hosts and removes the used ones."""

    def __init__(self, node: PrivateNode) -> None:
        self._node = node
        self._empty: list[str] = []
        self._used: list[str] = []

    @contextmanager
    def vhost(self) -> Iterator[str]:
        """The URL of a new, empty virtual host; nobody is given it again, and after some more tests it is removed."""
        if not self._empty:
            self._make()
        name = self._empty.pop()
        try:
            yield node_url(self._node.port, name)
        finally:
            self._used.append(name)

    def _make(self) -> None:
        new = [f"sansan-{token_hex(4)}" for _ in range(HOSTS_AT_ONCE)]
        self._node.ctl("eval", _HOSTS.format(used=_binaries(self._used), new=_binaries(new)))
        self._empty, self._used = new, []


def _binaries(names: list[str]) -> str:
    """Names as a list that Erlang reads."""
    return ", ".join(f'<<"{name}">>' for name in names).join("[]")


class LocalBroker:
    """The broker on the standard port; its tools may belong to somebody else, so everybody shares the default host."""

    def vhost(self) -> AbstractContextManager[str]:
        """The default virtual host: not empty, if an earlier test left something in it."""
        return nullcontext(STANDARD_URL)


class ContainerBroker:
    """A broker in a container."""

    def __init__(self, container: Any) -> None:
        self._container = container
        self._port = _await(container, 5672, lambda port: answers(node_url(port)))

    @contextmanager
    def vhost(self) -> Iterator[str]:
        """The URL of a new, empty virtual host, which is removed afterwards."""
        name = f"sansan-{token_hex(4)}"
        self._ctl("add_vhost", name)
        self._ctl("set_permissions", "--vhost", name, "guest", ".*", ".*", ".*")
        yield node_url(self._port, name)
        self._ctl("delete_vhost", name)

    def _ctl(self, *arguments: str) -> None:
        code, said = self._container.exec(["rabbitmqctl", *arguments])
        assert code == 0, said


@contextmanager
def private_postgres(durable: bool = False) -> Iterator[URL]:
    """A server of our own from the programs on the machine, on a free port, with data that is thrown away."""
    programs = postgresql_programs()
    if programs is None:
        raise Missing("the tests need PostgreSQL (Debian: apt-get install postgresql)")
    user, port, directory = _server_user(), free_port(), Path(tempfile.mkdtemp(prefix="sansan-postgres-"))
    if user:
        shutil.chown(directory, user)
    data = str(directory / "data")
    initdb = [
        str(programs / "initdb"),
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    settings = {
        "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": 200,
        **({} if durable else {"fsync": "off", "full_page_writes": "off"}),
    }  # fmt: skip
    postgres = [str(programs / "postgres"), *(f"--{name}={value}" for name, value in settings.items())]
    with (directory / "log").open("w+b") as log, ExitStack() as ends:
        ends.callback(shutil.rmtree, directory, ignore_errors=True)
        made = subprocess.run(
            [*_as(user), *initdb, "-D", data],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )
        if made.returncode == 0:
            process = subprocess.Popen(
                [*_as(user), *postgres, "-D", data],
                cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
            guardian = guard('kill -INT "$1"; sleep 5; rm -rf "$2"', str(process.pid), str(directory))
            ends.callback(_end, guardian, signal.SIGKILL)
            ends.callback(_end, process, signal.SIGINT)
            for _ in tries(START_SECONDS):
                if process.poll() is not None:
                    break
                if postgresql_trusts(port):
                    yield _maintenance(port)
                    return
        raise RuntimeError(f"PostgreSQL did not start: {(directory / 'log').read_text(errors='replace')[-2000:]}")


@contextmanager
def fresh_database(server: URL) -> Iterator[URL]:
    """A new, empty database on the server, dropped afterwards."""
    with fresh_databases(server) as (prefix, connection):
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(prefix)))
        yield server.set(database=prefix)


@contextmanager
def fresh_databases(server: URL) -> "Iterator[tuple[str, psycopg.Connection[Any]]]":
    """A prefix that no database on the server has; every database whose name begins with it is dropped afterwards."""
    prefix = f"sansan_test_{token_hex(5)}"
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        yield prefix, connection
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (prefix,))
        for (name,) in rows.fetchall():
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _maintenance(port: int) -> URL:
    return URL.create("postgresql", "postgres", host="127.0.0.1", port=port, database="postgres")


def _await(container: Any, port: int, ready: Callable[[int], bool]) -> int:
    """The port of this machine that leads to the container's, once the server behind it is ready."""
    for _ in tries(START_SECONDS, pause=0.2):
        container.get_wrapped_container().reload()
        if container.get_wrapped_container().status != "running":
            break
        mapped = int(container.get_exposed_port(port))
        if ready(mapped):
            return mapped
    raise RuntimeError(f"a container did not start: {container.get_logs()}")


def _end(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    process.send_signal(number)
    process.communicate()


def _server_user() -> str | None:
    """The user that runs the server, which must not be root; None: whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    return "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"


def _as(user: str | None) -> list[str]:
    """What to put before a command that another user is to run."""
    if user is None:
        return []
    entry = pwd.getpwnam(user)
    # Where the root folder is closed to others, as in images made of a private folder, that user must get past it.
    past = ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    past = [] if Path("/").stat().st_mode & 0o1 else past
    return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups", *past, "--"]


@contextmanager
def _container(image: str, port: int, **environment: str) -> Iterator[Any]:
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.container import DockerContainer

    testcontainers_config.ryuk_disabled = not docker_image(testcontainers_config.ryuk_image)
    container = DockerContainer(image).with_exposed_ports(port)
    for name, value in environment.items():
        container = container.with_env(name, value)
    with container:
        yield container

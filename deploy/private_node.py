"""A RabbitMQ node of our own: own port, data, name server and secret, on the loopback only; it ends with who started it."""

import fcntl
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import amqp
from kombu.utils.url import parse_url

from deploy.machine import Missing, free_port, guard, is_free, program, rabbitmq_scripts, tries
from deploy.node_files import DISK_FREE_BYTES, Note, environment, write_configuration

START_SECONDS = 60
STOP_SECONDS = 30
_END = """
kill -CONT "$1" 2>/dev/null; kill -TERM "$1" 2>/dev/null
i=0; while kill -0 "$1" 2>/dev/null && ! grep -qs "^State:.*Z" "/proc/$1/status" && [ $i -lt 30 ]; do
  sleep 1; i=$((i + 1))
done
kill -KILL "$1" 2>/dev/null; kill -TERM "$2" 2>/dev/null
"""


class NodeFailed(Exception):
    """The private node did not start, or does not do what it is told; the text ends with what it said."""


@dataclass
class PrivateNode:
    """A broker that only this program uses: stopping, killing or pausing it hurts nobody else; its data stays in `directory`."""

    directory: Path
    port: int = 0
    memory_mb: int = 512
    _note: Note | None = field(default=None, repr=False)
    _processes: "tuple[subprocess.Popen[bytes], ...]" = field(default=(), repr=False)  # guardian, node, name server

    def __post_init__(self) -> None:
        self.directory = self.directory.absolute()

    @property
    def url(self) -> str:
        """Where clients connect, in the default virtual host: known from the first start, the same after a restart."""
        return node_url(self.port)

    @property
    def pid(self) -> int | None:
        """The process id of the node that this object started, or None while it is down."""
        return self._processes[1].pid if self._processes and self._processes[1].poll() is None else None

    def start(self) -> Self:
        """Start the node and wait until it takes connections; one that another program runs here is shared.

        Errors: Missing without RabbitMQ on the machine; NodeFailed.
        """
        if self.pid is None:
            self._clean_up()
            self.directory.mkdir(parents=True, exist_ok=True)
            with (self.directory / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not self._share():
                    self._launch()
        return self

    def stop(self) -> None:
        """Stop the node in order; its data stays. A shared one is left to who started it."""
        if self.pid is not None:
            self.resume()
            node = self._processes[1]
            node.terminate()
            try:
                node.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                node.kill()
        self._clean_up()

    def kill(self) -> None:
        """End the node as a power cut would: at once and without a word."""
        if self.pid is not None:
            self._processes[1].kill()
        self._clean_up()

    def pause(self) -> None:
        """Freeze the node: its connections stay open and nothing answers."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen node go on."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGCONT)

    def block(self) -> None:
        """Raise the memory alarm: the node takes no more messages from anybody."""
        self.ctl("set_vm_memory_high_watermark", "absolute", "1")

    def block_disk(self) -> None:
        """Raise the disk alarm, which does the same."""
        self.ctl("set_disk_free_limit", str(10**15))

    def unblock(self) -> None:
        """End both alarms."""
        self.ctl("set_vm_memory_high_watermark", "absolute", f"{self.memory_mb}MiB")
        self.ctl("set_disk_free_limit", str(DISK_FREE_BYTES))

    @contextmanager
    def vhost(self) -> Iterator[str]:
        """The URL of a new, empty virtual host, which is removed afterwards if the node is up then."""
        name = f"sansan-{secrets.token_hex(4)}"
        grant = '<<"guest">>, Name, <<".*">>, <<".*">>, <<".*">>, <<"sansan">>'
        self.ctl(
            "eval",
            f'Name = <<"{name}">>, rabbit_vhost:add(Name, <<"sansan">>), '
            f"rabbit_auth_backend_internal:set_permissions({grant}).",
        )
        try:
            yield node_url(self.port, name)
        finally:
            if self.pid is not None:
                self.resume()
                self.ctl("delete_vhost", name)

    def ctl(self, *arguments: str, tool: str = "rabbitmqctl") -> str:
        """Run `rabbitmqctl`, or another of RabbitMQ's tools, against this node; what it printed comes back.

        Errors: NodeFailed with what the tool said.
        """
        assert self._note, "the node was started before"
        done = subprocess.run(
            [_script(tool), *arguments, "--quiet"],
            env=environment(self.directory, self._note), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        if done.returncode:
            raise NodeFailed(f"{tool} {' '.join(arguments)}: {(done.stderr or done.stdout).strip()[-1000:]}")
        return done.stdout

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _share(self) -> bool:
        """Take the address of a node that a living program runs in this directory; wait for one that is ending."""
        note = Note.read(self.directory)
        if note is None:
            return False
        for _ in tries(STOP_SECONDS + 5, pause=0.2):
            if not note.node_runs:
                self.port = self.port or note.port
                return False
            if note.owner_runs:
                self._note, self.port = note, note.port
                return True
        raise NodeFailed(f"a node whose owner is gone does not end: process {note.pid} of {self.directory}")

    def _launch(self) -> None:
        server, epmd = _script("rabbitmq-server"), program("epmd")
        if epmd is None:
            raise Missing(
                "sansan needs Erlang's epmd, which comes with RabbitMQ (Debian: apt-get install rabbitmq-server)"
            )
        if not self.port or not is_free(self.port):
            self.port = free_port()
        note = Note(self.port, free_port(), free_port(), mark=secrets.token_hex(8), owner=os.getpid())
        write_configuration(self.directory, self.port, self.memory_mb)
        names = self._spawn(note, str(epmd), "-port", str(note.epmd_port), "-address", "127.0.0.1")
        node = self._spawn(note, str(server), "-sansan", note.mark)
        self._processes = (guard(_END, str(node.pid), str(names.pid)), node, names)
        self._note = replace(note, pid=node.pid)
        self._note.write(self.directory)
        for _ in tries(START_SECONDS):
            if node.poll() is not None:
                break
            if answers(self.url, seconds=5):
                return
        logs = sorted((self.directory / "log").glob("*.log"))
        said = "\n".join(log.read_text(errors="replace")[-4000:] for log in logs)
        self.kill()
        raise NodeFailed(f"the private RabbitMQ node in {self.directory} did not start:\n{said}")

    def _spawn(self, note: Note, *command: str) -> "subprocess.Popen[bytes]":
        with (self.directory / "log" / f"{Path(command[0]).name}.log").open("wb") as log:
            return subprocess.Popen(
                command, env=environment(self.directory, note), cwd=self.directory, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _clean_up(self) -> None:
        """End the guardian and the name server; the node itself has ended or is ending."""
        if self._processes:
            guardian, node, names = self._processes
            guardian.kill()
            guardian.communicate()
            names.kill()
            names.wait()
            node.wait()
        self._processes = ()


def node_url(port: int, vhost: str = "") -> str:
    """Where clients of a private node connect."""
    return f"amqp://guest:guest@127.0.0.1:{port}/{vhost}"


def running(directory: Path) -> str | None:
    """The URL of the node that a living program runs in this directory."""
    note = Note.read(directory)
    return node_url(note.port) if note and note.node_runs and note.owner_runs and answers(node_url(note.port)) else None


def answers(url: str, seconds: float = 2) -> bool:
    """Whether a broker takes a connection at this URL, with the user, password and virtual host that it names."""
    parts = parse_url(url)
    tls = parts["transport"] == "amqps"
    connection = amqp.Connection(
        host=f"{parts['hostname'] or '127.0.0.1'}:{parts['port'] or (5671 if tls else 5672)}",
        userid=parts["userid"] or "guest", password=parts["password"] or "guest", virtual_host=parts["virtual_host"] or "/",
        ssl=tls, connect_timeout=seconds, read_timeout=seconds, write_timeout=seconds,
    )  # fmt: skip
    try:
        connection.connect()
        connection.close()
    except (OSError, amqp.exceptions.AMQPError):
        connection.collect()
        return False
    return True


def _script(name: str) -> Path:
    folder = rabbitmq_scripts()
    if folder is None:
        raise Missing(
            "sansan needs RabbitMQ; install it (Debian: apt-get install rabbitmq-server) or set SANSAN_AMQP_URL"
        )
    return folder / name

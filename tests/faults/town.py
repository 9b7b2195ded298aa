"""The whole system as real processes, with a broker and databases of its own: each part of it can be stopped or killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import sqlalchemy as sa

from deploy.local import Child, Fleet
from deploy.machine import tries
from deploy.private_node import PrivateNode
from services.broker import Link
from services.settings import Settings, child_environment

START_SECONDS = 60.0


class NotThere(Exception):
    """A process did not come up in time, or a command of it did not succeed."""


@dataclass
class Town:
    """One system; its processes are named like the command that runs them, a second one of a kind with a `+` behind."""

    settings: Settings
    node: PrivateNode
    logs: Path
    changed: Mapping[str, str]
    fleets: dict[str, Fleet] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where the gateway answers."""
        return f"http://127.0.0.1:{self.settings.http_port}"

    def start(self, *names: str) -> None:
        """Start processes, each with a supervisor that starts it again, and wait until they are ready."""
        for name in names:
            self.fleets[name] = Fleet([name.rstrip("+")], self._given(), self.logs / name)
            self.fleets[name].start()
        for name in names:
            self.fleets[name].await_ready(START_SECONDS)

    def stop(self, *names: str) -> None:
        """Stop processes, all at the same time, and have nobody start them again; without a name all of them."""
        fleets = [self.fleets.pop(name) for name in names or tuple(self.fleets)]
        with ThreadPoolExecutor(max(len(fleets), 1)) as threads:
            list(threads.map(Fleet.stop, fleets))

    def process(self, name: str) -> Child:
        """A process as its supervisor knows it."""
        return next(iter(self.fleets[name].children.values()))

    def pid(self, name: str) -> int:
        """The id of the process that runs now, or ran last."""
        process = self.process(name).process
        assert process
        return process.pid

    def kill(self, name: str) -> None:
        """End a process as a power cut would, as soon as it runs; its supervisor starts it again."""
        self._running(name).kill()

    def pause(self, name: str) -> None:
        """Have a process stand still until it is told to go on."""
        os.kill(self.pid(name), signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Have a process go on."""
        os.kill(self.pid(name), signal.SIGCONT)

    def terminate(self, name: str) -> "subprocess.Popen[bytes]":
        """Ask a process to end, as soon as it runs; its supervisor starts it again. Returns the one that was asked."""
        process = self._running(name)
        process.terminate()
        return process

    def await_new(self, name: str, old: int) -> None:
        """Return when another process than the old one is ready. Errors: NotThere."""
        if not any(self.pid(name) != old and self.process(name).is_ready() for _ in tries(START_SECONDS)):
            raise NotThere(f"{name} did not come back in {START_SECONDS:.0f} s; see {self.logs / name}")

    def run(self, *arguments: str) -> str:
        """What `sansan` prints, run as an operator of this system runs it; it has to succeed."""
        command = [sys.executable, "-m", "deploy.cli", *arguments]
        environment = child_environment(**self._given())
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise NotThere(f"sansan {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def metric(self, name: str, metric: str, **labels: str) -> float:
        """The sum of a metric of a process over all series with these labels."""
        wanted = [f'{label}="{text}"' for label, text in labels.items()]
        lines = httpx.get(f"{self.process(name).address}/metrics", timeout=5).text.splitlines()
        return sum(
            float(line.rpartition(" ")[2])
            for line in lines
            if line.startswith((f"{metric}{{", f"{metric} ")) and all(label in line for label in wanted)
        )

    def forget_bindings(self) -> int:
        """Have the broker forget which events go into which queues; returns how many bindings there were."""
        columns = ("source_name", "destination_name", "routing_key")
        listed = self.node.ctl("list_bindings", "--vhost", self._vhost, "--no-table-headers", *columns).splitlines()
        rows = (line.split("\t") for line in listed)
        bindings = [(source, queue, key) for source, queue, key in rows if source.endswith(".events")]
        link = Link(self.settings.amqp_url)
        for source, queue, key in bindings:
            link.channel.queue_unbind(queue, source, key)
        link.close()
        return len(bindings)

    def cut_broker_connections(self) -> None:
        """Have the broker end every connection of the system."""
        self.node.ctl("close_all_connections", "--vhost", self._vhost, "a story wants it")

    def cut_database_connections(self) -> int:
        """End every session of the system's PostgreSQL databases; returns how many."""
        url = self.settings.database("issues")
        prefix = str(url.database).removesuffix("issues")
        server = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        cut = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE starts_with(datname, :prefix)")
        with server.connect() as connection:
            number = len(connection.execute(cut, {"prefix": prefix}).all())
        server.dispose()
        return number

    @property
    def _vhost(self) -> str:
        return self.settings.amqp_url.rpartition("/")[2] or "/"

    def _running(self, name: str) -> "subprocess.Popen[bytes]":
        for _ in tries(START_SECONDS, pause=0.01):
            process = self.process(name).process
            if process and process.poll() is None:
                return process
        raise NotThere(f"{name} was not started again in {START_SECONDS:.0f} s; see {self.logs / name}")

    def _given(self) -> dict[str, str]:
        """The settings of every process, by name."""
        return {
            "AMQP_URL": self.settings.amqp_url,
            "DATABASE_URL": self.settings.database_url,
            "DATA_DIRECTORY": str(self.settings.data_directory),
            "HTTP_PORT": str(self.settings.http_port),
            **self.changed,
        }

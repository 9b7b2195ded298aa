"""All processes on one machine: started together, restarted when one crashes, stopped together and cleanly.

honcho stops everything when one process ends; here one that crashed is started again, since that is what an operator's
supervisor does too, and only one that cannot run at all (status 78) is given up.
"""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

import httpx

from deploy.machine import free_port
from services.settings import child_environment

EX_CONFIG = 78
# When the pipe from the runner closes, because it was killed, the whole group of its processes is stopped.
GUARDIAN = "trap '' TERM; cat >/dev/null; kill -TERM 0; sleep 10; kill -KILL 0"
COMMAND = (sys.executable, "-m", "deploy.cli", "run")
STOP_SECONDS = 10.0
_LONGEST_PAUSE_SECONDS = 10.0
_SOUND_AFTER_SECONDS = 30.0


@cache
def _prober() -> httpx.Client:
    """What asks the processes of this machine whether they are ready; no certificates are loaded, each time, for that."""
    return httpx.Client(timeout=2, verify=False, limits=httpx.Limits(max_keepalive_connections=0))


@dataclass
class Child:
    """One process: how it is started, and how often it had to be."""

    name: str
    environment: Mapping[str, str]
    log: IO[bytes] | None
    address: str
    starts: int = 0
    started_at: float = 0.0
    again_at: float = 0.0
    given_up: bool = False
    process: subprocess.Popen[bytes] | None = None

    def start(self, group: int) -> None:
        """Start it in a process group that Ctrl-C does not reach: its runner stops it."""
        self.starts += 1
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [*COMMAND, self.name],
            env=dict(self.environment),
            stdout=self.log,
            stderr=subprocess.STDOUT if self.log else None,
            process_group=group,
        )

    def is_ready(self) -> bool:
        """Whether it answers its readiness probe with yes."""
        with suppress(httpx.HTTPError):
            return _prober().get(f"{self.address}/readyz").status_code == 200
        return False


@dataclass
class Fleet:
    """The processes of one running system; `logs` is a directory, or None to let them write to the terminal."""

    names: Sequence[str]
    settings: Mapping[str, str]
    logs: Path | None = None
    children: dict[str, Child] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _keeper: threading.Thread | None = None
    _guardian: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start all of them, and from now on start again what crashes."""
        self._guardian = subprocess.Popen(["sh", "-c", GUARDIAN], stdin=subprocess.PIPE, process_group=0)
        for name in self.names:
            self.children[name] = self._child(name)
            self.children[name].start(self._guardian.pid)
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._keeper.start()

    def await_ready(self, seconds: float = 60.0) -> None:
        """Return when every process says that it is ready. Errors: RuntimeError naming those that are not."""
        deadline = time.monotonic() + seconds
        waiting = list(self.children.values())
        while waiting := [child for child in waiting if not child.is_ready()]:
            names = ", ".join(child.name for child in waiting)
            if any(child.given_up for child in waiting) or time.monotonic() > deadline:
                raise RuntimeError(f"not ready after {seconds:.0f} s: {names}; see {self.logs or 'the output above'}")
            self._stopping.wait(0.1)

    def stop(self) -> None:
        """Stop all of them in order; after 10 s kill what is left."""
        self._stopping.set()
        if self._keeper is not None:
            self._keeper.join()
        running = [child.process for child in self.children.values() if child.process is not None]
        for process in running:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._guardian is not None:
            self._guardian.kill()
            self._guardian.communicate()
        for child in self.children.values():
            if child.log is not None:
                child.log.close()

    def _child(self, name: str) -> Child:
        log: IO[bytes] | None = None
        if self.logs is not None:
            self.logs.mkdir(parents=True, exist_ok=True)
            log = (self.logs / f"{name}.log").open("ab")
        if name == "web":
            port = int(self.settings["HTTP_PORT"])
            return Child(name, child_environment(**self.settings), log, f"http://127.0.0.1:{port}")
        port = free_port()
        environment = child_environment(**{**self.settings, "PROBE_PORT": str(port)})
        return Child(name, environment, log, f"http://127.0.0.1:{port}")

    def _keep(self) -> None:
        while not self._stopping.wait(0.1):
            for child in self.children.values():
                self._look_after(child)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.given_up or child.process is None or (status := child.process.poll()) is None:
            return
        if status == EX_CONFIG:
            child.given_up = True
            print(f"{child.name} cannot run as things are; its log says why", file=sys.stderr)
        elif not child.again_at:
            sound = now - child.started_at > _SOUND_AFTER_SECONDS
            child.starts = 1 if sound else child.starts
            child.again_at = now + min(0.25 * 2 ** (child.starts - 1), _LONGEST_PAUSE_SECONDS)
            print(f"{child.name} ended with status {status}; it is started again", file=sys.stderr)
        elif now >= child.again_at:
            assert self._guardian is not None, "a fleet that is kept was started"
            child.again_at = 0.0
            child.start(self._guardian.pid)


def await_signal() -> None:
    """Return when this process is told to stop."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    told.wait()

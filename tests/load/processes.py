"""Processes that the bench starts, waits for, weighs and stops: each by its own id, with its output in a log file."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.machine import guard, tries

LOGS = Path("var") / "bench"
START_SECONDS = 60.0
STOP_SECONDS = 15.0
REST = 0.05


class NotStarted(Exception):
    """A process ended, or did not answer in time; the end of its log is the message."""


@contextmanager
def running(
    name: str, command: Sequence[str], answers: Callable[[], bool], changed: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Start a command, wait until it answers, stop it afterwards, however this program ends; its id. Errors: NotStarted."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("wb") as output:
        environment = {**os.environ, **(changed or {})}
        process = subprocess.Popen(
            command, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    guardian = guard('kill -KILL -- "-$1"', str(process.pid))
    try:
        if not any(answers() or process.poll() is not None for _ in tries(START_SECONDS)) or process.poll() is not None:
            raise NotStarted(f"{name}: {log.read_text(errors='replace')[-2000:]}")
        yield process.pid
    finally:
        _stop(process)
        guardian.kill()
        guardian.communicate()


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask it to end; if it does not, it and what it started are killed."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def memory_mb(pid: int) -> float:
    """Resident memory of a process, in MB (10^6 bytes)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time that some processes have used so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def settle(pids: Sequence[int], seconds: float = 120.0) -> float:
    """Wait until some processes are at rest (5 % of a core each), so that one side's backlog is not the other one's load.

    Returns the seconds that it took; it ends after `seconds` in any case.
    """
    begun, pause = time.monotonic(), 0.5
    before = cpu_seconds(pids)
    for _ in tries(seconds, pause=pause):
        now = cpu_seconds(pids)
        if time.monotonic() - begun >= pause and now - before < REST * pause * len(pids):
            break
        before = now
    return time.monotonic() - begun

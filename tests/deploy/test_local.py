"""The local runner starts again what crashes, gives up what cannot run, and stops everything."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import local
from deploy.local import EX_CONFIG, Fleet


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Return when the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def fleet_of(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """A fleet of one process that runs a Python program instead of a service."""
    script = tmp_path / "program.py"
    script.write_text(program)
    monkeypatch.setattr(local, "COMMAND", (sys.executable, str(script)))
    return Fleet(["issues"], {"HTTP_PORT": "0"}, tmp_path / "log")


WAITS = (
    "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\nwhile True: time.sleep(0.05)\n"
)


def test_a_killed_process_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = fleet_of(WAITS, tmp_path, monkeypatch)
    fleet.start()
    child = fleet.children["issues"]
    assert child.process is not None
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: child.process is not None and child.process.pid != first and child.process.poll() is None)
    fleet.stop()
    assert child.process.poll() is not None


def test_a_process_that_cannot_run_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = fleet_of(f"import sys\nsys.exit({EX_CONFIG})\n", tmp_path, monkeypatch)
    fleet.start()
    until(lambda: fleet.children["issues"].given_up)
    assert fleet.children["issues"].starts == 1
    with pytest.raises(RuntimeError, match="issues"):
        fleet.await_ready(5)
    fleet.stop()


def test_stopping_waits_for_the_orderly_end_of_every_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = fleet_of(WAITS, tmp_path, monkeypatch)
    fleet.start()
    child = fleet.children["issues"]
    until(lambda: (tmp_path / "log" / "issues.log").exists())
    fleet.stop()
    assert child.process is not None
    assert child.process.returncode in (0, -signal.SIGTERM)


def test_nothing_stays_behind_when_the_runner_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        f"import os, pathlib\npathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n{WAITS}"
    )
    runner = (
        "import sys, time\nfrom deploy import local\n"
        f"local.COMMAND = (sys.executable, {str(script)!r})\n"
        "local.Fleet(['issues'], {'HTTP_PORT': '0'}).start()\ntime.sleep(60)\n"
    )
    running = subprocess.Popen([sys.executable, "-c", runner])
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    child = Path(f"/proc/{(tmp_path / 'pid').read_text()}")
    running.kill()
    running.wait()
    until(lambda: not child.exists() or "State:\tZ" in (child / "status").read_text())

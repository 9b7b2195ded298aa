"""A private node's folder holds its secret for the owner alone, and a note that is believed only while it is true."""

import os
import subprocess
import sys
from pathlib import Path

from deploy.machine import tries
from deploy.node_files import Note, environment, write_configuration

NOTE = Note(port=1, epmd_port=2, distribution_port=3, mark="a1b2", owner=os.getpid())


def test_the_configuration_names_the_loopback_and_the_limits(tmp_path: Path) -> None:
    write_configuration(tmp_path, port=4567, memory_mb=300)
    written = (tmp_path / "rabbitmq.conf").read_text()
    assert "listeners.tcp.local = 127.0.0.1:4567\n" in written
    assert "vm_memory_high_watermark.absolute = 300MiB\n" in written


def test_the_secret_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    write_configuration(tmp_path, port=1, memory_mb=1)
    cookie = tmp_path / "home" / ".erlang.cookie"
    first = cookie.read_text()
    write_configuration(tmp_path, port=1, memory_mb=1)
    assert cookie.read_text() == first
    assert len(first) == 40
    assert cookie.stat().st_mode & 0o777 == 0o400


def test_nothing_of_the_callers_environment_reaches_the_node(tmp_path: Path) -> None:
    variables = environment(tmp_path, NOTE)
    assert variables["HOME"] == str(tmp_path / "home")
    assert variables["ERL_EPMD_PORT"] == "2"
    assert all(str(tmp_path) in value for name, value in variables.items() if name.endswith(("_BASE", "_FILE", "_DIR")))


def test_a_note_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert Note.read(tmp_path) is None
    NOTE.write(tmp_path)
    assert Note.read(tmp_path) == NOTE
    (tmp_path / "node.json").write_text('{"port": 1}')
    assert Note.read(tmp_path) is None


def test_a_process_is_the_node_only_with_its_mark() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "input()", "a1b2"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as node:
        assert any(Note(1, 2, 3, mark="a1b2", pid=node.pid).node_runs for _ in tries(5))
        assert not Note(1, 2, 3, mark="ffff", pid=node.pid).node_runs
    assert not Note(1, 2, 3, mark="a1b2", pid=node.pid).node_runs
    assert not Note(1, 2, 3, mark="a1b2", owner=node.pid).owner_runs

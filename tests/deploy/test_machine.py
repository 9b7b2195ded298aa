"""What is said to be on the machine is there, a guard acts only after its owner, and nothing is installed without leave."""

import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from deploy import machine
from deploy.machine import Missing, free_port, install, is_free, postgresql_trusts, program, tries


def test_a_program_is_found_by_its_name() -> None:
    assert program("sh")
    assert program("no-such-program-anywhere") is None


def test_a_port_is_free_until_somebody_listens_on_it() -> None:
    port = free_port()
    assert is_free(port)
    with closing(socket.create_server(("127.0.0.1", port))):
        assert not is_free(port)


def test_tries_end_with_their_time() -> None:
    assert 1 <= len(list(tries(0.2, pause=0.01))) <= 20


def test_no_postgresql_server_where_nobody_or_somebody_else_listens() -> None:
    assert not postgresql_trusts(free_port())
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        other.listen()
        other.setblocking(False)
        assert not postgresql_trusts(other.getsockname()[1])


def test_the_postgresql_server_of_the_tests_lets_its_user_in(postgres_url: URL) -> None:
    assert postgres_url.port
    assert postgresql_trusts(postgres_url.port, postgres_url.username or "") or postgres_url.password


@pytest.mark.parametrize("way", ["returns", "is killed"])
def test_a_guard_acts_when_its_owner_has_ended(way: str, tmp_path: Path) -> None:
    done = tmp_path / "done"
    last = "" if way == "returns" else "import os; os.kill(os.getpid(), 9)"
    code = f"from deploy.machine import guard; guard('echo \"$1\" >\"$2\"', 'acted', {str(done)!r}); input(); {last}"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, text=True) as owner:
        assert not done.exists()
        owner.communicate("\n")
    assert any(done.exists() and done.read_text() == "acted\n" for _ in tries(10))


def test_what_may_not_be_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "program", lambda _: None)
    with pytest.raises(Missing, match="apt-get install rabbitmq-server"):
        install("rabbitmq-server")

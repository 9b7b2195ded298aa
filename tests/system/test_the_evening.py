"""The main job from the outside: `sansan demo --once` runs all processes, lives the evening and says that everything held."""

import subprocess
import sys
from pathlib import Path

from deploy.machine import free_port
from services.settings import child_environment


def live_one_evening(amqp_url: str, databases_url: str, directory: Path) -> subprocess.CompletedProcess[str]:
    environment = child_environment(
        AMQP_URL=amqp_url, DATABASE_URL=databases_url, DATA_DIRECTORY=str(directory), HTTP_PORT=str(free_port())
    )
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", "demo", "--once"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def test_the_evening_holds_and_a_second_one_goes_on_in_the_same_data(
    fresh_amqp_url: str, databases_url: str, tmp_path: Path
) -> None:
    first = live_one_evening(fresh_amqp_url, databases_url, tmp_path)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "37 buildings, 68 entrances, 5,700 homes" in " ".join(first.stdout.split())
    assert first.stdout.count("the chain holds") == 4
    assert "balance 5" in first.stdout
    second = live_one_evening(fresh_amqp_url, databases_url, tmp_path)
    assert second.returncode == 0, second.stdout + second.stderr
    assert "balance 10" in second.stdout

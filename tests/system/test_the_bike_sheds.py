"""The main job from the outside: `sansan demo --once` runs all processes, tells the whole story and says that everything held."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.machine import free_port
from services.settings import child_environment


def tell(amqp_url: str, databases_url: str, directory: Path) -> str:
    """What the demo says; it ends with status 0."""
    environment = child_environment(
        AMQP_URL=amqp_url, DATABASE_URL=databases_url, DATA_DIRECTORY=str(directory), HTTP_PORT=str(free_port())
    )
    told = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "demo", "--once"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return " ".join(told.stdout.split())


def balance(told: str) -> int:
    """The points of the resident who reported a manhole cover."""
    (found,) = re.findall(r"earned 5 points \(分-1\), balance (\d+)", told)
    return int(found)


@pytest.mark.timeout(600)
def test_the_story_holds_and_a_second_one_goes_on_in_the_same_data(
    fresh_amqp_url: str, databases_url: str, tmp_path: Path
) -> None:
    first = tell(fresh_amqp_url, databases_url, tmp_path)
    assert "37 buildings, 68 entrances, 5,700 homes" in first
    assert first.count("the chain holds") == 6
    assert "balance 5" in first
    for refused in (
        "a resolution of two parties without the third",
        "the design goes through unjudged",
        "an outsider stops the works",
        "the final payment while it is still being built",
        "the final payment while one signature is missing",
        "the hearing closes while an answer is owed",
        "the same voucher is used twice",
    ):
        assert f"refuse: {refused}" in first
    for came in (
        "the 60 rows of the CSV",
        "verifies the draw (RFC 3797)",
        "of those: passed",
        "may now have the final payment made",
        "480,000 yuan paid",
        "none held",
    ):
        assert came in first
    second = tell(fresh_amqp_url, databases_url, tmp_path)
    assert balance(second) > balance(first)
    assert "the 60 rows of the CSV" in second
    assert "none held" in second

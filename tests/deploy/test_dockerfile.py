"""One image, built from locked requirements by a builder whose settings stay outside, runs every process without rights."""

import json
import re
from pathlib import Path

from tests.deploy.composed import DOCKERFILE, ROOT, real, run

PACKAGES = ("services", "gateway", "deploy")
LEFT_OUT = {"deploy/Dockerfile", "deploy/compose.yaml"}
_FOUND = f"""
import importlib.util, json, pathlib, services
root = pathlib.Path(services.__file__).parents[1]
print(json.dumps({{
    "files": [str(file.relative_to(root)) for name in {PACKAGES} for file in (root / name).rglob("*") if file.is_file()],
    "modules": [name for name in ("pip", "setuptools", "tests") if importlib.util.find_spec(name)],
}}))
"""


def stages() -> list[str]:
    return re.split(r"^FROM ", DOCKERFILE.read_text(), flags=re.MULTILINE)[1:]


def test_the_base_image_is_an_argument_whose_default_says_which_python() -> None:
    assert re.search(r"^ARG BASE=python:3\.1[123]-slim", DOCKERFILE.read_text(), re.MULTILINE)
    assert [stage.split()[0] for stage in stages()] == ["${BASE}", "${BASE}"]


def test_requirements_are_installed_by_their_hashes_and_from_nowhere_in_particular() -> None:
    installs = [line for line in DOCKERFILE.read_text().splitlines() if "pip install" in line]
    assert ["--require-hashes" in line or "--no-deps" in line for line in installs] == [True, True]
    assert "://" not in DOCKERFILE.read_text().replace("http://127.0.0.1", "")


def test_how_pip_reached_its_index_is_not_in_the_last_stage() -> None:
    assert "PIP_" not in stages()[-1]


def test_the_process_has_no_rights_and_says_how_it_is() -> None:
    last = stages()[-1]
    assert re.findall(r"^USER (\d+)", last, re.MULTILINE) == ["10001"]
    assert "/healthz" in last


@real
def test_the_image_has_every_file_of_the_packages_and_no_installer(image: str) -> None:
    found = json.loads(run("docker", "run", "--rm", "--entrypoint", "python3", image, "-c", _FOUND))
    assert {file for file in files_of_the_tree() if file not in found["files"]} == set()
    assert found["modules"] == []


@real
def test_the_image_keeps_no_secret_of_its_builder(image: str) -> None:
    history = run("docker", "history", "--no-trunc", "--format", "{{.CreatedBy}}", image)
    assert "PIP_" not in history
    assert [word for word in json.loads(run("docker", "inspect", image))[0]["Config"]["Env"] if "PIP" in word] == []


def files_of_the_tree() -> list[str]:
    """The files of the packages that git knows or would add, but for those that only a builder needs."""
    known = run("git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES)
    return [name for name in known.splitlines() if name not in LEFT_OUT and Path(ROOT, name).is_file()]

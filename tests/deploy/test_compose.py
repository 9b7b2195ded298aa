"""The compose file: what it promises as it stands, and the whole system started from it for real."""

import re
import sys
from typing import Any

import httpx
import pytest
import yaml

from deploy.machine import tries
from deploy.parts import OWNERS, PROCESSES, STORES
from tests.deploy.composed import COMPOSE, ROOT, Composed, compose_command, real, run, settings_of

FILE: Any = yaml.safe_load(COMPOSE.read_text())
SERVICES: Any = FILE["services"]
OWN = {"SANSAN_RABBITMQ_IMAGE": "compose starts the broker itself"}
MADE_IN_THE_IMAGE = ("DATA_DIRECTORY", "HTTP_HOST", "HTTP_PORT", "PROBE_HOST", "PROBE_PORT")
SECRETS = ("POSTGRES_PASSWORD", "RABBITMQ_PASSWORD")

_ONBOARD = """
from rich.console import Console
from deploy.demo.onboarding import onboard
from services.settings import settings
onboard(settings(), Console(width=200))
"""
_LIVE = """
import sys
from rich.console import Console
from deploy.demo.story import Sheds
Sheds(sys.argv[1], Console(width=200)).tell()
"""
_RIGHTS = """
import os, pathlib
status = dict(line.split(":\\t") for line in pathlib.Path("/proc/self/status").read_text().splitlines())
print(os.getuid() > 0, int(status["CapEff"], 16), os.statvfs("/").f_flag & os.ST_RDONLY)
"""
_READ_KEYS = """
import pathlib
for file in sorted(pathlib.Path("/var/lib/sansan/keys").glob("*.*")):
    try:
        print(file.suffix, bool(file.read_bytes()))
    except PermissionError:
        print(file.suffix, "refused")
"""
_CRASH = """
import os, pathlib, signal
(child,) = pathlib.Path("/proc/1/task/1/children").read_text().split()
os.kill(int(child), signal.SIGKILL)
"""


def test_every_process_has_its_service_and_the_same_image() -> None:
    commands = {
        name: service["command"] for name, service in SERVICES.items() if service["image"].startswith("${SANSAN_IMAGE")
    }
    assert commands == {**{name: ["run", name] for name in PROCESSES}, "migrate": ["migrate"]}


def test_every_setting_can_be_made() -> None:
    for name in PROCESSES:
        passed = set(SERVICES[name]["environment"]) | OWN.keys() | {f"SANSAN_{end}" for end in MADE_IN_THE_IMAGE}
        assert {setting for setting, _ in settings_of(ROOT / "deploy" / "example.env")} == passed


def test_the_example_names_every_variable_with_its_default() -> None:
    text = COMPOSE.read_text()
    for name, value in settings_of(ROOT / "deploy" / "docker" / "example.env"):
        if name in SECRETS:
            assert (f"${{{name}:?" in text, value) == (True, "")
        elif name == "COMPOSE_PROJECT_NAME" or name in SERVICES["web"]["environment"]:
            continue
        else:
            assert f"${{{name}:-{value}}}" in text


@pytest.mark.parametrize("name", SERVICES)
def test_everything_has_limits_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert {"mem_limit", "cpus", "pids_limit", "logging", "stop_grace_period"} <= service.keys()
    assert service["restart"] == ("on-failure" if name == "migrate" else "unless-stopped")


def test_only_the_gateway_is_published_and_on_this_machine_only() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["${SANSAN_PUBLISH:-127.0.0.1:8600}:8600"]
    }
    assert {name for name, service in SERVICES.items() if service["networks"] != ["inside"]} == {"web", "edge"}
    assert FILE["networks"]["inside"] == {"internal": True}


def test_any_process_may_run_several_times() -> None:
    assert [name for name in PROCESSES if SERVICES[name].keys() & {"container_name", "hostname"}] == []


def test_without_passwords_nothing_starts(tmp_path: Any) -> None:
    empty = tmp_path / "env"
    empty.write_text("")
    with pytest.raises(AssertionError, match="set it in the env file"):
        run(*compose_command(), "--env-file", str(empty), "-f", str(COMPOSE), "config", "--quiet")


@real
def test_the_migrations_ran_before_anything_else_started(composed: Composed) -> None:
    ended = composed.inspect(composed.only("migrate"))["State"]
    assert (ended["Status"], ended["ExitCode"]) == ("exited", 0)
    assert all(composed.inspect(composed.only(name))["State"]["StartedAt"] > ended["FinishedAt"] for name in PROCESSES)
    psql = ("docker", "exec", composed.only("postgres"), "psql", "--username=sansan", "--dbname=postgres")
    found = run(*psql, "--no-align", "--tuples-only", "--command=SELECT datname FROM pg_database")
    assert {f"sansan_{name}" for name in STORES} <= set(found.split())


@real
@pytest.mark.parametrize("name", PROCESSES)
def test_every_process_is_well_and_has_no_rights(composed: Composed, name: str) -> None:
    container = composed.only(name)
    assert composed.probe(container, "/healthz")[0] == 200
    assert composed.probe(container, "/readyz")[0] == 200
    assert composed.inside(container, _RIGHTS) == "True 0 1"
    assert any(composed.inspect(container)["State"]["Health"]["Status"] == "healthy" for _ in tries(60, pause=0.5))


@real
def test_the_outside_reaches_the_gateway_and_nothing_else(composed: Composed) -> None:
    assert httpx.get(f"{composed.address}/readyz").status_code == 200
    for name in SERVICES:
        bound = composed.inspect(composed.only(name))["HostConfig"]["PortBindings"] or {}
        assert [one["HostIp"] for ports in bound.values() for one in ports] == (["127.0.0.1"] if name == "web" else [])


@real
def test_only_the_gateway_can_read_the_private_keys(composed: Composed) -> None:
    assert composed.inside(composed.only("web"), _READ_KEYS).splitlines() == [".pem True", ".json True"]
    for name in (*OWNERS, "edge"):
        assert composed.inside(composed.only(name), _READ_KEYS).splitlines() == [".pem refused", ".json True"]


@real
@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_that_crashes_is_started_again(composed: Composed, name: str) -> None:
    container = composed.only(name)
    before = composed.inspect(container)["RestartCount"]
    run("docker", "exec", "--detach", container, "python3", "-c", _CRASH)
    assert any(composed.inspect(container)["RestartCount"] == before + 1 for _ in tries(30, pause=0.2))
    composed.await_ready(name)


@real
def test_the_story_holds_with_two_issues_processes_and_outlives_its_containers(composed: Composed) -> None:
    composed.compose("up", "--detach", "--scale", "issues=2")
    composed.await_ready(*PROCESSES)
    assert len(composed.containers("issues")) == 2
    assert "5,700 homes" in composed.inside(composed.only("web"), _ONBOARD)
    first = points_told(composed)
    composed.compose("down")
    composed.compose("up", "--detach")
    composed.await_ready(*PROCESSES)
    assert points_told(composed) > first
    audit = run("docker", "exec", composed.only("web"), "sansan", "audit")
    assert (audit.count("the chain holds"), len(audit.splitlines())) == (6, 6)
    assert "\n0 dead letters" in "\n" + run("docker", "exec", composed.only("web"), "sansan", "dead-letters", "list")


@real
def test_what_is_told_to_stop_stops_in_order(composed: Composed) -> None:
    containers = {name: composed.only(name) for name in PROCESSES}
    composed.compose("stop", *PROCESSES)
    for name, container in containers.items():
        state = composed.inspect(container)["State"]
        assert (state["Status"], state["ExitCode"]) == ("exited", 143 if name == "web" else 0), name


def points_told(composed: Composed) -> int:
    """How many points the story ends with, told over the published address."""
    told = run(sys.executable, "-c", _LIVE, composed.address, seconds=120)
    (left,) = re.findall(r"has (\d+) points left, none held", " ".join(told.split()))
    return int(left)

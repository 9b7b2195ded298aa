"""What an operator types: audit, dead letters, keys."""

import subprocess
import sys
from pathlib import Path

import pytest

from services import broker
from services.broker import Link, Outgoing, Publisher
from services.settings import child_environment


@pytest.fixture
def environment(fresh_amqp_url: str, databases_url: str, tmp_path: Path) -> dict[str, str]:
    """An empty system: nothing runs."""
    return child_environment(AMQP_URL=fresh_amqp_url, DATABASE_URL=databases_url, DATA_DIRECTORY=str(tmp_path))


def sansan(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_migrate_twice_then_audit_an_empty_system(environment: dict[str, str]) -> None:
    for _ in range(2):
        assert sansan(environment, "migrate").returncode == 0
    found = sansan(environment, "audit")
    assert (found.returncode, found.stdout) == (0, "")


def test_a_dead_letter_is_listed_shown_and_replayed(environment: dict[str, str]) -> None:
    url = environment["SANSAN_AMQP_URL"]
    link, publisher = Link(url), Publisher(url, confirms=True)
    broker.declare_common(link.channel)
    link.channel.queue_declare("somebody.on.something", durable=True, auto_delete=False)
    headers = {"ce-id": "01a20527-482e-7a3c-8c31-0a404c7054ee", "sansan-queue": "somebody.on.something"}
    headers |= {"ce-type": "something.happened.v1", "sansan-reason": "nobody here knows it"}
    publisher.send([Outgoing(broker.DEAD_LETTERS, "x", b'{"a": 1}', headers, {"content_type": "application/json"})])
    listed = sansan(environment, "dead-letters", "list")
    assert "nobody here knows it" in listed.stdout
    assert "1 dead letters" in listed.stdout
    shown = sansan(environment, "dead-letters", "show", headers["ce-id"])
    assert '{"a": 1}' in shown.stdout
    assert sansan(environment, "dead-letters", "show", "77").returncode != 0
    assert sansan(environment, "dead-letters", "replay").returncode != 0
    replayed = sansan(environment, "dead-letters", "replay", headers["ce-id"])
    assert "1 replayed" in replayed.stdout
    back = link.channel.basic_get("somebody.on.something", no_ack=True)
    assert broker.text_body(back) == b'{"a": 1}'
    assert back.properties["application_headers"] == {"ce-id": headers["ce-id"], "ce-type": headers["ce-type"]}
    assert "0 dead letters" in sansan(environment, "dead-letters", "list").stdout
    publisher.close()
    link.close()


def test_keys_are_rotated(environment: dict[str, str], tmp_path: Path) -> None:
    first, second = (sansan(environment, "keys", "rotate").stdout.strip() for _ in range(2))
    assert first != second
    published = (tmp_path / "keys" / "jwks.json").read_text()
    assert first in published
    assert second in published


PLAN = """
district: {id: wuhan-jiangan, name: 江岸区}
community: {id: wuhan-caochang, name: 操场社区}
estates:
  - {name: 东立国际小区, buildings: [{names: 1-2, entrances: 1, floors: 3, homes_per_floor: 2}]}
people:
  - {login: wu.jianguo, name: 吴建国, phone: "10027000001", password: jiangan-demo-2026, roles: [district_admin]}
  - {login: chen.jing, name: 陈静, phone: "10027000004", roles: [grid_officer]}
"""


def test_a_community_is_onboarded_from_a_file_once(environment: dict[str, str], tmp_path: Path) -> None:
    assert sansan(environment, "migrate").returncode == 0
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN)
    first = sansan(environment, "onboard", str(plan))
    assert first.returncode == 0, first.stderr
    assert "wuhan-caochang: 2 people" in first.stdout
    assert "chen.jing: " in first.stdout
    again = sansan(environment, "onboard", str(plan))
    assert again.returncode == 0, again.stderr
    assert "chen.jing" not in again.stdout


def test_a_wrong_plan_is_refused_in_words(environment: dict[str, str], tmp_path: Path) -> None:
    assert sansan(environment, "migrate").returncode == 0
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN.replace("estates:", "estate:"))
    found = sansan(environment, "onboard", str(plan))
    assert found.returncode == 1
    assert "Traceback" not in found.stderr
    assert "estate" in found.stderr

"""An operator sees JSON lines with ids, metrics, and which loops are alive; a library's words come in the same form."""

import json
import subprocess
import sys

import pytest

from services import observe
from services.observe import Health, metrics_text

SAYS = """
import logging
from services.observe import logger, set_up_logs
set_up_logs("issues")
set_up_logs("issues")  # a second time changes nothing
logger("bus").warning("consumer waits", loop="issues.commands", error="瓶颈")
logging.getLogger("sqlalchemy").error("pool is empty: %s", 5)
logging.getLogger("amqp").info("chatter")
try:
    raise LookupError("defect")
except LookupError:
    logger("bus").exception("command failed", command="issues.report_issue")
"""


@pytest.fixture(scope="module")
def said() -> list[dict[str, str]]:
    """What a process logged, line by line."""
    run = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == ""
    return [json.loads(line) for line in run.stderr.splitlines()]


def test_every_line_is_json_with_process_level_and_time(said: list[dict[str, str]]) -> None:
    assert all(line["process"] == "issues" for line in said)
    assert [line["level"] for line in said] == ["warning", "error", "error"]
    assert all(line["timestamp"].endswith("Z") for line in said)


def test_a_line_says_what_happened_and_its_context(said: list[dict[str, str]]) -> None:
    assert said[0]["event"] == "consumer waits"
    assert said[0]["loop"] == "issues.commands"
    assert said[0]["error"] == "瓶颈"


def test_what_a_library_logs_comes_in_the_same_form_and_chatter_does_not(said: list[dict[str, str]]) -> None:
    assert said[1]["event"] == "pool is empty: 5"
    assert not any("chatter" in line["event"] for line in said)


def test_a_defect_comes_with_its_traceback_on_one_line(said: list[dict[str, str]]) -> None:
    assert "LookupError: defect" in said[2]["exception"]


def test_the_metrics_are_prometheus_text() -> None:
    observe.HANDLED.labels("issues.report_issue", "done").inc()
    text = metrics_text().decode()
    assert "# TYPE sansan_handled_total counter" in text
    assert 'sansan_handled_total{name="issues.report_issue",outcome="done"}' in text
    for name in ("sansan_queue_depth", "sansan_journal_lag_seconds", "sansan_batch_size", "sansan_dead_letters_total"):
        assert f"# TYPE {name} " in text


def test_a_part_that_speaks_is_alive_and_ready() -> None:
    health = Health()
    health.tick("relay")
    assert health.live() == health.ready() == {"relay": True}


def test_a_part_without_its_broker_is_alive_but_not_ready() -> None:
    health = Health()
    health.tick("relay", ready=False)
    assert health.live() == {"relay": True}
    assert health.ready() == {"relay": False}


def test_a_part_that_has_been_silent_is_neither() -> None:
    health = Health(silence_seconds=0)
    health.tick("relay")
    assert health.live() == health.ready() == {"relay": False}


def test_a_part_that_ended_in_order_is_forgotten() -> None:
    health = Health()
    health.tick("relay")
    health.forget("relay")
    health.forget("never there")
    assert health.live() == health.ready() == {}

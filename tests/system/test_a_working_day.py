"""One working day of the estate by a simulated clock: sixty reports, one of them overnight, minutes and numbers that add up."""

from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from deploy.audit import audit_all
from deploy.demo.cast import HOME
from deploy.demo.day import Day
from deploy.demo.onboarding import onboard, the_plan
from deploy.demo.reckoning import EXPECTED
from deploy.demo.rehearsal import Rehearsal
from deploy.machine import free_port
from deploy.system import System, rehearsal_clock, running_system
from services.dead_letters import dead_letters
from services.settings import Settings, read_settings

SILENT = "step"  # settled, and its reporter says nothing about that


@pytest.fixture
def chosen(fresh_amqp_url: str, databases_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a whole system with data of its own."""
    changed = {
        "AMQP_URL": fresh_amqp_url,
        "DATABASE_URL": databases_url,
        "DATA_DIRECTORY": str(tmp_path / "var"),
        "HTTP_PORT": str(free_port()),
    }
    for name, text in changed.items():
        monkeypatch.setenv(f"SANSAN_{name}", text)
    return read_settings()


@pytest.fixture
def clock(chosen: Settings) -> Iterator[Rehearsal]:
    """The clock of the day."""
    clock = Rehearsal(rehearsal_clock(chosen), the_plan().community.zone)
    clock.begin()
    yield clock
    clock.end()


@pytest.fixture
def system(chosen: Settings, clock: Rehearsal, tmp_path: Path) -> Iterator[System]:
    """The whole system, which lives on that clock, with Caochang Community."""
    with running_system(chosen, tmp_path / "log") as running:
        onboard(chosen, Console(file=StringIO()))
        yield running


@pytest.fixture
def said() -> StringIO:
    """What the story said."""
    return StringIO()


@pytest.fixture
def day(system: System, clock: Rehearsal, said: StringIO) -> Iterator[Day]:
    """The day, with everybody logged in."""
    with closing(Day(system.address, Console(file=said, width=200), clock)) as day:
        yield day


@pytest.mark.timeout(400)
def test_sixty_reports_end_as_they_should_and_the_minutes_and_numbers_say_so(
    chosen: Settings, system: System, day: Day, clock: Rehearsal, said: StringIO
) -> None:
    day.live()
    told = " ".join(said.getvalue().split())
    ends = ("settled_same_day", "merged", "transferred", "waiting", "overnight")
    assert [EXPECTED["reported"], *(EXPECTED[name] for name in ends)] == [60, 50, 3, 2, 2, 1]
    assert EXPECTED["escalated"] == 2 + 1
    for refused in (
        "a huddle closes where nobody was",
        "merging in a circle",
        "a date that is no later",
        "two settle the same issue at once",
        "somebody else confirms",
        "a steward closes the huddle",
    ):
        assert f"refuse: {refused}" in told
    for came in (
        "7 become issues, one is refused",
        "the 60 rows of the CSV",
        "carried over",
    ):
        assert came in told
    a_week_later(day, clock)
    assert [found.fault for _, found in audit_all(chosen) if found.fault] == []
    assert dead_letters(system.amqp_url) == []


def a_week_later(day: Day, clock: Rehearsal) -> None:
    """On day 8 nobody can reopen any more, and silence has confirmed; until the end of day 7 one can."""
    scene = day.scene
    issue = scene.issue(SILENT)
    who, there = scene.people["li"], f"{HOME}/issues/{issue['id']}"
    accepted = scene.people["zhang"].tries("POST", f"{there}/acceptance", {})
    assert (accepted.status_code, accepted.json()["clause"]) == (403, "日-2")
    clock.move_to("23:50", days=7)
    assert scene.issue(SILENT)["status"] == "resolved"
    clock.move_to("00:00:01", days=8)
    late = who.tries("POST", f"{there}/reopening", {"reason": "又松了。"})
    assert (late.status_code, late.json()["clause"]) == (409, "日-8")
    scene.awaits("sun", f"issues/{issue['id']}", lambda now: [now] if now["status"] == "confirmed" else [])

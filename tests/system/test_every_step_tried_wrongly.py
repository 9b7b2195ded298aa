"""Bad input: every step of the sheds' story by the wrong one, in the wrong state, for another community, and twice."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from deploy import parts
from deploy.audit import audit_all
from deploy.demo.cast import PASSWORD
from deploy.demo.onboarding import the_plan
from deploy.demo.person import Person, Surprise
from deploy.demo.roll import roll_csv
from deploy.demo.story import Sheds
from deploy.machine import free_port
from deploy.system import System, running_system
from gateway.directory.blueprint import HomePlan, PersonPlan, read_blueprint
from gateway.directory.facade import Directory
from gateway.directory.onboarding import onboard
from services.settings import Settings, read_settings
from tests.system.meddler import NEWCOMER, STEWARD, Journals, Meddler, Others, Rules

ELSEWHERE = "wuhan-elsewhere"
STRANGER = "zhao.gang"
_ELSEWHERE = f"""
district: {{id: wuhan-jiangan, name: 江岸区}}
community: {{id: {ELSEWHERE}, name: 邻近社区}}
estates:
  - {{name: 邻家小区, buildings: [{{names: 1-2, entrances: 1, floors: 2, homes_per_floor: 2}}]}}
people:
  - login: {STRANGER}
    name: 赵刚
    phone: "10027000098"
    password: {PASSWORD}
    roles: [community_admin, party_committee, owners_committee, property_manager, property_steward, grid_officer]
    homes: [{{home: 1栋 1单元 101, owner: true}}]
"""
_NEWCOMER = PersonPlan(
    login="qian.fang", name="钱芳", phone="10027000099", password=PASSWORD, homes=(HomePlan(home="1栋 1单元 101"),)
)

# What may be done twice with different keys, and why; whatever else is done twice is a defect.
REPEATABLE = {
    "issues": "whoever reports again reports another issue (日-1)",
    "meetings": "a topic that waits for its project may be on the agenda of several meetings (例-2)",
    "meetings/resolutions": "several resolutions about a topic may be moved; one of them is adopted (例-3)",
    "experts/verification": "verifying again sets the groups anew; points are given once (专-2, 分-1)",
    "projects/alternatives": "anybody may propose several plans (例-4)",
    "contracts/payments (progress)": "their sum is limited, not their number (关-3)",
    "projects/diary": "another entry of the diary (关-2)",
    "acceptances/checks": "of several checks of a clause the latest counts (关-3)",
    "hearings": "another hearing (听-1)",
    "hearings/questions": "another question (听-1)",
    "rewards": "another offer (分-7)",
    "rewards/redemptions": "another voucher, as long as there are points (分-3)",
}
# What can still be done when the story is over; everything else finds a state in which it is not possible.
AT_ANY_TIME = {"issues", "experts/verification", "hearings", "rewards"}
BOTH = (NEWCOMER, STEWARD)
# Which of the bystanders may do a step of the story too: most of these are open to every member.
BYSTANDERS_MAY = {
    "issues": BOTH,
    "issues/escalation": (STEWARD,),  # one of the micro-grid
    "projects/opinions": (NEWCOMER,),  # a resident
    "projects/alternatives": BOTH,
    "projects/doubts": BOTH,
    "projects/diary": (STEWARD,),  # writes it as the supervisors do
    "experts": BOTH,
    "hearings/questions": BOTH,
}
# What every member may do who has what it takes, which the bystanders do not have.
NOT_BY_ROLE = {
    "conflicts": "one has to be an expert (专-4)",
    "rewards/redemptions": "one has to have the points (分-3)",
}


@pytest.fixture
def chosen(fresh_amqp_url: str, databases_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a whole system in which nobody is told that they ask too much."""
    changed = {
        "AMQP_URL": fresh_amqp_url,
        "DATABASE_URL": databases_url,
        "DATA_DIRECTORY": str(tmp_path / "var"),
        "HTTP_PORT": str(free_port()),
        "RATE_PER_SECOND": "0",
    }
    for name, text in changed.items():
        monkeypatch.setenv(f"SANSAN_{name}", text)
    return read_settings()


@pytest.fixture
def system(chosen: Settings, tmp_path: Path) -> Iterator[System]:
    """The whole system, with Caochang Community, one more resident of it, and a community elsewhere."""
    plan, elsewhere = the_plan(), read_blueprint(_ELSEWHERE.encode())
    with running_system(chosen, tmp_path / "log") as running:
        with closing(Directory.open(chosen, parts.parameters())) as directory:
            onboard(directory, replace(plan, people=(*plan.people, _NEWCOMER)), roll_csv(plan))
            onboard(directory, elsewhere, roll_csv(elsewhere))
        yield running


@pytest.fixture
def others(system: System) -> Iterator[Others]:
    """Those who should not."""
    stranger = Person("a stranger 外人", system.address, STRANGER, PASSWORD)
    bystanders = {
        NEWCOMER: Person("a newcomer 居民", system.address, _NEWCOMER.login, PASSWORD),
        STEWARD: Person("the steward 物业管家", system.address, "zhou.min", PASSWORD),
    }
    with httpx.Client(base_url=system.address, timeout=10) as nobody:
        yield Others(bystanders, stranger, nobody, f"/v1/communities/{ELSEWHERE}")
    for person in (stranger, *bystanders.values()):
        person.http.close()


@pytest.mark.parametrize("databases_url", ["sqlite"], indirect=True)
def test_whatever_is_done_wrongly_is_refused_with_its_reason_and_changes_nothing(
    chosen: Settings, system: System, others: Others
) -> None:
    said = StringIO()
    sheds = Sheds(system.address, Console(file=said, width=200))
    rules = Rules(REPEATABLE, AT_ANY_TIME, BYSTANDERS_MAY, NOT_BY_ROLE)
    with closing(Journals(chosen)) as journals:
        meddler = Meddler(sheds.tells.console, sheds.tells.home, others=others, rules=rules, journals=journals)
        sheds.tells = meddler
        try:
            sheds.tell()
            meddler.begins_anew()
        except Surprise as surprise:
            meddler.faults.append(f"the story did not go on: {surprise}")
    sheds.close()
    assert not meddler.faults, "\n".join(meddler.faults)
    assert "none held" in said.getvalue()
    assert len(meddler.done) > 90
    assert meddler.tries > 1000
    assert {*REPEATABLE, *AT_ANY_TIME, *BYSTANDERS_MAY, *NOT_BY_ROLE} <= {each.name for each in meddler.done}
    assert [found.fault for _, found in audit_all(chosen) if found.fault] == []

"""A community has its catalogue and its huddles from the beginning; what was escalated is followed into the project and back."""

from datetime import UTC, datetime
from typing import Any

from gateway.directory.contract import CommunityOnboarded, CommunityState
from services.actor import SYSTEM
from services.ids import derived_id, new_id
from services.issues.contract import EscalateIssue, ResolveIssue, Status
from services.issues.use_cases import DUE, REACTS
from services.projects.contract import ProjectAccepted, ProjectBegun, TopicRaised, TopicState, TopicStatus
from services.wire import from_json
from services.work import Desk
from tests.shared.desks import SetClock, confirm, event, job, perform, rows
from tests.shared.samples import COMMUNITY, DISTRICT, GRID_OFFICER, NOON, PROJECT, project_state, report

FIRST_NIGHT = datetime(2024, 5, 27, 16, tzinfo=UTC)  # the local midnight after the seventh day
TOPIC = derived_id("topic", "sheds")


def escalated(desk: Desk, number: int) -> list[str]:
    """The ids of some issues that go to the weekly meeting."""
    ids = [perform(desk, job(report(title=f"飞线充电 {each}")))[0]["id"] for each in range(number)]
    for issue_id in ids:
        command = EscalateIssue(community_id=COMMUNITY, issue_id=issue_id, reason="须统一建设充电车棚")
        assert perform(desk, job(command, GRID_OFFICER))[0]["status"] == Status.ESCALATED
    return ids


def topic(*issue_ids: str) -> TopicRaised:
    """They were raised as a topic."""
    state = TopicState(
        community_id=COMMUNITY,
        id=TOPIC,
        version=1,
        status=TopicStatus.RAISED,
        title="建设充电车棚",
        text="多名居民反映。",
        issue_ids=issue_ids,
        created_at=NOON,
        updated_at=NOON,
    )
    return TopicRaised(topic=state)


def onboarded(version: int = 1) -> CommunityOnboarded:
    """The directory tells of the community."""
    state = CommunityState(
        community_id=COMMUNITY,
        id=derived_id(COMMUNITY),
        version=version,
        district_id=DISTRICT,
        name="操场社区",
        created_at=NOON,
        updated_at=NOON,
    )
    return CommunityOnboarded(community=state)


def by_id(desk: Desk) -> dict[str, Any]:
    """The issues in the table."""
    return {row.id: row for row in rows(desk, "issues")}


def test_what_became_a_project_is_settled_when_the_project_was_accepted(desk: Desk, clock: SetClock) -> None:
    ids = [*escalated(desk, 2), perform(desk, job(report(title="井盖破损")))[0]["id"]]
    accepted = ProjectAccepted(project=project_state(issue_ids=(*ids, new_id()), title="新建充电车棚"))
    perform(desk, event(accepted, REACTS))
    perform(desk, event(accepted, REACTS))
    found = {row.id: row for row in rows(desk, "issues")}
    assert [found[issue_id].status for issue_id in ids] == [Status.RESOLVED, Status.RESOLVED, Status.REPORTED]
    assert found[ids[0]].history[-1].note == "项目“新建充电车棚”已通过验收。"
    assert found[ids[0]].history[-2].note == "须统一建设充电车棚"
    perform(desk, confirm(ids[0]))
    clock.now = FIRST_NIGHT
    assert [outcome.failure for outcome in desk.do_due(DUE, SYSTEM)] == [None, None]
    found = {row.id: row for row in rows(desk, "issues")}
    assert [found[issue_id].status for issue_id in ids[:2]] == [Status.CONFIRMED, Status.CONFIRMED]


def test_the_chain_from_the_issue_to_its_topic_and_its_project_is_kept(desk: Desk) -> None:
    one, other = escalated(desk, 2)
    perform(desk, event(topic(one, new_id()), REACTS))
    assert (by_id(desk)[one].topic_id, by_id(desk)[one].project_id) == (TOPIC, None)
    perform(desk, event(ProjectBegun(project=project_state(issue_ids=(one,), topic_id=TOPIC)), REACTS))
    assert (by_id(desk)[one].topic_id, by_id(desk)[one].project_id) == (TOPIC, PROJECT)
    assert by_id(desk)[other].topic_id is None
    assert [turn.move for turn in by_id(desk)[one].history] == ["report", "escalate", "link", "link"]
    command = ResolveIssue(community_id=COMMUNITY, issue_id=one, note="修好了")
    refused = desk.perform([job(command, GRID_OFFICER)])[0].refusal
    assert refused is not None
    assert refused.clause == "日-4"


def test_a_community_has_its_catalogue_once(desk: Desk) -> None:
    perform(desk, event(onboarded(), REACTS))
    perform(desk, event(onboarded(version=2), REACTS))
    (row,) = [row for row in rows(desk, "journal") if row.type == "issues.catalogue.changed.v1"]
    assert "other" in {each["code"] for each in from_json(row.data)["catalogue"]["categories"]}
    assert {row.kind for row in rows(desk, "due")} == {"open_huddles"}

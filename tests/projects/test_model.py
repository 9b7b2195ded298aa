"""A project begins by a resolution, counts its versions, and tells its state as it is."""

from datetime import timedelta
from typing import Any

import pytest

from services.errors import Forbidden, Refused
from services.parties import Party
from services.projects.contract import ProjectBegun, ProjectState, ProjectStatus, Resolution
from services.projects.model import Project
from services.wire import hints_of
from tests.projects.made import CHAIR, DESIGNER, SECRETARY, at_noon, held, project, topic
from tests.shared.samples import ISSUE, NOON, PROJECT

RESOLUTION = Resolution(
    number=1,
    topic_id=topic().id,
    title="新建充电车棚",
    purpose="在小区内新建车棚。",
    budget=60_000_000,
    moved_by=Party.OWNERS_COMMITTEE,
    agreed=tuple(Party),
)


def test_a_project_begins_with_what_was_resolved() -> None:
    begun, told = Project.begin(PROJECT, topic(), RESOLUTION, SECRETARY, held(SECRETARY), at_noon())
    assert told == ProjectBegun(project=begun.state())
    assert (begun.status, begun.version, begun.created_at) == (ProjectStatus.DISCUSSING, 1, NOON)
    assert (begun.title, begun.purpose, begun.budget) == (RESOLUTION.title, RESOLUTION.purpose, RESOLUTION.budget)
    assert (begun.topic_id, begun.issue_ids) == (topic().id, (ISSUE,))


def test_only_the_three_parties_begin_a_project() -> None:
    with pytest.raises(Forbidden) as no:
        Project.begin(PROJECT, topic(), RESOLUTION, DESIGNER, held(DESIGNER), at_noon())
    assert no.value.clause == "例-3"


def test_a_move_changes_state_version_and_time_and_what_it_says_besides() -> None:
    thing = project(ProjectStatus.DESIGNED, vote_id=None)
    thing.move("put_to_vote", CHAIR, held(CHAIR), at_noon(hours=1), vote_id=PROJECT)
    assert (thing.status, thing.version, thing.vote_id) == (ProjectStatus.VOTING, 8, PROJECT)
    assert thing.updated_at == NOON + timedelta(hours=1)


def test_a_move_that_is_refused_leaves_the_project_as_it_was() -> None:
    thing = project(ProjectStatus.BUILDING)
    with pytest.raises(Refused):
        thing.move("put_to_vote", CHAIR, held(CHAIR), at_noon(hours=1), vote_id=None)
    with pytest.raises(Forbidden):
        thing.move("decide", DESIGNER, held(DESIGNER), at_noon(hours=1))
    assert thing == project(ProjectStatus.BUILDING)


def test_only_what_a_project_has_can_be_changed() -> None:
    with pytest.raises(AssertionError, match="no bugdet"):
        project(ProjectStatus.BUILDING).change(at_noon(), bugdet=1)


@pytest.mark.parametrize("status", ProjectStatus)
def test_the_state_shows_every_member_but_the_services_own(status: ProjectStatus) -> None:
    thing = project(status)
    shown: dict[str, Any] = {name: getattr(thing.state(), name) for name in hints_of(ProjectState)}
    assert shown.pop("audience") == "community"
    assert shown.pop("step") == status.step
    own = {"draw_version": 3, "experts_supervising": thing.experts_supervising, "final_paid": True}
    assert shown | own == vars(thing)

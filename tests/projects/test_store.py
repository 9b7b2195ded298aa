"""Whatever a contract allows can be kept, and comes out of its table as it went in."""

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from services.database import reading
from services.ids import new_id
from services.projects.contract import MeetingState, ProjectState, ProjectStatus, TopicState, VoteState, VoteStatus
from services.projects.known import KnownExpert, KnownOwner
from services.projects.meeting import Meeting
from services.projects.model import Project
from services.projects.store import STORE
from services.projects.topic import EscalatedIssue, Topic
from services.projects.votes import Ballot, Vote
from services.wire import hints_of
from services.work import Desk
from tests.projects.made import expert, home, id_of, kept, owning, project, vote
from tests.shared.made_up import instances

AGAIN = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MINE = {EscalatedIssue, Topic, Meeting, Project, Vote, Ballot, KnownOwner, KnownExpert}


def again(desk: Desk, thing: Any) -> Any:
    """Put it into its table and take it out again."""
    table = STORE.aggregates[type(kept(desk, thing))]
    with reading(desk.engine) as connection:
        return type(thing)(**connection.execute(sa.select(table).where(table.c.id == thing.id)).mappings().one())


def members(state: Any, *but: str) -> dict[str, Any]:
    """The members of a state, under an id of its own."""
    names = set(hints_of(type(state))) - {"audience", *but}
    return {name: getattr(state, name) for name in names} | {"id": new_id()}


def test_things_come_back_as_they_went(desk: Desk) -> None:
    for status in ProjectStatus:
        thing = project(status, id=new_id())
        assert again(desk, thing) == thing
    owner, one = KnownOwner.of(owning(id_of("one"), home("1"), home("2"))), KnownExpert.of(expert(id_of("one"), "a"))
    assert (again(desk, owner), again(desk, one)) == (owner, one)


@AGAIN
@given(instances(TopicState), instances(MeetingState), instances(ProjectState), instances(VoteState))
def test_whatever_a_contract_allows_can_be_kept(
    desk: Desk, topic: TopicState, meeting: MeetingState, project: ProjectState, vote: VoteState
) -> None:
    took_part = {"area": vote.participating_area, "headcount": vote.participating_headcount}
    closed = {"status": VoteStatus.PASSED, "yes_area": 1, "yes_headcount": 1}
    for thing in (
        Topic(**members(topic)),
        Meeting(**members(meeting)),
        Project(**members(project, "step")),
        Vote(**members(vote) | took_part | closed, roll_version=1),
    ):
        assert again(desk, thing) == thing


def test_the_database_refuses_a_vote_that_cannot_be(desk: Desk) -> None:
    more_area, more_persons = {"participating_area": 301}, {"participating_headcount": 4}
    told_early, never_told = {"yes_area": 1}, {"status": VoteStatus.FAILED}
    for wrong in (more_area, more_persons, told_early, never_told):
        thing = vote()
        vars(thing).update(wrong)
        with pytest.raises(sa.exc.IntegrityError):
            kept(desk, thing)
    kept(desk, vote())


def test_the_store_holds_what_every_service_has_and_all_kinds_of_aggregates() -> None:
    assert STORE.service == "projects"
    assert set(STORE.aggregates) >= MINE
    own = {table.name for table in STORE.aggregates.values()} | {"ballot_homes", "rolls", "roll_homes"}
    assert set(STORE.metadata.tables) == own | {"journal", "chain", "lease", "inbox", "due", "communities"}

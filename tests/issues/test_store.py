"""An issue comes out of its table as it went in, whatever people write."""

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from services.database import reading
from services.ids import new_id
from services.issues.contract import IssueState, Place, Status
from services.issues.model import Issue
from services.issues.store import STORE, issues
from services.wire import hints_of
from services.work import Desk
from tests.issues.made import issue
from tests.shared.desks import job, perform, rows
from tests.shared.made_up import instances
from tests.shared.samples import NOON, report

AGAIN = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def kept(desk: Desk, thing: Issue) -> Issue:
    """Put it into the table and take it out again."""
    row = {column.name: getattr(thing, column.name) for column in issues.columns}
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(issues).values(row))
    with reading(desk.engine) as connection:
        return Issue(**connection.execute(sa.select(issues).where(issues.c.id == thing.id)).mappings().one())


def test_an_issue_comes_back_as_it_went(desk: Desk) -> None:
    for status in Status:
        thing = issue(status, id=new_id(), handler_id=None, resolved_at=None)
        assert kept(desk, thing) == thing


@AGAIN
@given(state=instances(IssueState))
def test_whatever_a_contract_allows_can_be_kept(desk: Desk, state: IssueState) -> None:
    members = {name: getattr(state, name) for name in hints_of(IssueState) if name != "building_id"} | {
        "watch_at": NOON
    }
    thing = Issue(**{**members, "id": new_id(), "audience": "community"})
    assert kept(desk, thing) == thing


@AGAIN
@given(place=instances(Place))
def test_whatever_place_is_named_can_be_reported(desk: Desk, place: Place) -> None:
    place = Place(spot=place.spot)
    issue_id = perform(desk, job(report(place=place)))[0]["id"]
    assert [row.place for row in rows(desk, "issues") if row.id == issue_id] == [place]


def test_the_store_holds_the_whole_desk_and_what_every_service_has() -> None:
    assert STORE.service == "issues"
    assert {kind.__name__: table.name for kind, table in STORE.aggregates.items()} == {
        "Issue": "issues",
        "Following": "followings",
        "Catalogue": "catalogues",
        "Grid": "grids",
        "Huddle": "huddles",
        "Route": "routes",
        "Patrol": "patrols",
    }
    kit = {"journal", "chain", "lease", "inbox", "due", "communities"}
    assert set(STORE.metadata.tables) == kit | {"grid_buildings"} | {each.name for each in STORE.aggregates.values()}

"""SQLite is told which filter leads: the one that the fewest things have. PostgreSQL chooses by itself."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import URL

from gateway.directory.contract import CommunityState
from gateway.leading import Leading
from services.issues.contract import HuddleState, IssueState, Status
from tests.gateway.world import World, numbered, world_on
from tests.shared.samples import BUILDING, COMMUNITY


@pytest.fixture
def world(database_url: URL) -> Iterator[World]:
    with world_on(database_url) as world:
        world.report(*(numbered(n, status=Status.REPORTED if n else Status.REJECTED) for n in range(5)))
        yield world


def lead(world: World, leading: Leading, **filters: str) -> str:
    return world.run(leading.of(IssueState, COMMUNITY, filters))


def test_the_rarest_value_leads(world: World) -> None:
    leading, chosen = Leading(world.views.reader), world.engine.dialect.name == "sqlite"
    assert lead(world, leading, status="rejected", building_id=BUILDING) == ("status" if chosen else "")
    assert lead(world, leading, status="reported", topic_id="x") == ("topic_id" if chosen else "")
    assert lead(world, leading, category="facility") == ("category" if chosen else "")


def test_where_nothing_can_be_combined_nothing_leads(world: World) -> None:
    leading = Leading(world.views.reader)
    assert lead(world, leading) == ""
    assert world.run(leading.of(HuddleState, COMMUNITY, {"status": "open", "grid_id": "x"})) == ""
    assert world.run(leading.of(CommunityState, "", {"district_id": "x"})) == ""


def test_what_was_counted_is_not_counted_again_at_once(world: World) -> None:
    leading = Leading(world.views.reader)
    before = lead(world, leading, status="rejected", building_id=BUILDING)
    world.report(*(numbered(n, status=Status.REJECTED) for n in range(10, 30)))
    assert lead(world, leading, status="rejected", building_id=BUILDING) == before

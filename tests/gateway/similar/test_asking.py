"""However many issues are open, a question for candidates reads a bounded number of them, and only through indexes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from gateway.similar import asking
from gateway.similar.cells import cell_of
from gateway.similar.kept import FOR_MEMBERS, KEYS, first_pairs, in_building, in_category, in_cell, saying
from gateway.store import RANKS, VIEW_TABLES
from gateway.told import view_row
from services.declare import STAFF
from services.issues.contract import IssueState, Place, Point, Status
from services.wire import to_data
from tests.gateway.plans import nodes, rows_read, steps
from tests.gateway.world import World, numbered, sight, world_on
from tests.shared.samples import BUILDING, COMMUNITY, GRID_OFFICER, NOON, OFFICER, REPORTER, RESIDENT

HERE = Point(lat=30.6225, lon=114.3125)
WHERE = COMMUNITY, FOR_MEMBERS, "facility"
NUMBERS = {
    "cell_key": in_cell(*WHERE, cell_of(HERE)),
    "building_key": in_building(*WHERE, BUILDING),
    "category_key": in_category(*WHERE),
    "words_key": saying(*WHERE, first_pairs("井盖破损", "")[0]),
}
MANY = 1200


@pytest.fixture
def world(database_url: URL) -> Iterator[World]:
    """So many open issues of one category in one building and one cell, with the same words, all by one reporter."""
    place = Place(building_id=BUILDING, point=HERE)
    states = (numbered(number, status=Status.REPORTED, place=place) for number in range(MANY))
    with world_on(database_url) as world, world.engine.begin() as connection:
        rows = [view_row(IssueState, to_data(state)).values for state in states]
        connection.execute(sa.insert(VIEW_TABLES[IssueState]), rows)
        connection.commit()
        yield world


def values(**more: Any) -> dict[str, Any]:
    return {"since": NOON - timedelta(days=30), "community_id": COMMUNITY, "member_id": REPORTER, **more}


@pytest.mark.parametrize("key", KEYS)
def test_under_a_number_the_newest_few_are_read_from_its_index(world: World, key: str) -> None:
    asked = values(numbers=[NUMBERS[key], 1, 2])
    with world.engine.begin() as connection:
        question = asking.under(key, connection.dialect)
        assert_bounded(connection, question, asked, f"view_issue_{key}", asking.MOST_UNDER_ONE[key])
        found = connection.execute(question, asked).all()
    newest = [numbered(MANY - 1 - at).id for at in range(asking.MOST_UNDER_ONE[key])]
    assert sorted(str(row.id) for row in found) == sorted(newest)


def test_all_numbers_together_have_a_limit(world: World) -> None:
    for key in KEYS:
        asked = values(numbers=[NUMBERS[key]] * 50)
        with world.engine.begin() as connection:
            found = connection.execute(asking.under(key, connection.dialect), asked).all()
        assert len(found) == asking.MOST_ROWS[key]


def test_ones_own_are_read_from_the_index_of_ones_own(world: World) -> None:
    with world.engine.begin() as connection:
        table = VIEW_TABLES[IssueState]
        connection.execute(sa.update(table).values(rank=RANKS[STAFF]))
        mine = [numbered(number).id for number in range(2 * asking.MOST_OWN)]  # the oldest: others' lie before them
        connection.execute(sa.update(table).where(table.c.id.not_in(mine)).values(member_id=OFFICER))
        question = asking.own(sight(RESIDENT))
        assert_bounded(connection, question, values(), "view_issue_own", asking.MOST_OWN)
        found = connection.execute(question, values()).all()
    assert len(found) == asking.MOST_OWN


def test_what_is_shown_is_read_by_its_id(world: World) -> None:
    with world.engine.begin() as connection:
        ids: list[str] = [numbered(number).id for number in range(25)]
        told = [id_.replace("-", "") for id_ in ids] if connection.dialect.name == "sqlite" else ids
        question, asked = asking.shown(sight(GRID_OFFICER), connection.dialect), values(ids=told, member_id=OFFICER)
        by_key = "sqlite_autoindex_view_issue_1" if connection.dialect.name == "sqlite" else "view_issue_pkey"
        assert_bounded(connection, question, asked, by_key, 25)
        assert len(connection.execute(question, asked).all()) == 25


def assert_bounded(connection: sa.Connection, question: Any, asked: Any, index: str, most: int) -> None:
    if connection.dialect.name == "sqlite":
        plan = steps(connection, question, asked)
        assert any(index in step for step in plan), plan
        assert not [step for step in plan if step.startswith("SCAN") and "view_issue" in step], plan
        return
    connection.exec_driver_sql("ANALYZE view_issue")
    plan_of = nodes(connection, question, asked)
    assert index in {node["Index Name"] for node in plan_of if "Index Name" in node}
    assert not [node for node in plan_of if node["Node Type"] == "Seq Scan"]
    assert max(rows_read(node) for node in plan_of) <= most + 25

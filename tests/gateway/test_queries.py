"""A list with any combination of filters is what a look at each thing would find, and reads no row that is not listed."""

import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import URL

from gateway.cursor import END, FIRST
from gateway.leading import Leading
from gateway.queries import many, shape_of
from gateway.sight import Sight, state_for
from gateway.store import VIEW_TABLES
from gateway.told import view_row
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import ONE_MEMBER, PUBLIC, STAFF, VIEWS
from services.errors import Forbidden
from services.ids import derived_id
from services.issues.contract import IssueState, Status
from services.wire import to_data
from tests import servers
from tests.gateway.asking import listed, walked
from tests.gateway.plans import nodes, rows_read, steps
from tests.gateway.world import STRANGER, World, numbered, sight, world_on
from tests.shared.samples import (
    ANOTHER_RESIDENT,
    COMMUNITY,
    GRID_OFFICER,
    NEIGHBOUR,
    NOON,
    OFFICER,
    REPORTER,
    RESIDENT,
)

ONE, TWO = derived_id("one"), derived_id("two")
VALUES: dict[str, tuple[Any, ...]] = {
    "status": (Status.REPORTED, Status.ACCEPTED, Status.REJECTED),
    "category": ("road", "light"),
    "building_id": (ONE, TWO, None),
    "grid_id": (ONE, TWO, None),
    "handler_id": (ONE, TWO, None),
    "overnight": (False, False, True),
    "topic_id": (ONE, None, None),
}
AUDIENCES = (PUBLIC, FOR_COMMUNITY, FOR_COMMUNITY, STAFF, ONE_MEMBER)
CALLERS = (sight(GRID_OFFICER), sight(RESIDENT), sight(ANOTHER_RESIDENT), STRANGER)
MANY = 150


def issues() -> list[IssueState]:
    """The same issues each time, with values that often go together and values that never do."""
    draw = random.Random(4)
    return [
        numbered(
            number,
            audience=draw.choice(AUDIENCES),
            reporter_id=draw.choice((REPORTER, NEIGHBOUR, OFFICER)),
            created_at=NOON + timedelta(seconds=number // 3),
            title=("井盖破损", "路灯不亮")[number % 7 > 3],
            text="详见照片",
            **{name: draw.choice(values) for name, values in VALUES.items()},
        )
        for number in range(MANY)
    ]


def as_asked(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


ASKED = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from([as_asked(v) for v in set(values) - {None}]) for name, values in VALUES.items()}
)


def test_every_combination_is_what_a_look_at_each_thing_would_find(database_url: URL) -> None:
    there = issues()
    with world_on(database_url) as world:
        world.report(*there)

        @given(
            filters=ASKED, caller=st.sampled_from(CALLERS), mine=st.booleans(), words=st.sampled_from(["", "井盖", "灯不"]),
            limit=st.integers(1, 9), since=st.none() | st.integers(0, 50), until=st.none() | st.integers(0, 50),
        )  # fmt: skip
        @settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=120)
        def holds(
            filters: dict[str, str],
            caller: Sight,
            mine: bool,
            words: str,
            limit: int,
            since: int | None,
            until: int | None,
        ) -> None:
            if "handler_id" in filters and caller.audience != STAFF:
                with pytest.raises(Forbidden):
                    walked(world, caller, limit, filters=filters, mine=mine)
                return
            earliest = None if since is None else NOON + timedelta(seconds=since)
            latest = None if until is None else NOON + timedelta(seconds=until)

            def wanted(state: IssueState) -> bool:
                return (
                    state_for(IssueState, to_data(state), caller) is not None
                    and all(as_asked(getattr(state, name)) == value for name, value in filters.items())
                    and (not mine or (caller.member_id is not None and state.reporter_id == caller.member_id))
                    and words in state.title
                    and (earliest is None or state.created_at >= earliest)
                    and (latest is None or state.created_at < latest)
                )

            expected = sorted((each for each in there if wanted(each)), key=lambda each: (each.created_at, each.id))
            found = walked(world, caller, limit, filters=filters, mine=mine, q=words, since=earliest, until=latest)
            assert found == [each.id for each in reversed(expected)]

        holds()


def test_a_thing_that_changes_leaves_the_lists_that_it_was_in(database_url: URL) -> None:
    with world_on(database_url) as world:
        world.report(numbered(1, overnight=True, handler_id=ONE, topic_id=None))
        for filters in ({"overnight": "true"}, {"handler_id": ONE}, {"overnight": "true", "handler_id": ONE}):
            assert len(listed(world, sight(GRID_OFFICER), filters=filters)) == 1
        world.report(numbered(1, version=4, overnight=False, handler_id=None, topic_id=TWO))
        for filters in ({"overnight": "true"}, {"handler_id": ONE}, {"overnight": "true", "topic_id": TWO}):
            assert listed(world, sight(GRID_OFFICER), filters=filters) == []
        assert len(listed(world, sight(GRID_OFFICER), filters={"overnight": "false", "topic_id": TWO})) == 1


def test_a_truth_that_is_false_takes_no_place_in_an_index() -> None:
    assert view_row(IssueState, to_data(numbered(1, overnight=False))).values["overnight"] is None
    assert view_row(IssueState, to_data(numbered(1, overnight=True))).values["overnight"] == "true"


DISJOINT = (
    {"status": "reported", "category": "light"},
    {"status": "reported", "category": "light", "building_id": ONE},
    {"category": "road", "grid_id": TWO},
    {"status": "accepted", "handler_id": OFFICER, "overnight": "false", "grid_id": ONE},
)


def halves(number: int) -> IssueState:
    """Of two kinds of issues one: what the one has the other never has."""
    kinds: tuple[Mapping[str, Any], ...] = (
        {"status": Status.REPORTED, "category": "road", "grid_id": ONE, "handler_id": None},
        {"status": Status.ACCEPTED, "category": "light", "grid_id": TWO, "handler_id": OFFICER},
    )
    return numbered(number, building_id=ONE, **kinds[number % 2])


def filled(world: World, number: int) -> None:
    rows = [view_row(IssueState, to_data(halves(each))).values for each in range(number)]
    with world.engine.begin() as connection:
        connection.execute(sa.insert(VIEW_TABLES[IssueState]), rows)


@pytest.mark.parametrize("mine", [False, True])
@pytest.mark.parametrize("filters", DISJOINT)
def test_frequent_values_that_never_occur_together_cost_no_row(
    postgres_url: URL, filters: dict[str, str], mine: bool
) -> None:
    with servers.fresh_database(postgres_url) as url, world_on(url.set(drivername="postgresql+psycopg")) as world:
        filled(world, 3000)
        shape = shape_of(IssueState, COMMUNITY, sight(RESIDENT), filters, mine=mine)
        with world.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE view_issue")
            plan = nodes(connection, many(shape, connection.dialect), asked(filters))
        assert [node["Node Type"] for node in plan if node["Node Type"] == "Seq Scan"] == []
        assert max(rows_read(node) for node in plan if "Bitmap" not in node["Node Type"]) == 0


@pytest.mark.parametrize("filters", DISJOINT)
def test_sqlite_walks_the_index_of_the_filter_that_leads(tmp_path: Any, filters: dict[str, str]) -> None:
    with world_on(URL.create("sqlite", database=str(tmp_path / "lists.db"))) as world:
        filled(world, 40)
        lead = world.run(Leading(world.views.reader).of(IssueState, COMMUNITY, filters))
        given_, unset = set(filters) - {"overnight"}, {"overnight"} & set(filters)
        assert lead in given_ | unset
        shape = shape_of(IssueState, COMMUNITY, sight(RESIDENT), filters, lead=min(given_))
        with world.engine.begin() as connection:
            plan = steps(connection, many(shape, connection.dialect), asked(filters))
        used = {step.split(" USING INDEX ")[1].split(" ")[0] for step in plan if " USING INDEX " in step}
        assert used == {f"view_issue_{min(given_)}", "view_issue_own"}


def asked(filters: Mapping[str, str]) -> dict[str, Any]:
    return {
        "community_id": COMMUNITY, "member_id": REPORTER, "number": 21, "since": FIRST, "before_at": END[0],
        "before_id": END[1], **{f"is_{name}": value for name, value in filters.items()},
    }  # fmt: skip


def test_each_index_of_a_list_holds_every_filter() -> None:
    table, filters = VIEW_TABLES[IssueState], set(VIEWS[IssueState].filters)
    for name in ("newest", "own", *filters):
        (index,) = [each for each in table.indexes if each.name == f"view_issue_{name}"]
        named = {column.name for expression in index.expressions for column in _columns(expression)}
        assert filters <= named, name


def _columns(expression: Any) -> Iterator[Any]:
    return (each for each in sa.sql.visitors.iterate(expression) if isinstance(each, sa.Column))

"""The views answer with the newest version, to each caller only what is for them."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import URL

from gateway.cursor import END, FIRST
from gateway.directory.contract import CommunityState
from gateway.queries import many, shape_of
from gateway.sight import state_for
from gateway.store import STORE
from gateway.told import write_told
from services.actor import NOBODY, Actor
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import ONE_MEMBER, PUBLIC, STAFF
from services.errors import Invalid
from services.ids import derived_id
from services.issues.contract import IssueReported, IssueState, Status
from services.wire import from_json, to_data
from tests import servers
from tests.gateway.asking import get, listed, walked
from tests.gateway.world import STRANGER, World, community, numbered, sight, told, world_on
from tests.shared.samples import (
    ANOTHER_COMMUNITY,
    ANOTHER_RESIDENT,
    COMMUNITY,
    DISTRICT,
    GRID_OFFICER,
    ISSUE,
    NEIGHBOUR,
    NOON,
    REPORTER,
    RESIDENT,
    issue_state,
)


def test_an_id_of_another_community_is_not_found(world: World) -> None:
    world.report(issue_state(community_id=ANOTHER_COMMUNITY))
    assert get(world, sight(GRID_OFFICER)) is None
    assert listed(world, sight(GRID_OFFICER)) == []
    assert listed(world, sight(GRID_OFFICER), q="井盖") == []


@pytest.mark.parametrize("id_", ["", "x", "../..", ISSUE.upper(), ISSUE + "\n", "0" * 36, "井" * 36, "\0"])
def test_what_is_no_id_is_not_found(world: World, id_: str) -> None:
    world.report(issue_state())
    assert get(world, sight(GRID_OFFICER), id_) is None


@pytest.mark.parametrize("community_id", ["\0", "../..", "\ud800", "wuhan caochang", "x" * 65])
def test_what_is_no_community_has_nothing(world: World, community_id: str) -> None:
    assert get(world, sight(GRID_OFFICER), community_id=community_id) is None
    assert listed(world, sight(GRID_OFFICER), community_id=community_id) == []


def test_mine_leaves_only_what_concerns_the_caller(world: World) -> None:
    world.report(*(numbered(i, reporter_id=(REPORTER, NEIGHBOUR)[i % 2]) for i in range(6)))
    assert listed(world, sight(RESIDENT), mine=True) == [numbered(i).id for i in (4, 2, 0)]
    assert listed(world, sight(RESIDENT), mine=True, limit=2) == [numbered(i).id for i in (4, 2)]
    assert listed(world, STRANGER, mine=True) == []


@pytest.mark.parametrize("mine", [False, True])
def test_a_page_reads_no_more_than_a_page_however_much_is_the_callers_own(postgres_url: URL, mine: bool) -> None:
    with servers.fresh_database(postgres_url) as url, world_on(url.set(drivername="postgresql+psycopg")) as world:
        others = [{"reporter_id": derived_id("member", str(n)), "audience": STAFF} for n in range(9)]
        world.report(*(numbered(i, **[{}, *others][i % 10]) for i in range(2000)))
        values = {"community_id": COMMUNITY, "member_id": REPORTER, "number": 21, "since": FIRST}
        shape = shape_of(IssueState, COMMUNITY, sight(RESIDENT), {}, mine=mine)
        with world.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE view_issue")
            question = many(shape, connection.dialect).compile(connection)
            asked = question.construct_params({**values, "before_at": END[0], "before_id": END[1]})
            plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {question}", asked).scalar_one()
        read = [node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in nodes(plan[0]["Plan"])]
        assert max(read) <= 21


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A query plan's node and all below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def test_the_newest_version_wins_whatever_comes_first(world: World) -> None:
    first, second, third = (issue_state(version=version, title=f"版本{version}") for version in (1, 2, 3))
    world.report(second)
    world.report(first)
    assert get(world, sight(RESIDENT))["version"] == 2
    world.report(third, first, second)
    world.run(world.views.put([(IssueState, to_data(second))]))
    assert get(world, sight(RESIDENT))["title"] == "版本3"
    assert listed(world, sight(RESIDENT), q="版本2") == []
    assert len(listed(world, sight(RESIDENT), q="版本3")) == 1


def test_whoever_wrote_reads_it_at_once_and_the_event_that_follows_changes_nothing(world: World) -> None:
    state = issue_state()
    world.run(world.views.put([(IssueState, to_data(state))]))
    before = get(world, sight(RESIDENT))
    world.report(state)
    assert before == get(world, sight(RESIDENT)) == to_data(state)


def test_two_writers_of_the_same_things_wait_for_each_other_but_never_in_a_circle(world: World) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def write(writer: int) -> None:
        try:
            start.wait(30)
            for round_ in range(8):
                numbers = range(40) if writer % 2 else reversed(range(40))
                states = [numbered(i, version=writer + 4 * round_ + 1) for i in numbers]
                rows = [told(IssueReported(issue=state), derived_id(str(writer), state.id)) for state in states]
                with world.engine.begin() as connection:
                    write_told(connection, STORE, rows)
        except BaseException as failure:  # noqa: BLE001  (shown by the test)
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    page = world.run(world.views.list(IssueState, COMMUNITY, sight(GRID_OFFICER), limit=100))
    assert {item["version"] for item in from_json(page.items)} == {4 + 4 * 7}
    assert world.run(world.feed.head()) == (4 * 8 * 40, 0)


def test_filters_leave_what_has_exactly_these_values(world: World) -> None:
    world.report(
        *(
            numbered(i, status=(Status.REPORTED, Status.ACCEPTED)[i % 2], category=("road", "rubbish")[i // 3])
            for i in range(6)
        )
    )
    resident = sight(ANOTHER_RESIDENT)
    assert listed(world, resident, filters={"status": "reported"}) == [numbered(i).id for i in (4, 2, 0)]
    assert listed(world, resident, filters={"status": "reported", "category": "road"}) == [
        numbered(i).id for i in (2, 0)
    ]
    assert listed(world, resident, filters={"status": "nothing"}) == []
    assert walked(world, resident, 1, filters={"status": "accepted"}) == [numbered(i).id for i in (5, 3, 1)]


def test_since_and_until_bound_the_time_of_creation(world: World) -> None:
    world.report(*(numbered(i) for i in range(6)))
    found = listed(world, sight(RESIDENT), since=NOON + timedelta(seconds=1), until=NOON + timedelta(seconds=4))
    assert found == [numbered(i).id for i in (3, 2, 1)]


def test_all_communities_are_listed_for_everybody(world: World) -> None:
    world.tell(community(), community(ANOTHER_COMMUNITY), community("beijing-huilongguan", "beijing-changping"))
    page = world.run(world.views.list(CommunityState, "", STRANGER, filters={"district_id": DISTRICT}))
    assert {item["community_id"] for item in from_json(page.items)} == {COMMUNITY, ANOTHER_COMMUNITY}
    assert world.run(world.views.list(CommunityState, "", sight(RESIDENT), q="操场")).count == 3


@pytest.mark.parametrize(
    "asked",
    [
        {"after": "x"},
        {"after": "井盖"},
        {"after": "A" * 31},
        {"after": "A" * 32 + "\n"},
        {"after": "f" * 32},
        {"after": "/" * 32},
        {"limit": 0},
        {"limit": 101},
        {"filters": {"reporter_id": REPORTER}},
        {"filters": {"status": "x" * 81}},
        {"filters": {"status": "\0"}},
        {"filters": {"status": "\ud800"}},
        {"q": "!?。"},
        {"q": "\0\ud800"},
        {"q": "井" * 101},
    ],
)
def test_what_no_list_understands_is_invalid(world: World, asked: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        listed(world, sight(RESIDENT), **asked)


@given(st.text(max_size=40) | st.from_regex(r"[A-Za-z0-9_-]{32}", fullmatch=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
def test_any_cursor_is_either_a_place_or_invalid(world: World, cursor: str) -> None:
    with suppress(Invalid):
        assert listed(world, sight(RESIDENT), after=cursor) == []


@given(
    before=st.lists(st.integers(0, 40), unique=True, min_size=1, max_size=20),
    between=st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from([PUBLIC, FOR_COMMUNITY, STAFF, ONE_MEMBER])), max_size=12
    ),
    limit=st.integers(1, 4),
    caller=st.sampled_from([RESIDENT, ANOTHER_RESIDENT, GRID_OFFICER, NOBODY]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
def test_a_walk_visits_everything_that_was_there_exactly_once(
    world: World, before: list[int], between: list[tuple[int, str]], limit: int, caller: Actor
) -> None:
    place = f"walk-{threading.get_ident()}-{world.run(world.feed.head())[0]}"
    seen_by = sight(replace(caller, roles={place: next(iter(caller.roles.values()), frozenset())}), place)

    def of(number: int, audience: str) -> IssueState:
        # three of each second, so that the id decides
        return numbered(number, community_id=place, audience=audience, created_at=NOON + timedelta(seconds=number // 3))

    def visible(state: IssueState) -> bool:
        return state_for(IssueState, to_data(state), seen_by) is not None

    there = [of(number, (PUBLIC, FOR_COMMUNITY, STAFF, ONE_MEMBER)[number % 4]) for number in before]
    world.report(*there)
    found: list[str] = []
    cursor, late = "", iter(between)
    while True:
        page = world.run(world.views.list(IssueState, place, seen_by, after=cursor, limit=limit))
        found += [item["id"] for item in from_json(page.items)]
        if not page.next:
            break
        cursor = page.next
        for number, audience in [each for each, _ in zip(late, range(2), strict=False) if each[0] not in before]:
            world.report(of(number, audience))
    assert len(found) == len(set(found))
    expected = sorted((state for state in there if visible(state)), key=lambda each: (each.created_at, each.id))
    assert [id_ for id_ in found if id_ in {state.id for state in there}] == [state.id for state in reversed(expected)]

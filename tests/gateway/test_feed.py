"""The feed tells every event once, in the order of commit, to each caller what is for them."""

import threading
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from gateway import stretch
from gateway.feed import FeedPage
from gateway.happening import Scope, position_of, scope_of
from gateway.sight import Sight
from gateway.store import STORE
from gateway.told import PURGED_AT_ONCE, purge_feed, write_told
from services.actor import Actor, Role
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import EVENTS, ONE_MEMBER, PUBLIC, STAFF
from services.errors import Invalid
from services.ids import derived_id
from services.issues.contract import IssueConfirmed, IssueReported
from services.wire import from_json
from tests.gateway.world import STRANGER, World, community, numbered, sight, told
from tests.shared.samples import (
    ANOTHER_COMMUNITY,
    ANOTHER_RESIDENT,
    COMMUNITY,
    DISTRICT,
    GRID_OFFICER,
    NOON,
    OFFICER,
    REPORTER,
    RESIDENT,
    issue_state,
)

REPORTED = "issues.issue.reported.v1"


def scope(actor: Actor, *communities: str, types: Iterable[str] = ()) -> Scope:
    return scope_of({name: sight(actor, name) for name in communities or (COMMUNITY,)}, types)


def pages(world: World, of: Scope, after: int = 0, limit: int = 100) -> Iterator[FeedPage]:
    more = True
    while more:
        page = world.run(world.feed.read(of, after, limit))
        yield page
        assert page.next >= after
        after, more = page.next, page.more


def read(world: World, of: Scope, after: int = 0, limit: int = 100) -> list[Any]:
    return [from_json(event) for page in pages(world, of, after, limit) for _, event in page.events]


def test_an_event_is_a_whole_cloud_event_for_staff(world: World) -> None:
    event = IssueReported(issue=issue_state())
    world.tell(event)
    [found] = read(world, scope(GRID_OFFICER))
    data = found.pop("data")
    assert data["issue"]["reporter_id"] == REPORTER
    assert found == {
        "specversion": "1.0",
        "id": told(event).envelope.id,
        "source": "/sansan/issues",
        "type": REPORTED,
        "subject": issue_state().id,
        "time": "2024-05-20T04:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": f"/v1/schemas/{REPORTED}.json",
        "community": COMMUNITY,
        "audience": "community",
        "sequence": "3",
        "position": "1",
        "actor": REPORTER,
        "causationid": derived_id("command", issue_state().id),
    }


def test_who_acted_is_told_only_to_staff_and_to_the_member_concerned(world: World) -> None:
    world.tell(IssueReported(issue=issue_state(audience=PUBLIC)))
    for outsider in (scope_of({COMMUNITY: STRANGER}), scope(ANOTHER_RESIDENT)):
        [found] = read(world, outsider)
        assert REPORTER not in str(found)
        assert OFFICER not in str(found)
        assert not {"actor", "causationid"} & set(found)
    for insider in (scope(GRID_OFFICER), scope(RESIDENT)):
        assert read(world, insider)[0]["data"]["issue"]["reporter_id"] == REPORTER


@pytest.mark.parametrize(
    ("audience", "sees"),
    [
        (PUBLIC, {"stranger", "resident", "officer", "reporter"}),
        (FOR_COMMUNITY, {"resident", "officer", "reporter"}),
        (STAFF, {"officer", "reporter"}),
        (ONE_MEMBER, {"reporter"}),
    ],
)
def test_an_event_is_heard_by_its_audience_and_nobody_else(world: World, audience: str, sees: set[str]) -> None:
    world.tell(IssueReported(issue=issue_state(audience=audience)))
    callers = {"stranger": None, "resident": ANOTHER_RESIDENT, "officer": GRID_OFFICER, "reporter": RESIDENT}
    many = [f"elsewhere-{number}" for number in range(stretch.FEW)]
    for communities in ([COMMUNITY], [COMMUNITY, ANOTHER_COMMUNITY], [COMMUNITY, *many]):
        scopes = {
            name: scope_of({each: sight(actor, each) if actor else STRANGER for each in communities})
            for name, actor in callers.items()
        }
        assert {name for name, of in scopes.items() if read(world, of)} == sees


def test_what_was_not_asked_for_is_not_told(world: World) -> None:
    world.tell(
        community(ANOTHER_COMMUNITY),
        IssueReported(issue=issue_state(version=1)),
        IssueReported(issue=issue_state(community_id=ANOTHER_COMMUNITY)),
        IssueConfirmed(issue=issue_state(version=2)),
    )
    both = (COMMUNITY, ANOTHER_COMMUNITY)
    assert [event["position"] for event in read(world, scope(GRID_OFFICER))] == ["2", "4"]
    assert [event["position"] for event in read(world, scope(GRID_OFFICER, *both))] == ["1", "2", "4"]
    assert [event["position"] for event in read(world, scope(GRID_OFFICER, *both, types=["directory.*"]))] == ["1"]
    assert [event["position"] for event in read(world, scope(GRID_OFFICER, types=["issues.issue.c*"]))] == ["4"]
    assert [event["position"] for event in read(world, scope(GRID_OFFICER, types=[REPORTED]))] == ["2"]
    assert read(world, scope_of({})) == []


def test_a_page_says_where_to_go_on(world: World) -> None:
    world.report(*(numbered(i) for i in range(7)))
    first = world.run(world.feed.read(scope(RESIDENT), 0, 3))
    assert (len(first.events), first.next, first.more, first.missed) == (3, 3, True, False)
    assert first.events[-1][0] == 3
    last = world.run(world.feed.read(scope(RESIDENT), 6, 3))
    assert (len(last.events), last.next, last.more) == (1, 7, False)
    assert world.run(world.feed.read(scope(RESIDENT), 7)).next == 7
    up_to = world.run(world.feed.read(scope(RESIDENT), 2, until=5))
    assert [position for position, _ in up_to.events] == [3, 4, 5]
    assert (up_to.next, up_to.more) == (5, False)


@pytest.mark.parametrize("communities", [1, 2, stretch.FEW + 1])
def test_a_page_looks_at_a_limited_stretch_whatever_is_asked_for(world: World, communities: int) -> None:
    rare = IssueConfirmed(issue=numbered(5000, version=7))
    world.report(*(numbered(i) for i in range(stretch.LENGTH * 2 + 500)))
    world.tell(rare)
    names = [COMMUNITY, *(f"elsewhere-{number}" for number in range(communities - 1))]
    found = list(pages(world, scope(RESIDENT, *names, types=["issues.issue.confirmed.v1"])))
    assert len(found) >= 3
    assert [position for page in found for position, _ in page.events] == [stretch.LENGTH * 2 + 501]


@pytest.mark.parametrize("position", ["", "-1", "01", "1" * 19, "x", "１", "1\n"])
def test_what_is_no_position_is_invalid(position: str) -> None:
    with pytest.raises(Invalid):
        position_of(position)


def test_a_position_ahead_of_the_feed_or_a_wrong_limit_is_invalid(world: World) -> None:
    for after, limit in ((1, 10), (0, 0), (0, 101)):
        with pytest.raises(Invalid):
            world.run(world.feed.read(scope(RESIDENT), after, limit))


def test_a_type_that_no_event_has_is_invalid() -> None:
    assert scope_of({}, ["*"]).types == frozenset(EVENTS)
    for pattern in ("issues", "issues.*.reported.v1", "x*", ""):
        with pytest.raises(Invalid):
            scope_of({}, [pattern])


def test_a_reader_who_follows_many_writers_misses_nothing(world: World) -> None:
    writers, batches, size = 4, 25, 4
    failures: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            for batch in range(batches):
                rows = [
                    told(IssueReported(issue=numbered(at)), derived_id("event", str(at)))
                    for at in range((writer * batches + batch) * size, (writer * batches + batch + 1) * size)
                ]
                with world.engine.begin() as connection:
                    write_told(connection, STORE, rows)
        except BaseException as failure:  # noqa: BLE001  (shown by the test)
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    follower: list[int] = []
    total = writers * batches * size
    while True:
        all_written = not any(thread.is_alive() for thread in threads)
        found = world.run(world.feed.after(follower[-1] if follower else 0, 50))
        follower += [each.position for each in found]
        if all_written and not found:
            break
    for thread in threads:
        thread.join()
    assert failures == []
    assert follower == list(range(1, total + 1))
    everything = world.run(world.feed.after(0, total))
    assert len({each.id for each in everything}) == total


def test_a_rolled_back_batch_leaves_no_gap(world: World) -> None:
    world.report(numbered(1))
    with world.engine.connect() as connection:
        write_told(connection, STORE, [told(IssueReported(issue=numbered(2)))])
        connection.rollback()
    world.report(numbered(3))
    assert [event["position"] for event in read(world, scope(RESIDENT))] == ["1", "2"]
    assert world.run(world.views.get(type(issue_state()), COMMUNITY, numbered(2).id, sight(RESIDENT))) is None


def test_old_events_are_deleted_in_steps_and_who_missed_them_hears_so(world: World) -> None:
    old = PURGED_AT_ONCE + 10
    for start in range(0, old, 1000):
        world.report(*(numbered(0, version=number + 1) for number in range(start, min(start + 1000, old))))
    world.report(numbered(1, updated_at=NOON + timedelta(days=91)))
    now = NOON + timedelta(days=90, hours=1)
    with world.engine.begin() as connection:
        assert purge_feed(connection, now, 90) == PURGED_AT_ONCE
    with world.engine.begin() as connection:
        assert purge_feed(connection, now, 90) == 10
        assert purge_feed(connection, now, 90) == 0
    page = world.run(world.feed.read(scope(RESIDENT), 17))
    assert page.missed
    assert [position for position, _ in page.events] == [old + 1]
    assert not world.run(world.feed.read(scope(RESIDENT), old)).missed
    assert not world.run(world.feed.read(scope(RESIDENT), 0)).missed


def test_a_district_admin_hears_all_communities_of_the_district_and_no_other(world: World) -> None:
    names = [f"community-{number}" for number in range(30)]
    world.tell(*(community(name) for name in names), community("elsewhere", "another-district"))
    world.report(*(issue_state(community_id=name, audience=STAFF) for name in (*names, "elsewhere")))
    admin = Actor(OFFICER, districts={DISTRICT: frozenset({Role.DISTRICT_ADMIN})})
    sights = world.run(world.districts.sights(admin))
    found = read(world, scope_of(sights, ["issues.*"]), limit=7)
    assert [event["community"] for event in found] == names
    assert found[0]["data"]["issue"]["handler_id"] == OFFICER
    assert sights["community-0"] == Sight(STAFF, OFFICER)

"""Candidates are open, near in place, time, category and words, and nothing that the caller may not see."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import URL

from gateway.sight import Sight, state_for
from gateway.similar.answers import SimilarIssue
from gateway.similar.finding import Similar, Sought
from gateway.similar.kept import OPEN
from gateway.similar.likeness import likeness, wording
from gateway.similar.ranking import LEAST, Compared, Reason, score
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import ONE_MEMBER, STAFF
from services.earth import metres
from services.ids import derived_id
from services.issues.contract import CatalogueState, IssueState, Place, Point, Status
from services.wire import to_data
from tests.gateway.similar.test_catalogue import ROADS, catalogue
from tests.gateway.world import World, numbered, sight, world_on
from tests.shared.samples import (
    ANOTHER_COMMUNITY,
    ANOTHER_RESIDENT,
    BUILDING,
    COMMUNITY,
    GRID_OFFICER,
    NEIGHBOUR,
    NOON,
    OFFICER,
    REPORTER,
    RESIDENT,
)

HERE = Point(lat=30.6225, lon=114.3125)
ANOTHER_BUILDING = derived_id("building", "2")
OFFICER_SEES, RESIDENT_SEES, NEIGHBOUR_SEES = sight(GRID_OFFICER), sight(RESIDENT), sight(ANOTHER_RESIDENT)


@pytest.fixture
def world(database_url: URL) -> Iterator[World]:
    with world_on(database_url) as world:
        yield world


def open_one(number: int, **changed: Any) -> IssueState:
    """A broken manhole cover, reported a minute before the one that is looked for."""
    at = NOON - timedelta(minutes=1)
    given = {
        "status": Status.REPORTED,
        "category": "manhole",
        "created_at": at,
        "updated_at": at,
        "reporter_id": NEIGHBOUR,
    }
    return numbered(number, **{**given, "place": Place(point=HERE), "building_id": None, **changed})


def north(distance: float) -> Point:
    return Point(lat=HERE.lat + distance / 111_195, lon=HERE.lon)


def found(world: World, seen_by: Sight = RESIDENT_SEES, limit: int = 10, **changed: Any) -> tuple[SimilarIssue, ...]:
    """What is found by somebody who is about to report a broken manhole cover."""
    asked: dict[str, Any] = {
        "community_id": COMMUNITY,
        "category": "manhole",
        "title": "井盖破损",
        "text": "三号楼前的井盖破了。",
        "building_id": None,
        "point": HERE,
        "at": NOON,
        **changed,
    }
    return world.run(Similar(world.views.reader).find(Sought(**asked), seen_by, limit))


def ids(items: tuple[SimilarIssue, ...]) -> list[str]:
    return [item.id for item in items]


def test_the_same_thing_at_the_same_place_is_the_first_candidate(world: World) -> None:
    world.report(open_one(1, me_toos=3), open_one(2, title="路灯不亮", text="不亮", place=Place(point=north(30))))
    first = found(world)[0]
    assert (first.id, first.title, first.status, first.me_toos) == (numbered(1).id, "井盖破损", Status.REPORTED, 3)
    assert first.distance == 0
    assert first.score > 990
    assert first.reasons == (Reason.WORDS, Reason.NEAR, Reason.CATEGORY, Reason.RECENT)


@pytest.mark.parametrize("status", list(Status))
def test_only_what_is_open_is_a_candidate(world: World, status: Status) -> None:
    world.report(open_one(1, status=status))
    assert bool(found(world)) == (status in OPEN)


def test_what_was_settled_since_is_no_candidate_any_more(world: World) -> None:
    world.report(open_one(1))
    assert found(world)
    world.report(open_one(1, version=4, status=Status.RESOLVED))
    assert not found(world)
    world.report(open_one(1, version=5, status=Status.REOPENED))
    assert found(world)


def test_beyond_the_radius_of_the_category_there_is_none(world: World) -> None:
    world.report(open_one(1, place=Place(point=north(49))), open_one(2, place=Place(point=north(51))))
    assert ids(found(world)) == [numbered(1).id]
    world.run(world.views.put([(CatalogueState, to_data(catalogue(*ROADS)))]))  # 20 m
    assert found(world) == ()


def test_related_categories_are_candidates_and_others_are_not(world: World) -> None:
    world.report(open_one(1, category="paving"), open_one(2, category="roads"), open_one(3, category="noise"))
    assert found(world) == ()
    world.run(world.views.put([(CatalogueState, to_data(catalogue(*ROADS)))]))
    candidates = found(world)
    assert set(ids(candidates)) == {numbered(1).id, numbered(2).id}
    assert all(Reason.RELATED in item.reasons for item in candidates)


def test_without_coordinates_the_building_counts(world: World) -> None:
    in_it = {"place": Place(building_id=BUILDING), "building_id": BUILDING}
    in_another = {"place": Place(building_id=ANOTHER_BUILDING), "building_id": ANOTHER_BUILDING}
    world.report(open_one(1, **in_it), open_one(2, **in_another), open_one(3, **{**in_it, "place": Place(point=HERE)}))
    candidates = found(world, point=None, building_id=BUILDING)
    assert set(ids(candidates)) == {numbered(1).id, numbered(3).id}
    assert {item.distance for item in candidates} == {None}
    assert all(Reason.BUILDING in item.reasons for item in candidates)


def test_words_alone_find_the_same_words_wherever_they_are(world: World) -> None:
    world.report(open_one(1), open_one(2, title="电梯异响", text="响得厉害"), open_one(3, place=Place(spot="门口")))
    assert set(ids(found(world, point=None))) == {numbered(1).id, numbered(3).id}


def test_what_is_older_than_a_month_is_none(world: World) -> None:
    at = NOON - timedelta(days=30, seconds=1)
    world.report(open_one(1, created_at=at), open_one(2, created_at=at + timedelta(minutes=1)))
    assert ids(found(world)) == [numbered(2).id]


def test_another_community_has_its_own(world: World) -> None:
    world.report(open_one(1, community_id=ANOTHER_COMMUNITY))
    assert found(world) == ()


def test_what_is_for_staff_is_found_by_staff_and_its_reporter_only(world: World) -> None:
    world.report(open_one(1, audience=STAFF))
    assert len(found(world, OFFICER_SEES)) == len(found(world, NEIGHBOUR_SEES)) == 1
    assert found(world, RESIDENT_SEES) == ()


def test_what_is_for_its_reporter_alone_is_found_by_nobody_else(world: World) -> None:
    world.report(open_one(1, audience=ONE_MEMBER))
    assert len(found(world, NEIGHBOUR_SEES)) == 1
    assert found(world, OFFICER_SEES) == found(world, RESIDENT_SEES) == ()


def test_private_issues_take_no_place_from_those_that_one_sees(world: World) -> None:
    world.report(*(open_one(n, audience=STAFF) for n in range(400)))
    world.report(open_one(999, title="井盖没了", created_at=NOON - timedelta(days=20)))
    assert ids(found(world, RESIDENT_SEES)) == [numbered(999).id]


def test_an_issue_is_not_like_itself(world: World) -> None:
    world.report(open_one(1), open_one(2))
    assert ids(found(world, but=numbered(1).id)) == [numbered(2).id]


def test_no_more_are_answered_than_wanted_and_the_best_come_first(world: World) -> None:
    world.report(*(open_one(n, place=Place(point=north(n))) for n in range(30)))
    candidates = found(world, limit=3)
    assert ids(candidates) == [numbered(n).id for n in range(3)]
    assert len(found(world)) == 10


def test_among_hundreds_at_one_place_the_one_with_the_same_words_is_found_though_it_is_old(world: World) -> None:
    others = {"title": "电梯异响", "text": "响", "building_id": BUILDING, "place": Place(building_id=BUILDING)}
    world.report(open_one(0, **{**others, "title": "门口井盖破损", "created_at": NOON - timedelta(days=20)}))
    world.report(*(open_one(n, **others) for n in range(1, 500)))
    candidates = found(world, point=None, building_id=BUILDING)
    assert candidates[0].id == numbered(0).id


@pytest.mark.parametrize("words", ["🙂🙂", "\u202eabc\u202c", "'; DROP TABLE view_issue --", "%_\\", "井" * 80])
def test_odd_words_find_themselves_or_nothing(world: World, words: str) -> None:
    world.report(open_one(1, title=words, text=words))
    assert len(found(world, title=words, text=words)) == 1


PLACES = st.builds(
    lambda distance, building: (north(distance) if distance is not None else None, building),
    st.none() | st.integers(0, 80),
    st.none() | st.sampled_from([BUILDING, ANOTHER_BUILDING]),
)
TITLES = st.sampled_from(["井盖破损", "井盖坏了", "三号楼井盖破了", "路灯不亮", "电梯异响"])
THINGS = st.tuples(
    TITLES, PLACES, st.sampled_from([FOR_COMMUNITY, STAFF, ONE_MEMBER]), st.sampled_from([REPORTER, OFFICER])
)


@given(
    things=st.lists(THINGS, max_size=12),
    wanted=st.tuples(TITLES, PLACES),
    seen_by=st.sampled_from([OFFICER_SEES, RESIDENT_SEES, NEIGHBOUR_SEES]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
def test_every_candidate_is_what_a_comparison_one_by_one_would_find(
    world: World, things: list[Any], wanted: Any, seen_by: Sight
) -> None:
    here = f"similar-{world.run(world.feed.head())[0]}"
    issues = [
        open_one(n, community_id=here, title=title, place=Place(point=point, building_id=building),
                 building_id=building, audience=audience, reporter_id=reporter)
        for n, (title, (point, building), audience, reporter) in enumerate(things)
    ]  # fmt: skip
    world.report(open_one(999, community_id=here, title="占位", category="else"), *issues)
    title, (point, building) = wanted
    candidates = found(world, seen_by, community_id=here, title=title, point=point, building_id=building)

    def compared(issue: IssueState) -> Compared:
        both = point is not None and issue.place.point is not None
        return Compared(
            words=likeness(wording(title, "三号楼前的井盖破了。"), wording(issue.title, issue.text)),
            metres=metres(point, issue.place.point) if both and issue.place.point else None,
            radius=50,
            same_building=building == issue.building_id if building and issue.building_id else None,
            same_category=True,
            apart=NOON - issue.created_at,
        )

    visible = [each for each in issues if state_for(IssueState, to_data(each), seen_by) is not None]
    scores = {each.id: score(compared(each)) for each in visible}
    assert {item.id: item.score for item in candidates}.items() <= scores.items()
    known = [
        each for each in visible
        if compared(each).metres is not None or compared(each).same_building or (point is None and building is None)
    ]  # fmt: skip
    likely = {each.id for each in known if scores[each.id] >= LEAST}
    assert len(candidates) == 10 or likely <= set(ids(candidates))
    assert [item.score for item in candidates] == sorted((item.score for item in candidates), reverse=True)

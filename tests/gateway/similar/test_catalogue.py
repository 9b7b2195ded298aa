"""Radius and relation of categories come from the community's catalogue, looked up again after a few seconds."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import URL

from gateway.similar.catalogue import DEFAULT_RADIUS, MOST_RELATED, NONE_KNOWN, Catalogue, categories_of
from services.ids import derived_id
from services.issues.contract import CatalogueState, Category
from services.wire import to_data
from tests.gateway.world import World, world_on
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, NOON


def category(code: str, parent: str | None = None, **changed: object) -> Category:
    return Category(**{"code": code, "parent": parent, "en": code, "zh": code, **changed})  # type: ignore[arg-type]


def catalogue(*categories: Category, version: int = 1) -> CatalogueState:
    return CatalogueState(
        community_id=COMMUNITY,
        id=derived_id("catalogue", COMMUNITY),
        version=version,
        categories=categories,
        created_at=NOON,
        updated_at=NOON,
    )


ROADS = (category("roads"), category("manhole", "roads", radius=20), category("paving", "roads"), category("noise"))


@pytest.fixture
def world(database_url: URL) -> Iterator[World]:
    with world_on(database_url) as world:
        yield world


def test_parent_and_siblings_are_related_and_the_category_itself_comes_first() -> None:
    known = categories_of(to_data(catalogue(*ROADS)))
    assert known.related("manhole") == ["manhole", "roads", "paving"]
    assert known.related("roads") == ["roads", "manhole", "paving"]
    assert known.related("noise") == ["noise"]
    assert known.related("unheard_of") == ["unheard_of"]


def test_top_categories_are_no_siblings() -> None:
    known = categories_of(to_data(catalogue(category("roads"), category("noise"))))
    assert known.related("roads") == ["roads"]


def test_a_large_family_is_cut() -> None:
    known = categories_of(to_data(catalogue(category("all"), *(category(f"c{n}", "all") for n in range(200)))))
    assert len(known.related("c150")) == MOST_RELATED
    assert known.related("c150")[:2] == ["c150", "all"]


def test_a_community_without_a_catalogue_has_the_usual_radius(world: World) -> None:
    found = world.run(Catalogue(world.views.reader).of(COMMUNITY))
    assert found == NONE_KNOWN
    assert found.radius_of("manhole") == DEFAULT_RADIUS


def test_the_newest_catalogue_of_the_community_counts(world: World) -> None:
    world.run(world.views.put([(CatalogueState, to_data(catalogue(*ROADS)))]))
    known = Catalogue(world.views.reader)
    assert world.run(known.of(COMMUNITY)).radius_of("manhole") == 20
    assert world.run(known.of(ANOTHER_COMMUNITY)) == NONE_KNOWN


def test_a_catalogue_is_looked_up_once_for_many_questions(world: World) -> None:
    known = Catalogue(world.views.reader)
    first = world.run(known.of(COMMUNITY))
    world.run(world.views.put([(CatalogueState, to_data(catalogue(*ROADS)))]))
    assert world.run(known.of(COMMUNITY)) is first
    assert world.run(Catalogue(world.views.reader).of(COMMUNITY)).radius_of("manhole") == 20

"""A community changes its catalogue one category at a time, and nothing gets into it that makes no sense."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.actor import Role
from services.declare import Between
from services.errors import Refused
from services.ids import derived_id
from services.issues.catalogue import MOST_CATEGORIES, MOST_PARTS, Catalogue, catalogue_id, refuse_outline
from services.issues.categories import BUILT_IN, named
from services.issues.contract import (
    AnswerChoice,
    AnswerKind,
    CatalogueChanged,
    CatalogueState,
    Category,
    ExtraQuestion,
    Point,
    Timing,
)
from services.wire import hints_of
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, NOON, moment

LATER = moment(NOON + timedelta(hours=1))
GROUND = tuple(Point(lat=lat, lon=lon) for lat, lon in ((30.60, 114.30), (30.60, 114.31), (30.61, 114.31)))


def begun() -> Catalogue:
    """The catalogue of a community that has changed nothing yet."""
    return Catalogue.begin(COMMUNITY, moment())[0]


def zoo(**changed: Any) -> Category:
    """A category of the community's own."""
    return Category(**{"code": "zoo", "en": "zoo", "zh": "动物园", **changed})


def asking(kind: AnswerKind, *keys: str, code: str = "asked") -> ExtraQuestion:
    """A question with some choices."""
    choices = tuple(AnswerChoice(key=key, en=key, zh=key) for key in keys)
    return ExtraQuestion(code=code, en="How is it?", zh="怎么样?", kind=kind, choices=choices)


def test_a_community_begins_with_the_built_in_categories() -> None:
    catalogue, told = Catalogue.begin(COMMUNITY, moment())
    assert told == CatalogueChanged(catalogue=catalogue.state())
    assert (catalogue.version, catalogue.categories, catalogue.outline) == (1, BUILT_IN, ())
    assert catalogue.id == catalogue_id(COMMUNITY) == derived_id(COMMUNITY, "catalogue")
    assert catalogue.id != catalogue_id(ANOTHER_COMMUNITY)


def test_the_state_shows_every_member_of_the_catalogue() -> None:
    catalogue = begun()
    catalogue.set_category(zoo(), LATER)
    shown: dict[str, Any] = {name: getattr(catalogue.state(), name) for name in hints_of(CatalogueState)}
    assert shown.pop("categories") == catalogue.categories
    assert shown.pop("audience") == "community"
    kept = dict(vars(catalogue))
    assert kept.pop("own") == (zoo(),)
    assert shown == kept


def test_a_category_is_added_and_changed_as_a_whole() -> None:
    catalogue = begun()
    told = catalogue.set_category(zoo(radius=10), LATER)
    assert told == CatalogueChanged(catalogue=catalogue.state())
    assert told.catalogue.categories == (*BUILT_IN, zoo(radius=10))
    assert (catalogue.version, catalogue.created_at, catalogue.updated_at) == (2, NOON, LATER.now)
    catalogue.set_category(zoo(code="park"), LATER)
    catalogue.set_category(zoo(private=True), LATER)
    assert catalogue.own == (zoo(private=True), zoo(code="park"))
    assert catalogue.version == 4


def test_a_built_in_category_is_changed_in_its_place() -> None:
    catalogue = begun()
    manhole = named(BUILT_IN, "manhole")
    assert manhole is not None
    catalogue.set_category(replace(manhole, active=False), LATER)
    assert [each.code for each in catalogue.categories] == [each.code for each in BUILT_IN]
    assert named(catalogue.categories, "manhole") == replace(manhole, active=False)


@pytest.mark.parametrize(
    ("category", "why"),
    [
        (zoo(parent="zoo"), "above itself"),
        (zoo(parent="nowhere"), "no category “nowhere”"),
        (zoo(code="facility", parent="manhole"), "above itself"),
        (zoo(code="other", active=False), "must stay"),
        (zoo(handler=Role.RESIDENT), "micro-grid or the property manager"),
        (zoo(handler=Role.COMMUNITY_ADMIN), "micro-grid or the property manager"),
        (zoo(handler=Role.PROPERTY_SYSTEM), "micro-grid or the property manager"),
        (zoo(timing=Timing.HOURS), "at least 1"),
        (zoo(timing=Timing.WORKING_DAYS, settle=0), "at least 1"),
        (zoo(settle=1), "the same day has none"),
        (zoo(questions=(asking(AnswerKind.SINGLEVALUELIST),)), "lists have choices"),
        (zoo(questions=(asking(AnswerKind.MULTIVALUELIST),)), "lists have choices"),
        (zoo(questions=(asking(AnswerKind.TEXT, "a"),)), "the others have none"),
        (zoo(questions=(asking(AnswerKind.SINGLEVALUELIST, "a", "b", "a"),)), "same key"),
        (zoo(questions=(asking(AnswerKind.TEXT), asking(AnswerKind.NUMBER))), "same code"),
    ],
)
def test_a_category_that_makes_no_sense_is_refused_and_changes_nothing(category: Category, why: str) -> None:
    catalogue = begun()
    before = catalogue.state()
    with pytest.raises(Refused, match=why) as no:
        catalogue.set_category(category, LATER)
    assert no.value.clause == "日-11"
    assert not no.value.reason.zh.isascii()
    assert catalogue.state() == before


def test_categories_cannot_be_above_each_other_however_long_the_way_round() -> None:
    catalogue = begun()
    catalogue.set_category(zoo(code="a"), LATER)
    catalogue.set_category(zoo(code="b", parent="a"), LATER)
    catalogue.set_category(zoo(code="c", parent="b"), LATER)
    with pytest.raises(Refused, match="above itself"):
        catalogue.set_category(zoo(code="a", parent="c"), LATER)


@pytest.mark.parametrize(
    "category",
    [
        zoo(parent="facility"),
        zoo(parent="manhole"),
        zoo(code="other", radius=5),
        zoo(handler=Role.PROPERTY_MANAGER),
        zoo(timing=Timing.WORKING_DAYS, settle=3),
        zoo(questions=(asking(AnswerKind.MULTIVALUELIST, "a", "b"), asking(AnswerKind.TEXT, code="why"))),
        zoo(code="manhole", parent=None),
    ],
)
def test_a_category_that_makes_sense_is_taken(category: Category) -> None:
    catalogue = begun()
    catalogue.set_category(category, LATER)
    assert named(catalogue.categories, category.code) == category


def test_a_catalogue_holds_as_many_categories_as_its_view() -> None:
    marks = hints_of(CatalogueState)["categories"].__metadata__
    assert [mark.most for mark in marks if isinstance(mark, Between)] == [MOST_CATEGORIES]
    catalogue = begun()
    catalogue.own = tuple(zoo(code=f"own_{i}") for i in range(MOST_CATEGORIES - len(BUILT_IN)))
    with pytest.raises(Refused, match="at most 300 categories"):
        catalogue.set_category(zoo(), LATER)
    catalogue.set_category(zoo(code="own_0", radius=7), LATER)
    assert len(catalogue.categories) == MOST_CATEGORIES


def test_a_catalogue_stays_small_enough_to_travel() -> None:
    catalogue = begun()
    keys = tuple(f"k{i}" for i in range(50))
    heavy = tuple(asking(AnswerKind.SINGLEVALUELIST, *keys, code=f"q{i}") for i in range(30))
    catalogue.set_category(zoo(code="first", questions=heavy), LATER)
    with pytest.raises(Refused, match=f"at most {MOST_PARTS}"):
        catalogue.set_category(zoo(code="second", questions=heavy), LATER)
    catalogue.set_category(zoo(code="second", questions=heavy[:1]), LATER)


def test_an_outline_is_drawn_and_taken_away() -> None:
    catalogue = begun()
    told = catalogue.set_outline(list(GROUND), LATER)
    assert told == CatalogueChanged(catalogue=catalogue.state())
    assert told.catalogue.outline == GROUND
    assert catalogue.set_outline((), LATER).catalogue.outline == ()
    assert catalogue.version == 3


def points(*pairs: tuple[float, float]) -> tuple[Point, ...]:
    """Some points by latitude and longitude."""
    return tuple(Point(lat=lat, lon=lon) for lat, lon in pairs)


@pytest.mark.parametrize(
    ("outline", "why"),
    [
        (GROUND[:1], "three points"),
        (GROUND[:2], "three points"),
        ((*GROUND, GROUND[0]), "joined to the first"),
        ((GROUND[0], *GROUND), "names a point twice"),
        (points((30.60, 114.30), (30.61, 114.31), (30.60, 114.31), (30.61, 114.30)), "crosses"),
        (points((30.60, 114.30), (30.61, 114.31), (30.62, 114.32)), "no ground|touches itself"),
        (points((30.60, 114.30), (30.60, 114.30001), (30.60001, 114.30001)), "no ground"),
        (points((30.6, 114.3), (30.6, 24.3), (31.6, 114.3)), "too large"),
        (points((0, 0), (0, 179), (1, 90)), "too large"),
    ],
)
def test_an_outline_that_encloses_no_community_is_refused(outline: tuple[Point, ...], why: str) -> None:
    catalogue = begun()
    before = catalogue.state()
    with pytest.raises(Refused, match=why) as no:
        catalogue.set_outline(outline, LATER)
    assert no.value.clause == "日-1"
    assert catalogue.state() == before


def test_an_outline_may_lie_across_the_antimeridian() -> None:
    refuse_outline(points((-16.5, 179.99), (-16.5, -179.99), (-16.49, -179.99), (-16.49, 179.99)))

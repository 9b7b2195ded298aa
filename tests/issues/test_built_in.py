"""The table that every community begins with is whole, bilingual and within the rules that a community's own categories obey."""

import pytest

from services.actor import Role
from services.declare import COMMUNITY
from services.issues.built_in import BUILT_IN
from services.issues.catalogue import refuse_category
from services.issues.contract import AnswerKind, CatalogueState, Category, Timing, Urgency
from services.schemas import load
from services.wire import to_data
from tests.shared import samples
from tests.shared.samples import NOON

CODES = {each.code: each for each in BUILT_IN}


@pytest.mark.parametrize("category", BUILT_IN, ids=lambda category: category.code)
def test_every_category_keeps_the_rules_for_categories(category: Category) -> None:
    refuse_category(category, BUILT_IN)


def test_the_table_fits_into_its_view() -> None:
    state = CatalogueState(
        community_id=samples.COMMUNITY,
        id=samples.ISSUE,
        version=1,
        categories=BUILT_IN,
        created_at=NOON,
        updated_at=NOON,
    )
    assert state.audience == COMMUNITY
    assert load(CatalogueState, to_data(state)) == state


def test_codes_and_labels_are_distinct_and_in_two_languages() -> None:
    assert len(BUILT_IN) == len(CODES) == len({each.en for each in BUILT_IN}) == len({each.zh for each in BUILT_IN})
    assert 40 <= len(BUILT_IN) <= 60
    for each in BUILT_IN:
        assert each.en.isascii()
        assert not each.zh.isascii()


def test_there_are_two_levels() -> None:
    for each in BUILT_IN:
        assert each.parent is None or CODES[each.parent].parent is None
    assert {each.parent for each in BUILT_IN} >= {"facility", "utilities", "environment", "safety", "vehicles"}


def test_what_people_report_in_examples_demo_and_tests_is_there() -> None:
    used = {"other", "facility", "rubbish", "manhole", "road", "lights", "pavilion", "ebike"}
    assert used <= set(CODES)
    assert not any(question.required for code in used for question in CODES[code].questions)


def test_danger_is_settled_in_two_hours_and_asks_nothing_that_must_be_answered() -> None:
    dangers = [each for each in BUILT_IN if each.urgency is Urgency.DANGER]
    assert {"gas_leak", "exposed_wire", "lift_trapped", "fire_lane"} <= {each.code for each in dangers}
    for each in dangers:
        assert (each.respond_minutes, each.timing, each.settle) == (30, Timing.HOURS, 2)
        assert not any(question.required for question in each.questions)


def test_supplies_come_back_within_a_day() -> None:
    for code in ("water_off", "power_off", "gas_off", "heating", "burst_pipe"):
        assert (CODES[code].timing, CODES[code].settle) == (Timing.HOURS, 24)


def test_what_names_persons_is_private_and_not_for_the_property_company_to_judge() -> None:
    private = {each.code for each in BUILT_IN if each.private}
    assert private == {"neighbours", "upstairs_leak", "conduct", "care"}
    assert {CODES[code].handler for code in private} == {Role.GRID_OFFICER}
    about_the_company = [each for each in BUILT_IN if "property_service" in (each.code, each.parent)]
    assert all(each.complaint and each.handler is Role.GRID_OFFICER for each in about_the_company)


def test_every_kind_of_question_is_asked_somewhere() -> None:
    assert {question.kind for each in BUILT_IN for question in each.questions} == set(AnswerKind)


def test_every_category_but_other_has_keywords_each_once() -> None:
    for each in BUILT_IN:
        assert len(each.keywords) == len(set(each.keywords))
        assert bool(each.keywords) is (each.code != "other")

"""Chinese is found by any of its characters and words, with no dictionary, alike on both databases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.search import asked, number_of, words_of
from services.errors import Invalid
from services.issues.contract import IssueState
from services.wire import from_json
from tests.gateway.world import World, numbered, sight
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, GRID_OFFICER, RESIDENT, member

TITLES = {
    "3栋井盖破损": "井口没有护栏。",
    "一堆垃圾": "3栋门口有一堆垃圾,味道很大",
    "Lamp broken": "The lamp at entrance 13 is broken. E-bike charging!",
    "電動車亂停": "ＡＢＣ超市门口,かな",
    "盖井": "词序不同",
}


@pytest.fixture
def world(world: World) -> World:
    world.report(*(numbered(i, title=title, text=text) for i, (title, text) in enumerate(TITLES.items())))
    return world


def found(world: World, question: str, community_id: str = COMMUNITY) -> set[str]:
    page = world.run(world.views.list(IssueState, community_id, sight(RESIDENT), q=question))
    return {item["title"] for item in from_json(page.items)}


QUESTIONS = {
    "井盖": {"3栋井盖破损"},
    "井": {"3栋井盖破损", "盖井"},
    "盖井": {"盖井"},
    "井盖破损": {"3栋井盖破损"},
    "3栋井盖": {"3栋井盖破损"},
    "３栋": {"3栋井盖破损", "一堆垃圾"},
    "井盖 护栏": {"3栋井盖破损"},
    "井盖,垃圾": set(),
    "13": {"Lamp broken"},
    "LAMP Broken": {"Lamp broken"},
    "bike": {"Lamp broken"},
    "lam": set(),
    "abc": {"電動車亂停"},
    "abc超市": {"電動車亂停"},
    "動車": {"電動車亂停"},
    "か": {"電動車亂停"},
    "'; DROP TABLE view_issue --": set(),
    '井盖" OR "垃圾': set(),
    "井盖 | 垃圾": set(),
    "井盖:*": {"3栋井盖破损"},
    "!井": {"3栋井盖破损", "盖井"},
    "·wuhan·baibuting": set(),
}


def test_a_question_finds_what_has_all_its_words(world: World) -> None:
    assert {question: found(world, question) for question in QUESTIONS} == QUESTIONS


def test_a_search_stays_in_its_community(world: World) -> None:
    world.report(numbered(99, community_id=ANOTHER_COMMUNITY, title="井盖又破了"))
    assert found(world, "井盖") == {"3栋井盖破损"}
    there = sight(
        member(RESIDENT.member_id, *RESIDENT.roles[COMMUNITY], community_id=ANOTHER_COMMUNITY), ANOTHER_COMMUNITY
    )
    page = world.run(world.views.list(IssueState, ANOTHER_COMMUNITY, there, q="井盖"))
    assert [item["title"] for item in from_json(page.items)] == ["井盖又破了"]


def test_what_a_thing_said_before_is_not_found(world: World) -> None:
    world.report(numbered(0, version=4, title="路灯不亮", text="已改"))
    assert found(world, "井盖") == set()
    assert found(world, "路灯") == {"路灯不亮"}


def test_a_search_has_pages_and_filters_like_any_list(world: World) -> None:
    world.report(*(numbered(100 + i, title="井盖", category=("road", "light")[i % 2]) for i in range(6)))
    titles, cursor = [], ""
    for _ in range(3):
        page = world.run(
            world.views.list(
                IssueState,
                COMMUNITY,
                sight(GRID_OFFICER),
                q="井盖",
                filters={"category": "road"},
                after=cursor,
                limit=1,
            )
        )
        titles += [item["id"] for item in from_json(page.items)]
        cursor = page.next
    assert titles == [numbered(100 + i).id for i in (4, 2, 0)]
    assert cursor == ""


IDEOGRAPHS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=30)


@given(IDEOGRAPHS, st.data())
def test_every_part_of_a_chinese_text_is_found(text: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, len(text)))
    assert set(asked(COMMUNITY, text[first:last])) <= set(words_of(COMMUNITY, [text]).split(" "))


@given(st.text(max_size=100))
def test_words_need_no_quoting_in_either_database(text: str) -> None:
    assert not set(words_of(COMMUNITY, [text])) & set("'\"\\:&|!()*<>\0\t\n")
    try:
        assert all(word and not set(word) & set(" '\"\\") for word in asked("", text))
    except Invalid:
        assert words_of("", [text]) == "·"


def test_things_have_different_numbers() -> None:
    numbers = {
        number_of(community, numbered(i).id) for i in range(1000) for community in (COMMUNITY, ANOTHER_COMMUNITY)
    }
    assert len(numbers) == 2000
    assert all(0 <= number < 2**63 for number in numbers)

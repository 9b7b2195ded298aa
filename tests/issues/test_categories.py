"""A community's categories are the built-in ones with its own; their questions are answered as asked, in every kind."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Refused
from services.issues.categories import BUILT_IN, MOST_SUGGESTIONS, merged, named, offered, refuse_answers, suggest
from services.issues.contract import AnswerChoice, AnswerKind, Category, ExtraQuestion, GivenAnswer

CHOICES = tuple(AnswerChoice(key=key, en=key, zh=f"选项{key}") for key in ("a", "b", "c"))
LISTS = (AnswerKind.SINGLEVALUELIST, AnswerKind.MULTIVALUELIST)


def own(code: str, *keywords: str, **changed: object) -> Category:
    """A category of the community's own."""
    return replace(Category(code=code, en=code, zh=f"自设{code}", keywords=keywords), **changed)  # type: ignore[arg-type]


def asking(kind: AnswerKind, required: bool = False) -> Category:
    """A category with a question of a kind."""
    choices = CHOICES if kind in LISTS else ()
    question = ExtraQuestion(code="asked", en="How is it?", zh="怎么样?", kind=kind, required=required, choices=choices)
    return own("own", questions=(question,))


def given_(*values: str, question: str = "asked") -> GivenAnswer:
    """An answer."""
    return GivenAnswer(question=question, values=values)


def test_a_community_that_set_nothing_has_the_built_in_ones() -> None:
    assert merged(()) == BUILT_IN


def test_changed_ones_stay_in_their_places_and_new_ones_come_last() -> None:
    changed, first, second = own("manhole"), own("zoo"), own("aquarium")
    categories = merged((first, changed, second))
    codes = [each.code for each in BUILT_IN]
    assert [each.code for each in categories] == [*codes, "zoo", "aquarium"]
    assert categories[codes.index("manhole")] == changed


@given(st.lists(st.sampled_from([*(each.code for each in BUILT_IN), "zoo", "aquarium", "park"]), unique=True))
def test_merging_loses_nothing_and_doubles_nothing(codes: list[str]) -> None:
    categories = merged(tuple(own(code) for code in codes))
    assert {each.code for each in categories} == {each.code for each in BUILT_IN} | set(codes)
    assert len(categories) == len({each.code for each in categories})
    assert {each.code for each in categories if each.en == each.code} >= set(codes)


def test_a_category_is_found_by_its_code() -> None:
    assert named(BUILT_IN, "manhole") in BUILT_IN
    assert named(BUILT_IN, "井盖") is None


def test_only_an_active_category_is_reported_in() -> None:
    categories = merged((own("manhole", active=False),))
    assert offered(categories, "road").zh == "道路破损"
    for code in ("manhole", "nonsense"):
        with pytest.raises(Refused, match=code) as no:
            offered(categories, code)
        assert no.value.clause == "日-1"
        assert code in no.value.reason.zh


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("3栋门口井盖破损", "manhole"),
        ("9栋东侧建筑垃圾堆了三天,没人清。", "rubbish"),
        ("凉亭漏雨", "pavilion"),
        ("路灯整夜不亮", "lights"),
        ("楼上邻居装修声太吵", "noise"),
        ("闻到煤气味,可能泄漏", "gas_leak"),
        ("有人被困,困在电梯里了", "lift_trapped"),
        ("楼上漏水,天花板滴水", "upstairs_leak"),
        ("有人从窗户私拉电线,飞线充电", "flying_wires"),
        ("请公示公共收益账目", "common_income"),
    ],
)
def test_words_point_to_the_category_that_is_meant(text: str, best: str) -> None:
    assert suggest(BUILT_IN, text)[0] == best


def test_nothing_is_suggested_for_words_that_say_nothing() -> None:
    for text in ("", "您好", "hello", "🙂🙂"):
        assert suggest(BUILT_IN, text) == ()


def test_width_and_case_make_no_difference_and_inactive_ones_are_left_out() -> None:
    categories = (own("wifi", "WiFi", "5G"), own("gone", "wifi", active=False))
    assert suggest(categories, "WIFI和5g信号差") == ("wifi",)


def test_at_most_five_are_suggested_the_best_first_and_a_special_one_before_a_general_one() -> None:
    many = (*(own(f"c{i}", "路") for i in range(8)), own("best", "路面", "路"))
    assert suggest(many, "路面") == ("best", "c0", "c1", "c2", "c3")
    general, special = own("general", "路面"), own("special", "路面", parent="general")
    assert suggest((general, special), "路面") == ("special", "general")
    assert len(suggest(BUILT_IN, "".join(word for each in BUILT_IN for word in each.keywords))) == MOST_SUGGESTIONS


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    assert set(suggest(BUILT_IN, text)) <= {each.code for each in BUILT_IN}


FITTING: dict[AnswerKind, list[tuple[str, ...]]] = {
    AnswerKind.STRING: [("3单元左侧",), ("x" * 200,), ("🙂",), ("שלום",)],
    AnswerKind.NUMBER: [("0",), ("-3",), ("12.50",), ("007",)],
    AnswerKind.DATETIME: [
        ("2026-05-01T08:30:00+08:00",), ("2026-05-01T00:30:00Z",), ("2026-05-01t00:30:00.123456z",),
        ("2024-02-29T23:59:59-03:30",),
    ],
    AnswerKind.TEXT: [("一行\n又一行",), ("x" * 4000,)],
    AnswerKind.SINGLEVALUELIST: [("a",), ("c",)],
    AnswerKind.MULTIVALUELIST: [("a",), ("c", "a"), ("a", "b", "c")],
}  # fmt: skip

UNFITTING: dict[AnswerKind, list[tuple[str, ...]]] = {
    AnswerKind.STRING: [("x" * 201,), ("一行\n又一行",), ("一行\n",), ("a\u2028b",), ("a", "b"), ("",), ()],
    AnswerKind.NUMBER: [
        ("three",), ("1,5",), ("nan",), ("inf",), ("1e9",), ("1_000",), (" 1",), ("1\n",), ("\uff13",), ("\u0663",), ("+1",),
        ("1" * 16,), ("1", "2"), (),
    ],
    AnswerKind.DATETIME: [
        ("2026-05-01T08:30:00",), ("2026-05-01",), ("2026-05-01 08:30:00Z",), ("2026-02-29T08:30:00Z",),
        ("2026-05-01T24:30:00Z",), ("2026-05-01T08:30Z",), ("20260501T083000Z",), ("2026-05-01T08:30:00+0800",),
        ("2026-05-01T08:30:00+25:00",), ("2026-05-01T08:30:00Z\n",), ("\uff12026-05-01T08:30:00Z",), ("昨天",),
        ("2026-05-01T08:30:00Z", "2026-05-01T08:30:00Z"), (),
    ],
    AnswerKind.TEXT: [("a", "b"), ()],
    AnswerKind.SINGLEVALUELIST: [("d",), ("A",), ("a", "b"), ("a", "a"), ("选项a",), ()],
    AnswerKind.MULTIVALUELIST: [("d",), ("a", "d"), ("a", "a"), ("a,b",), ()],
}  # fmt: skip


@pytest.mark.parametrize("kind", AnswerKind)
def test_an_answer_that_fits_its_kind_is_taken(kind: AnswerKind) -> None:
    for values in FITTING[kind]:
        refuse_answers(asking(kind, required=True), (given_(*values),))


@pytest.mark.parametrize(("kind", "values"), [(kind, values) for kind in AnswerKind for values in UNFITTING[kind]])
def test_an_answer_that_does_not_fit_is_refused_by_its_question(kind: AnswerKind, values: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="How is it") as no:
        refuse_answers(asking(kind), (given_(*values),))
    assert no.value.clause == "日-1"
    assert "怎么样?" in no.value.reason.zh


@given(st.sampled_from(AnswerKind), st.lists(st.text(max_size=30), max_size=4))
def test_any_answer_is_taken_or_refused(kind: AnswerKind, values: list[str]) -> None:
    try:
        refuse_answers(asking(kind), (given_(*values),))
    except Refused:
        return
    if kind is AnswerKind.NUMBER:
        float(values[0])
    if kind is AnswerKind.DATETIME:
        assert datetime.fromisoformat(values[0].upper()).tzinfo is not None


def test_what_must_be_answered_is_asked_for() -> None:
    with pytest.raises(Refused, match=r"How is it\?” must be answered") as no:
        refuse_answers(asking(AnswerKind.STRING, required=True), ())
    assert "必答" in no.value.reason.zh
    refuse_answers(asking(AnswerKind.STRING), ())


def test_what_was_not_asked_or_is_answered_twice_is_refused() -> None:
    with pytest.raises(Refused, match="“colour” is not asked"):
        refuse_answers(asking(AnswerKind.STRING), (given_("red", question="colour"),))
    with pytest.raises(Refused, match="answered twice"):
        refuse_answers(asking(AnswerKind.STRING), (given_("a"), given_("a")))


def test_a_category_without_questions_takes_no_answers() -> None:
    refuse_answers(own("own"), ())
    with pytest.raises(Refused):
        refuse_answers(own("own"), (given_("a"),))

"""Texts are alike by the pairs and triples of characters that they share."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.similar.likeness import SKETCH_BYTES, WHOLE, likeness, mark, nearly, pairs, sketch, wording

TEXTS = st.text(alphabet="井盖路灯破损三3楼A b🙂\u202e\n,。", max_size=30)


def alike(one: str, other: str, one_text: str = "", other_text: str = "") -> int:
    return likeness(wording(one, one_text), wording(other, other_text))


def test_the_same_words_are_wholly_alike_and_foreign_ones_not_at_all() -> None:
    assert alike("井盖破损", "井盖破损") == WHOLE
    assert alike("井盖破损", "路灯不亮") == 0


def test_what_two_people_say_of_one_thing_is_more_alike_than_what_they_say_of_two() -> None:
    same = alike("3栋门口井盖破损", "三栋门口的井盖坏了", "井盖碎了一半,晚上走路危险", "井盖碎了,晚上很危险")
    other = alike("3栋门口井盖破损", "5栋电梯异响", "井盖碎了一半,晚上走路危险", "电梯上下的时候响得厉害")
    assert same > 250 > 50 > other


def test_digits_width_case_and_punctuation_make_no_difference() -> None:
    assert alike("三号楼,A座!", "３号楼 a座") == WHOLE


def test_emoji_and_direction_marks_say_nothing() -> None:
    assert alike("🙂🙂\u202e", "🙂🙂\u202e") == 0
    assert alike("🙂井盖\u202e破损", "井盖 破损") == WHOLE


def test_a_character_that_stands_alone_counts() -> None:
    assert alike("灯", "灯") == WHOLE
    assert alike("灯", "门") == 0


def test_a_short_title_is_compared_with_the_title_alone() -> None:
    assert alike("井盖破损", "井盖破损", "", "昨天晚上回家的时候在三号楼门口看到的,不知道有没有人管") == WHOLE


def test_no_text_is_longer_than_what_is_compared() -> None:
    assert len(wording("", "".join(chr(0x4E00 + at) for at in range(4000))).whole) <= 2 * 400
    assert len(pairs("", "".join(chr(0x4E00 + at) for at in range(4000)))) == 99


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_likeness_is_the_same_both_ways_and_between_its_bounds(a: str, b: str, c: str, d: str) -> None:
    one = alike(a, b, c, d)
    assert one == alike(b, a, d, c)
    assert 0 <= one <= WHOLE


@given(TEXTS, TEXTS)
def test_a_sketch_has_one_size_and_is_wholly_like_itself(title: str, text: str) -> None:
    made = sketch(title, text)
    number = int.from_bytes(made)
    assert len(made) == SKETCH_BYTES
    assert nearly(number, number) == (WHOLE if pairs(title, text) else 0)


def test_sketches_are_nearly_as_alike_as_the_words() -> None:
    one, other = ("3栋门口井盖破损", "井盖碎了一半"), ("3栋门口井盖坏了", "井盖碎了")
    rough = nearly(int.from_bytes(sketch(*one)), int.from_bytes(sketch(*other)))
    shared = pairs(*one) & pairs(*other)
    true = 2 * WHOLE * len(shared) // (len(pairs(*one)) + len(pairs(*other)))
    assert abs(rough - true) < 60


def test_the_order_of_pairs_is_the_same_everywhere() -> None:
    assert sorted(pairs("井盖破损", ""), key=mark) == ["破损", "盖破", "井盖"]
    assert mark("井盖") == 3414842001

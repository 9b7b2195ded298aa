"""The checker itself: it finds every kind of fault that it is there to find, and none where there is none."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.faults.checker import Element, judge

A, B, C, X = (("report", name) for name in "abcx")
NAMES = [("report", str(number)) for number in range(8)]
ELEMENTS = st.sampled_from(NAMES)


def test_all_is_well_when_exactly_the_acknowledged_is_there() -> None:
    verdict = judge("issues", {A: True, B: True}, [B, A])
    assert verdict.holds
    assert (verdict.attempts, verdict.acknowledged) == (2, 2)


def test_what_was_acknowledged_and_is_not_there_is_lost() -> None:
    verdict = judge("issues", {A: True, B: True}, [A])
    assert verdict.lost == (B,)
    assert not verdict.holds


def test_what_is_there_twice_is_duplicated() -> None:
    verdict = judge("issues", {A: True}, [A, A])
    assert verdict.duplicated == (A,)
    assert not verdict.holds


def test_what_its_sender_never_heard_of_may_be_there_or_not() -> None:
    there, not_there = judge("issues", {A: False}, [A]), judge("issues", {A: False}, [])
    assert there.holds
    assert there.recovered == (A,)
    assert not_there.holds
    assert not_there.recovered == ()


def test_what_nobody_attempted_is_unexpected() -> None:
    verdict = judge("issues", {}, [X])
    assert verdict.unexpected == (X,)
    assert not verdict.holds


def test_what_the_service_committed_has_to_be_everywhere_even_unheard() -> None:
    verdict = judge("views", {A: False}, [], committed=[A])
    assert verdict.lost == (A,)


def test_a_verdict_says_how_much_and_names_what_is_wrong() -> None:
    text = str(judge("ledger", {A: True, B: True, C: False}, [A, A, C, X]))
    assert "3 attempts · 2 acknowledged · 1 lost · 1 duplicated · 1 recovered · 1 unexpected" in text
    assert "lost: report b" in text
    assert "duplicated: report a" in text
    assert "unexpected: report x" in text


@given(st.dictionaries(ELEMENTS, st.booleans()), st.lists(ELEMENTS), st.sets(ELEMENTS))
def test_every_element_gets_the_word_that_it_deserves(
    attempted: dict[Element, bool], found: list[Element], committed: set[Element]
) -> None:
    verdict, counts = judge("somewhere", attempted, found, committed), Counter(found)
    for name in NAMES:
        due = attempted.get(name, False) or name in committed
        assert (name in verdict.lost) == (due and not counts[name])
        assert (name in verdict.duplicated) == (counts[name] > 1)
        assert (name in verdict.recovered) == (attempted.get(name) is False and counts[name] > 0)
        assert (name in verdict.unexpected) == (name not in attempted and counts[name] > 0)

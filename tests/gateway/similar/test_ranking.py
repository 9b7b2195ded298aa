"""The score is made of words, place, category and time, and is nothing for what is elsewhere."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.similar.ranking import LEAST, MOST, Compared, Reason, is_elsewhere, reasons, score

HERE_NOW = Compared(words=1000, metres=0.0, radius=50, same_building=True, same_category=True, apart=timedelta(0))
NOWHERE = replace(HERE_NOW, metres=None, same_building=None)
ANY = st.builds(
    Compared,
    words=st.integers(0, MOST),
    metres=st.none() | st.floats(0, 200),
    radius=st.integers(0, 100),
    same_building=st.none() | st.booleans(),
    same_category=st.booleans(),
    apart=st.timedeltas(timedelta(days=-60), timedelta(days=60)),
)


def test_the_same_words_at_the_same_place_now_have_the_whole_score() -> None:
    assert score(HERE_NOW) == score(NOWHERE) == MOST


def test_what_is_beyond_the_radius_or_in_another_building_is_elsewhere() -> None:
    assert is_elsewhere(replace(HERE_NOW, metres=50.1))
    assert not is_elsewhere(replace(HERE_NOW, metres=50.0, same_building=False))
    assert is_elsewhere(replace(NOWHERE, same_building=False))
    assert score(replace(HERE_NOW, metres=50.1)) == 0


def test_a_few_steps_away_the_same_category_is_enough() -> None:
    assert score(replace(HERE_NOW, words=0, metres=5.0)) >= LEAST
    assert score(replace(HERE_NOW, words=0, metres=40.0)) < LEAST


def test_the_same_building_alone_is_not_enough() -> None:
    building = replace(NOWHERE, same_building=True)
    assert score(replace(building, words=0)) < LEAST <= score(replace(building, words=150))


def test_without_a_place_the_words_must_say_it() -> None:
    assert score(replace(NOWHERE, words=200)) < LEAST <= score(replace(NOWHERE, words=300))


def test_the_reasons_say_what_speaks_for_it() -> None:
    assert reasons(HERE_NOW) == (Reason.WORDS, Reason.NEAR, Reason.CATEGORY, Reason.RECENT)
    late = replace(NOWHERE, words=10, same_building=True, same_category=False, apart=timedelta(days=3))
    assert reasons(late) == (Reason.BUILDING, Reason.RELATED)


@given(ANY)
def test_every_score_is_between_nothing_and_the_whole(compared: Compared) -> None:
    assert 0 <= score(compared) <= MOST


@given(ANY, st.integers(0, MOST))
def test_words_that_are_more_alike_never_score_less(compared: Compared, words: int) -> None:
    more = replace(compared, words=max(compared.words, words))
    assert score(more) >= score(compared)


def test_a_radius_of_nothing_takes_what_is_at_the_very_place() -> None:
    assert score(replace(HERE_NOW, radius=0)) == MOST
    assert is_elsewhere(replace(HERE_NOW, radius=0, metres=0.1))

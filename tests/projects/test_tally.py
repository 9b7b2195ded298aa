"""The double majority of art. 278, against a naive count in fractions and at its very boundaries."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.projects.contract import Choice
from services.projects.tally import Cast, Tally, Weight, enough_consent, enough_took_part, tally, why_it_failed

NUMBERS = st.integers(0, 10_000_000_000_000)
MATTERS = st.integers(1, 9)
CASTS = st.lists(
    st.tuples(st.integers(1, 20), st.integers(1, 30_000), st.sampled_from("abcdefgh")), max_size=40
).flatmap(
    lambda homes: st.lists(st.sampled_from(Choice), min_size=20, max_size=20).map(
        lambda choices: [Cast(ballot, choices[ballot - 1], area, person) for ballot, area, person in homes]
    )
)


def share(part: int, whole: int) -> Fraction:
    """A part of something that is not nothing."""
    return Fraction(part, whole)


@given(NUMBERS.filter(bool), NUMBERS.filter(bool), NUMBERS, NUMBERS)
def test_participation_is_two_thirds_or_more_by_both(area: int, persons: int, some_area: int, some: int) -> None:
    naive = share(some_area, area) >= Fraction(2, 3) and share(some, persons) >= Fraction(2, 3)
    assert enough_took_part(Weight(area, persons), Weight(some_area, some)) == naive


@given(MATTERS, NUMBERS.filter(bool), NUMBERS.filter(bool), NUMBERS, NUMBERS)
def test_consent_is_of_those_who_took_part(matter: int, area: int, persons: int, yes_area: int, yes: int) -> None:
    shares = (share(yes_area, area), share(yes, persons))
    naive = all(each >= Fraction(3, 4) if matter in (6, 7, 8) else each > Fraction(1, 2) for each in shares)
    assert enough_consent(matter, Weight(area, persons), Weight(yes_area, yes)) == naive


@given(CASTS, st.randoms())
def test_the_count_is_the_naive_one_in_whatever_order_ballots_come(cast: list[Cast], chance: object) -> None:
    shuffled = list(cast)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    counted = tally(shuffled)
    assert counted.participating.area == sum(each.area for each in cast)
    assert counted.yes.area == sum(each.area for each in cast if each.choice == "yes")
    persons = {each.person_id for each in cast}
    assert counted.participating.headcount == len(persons)
    first = {
        person: min((each for each in cast if each.person_id == person), key=lambda each: each.ballot)
        for person in persons
    }
    assert counted.yes.headcount == sum(each.choice == "yes" for each in first.values())
    assert counted == tally(cast)


@given(CASTS, MATTERS, st.integers(0, 200_000), st.integers(0, 5))
def test_the_whole_vote_is_the_naive_one(cast: list[Cast], matter: int, silent_area: int, silent: int) -> None:
    counted = tally(cast)
    whole = Weight(counted.participating.area + silent_area, counted.participating.headcount + silent)
    passed = False
    if cast:
        took_part = min(
            share(counted.participating.area, whole.area), share(counted.participating.headcount, whole.headcount)
        )
        consented = min(
            share(counted.yes.area, counted.participating.area),
            share(counted.yes.headcount, counted.participating.headcount),
        )
        enough = consented >= Fraction(3, 4) if matter in (6, 7, 8) else consented > Fraction(1, 2)
        passed = took_part >= Fraction(2, 3) and enough
    if whole.area and whole.headcount:
        assert (why_it_failed(matter, whole, counted) is None) == passed


@pytest.mark.parametrize(
    ("took_part", "enough"),
    [((200, 20), True), ((199, 20), False), ((200, 19), False), ((300, 30), True), ((0, 0), False)],
)
def test_exactly_two_thirds_is_enough_to_take_part(took_part: tuple[int, int], enough: bool) -> None:
    assert enough_took_part(Weight(300, 30), Weight(*took_part)) == enough


@pytest.mark.parametrize("matter", range(1, 10))
def test_exactly_half_is_never_enough_and_exactly_three_quarters_always(matter: int) -> None:
    took_part = Weight(200, 20)
    weighty = matter in (6, 7, 8)
    assert not enough_consent(matter, took_part, Weight(100, 10))
    assert not enough_consent(matter, took_part, Weight(101, 10))
    assert not enough_consent(matter, took_part, Weight(100, 11))
    assert enough_consent(matter, took_part, Weight(101, 11)) != weighty
    assert enough_consent(matter, took_part, Weight(149, 15)) != weighty
    assert enough_consent(matter, took_part, Weight(150, 14)) != weighty
    assert enough_consent(matter, took_part, Weight(150, 15))


def test_abstaining_is_taking_part_without_consenting() -> None:
    counted = tally([Cast(1, Choice.YES, 100, "a"), Cast(2, Choice.ABSTAIN, 100, "b")])
    assert counted == Tally(Weight(200, 2), Weight(100, 1))
    assert why_it_failed(1, Weight(200, 2), counted) is not None


def test_a_person_with_several_homes_counts_once_by_the_first_ballot() -> None:
    cast = [Cast(2, Choice.YES, 100, "a"), Cast(1, Choice.NO, 100, "a"), Cast(3, Choice.YES, 50, "b")]
    assert tally(cast) == Tally(Weight(250, 2), Weight(150, 1))


def test_the_reason_names_the_majority_that_was_missed() -> None:
    whole, many = Weight(100, 10), Weight(60, 6)

    def reason(matter: int, took_part: Weight, yes: Weight) -> str:
        failed = why_it_failed(matter, whole, Tally(took_part, yes))
        return failed.zh if failed else ""

    assert "三分之二" in reason(1, many, many)
    assert "四分之三" in reason(8, whole, many)
    assert "半数" in reason(9, whole, Weight(50, 5))
    assert reason(9, whole, many) == ""

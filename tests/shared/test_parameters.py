"""A number of the policy is the one that holds on the day, a community's own before the general one."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Invalid
from services.parameters import Parameter, markdown

FIRST = date(2022, 5, 1)
DAYS = Parameter("test.days", "days to reopen", "可重开天数", "days", "日-8", {FIRST: 7, date(2024, 1, 1): 10}, 1, 60)
SCHEDULES = st.dictionaries(st.dates(date(2022, 1, 1), date(2030, 1, 1)), st.integers(1, 60), max_size=5)


def test_a_value_holds_from_its_first_day_until_the_next_one_begins() -> None:
    assert DAYS.on(FIRST) == DAYS.on(date(2023, 12, 31)) == 7
    assert DAYS.on(date(2024, 1, 1)) == DAYS.on(date(2099, 1, 1)) == 10


def test_before_its_first_value_a_number_does_not_exist() -> None:
    with pytest.raises(LookupError, match=r"test\.days"):
        DAYS.on(FIRST - timedelta(days=1))


def test_an_override_holds_from_its_day_and_not_before() -> None:
    own = [(date(2024, 6, 1), 20)]
    assert DAYS.on(date(2024, 5, 31), own) == 10
    assert DAYS.on(date(2024, 6, 1), own) == 20


@given(SCHEDULES, st.dates(FIRST, date(2030, 1, 1)), st.randoms())
def test_the_newest_override_that_has_begun_holds_in_whatever_order_they_come(
    own: dict[date, int], day: date, random: Random
) -> None:
    overrides = list(own.items())
    random.shuffle(overrides)
    begun = [first for first in own if first <= day]
    assert DAYS.on(day, overrides) == (own[max(begun)] if begun else DAYS.on(day))


@given(st.integers(-100, 200))
def test_an_override_out_of_bounds_is_refused_with_its_clause(value: int) -> None:
    if 1 <= value <= 60:
        DAYS.check([(FIRST, value)])
        return
    with pytest.raises(Invalid) as refused:
        DAYS.check([(FIRST, 7), (FIRST, value)])
    assert refused.value.clause == "日-8"
    assert str(value) in refused.value.reason.zh


def test_the_numbers_are_printed_as_a_table() -> None:
    assert markdown([DAYS]).splitlines() == [
        "| number | 名称 | value | unit | bounds | clause |",
        "|---|---|---|---|---|---|",
        "| `test.days` days to reopen | 可重开天数 | 7 from 2022-05-01; 10 from 2024-01-01 | days | 1–60 | 日-8 |",
    ]

"""Each number is defined once, in both languages, and the API's description repeats it."""

import re

from gateway import openapi
from gateway.numbers.columns import COLUMNS
from gateway.numbers.definitions import COUNTS, NUMBERS, RATES, SOURCES, Definitions, Kind, with_rates
from gateway.numbers.desk import _definitions
from services.schemas import load
from services.wire import to_data

CHINESE = re.compile("[\u4e00-\u9fff]")


def test_every_number_is_explained_in_both_languages() -> None:
    for number in NUMBERS:
        assert CHINESE.search(number.zh), number
        assert number.meaning_zh, number
        assert number.meaning_en.isascii(), number
    assert len({number.name for number in NUMBERS}) == len(NUMBERS)


def test_a_rate_is_made_of_counts_that_are_defined() -> None:
    assert all({rate.numerator, rate.denominator} <= set(COUNTS) for rate in RATES)
    assert {rate.zh for rate in RATES} >= {"响应率", "办结率", "满意率"}


def test_a_rate_has_four_decimals_and_is_null_where_nothing_is_divided() -> None:
    counted = {number.name: 0 for number in NUMBERS if number.kind is not Kind.RATE}
    assert with_rates(counted)["response_rate"] is None
    told = with_rates({**counted, "responded_in_time": 1, "to_answer": 3, "complaints": None, "reported": 3})
    assert (told["response_rate"], told["complaint_share"]) == (0.3333, None)


def test_the_description_of_the_api_defines_every_number() -> None:
    described = openapi.document()["components"]["schemas"]["NumbersRow"]["properties"]
    for number in NUMBERS:
        assert number.meaning_en in described[number.name]["description"], number.name
        assert number.meaning_zh in described[number.name]["description"], number.name


def test_what_is_told_of_numbers_and_columns_is_valid() -> None:
    told = load(Definitions, to_data(_definitions()))
    assert len(told.numbers) == len(NUMBERS)
    assert len(told.columns) == len(COLUMNS)
    assert "12345" in SOURCES

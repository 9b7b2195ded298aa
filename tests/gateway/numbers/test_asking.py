"""Days are the community's, both ends included; what is no day or no span is refused in both languages."""

from datetime import date

import pytest

from gateway.numbers.asking import (
    FIRST_DAY,
    LAST_DAY,
    By,
    CsvQuestion,
    GeoQuestion,
    NumbersQuestion,
    Span,
    month_of,
    open_span,
    span_of,
)
from gateway.paging import member_of, name_of, read_query
from services.errors import Invalid
from services.wire import hints_of

TODAY = date(2024, 5, 21)


def test_without_days_it_is_the_last_thirty() -> None:
    assert span_of(None, None, TODAY) == Span(date(2024, 4, 22), TODAY)
    assert span_of(None, FIRST_DAY, TODAY) == Span(FIRST_DAY, FIRST_DAY)
    assert span_of(TODAY, None, TODAY) == Span(TODAY, TODAY)


def test_a_year_and_a_day_more_is_too_long() -> None:
    assert span_of(date(2024, 1, 1), date(2024, 12, 31), TODAY).last == date(2024, 12, 31)
    with pytest.raises(Invalid, match="366"):
        span_of(date(2023, 12, 31), date(2024, 12, 31), TODAY)


@pytest.mark.parametrize(
    ("first", "last", "member"),
    [
        (date(1, 1, 1), None, "/from"),
        (None, date(1, 1, 1), "/until"),
        (None, date(9999, 12, 31), "/until"),
        (TODAY, date(2024, 5, 20), "/until"),
        (date(2024, 5, 22), None, "/until"),
    ],
)
def test_what_is_no_span_is_refused_by_name(first: date | None, last: date | None, member: str) -> None:
    with pytest.raises(Invalid) as refused:
        span_of(first, last, TODAY)
    assert refused.value.details[0]["member"] == member
    assert refused.value.reason.zh


def test_an_export_has_no_limit_of_days() -> None:
    assert open_span(None, None) == Span(FIRST_DAY, LAST_DAY)
    with pytest.raises(Invalid):
        open_span(date(2024, 5, 2), date(2024, 5, 1))


def test_a_month_has_its_own_last_day() -> None:
    assert month_of("2024-02", TODAY) == Span(date(2024, 2, 1), date(2024, 2, 29))
    assert month_of(None, TODAY) == Span(date(2024, 5, 1), date(2024, 5, 31))


def test_a_parameter_may_be_a_word_of_pythons_own() -> None:
    asked = read_query(NumbersQuestion, b"from=2024-05-20&by=day")
    assert (asked.from_, asked.until, asked.by) == (TODAY.replace(day=20), None, By.DAY)
    assert (member_of("from"), name_of("from_"), name_of("until")) == ("from_", "from", "until")
    for query, member in (
        (b"from=x", "/from"),
        (b"from_=2024-05-20", "/from_"),
        (b"from=2024-05-20&from=2024-05-21", ""),
    ):
        with pytest.raises(Invalid) as refused:
            read_query(NumbersQuestion, query)
        assert [detail["member"] for detail in refused.value.details] == ([member] if member else [])


def test_both_files_can_be_asked_for_in_the_same_way() -> None:
    assert set(hints_of(CsvQuestion)) - set(hints_of(GeoQuestion)) == {"lang"}

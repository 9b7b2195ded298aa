"""What earns how much is a dated number with a clause, which a community may change within bounds."""

from datetime import date

import pytest

from services.errors import Invalid
from services.points.policy import CONFIRMED_REPORT_POINTS, PARAMETERS


def test_a_confirmed_report_earns_five_points() -> None:
    assert CONFIRMED_REPORT_POINTS.on(date(2022, 5, 1)) == 5
    assert CONFIRMED_REPORT_POINTS.clause == "分-1"


def test_a_community_may_give_other_points_or_none() -> None:
    CONFIRMED_REPORT_POINTS.check([(date(2024, 1, 1), 0), (date(2024, 2, 1), 1000)])
    for wrong in (-1, 1001):
        with pytest.raises(Invalid):
            CONFIRMED_REPORT_POINTS.check([(date(2024, 1, 1), wrong)])


def test_the_numbers_of_points_are_named_as_theirs() -> None:
    assert all(parameter.name.startswith("points.") for parameter in PARAMETERS)

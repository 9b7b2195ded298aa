"""The table of the day: sixty reports with the findings of the patrol, by people and at places that there are."""

from collections import Counter

import pytest

from deploy.demo.cast import AT_THE_DESK, PEOPLE
from deploy.demo.morning import CABINET, FINDINGS
from deploy.demo.onboarding import the_plan
from deploy.demo.reports import Fate, How, Report, of_fate, the_reports
from services.issues.built_in import BUILT_IN

ALL = [report for reports in the_reports().values() for report in reports]
BUILDINGS = {building.name for estate in the_plan().estate_plans() for building in estate.buildings}


def test_the_day_has_the_figures_of_the_case() -> None:
    assert len(ALL) + len(FINDINGS) == 60
    fates = Counter(report.fate for report in ALL)
    assert fates == {
        Fate.SETTLED: 50 - len(FINDINGS), Fate.COPY: 3, Fate.TRANSFERRED: 2, Fate.DATED: 2, Fate.ESCALATED: 2,
        Fate.OVERNIGHT: 1,
    }  # fmt: skip


def test_every_report_has_a_key_of_its_own() -> None:
    assert len({report.key for report in ALL}) == len(ALL)


@pytest.mark.parametrize("report", ALL, ids=lambda report: report.key)
def test_people_places_and_categories_are_there(report: Report) -> None:
    assert {report.who, report.behalf or report.who} <= (PEOPLE | AT_THE_DESK).keys()
    assert report.building in BUILDINGS if report.building else report.spot
    assert report.category in {category.code for category in BUILT_IN} | {CABINET["code"]}
    assert (report.fate is Fate.COPY) == bool(report.of)


def test_a_copy_is_of_something_that_was_reported_before_it() -> None:
    order = [report.key for report in ALL]
    assert all(order.index(copy.of) < order.index(copy.key) for copy in of_fate(Fate.COPY))


def test_what_is_settled_on_the_spot_is_settled_in_every_way() -> None:
    assert {report.how for report in of_fate(Fate.SETTLED)} == set(How)

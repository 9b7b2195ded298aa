"""Every number adds up however the issues are split, and percentiles are the values at their nearest rank."""

from dataclasses import replace
from datetime import timedelta
from math import ceil
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.numbers.asking import By, Span
from gateway.numbers.counting import Counting, conditions, nothing, statement
from gateway.numbers.definitions import COUNTS, NUMBERS
from gateway.sight import Sight
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import STAFF
from services.ids import derived_id, new_id
from services.issues.contract import IssueState, Status
from tests.gateway.numbers.office import NOW, ONE, TWO, Office, issue, rated
from tests.shared.samples import NOON, OFFICER

SETTLED = (Status.RESOLVED, Status.CONFIRMED)
FIRST = NOON.date()
SPAN = Span(FIRST, FIRST + timedelta(days=3))
SIGHTS = (Sight(FOR_COMMUNITY), Sight(STAFF))


@st.composite
def issues(draw: st.DrawFn) -> IssueState:
    status = draw(st.sampled_from(Status))
    after = draw(st.none() | st.integers(0, 300))
    settled = draw(st.integers(0, 3000)) if status in SETTLED else None
    return issue(
        new_id(),
        status,
        after,
        settled,
        day=FIRST + timedelta(days=draw(st.integers(0, 4))),
        building_id=draw(st.sampled_from([None, ONE, TWO])),
        grid_id=draw(st.sampled_from([None, derived_id("grid")])),
        handler_id=draw(st.sampled_from([None, OFFICER])),
        category=draw(st.sampled_from(["manhole", "noise", "other"])),
        audience=draw(st.sampled_from([FOR_COMMUNITY, STAFF])),
        overnights=draw(st.integers(0, 2)),
        reopenings=draw(st.integers(0, 2)),
        rating=draw(st.none() | st.integers(1, 5).map(rated)),
    )


def count(office: Office, place: str, by: By, sight: Sight) -> tuple[Any, list[Any]]:
    counting = Counting(office.desk.views.reader)
    return office.world.run(counting.count(place, SPAN, by, sight, ("noise",), NOW))


@given(st.lists(issues(), min_size=1, max_size=25))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
def test_the_rows_add_up_to_the_total_and_the_total_is_what_can_be_counted_by_hand(
    office: Office, reported: list[IssueState]
) -> None:
    place = f"place-{new_id()}"
    office.say(*(replaced(state, place) for state in reported))
    inside = [state for state in reported if state.day is not None and SPAN.first <= state.day <= SPAN.last]
    totals = []
    for sight in SIGHTS:
        for by in By:
            total, rows = count(office, place, by, sight)
            for name in COUNTS:
                assert sum(row.numbers[name] for row in rows) == total.numbers[name], (by, name)
            totals.append(total.numbers)
    assert all(total == totals[0] for total in totals)
    assert totals[0] | by_hand(inside) == totals[0]


def replaced(state: IssueState, place: str) -> IssueState:
    return replace(state, community_id=place)


def by_hand(inside: list[IssueState]) -> dict[str, Any]:
    """Some numbers, counted in another way."""
    answered = [state for state in inside if state.status not in (Status.WITHDRAWN, Status.MERGED)]
    own = [state for state in answered if state.status not in (Status.REJECTED, Status.TRANSFERRED)]
    settled = [state for state in inside if state.status in SETTLED]
    waits = [minutes(state.responded_at or state.first_resolved_at) for state in answered]
    takes = [minutes(state.resolved_at) for state in settled]
    return {
        "reported": len(inside),
        "to_answer": len(answered),
        "to_settle": len(own),
        "settled": len(settled),
        "open": len(own) - len(settled),
        "complaints": sum(state.category == "noise" for state in inside),
        "respond_minutes_median": at_rank(waits, 0.5),
        "respond_minutes_p90": at_rank(waits, 0.9),
        "settle_minutes_median": at_rank(takes, 0.5),
        "settle_minutes_p90": at_rank(takes, 0.9),
        "settlement_rate": round(len(settled) / len(own), 4) if own else None,
    }


def minutes(at: Any) -> int | None:
    return None if at is None else int((at - NOON).total_seconds() // 60)


def at_rank(values: list[int | None], share: float) -> int | None:
    known = sorted(value for value in values if value is not None)
    return known[ceil(round(share * len(known), 6)) - 1] if known else None


def test_every_count_that_is_defined_has_a_condition_and_no_other(office: Office) -> None:
    assert set(conditions(office.desk.views.reader.dialect)) == set(COUNTS)


def test_where_nothing_was_reported_every_number_is_there(office: Office) -> None:
    total, rows = count(office, "place-of-nothing", By.DAY, SIGHTS[0])
    assert rows == []
    assert total.numbers == nothing()
    assert list(nothing()) == [number.name for number in NUMBERS]


def test_without_a_catalogue_nobody_says_that_there_are_no_complaints(office: Office) -> None:
    office.say(issue("A", Status.REPORTED, category="noise"))
    counting = Counting(office.desk.views.reader)
    total, _ = office.world.run(counting.count("wuhan-caochang", SPAN, By.DAY, SIGHTS[0], None, NOW))
    assert (total.numbers["reported"], total.numbers["complaints"], total.numbers["complaint_share"]) == (1, None, None)


def test_only_the_days_that_are_asked_for_are_read(office: Office) -> None:
    reader = office.desk.views.reader
    text = str(statement(By.DAY, reader.dialect).compile(dialect=reader.dialect))
    read = text.count("FROM issue_facts")
    assert read == text.count("issue_facts.community_id = ") == text.count("issue_facts.day <= ") > 0

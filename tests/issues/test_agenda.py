"""The database lists exactly what the rule lists, the most urgent first, and never more than a list can hold."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.database import reading
from services.ids import new_id
from services.issues.agenda import Agenda, agenda, last_opening, left_open, micro_grids, outcomes
from services.issues.contract import MOST_ITEMS, Listed, Status, Turn, Urgency
from services.issues.huddle import Huddle
from services.issues.listing import Today, why_listed
from services.issues.minutes import Outcome
from services.issues.model import Issue
from services.issues.store import issues
from services.many import insert_all
from services.work import Desk
from tests.issues.made import issue
from tests.issues.rounds import BUILDINGS, GRID, MORNING, begin_grid, grid, huddle, know
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, ISSUE, OFFICER, moment

AGAIN = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TODAY = Today.of(moment(MORNING), since=MORNING - timedelta(days=1))
HOURS = st.integers(-80, 80).map(lambda hours: MORNING + timedelta(hours=hours))


def put(desk: Desk, things: Sequence[Issue]) -> None:
    """Put issues into the table."""
    with desk.engine.begin() as connection:
        rows = [{column.name: getattr(thing, column.name) for column in issues.columns} for thing in things]
        insert_all(connection, issues, rows)


def some(number: int, **known: Any) -> list[Issue]:
    """So many issues that are due today, each reported a second later than the one before."""
    began = MORNING - timedelta(hours=20)
    return [
        issue(
            Status.REPORTED,
            **{
                "id": new_id(),
                "settle_by": MORNING + timedelta(hours=4),
                "created_at": began + timedelta(seconds=each),
                **known,
            },
        )
        for each in range(number)
    ]


def listed(desk: Desk, grid_id: str | None = None) -> Agenda:
    """This morning's list."""
    with reading(desk.engine) as connection:
        return agenda(connection, COMMUNITY, grid_id, TODAY)


@st.composite
def any_issue(draw: st.DrawFn) -> Issue:
    """An issue in any state, due and reported at any time around this morning."""
    return issue(
        draw(st.sampled_from(Status)),
        id=new_id(),
        grid_id=draw(st.sampled_from([None, GRID])),
        overnight=draw(st.booleans()),
        topic_id=draw(st.sampled_from([None, ISSUE])),
        settle_by=draw(st.none() | HOURS),
        created_at=draw(HOURS),
        urgency=draw(st.sampled_from(Urgency)),
    )


@AGAIN
@given(things=st.lists(any_issue(), min_size=1, max_size=40))
def test_the_database_lists_what_the_rule_lists(desk: Desk, things: list[Issue]) -> None:
    with desk.engine.begin() as connection:
        connection.execute(sa.delete(issues))
    put(desk, things)
    for grid_id in (None, GRID):
        here = [thing for thing in things if thing.grid_id == grid_id and why_listed(thing, TODAY)]
        here.sort(key=lambda thing: (thing.urgency is not Urgency.DANGER, thing.created_at, thing.id))
        found = listed(desk, grid_id)
        assert [each.issue_id for each in found.items] == [thing.id for thing in here]
        assert [each.listed for each in found.items] == [why_listed(thing, TODAY) for thing in here]
        assert found.more == 0


def test_another_communitys_issues_are_not_listed(desk: Desk) -> None:
    put(desk, some(3, community_id=ANOTHER_COMMUNITY))
    assert listed(desk) == Agenda((), 0)


def test_danger_comes_first_then_what_waited_longest(desk: Desk) -> None:
    ordinary, urgent = some(2), some(1, urgency=Urgency.URGENT, created_at=MORNING - timedelta(hours=21))
    danger = some(2, urgency=Urgency.DANGER)
    put(desk, [*reversed(ordinary), *reversed(danger), *urgent])
    assert [each.issue_id for each in listed(desk).items] == [thing.id for thing in (*danger, *urgent, *ordinary)]


def test_what_finds_no_place_on_the_list_is_counted(desk: Desk) -> None:
    put(desk, some(MOST_ITEMS))
    assert listed(desk).more == 0
    last = some(3, created_at=MORNING - timedelta(hours=1))
    danger = some(1, created_at=MORNING - timedelta(minutes=1), urgency=Urgency.DANGER)
    put(desk, [*last, *danger])
    found = listed(desk)
    assert (len(found.items), found.more) == (MOST_ITEMS, 4)
    assert found.items[0].issue_id == danger[0].id
    assert not {thing.id for thing in last} & {each.issue_id for each in found.items}
    assert {each.listed for each in found.items} == {Listed.DUE_TODAY}


def test_what_became_of_some_issues_is_asked_at_once(desk: Desk) -> None:
    turns = (
        Turn(move="accept", at=MORNING, status=Status.ACCEPTED, note="缺配件", by=OFFICER),
        Turn(move="assign", at=MORNING, status=Status.ASSIGNED, by=OFFICER),
    )
    known = issue(Status.ASSIGNED, history=turns, handler_id=OFFICER)
    private = issue(Status.WAITING, id=new_id(), audience="staff", waiting_until=date(2024, 5, 21), handler_id=None)
    put(desk, [known, private, *some(2)])
    with reading(desk.engine) as connection:
        found = outcomes(connection, COMMUNITY, [known.id, private.id, new_id()], lambda category: f"{category}!")
        assert outcomes(connection, COMMUNITY, [], str) == {}
        assert outcomes(connection, ANOTHER_COMMUNITY, [known.id], str) == {}
    assert found == {
        known.id: Outcome(Status.ASSIGNED, handler_id=OFFICER, note="缺配件"),
        private.id: Outcome(Status.WAITING, waiting_until=date(2024, 5, 21), instead_of_title="facility!"),
    }


def keep(desk: Desk, *made: Huddle) -> None:
    """Put huddles into their table."""
    table = desk.store.aggregates[Huddle]
    with desk.engine.begin() as connection:
        for each in made:
            connection.execute(sa.insert(table).values(**vars(each)))


def opened(day: date, hour: int, grid_id: str | None = None) -> Huddle:
    """A huddle of a day, opened at an hour of UTC."""
    return Huddle.open(
        COMMUNITY, grid_id, [], 0, moment(datetime(day.year, day.month, day.day, hour, tzinfo=MORNING.tzinfo))
    )[0]


def test_the_last_opening_is_each_micro_grids_own(desk: Desk) -> None:
    days = date(2024, 5, 18), date(2024, 5, 19)
    keep(desk, *(opened(day, 1) for day in days), opened(days[0], 2, GRID))
    with reading(desk.engine) as connection:
        assert last_opening(connection, COMMUNITY, None) == datetime(2024, 5, 19, 1, tzinfo=MORNING.tzinfo)
        assert last_opening(connection, COMMUNITY, GRID) == datetime(2024, 5, 18, 2, tzinfo=MORNING.tzinfo)
        assert last_opening(connection, COMMUNITY, new_id()) is None
        assert last_opening(connection, ANOTHER_COMMUNITY, None) is None


def test_only_huddles_of_earlier_days_that_are_open_were_left_open(desk: Desk) -> None:
    today, left, closed = huddle(), opened(date(2024, 5, 18), 1), opened(date(2024, 5, 19), 1)
    closed.close_by_itself({}, moment())
    keep(desk, today, left, closed)
    with reading(desk.engine) as connection:
        assert left_open(connection, COMMUNITY, date(2024, 5, 20)) == [left.id]
        assert left_open(connection, ANOTHER_COMMUNITY, date(2024, 5, 20)) == []


def test_the_micro_grids_of_a_community_are_its_own(desk: Desk) -> None:
    know(desk)
    ids = {begin_grid(desk, each, name=each[:8]) for each in BUILDINGS[:3]}
    elsewhere = grid()
    elsewhere.community_id = ANOTHER_COMMUNITY
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(desk.store.table("grids")).values(**vars(elsewhere)))
    with reading(desk.engine) as connection:
        assert set(micro_grids(connection, COMMUNITY)) == ids

"""Micro-grids are drawn one at a time, however many draw at once, and what is reported goes to the grid of its building."""

import threading
from typing import Any

import pytest
from sqlalchemy.engine import URL

from services.errors import Forbidden, NotFound, Refused, SansanError
from services.ids import new_id
from services.issues.contract import Place
from services.issues.grids import Grid
from services.issues.store import STORE
from services.work import Desk, Outcome
from tests.issues.rounds import ADMIN, BUILDINGS, begin_grid, change_grid, define_grid, know, told
from tests.shared.desks import SetClock, another_desk, desks, job, perform, rows
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, GRID_OFFICER, report

FIRST, SECOND, THIRD, *_ = BUILDINGS


@pytest.fixture(autouse=True)
def _known(desk: Desk) -> None:
    """The community has five buildings."""
    know(desk)


def refused(outcome: Outcome) -> SansanError:
    """Why something was refused."""
    assert outcome.failure is None
    assert outcome.refusal is not None
    return outcome.refusal


def grid_of_a_report(desk: Desk, **place: Any) -> str | None:
    """The micro-grid that a new report goes to."""
    found: str | None = perform(desk, job(report(place=Place(**place))))[0]["grid_id"]
    return found


def test_what_is_reported_goes_to_the_micro_grid_of_its_building(desk: Desk) -> None:
    east, west = begin_grid(desk, FIRST, SECOND, name="东"), begin_grid(desk, THIRD, name="西")
    assert grid_of_a_report(desk, building_id=FIRST) == east
    assert grid_of_a_report(desk, building_id=SECOND, spot="门口") == east
    assert grid_of_a_report(desk, building_id=THIRD) == west
    assert grid_of_a_report(desk, building_id=BUILDINGS[3]) is None
    assert grid_of_a_report(desk, spot="小广场") is None
    assert told(desk, "grid") == ["defined", "defined"]


def test_a_change_counts_for_the_next_report_and_moves_nothing(desk: Desk) -> None:
    east = begin_grid(desk, FIRST, name="东")
    first = perform(desk, job(report()))[0]
    perform(desk, job(change_grid(east, SECOND, name="东"), ADMIN))
    assert grid_of_a_report(desk, building_id=FIRST) is None
    assert grid_of_a_report(desk, building_id=SECOND) == east
    assert [row.grid_id for row in rows(desk, "issues") if row.id == first["id"]] == [east]
    assert told(desk, "grid") == ["defined", "changed"]


def test_drawing_and_reporting_in_one_batch_see_each_other(desk: Desk) -> None:
    assert grid_of_a_report(desk, building_id=FIRST) is None
    grid, made = perform(desk, job(define_grid(FIRST), ADMIN), job(report(place=Place(building_id=FIRST))))
    assert made["grid_id"] == grid["id"]
    assert grid_of_a_report(desk, building_id=FIRST) == grid["id"]


def test_what_was_rolled_back_is_remembered_by_nobody(desk: Desk) -> None:
    def fails(work: Any) -> object:
        raise ZeroDivisionError

    breaks = job(report())
    broken = type(breaks)(breaks.consumer, breaks.id, breaks.context, fails)
    outcomes = desk.perform([job(define_grid(FIRST), ADMIN), job(report(place=Place(building_id=FIRST))), broken])
    assert isinstance(outcomes[2].failure, ZeroDivisionError)
    grids = {row.id for row in rows(desk, "grids")}
    assert {row.grid_id for row in rows(desk, "issues")} == grids
    assert grid_of_a_report(desk, building_id=FIRST) in grids


def test_another_process_hears_of_a_change_as_soon_as_it_looks_at_the_community_again(
    desk: Desk, database_url: URL, clock: SetClock
) -> None:
    other = another_desk(STORE, database_url, clock)
    assert grid_of_a_report(other, building_id=FIRST) is None
    grid = begin_grid(desk, FIRST)
    assert grid_of_a_report(desk, building_id=FIRST) == grid
    other.communities.forget(COMMUNITY)
    assert grid_of_a_report(other, building_id=FIRST) == grid
    other.engine.dispose()


def test_what_is_drawn_wrongly_changes_nothing(desk: Desk) -> None:
    east = begin_grid(desk, FIRST, name="东")
    west = begin_grid(desk, SECOND, name="西")
    before = [rows(desk, table) for table in ("grids", "grid_buildings")]
    for command in (
        define_grid(FIRST, name="南"),
        define_grid(new_id(), name="南"),
        define_grid(THIRD, name="东"),
        change_grid(west, SECOND, FIRST, name="西"),
        change_grid(west, SECOND, name="东"),
    ):
        assert isinstance(refused(desk.perform([job(command, ADMIN)])[0]), Refused)
    assert isinstance(refused(desk.perform([job(define_grid(THIRD, name="南"), GRID_OFFICER)])[0]), Forbidden)
    assert isinstance(refused(desk.perform([job(change_grid(new_id(), THIRD), ADMIN)])[0]), NotFound)
    assert [rows(desk, table) for table in ("grids", "grid_buildings")] == before
    perform(desk, job(change_grid(east, FIRST, THIRD, name="东"), ADMIN))


def test_communities_draw_as_if_there_was_no_other(desk: Desk) -> None:
    begin_grid(desk, FIRST)
    stranger = type(ADMIN)(ADMIN.member_id, {ANOTHER_COMMUNITY: ADMIN.roles[COMMUNITY]})
    command = define_grid(FIRST, community_id=ANOTHER_COMMUNITY)
    perform(desk, job(command, stranger))
    assert isinstance(refused(desk.perform([job(define_grid(SECOND, name="南"), stranger)])[0]), Forbidden)


def test_a_building_changes_hands_in_one_batch(desk: Desk) -> None:
    east, west = begin_grid(desk, FIRST, name="东"), begin_grid(desk, SECOND, name="西")
    perform(
        desk,
        job(change_grid(east, name="东"), ADMIN),
        job(change_grid(west, SECOND, FIRST, name="西"), ADMIN),
    )
    assert grid_of_a_report(desk, building_id=FIRST) == west


def test_of_many_who_draw_the_same_at_once_one_does(desk: Desk, database_url: URL, clock: SetClock) -> None:
    results: list[Outcome] = []
    with desks(STORE, database_url, clock, 4) as drawing:

        def draw(one: Desk, name: str) -> None:
            results.extend(one.perform([job(define_grid(FIRST, name=name), ADMIN)]))

        threads = [threading.Thread(target=draw, args=(one, f"网格{number}")) for number, one in enumerate(drawing)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    refusals = [refused(outcome) for outcome in results if outcome.refusal]
    assert len(refusals) == 3
    assert {type(each) for each in refusals} == {Refused}
    assert len(rows(desk, "grids")) == len(rows(desk, "grid_buildings")) == 1
    assert Grid(**rows(desk, "grids")[0]._mapping).building_ids == (FIRST,)

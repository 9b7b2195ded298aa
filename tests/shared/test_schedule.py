"""Scheduled work runs once, whoever polls, and late rather than never."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from services import schedule
from services.actor import SYSTEM
from services.errors import NotFound, Refused, Unavailable
from services.issues.store import STORE
from services.schedule import MOST_AT_ONCE, Due, Handler
from services.work import Desk, Work
from tests.shared.desks import SetClock, desks, job, perform, rows
from tests.shared.samples import COMMUNITY, NOON, report

KIND = "test"


def plan(desk: Desk, *minutes: int, subject: str = "", kind: str = KIND) -> None:
    """Have something done so many minutes after noon."""

    def plan_it(work: Work, command: object) -> object:
        for minute in minutes:
            work.schedule(kind, subject or f"{minute}", NOON + timedelta(minutes=minute))
        return None

    perform(desk, job(report(), does={type(report()): plan_it}))


def notes(done: list[str]) -> dict[str, Handler]:
    """A handler that notes the subject of what it does, in the transaction that does it."""

    def handler(work: Work, due: Due) -> None:
        assert work.actor is SYSTEM
        assert due.due_at <= work.now
        done.append(due.subject)

    return {KIND: handler}


def test_nothing_is_done_before_its_time(desk: Desk, clock: SetClock) -> None:
    done: list[str] = []
    plan(desk, 5)
    clock.forward(minutes=4, seconds=59)
    assert desk.do_due(notes(done), SYSTEM) == []
    clock.forward(seconds=1)
    assert len(desk.do_due(notes(done), SYSTEM)) == 1
    assert done == ["5"]
    assert rows(desk, "due") == []
    assert desk.do_due(notes(done), SYSTEM) == []


def test_what_was_due_during_an_outage_is_done_after_it_the_earliest_first(desk: Desk, clock: SetClock) -> None:
    done: list[str] = []
    plan(desk, 30, 10, 20)
    clock.forward(days=40)
    desk.do_due(notes(done), SYSTEM)
    assert done == ["10", "20", "30"]


def test_the_same_work_at_the_same_time_is_planned_once(desk: Desk) -> None:
    plan(desk, 5, 5, subject="issue")
    plan(desk, 5, subject="issue")
    plan(desk, 6, subject="issue")
    plan(desk, 5, subject="another")
    assert sorted((row.subject, row.due_at) for row in rows(desk, "due")) == [
        ("another", NOON + timedelta(minutes=5)),
        ("issue", NOON + timedelta(minutes=5)),
        ("issue", NOON + timedelta(minutes=6)),
    ]


def test_it_runs_once_though_many_desks_poll(desk: Desk, database_url: URL, clock: SetClock) -> None:
    def count(work: Work, due: Due) -> None:
        work.schedule("counted", due.subject, NOON + timedelta(days=1))
        effects.append(due.subject)

    effects: list[str] = []
    plan(desk, *range(1, 60))
    clock.forward(hours=2)
    with desks(STORE, database_url, clock, 4) as others:
        ready = threading.Barrier(len(others))

        def poll(each: Desk) -> int:
            ready.wait()
            return sum(not outcome.repeated for outcome in each.do_due({KIND: count}, SYSTEM) if not outcome.failure)

        with ThreadPoolExecutor(len(others)) as threads:
            counted = sum(threads.map(poll, others))
    assert counted == 59
    assert sorted(row.subject for row in rows(desk, "due") if row.kind == "counted") == sorted(map(str, range(1, 60)))
    assert len([row for row in rows(desk, "inbox") if row.consumer == f"due.{KIND}"]) == 59
    assert desk.do_due({KIND: count}, SYSTEM) == []


def test_a_limited_number_is_done_at_once(desk: Desk, clock: SetClock) -> None:
    done: list[str] = []
    plan(desk, *range(1, MOST_AT_ONCE + 6))
    clock.forward(days=1)
    assert [len(desk.do_due(notes(done), SYSTEM)) for _ in range(3)] == [MOST_AT_ONCE, 5, 0]


def test_what_fails_is_tried_again_later_and_later_and_the_rest_is_done(desk: Desk, clock: SetClock) -> None:
    done: list[str] = []
    broken = True

    def handler(work: Work, due: Due) -> None:
        if due.subject == "2" and broken:
            raise ZeroDivisionError("a defect")
        done.append(due.subject)

    plan(desk, 1, 2, 3)
    clock.forward(minutes=10)
    waits = []
    for attempt in range(1, 13):
        outcomes = desk.do_due({KIND: handler}, SYSTEM)
        assert sum(outcome.failure is not None for outcome in outcomes) == 1
        (row,) = rows(desk, "due")
        assert (row.subject, row.attempts) == ("2", attempt)
        assert "a defect" in row.error
        assert desk.do_due({KIND: handler}, SYSTEM) == []
        waits.append((row.due_at - clock.now).total_seconds())
        clock.now = row.due_at
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]
    broken = False
    desk.do_due({KIND: handler}, SYSTEM)
    assert sorted(set(done)) == ["1", "2", "3"]
    assert rows(desk, "due") == []


def refuse(error: Exception) -> dict[str, Handler]:
    """A handler that is refused."""

    def handler(work: Work, due: Due) -> None:
        raise error

    return {KIND: handler}


@pytest.mark.parametrize("error", [Refused("no longer", "不再"), NotFound("gone", "没有了")])
def test_what_a_rule_refuses_is_passed_over(desk: Desk, clock: SetClock, error: Exception) -> None:
    plan(desk, 1)
    clock.forward(minutes=1)
    assert desk.do_due(refuse(error), SYSTEM)[0].refusal is error
    assert rows(desk, "due") == []


def test_what_could_not_be_done_now_is_not_forgotten(desk: Desk, clock: SetClock) -> None:
    done: list[str] = []
    plan(desk, 1)
    clock.forward(minutes=1)
    desk.do_due(refuse(Unavailable("not yet", "尚未")), SYSTEM)
    clock.forward(seconds=2)
    desk.do_due(notes(done), SYSTEM)
    assert done == ["1"]


def test_work_of_a_kind_that_nobody_here_knows_waits_for_who_does(desk: Desk, clock: SetClock) -> None:
    done: list[str] = []
    plan(desk, 1, kind="of_a_newer_version")
    plan(desk, 2)
    clock.forward(minutes=2)
    desk.do_due(notes(done), SYSTEM)
    assert done == ["2"]
    assert [row.kind for row in rows(desk, "due")] == ["of_a_newer_version"]
    clock.forward(seconds=2)
    desk.do_due({"of_a_newer_version": notes(done)[KIND]}, SYSTEM)
    assert done == ["2", "1"]


def test_what_one_has_claimed_the_others_pass_over(
    postgres_desk: Desk, postgres_database_url: URL, clock: SetClock
) -> None:
    plan(postgres_desk, 1, 2, 3)
    clock.forward(minutes=5)
    with desks(STORE, postgres_database_url, clock, 1) as (other,):
        with postgres_desk.engine.begin() as first:
            assert [due.subject for due in schedule.claim(first, STORE, clock.now, most=2)] == ["1", "2"]
            with other.engine.begin() as second:
                assert [due.subject for due in schedule.claim(second, STORE, clock.now)] == ["3"]
        with other.engine.begin() as third:
            assert len(schedule.claim(third, STORE, clock.now)) == 3


def test_an_endless_error_text_is_cut(desk: Desk, clock: SetClock) -> None:
    plan(desk, 1)
    clock.forward(minutes=1)
    (due,) = (Due(COMMUNITY, row.id, row.kind, row.subject, row.due_at) for row in rows(desk, "due"))
    with desk.engine.begin() as connection:
        schedule.postpone(connection, STORE, due, clock.now, "x" * 100_000)
    assert len(rows(desk, "due")[0].error) == 2000


def test_much_is_finished_at_once_and_nothing_else(desk: Desk) -> None:
    plan(desk, *range(1, 6))
    done = [Due(row.community_id, row.id, row.kind, row.subject, row.due_at) for row in rows(desk, "due")]
    with desk.engine.begin() as connection:
        schedule.finish(connection, STORE, [each for each in done if each.subject != "3"])
    assert [row.subject for row in rows(desk, "due")] == ["3"]


def test_finishing_twice_does_no_harm(desk: Desk) -> None:
    plan(desk, 1)
    (row,) = rows(desk, "due")
    due = Due(row.community_id, row.id, row.kind, row.subject, row.due_at)
    for _ in range(2):
        with desk.engine.begin() as connection:
            schedule.finish(connection, STORE, [due])
    with desk.engine.connect() as connection:
        assert connection.execute(sa.select(STORE.table("due"))).all() == []

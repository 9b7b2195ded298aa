"""What must happen to things by themselves happens once, whoever sweeps, and one that fails holds nobody up."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from services.actor import SYSTEM
from services.errors import Refused
from services.ids import new_id
from services.issues.contract import Alarm, IssueAlarmed, Status
from services.issues.model import Issue
from services.issues.store import STORE, issues
from services.many import insert_all
from services.sweeping import MOST_AT_ONCE, Watched, correct, sweep
from services.work import Desk, Work
from tests.issues.made import issue
from tests.shared.desks import SetClock, counts, desks, rows
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, NOON

LATER = timedelta(days=1)


def put(desk: Desk, *minutes: int, community_id: str = COMMUNITY, **changed: Any) -> list[str]:
    """Issues to which something must happen so many minutes after noon; their ids."""
    made = [
        issue(
            Status.ACCEPTED, community_id=community_id, id=new_id(), watch_at=NOON + timedelta(minutes=each), **changed
        )
        for each in minutes
    ]
    with desk.engine.begin() as connection:
        insert_all(
            connection,
            issues,
            [{column.name: getattr(each, column.name) for column in issues.columns} for each in made],
        )
    return [each.id for each in made]


def watched(do: Callable[[Work, Issue], None]) -> Watched:
    """Issues by their `watch_at`, with something that is done to them."""
    return Watched("test", Issue, "watch_at", lambda work, id_: do(work, work.load(Issue, id_)))


def turn_over(work: Work, thing: Issue) -> None:
    """Count one more, tell of it, and come back in a day."""
    assert work.actor is SYSTEM
    thing.version += 1
    thing.reopenings += 1
    thing.watch_at = work.now + LATER
    work.record(IssueAlarmed(issue=thing.state(), alarm=Alarm.HANDLER))


TURN_OVER = watched(turn_over)


def test_nothing_is_done_before_its_time_and_each_once_after_it(desk: Desk, clock: SetClock) -> None:
    put(desk, 5, 6)
    clock.forward(minutes=4, seconds=59)
    assert not sweep(desk, TURN_OVER, SYSTEM)
    clock.forward(seconds=1)
    assert sweep(desk, TURN_OVER, SYSTEM).done == 1
    assert not sweep(desk, TURN_OVER, SYSTEM)
    clock.forward(minutes=1)
    assert sweep(desk, TURN_OVER, SYSTEM).done == 1
    assert [row.reopenings for row in rows(desk, "issues")] == [1, 1]
    assert counts(desk, "journal", "inbox", "due") == [2, 0, 0]


def test_the_earliest_come_first_and_a_limited_number_at_once(desk: Desk, clock: SetClock) -> None:
    done: list[datetime] = []

    def note(work: Work, thing: Issue) -> None:
        assert thing.watch_at is not None
        done.append(thing.watch_at)
        turn_over(work, thing)

    put(desk, *range(MOST_AT_ONCE + 5, 0, -1))
    clock.forward(hours=9)
    assert [sweep(desk, watched(note), SYSTEM).done for _ in range(3)] == [MOST_AT_ONCE, 5, 0]
    assert done == sorted(done)


def test_whoever_has_to_let_others_go_on_can_do_so_after_each(desk: Desk, clock: SetClock) -> None:
    ids = put(desk, 1, 2, 3)
    clock.forward(minutes=3)
    seen: list[str] = []
    pauses: list[int] = []

    def turn_one(work: Work, thing: Issue) -> None:
        turn_over(work, thing)
        seen.append(thing.id)

    sweep(desk, watched(turn_one), SYSTEM, between=lambda: pauses.append(len(seen)))
    assert (seen, pauses) == (ids, [1, 2, 3])


def test_things_of_several_communities_are_swept_together_each_at_home(desk: Desk, clock: SetClock) -> None:
    put(desk, 1, 2)
    put(desk, 3, community_id=ANOTHER_COMMUNITY)
    clock.forward(hours=1)
    assert sweep(desk, TURN_OVER, SYSTEM).done == 3
    assert sorted(row.community_id for row in rows(desk, "journal")) == sorted(
        [COMMUNITY, COMMUNITY, ANOTHER_COMMUNITY]
    )


def test_a_batch_is_read_and_written_in_a_few_statements(desk: Desk, clock: SetClock) -> None:
    put(desk, *range(50))
    clock.forward(hours=1)
    said: list[str] = []
    sa.event.listen(desk.engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    assert sweep(desk, TURN_OVER, SYSTEM).done == 50
    assert (
        len([each for each in said if not each.startswith("BEGIN")]) <= 6
    )  # find, read, two communities, update, journal


def test_one_that_fails_is_scheduled_by_itself_and_the_rest_is_done(desk: Desk, clock: SetClock) -> None:
    broken = True

    def do(work: Work, thing: Issue) -> None:
        if thing.id == ids[1] and broken:
            raise ZeroDivisionError("a defect")
        turn_over(work, thing)

    ids = put(desk, 1, 2, 3)
    clock.forward(minutes=5)
    swept = sweep(desk, watched(do), SYSTEM)
    assert (swept.done, [(each.community_id, each.id) for each in swept.failures]) == (2, [(COMMUNITY, ids[1])])
    assert isinstance(swept.failures[0].error, ZeroDivisionError)
    assert {row.id: row.reopenings for row in rows(desk, "issues")} == {ids[0]: 1, ids[1]: 0, ids[2]: 1}
    assert not sweep(desk, watched(do), SYSTEM)

    again = {"test": watched(do).do_again}
    waits = []
    for _ in range(3):
        (due,) = rows(desk, "due")
        assert due.subject == ids[1]
        waits.append((due.due_at - clock.now).total_seconds())
        clock.now = due.due_at
        desk.do_due(again, SYSTEM)
    assert waits == [2, 2, 4]
    assert "a defect" in rows(desk, "due")[0].error
    broken = False
    clock.now = rows(desk, "due")[0].due_at
    desk.do_due(again, SYSTEM)
    assert [row.reopenings for row in rows(desk, "issues")] == [1, 1, 1]
    assert rows(desk, "due") == []


def test_a_row_that_cannot_even_be_read_holds_nobody_up(desk: Desk, clock: SetClock) -> None:
    ids = put(desk, 1, 2, 3)
    with desk.engine.begin() as connection:
        connection.execute(sa.update(issues).where(issues.c.id == ids[0]).values(status="nonsense"))
    clock.forward(minutes=5)
    swept = sweep(desk, TURN_OVER, SYSTEM)
    assert (swept.done, [each.id for each in swept.failures]) == (2, [ids[0]])
    assert not sweep(desk, TURN_OVER, SYSTEM)
    assert [row.subject for row in rows(desk, "due")] == [ids[0]]


def test_what_a_rule_refuses_is_a_failure_too_and_changes_nothing(desk: Desk, clock: SetClock) -> None:
    def refuse(work: Work, thing: Issue) -> None:
        turn_over(work, thing)
        raise Refused("no", "不")

    put(desk, 1)
    clock.forward(minutes=5)
    assert len(sweep(desk, watched(refuse), SYSTEM).failures) == 1
    assert [row.reopenings for row in rows(desk, "issues")] == [0]
    assert counts(desk, "journal") == [0]


def test_a_process_that_dies_in_the_middle_has_done_nothing(desk: Desk, clock: SetClock) -> None:
    def die(work: Work, thing: Issue) -> None:
        if thing.id == ids[2]:
            raise KeyboardInterrupt
        turn_over(work, thing)

    ids = put(desk, 1, 2, 3)
    clock.forward(minutes=5)
    with pytest.raises(KeyboardInterrupt):
        sweep(desk, watched(die), SYSTEM)
    assert [row.reopenings for row in rows(desk, "issues")] == [0, 0, 0]
    assert counts(desk, "journal", "due") == [0, 0]
    assert sweep(desk, TURN_OVER, SYSTEM).done == 3


def test_desks_that_sweep_at_once_share_the_work_and_do_each_thing_once(
    desk: Desk, database_url: URL, clock: SetClock
) -> None:
    put(desk, *range(500))
    clock.forward(days=1)
    with desks(STORE, database_url, clock, 2) as others:
        ready = threading.Barrier(len(others))

        def work(each: Desk) -> int:
            ready.wait()
            total = 0
            while swept := sweep(each, TURN_OVER, SYSTEM, 20):
                assert not swept.failures
                total += swept.done
            return total

        with ThreadPoolExecutor(len(others)) as threads:
            assert sum(threads.map(work, others)) == 500
    assert {row.reopenings for row in rows(desk, "issues")} == {1}
    assert set(Counter(row.subject for row in rows(desk, "journal")).values()) == {1}
    assert counts(desk, "journal") == [500]


def test_what_one_has_taken_the_others_pass_over(
    postgres_desk: Desk, postgres_database_url: URL, clock: SetClock
) -> None:
    put(postgres_desk, 1, 2, 3)
    clock.forward(minutes=5)
    with desks(STORE, postgres_database_url, clock, 1) as (other,):

        def meanwhile(work: Work, thing: Issue) -> None:
            seen.append(sweep(other, TURN_OVER, SYSTEM).done)
            turn_over(work, thing)

        seen: list[int] = []
        assert sweep(postgres_desk, watched(meanwhile), SYSTEM, 2).done == 2
    assert seen == [1, 0]


def test_a_time_is_corrected_without_a_new_version_unless_somebody_was_faster(desk: Desk, clock: SetClock) -> None:
    def put_right(work: Work, thing: Issue) -> None:
        thing.watch_at = NOON + LATER
        correct(work, watched(put_right), thing)
        if thing.id == ids[1]:
            faster = sa.update(issues).where(issues.c.id == thing.id).values(version=9, watch_at=None)
            work.connection.execute(faster)

    ids = put(desk, 1, 2)
    clock.forward(minutes=5)
    assert sweep(desk, watched(put_right), SYSTEM).done == 2
    found = {row.id: (row.version, row.watch_at) for row in rows(desk, "issues")}
    assert found == {ids[0]: (3, NOON + LATER), ids[1]: (9, None)}
    assert counts(desk, "journal") == [0]


def test_a_sweep_waits_for_a_database_that_is_away_and_schedules_nothing(desk: Desk, clock: SetClock) -> None:
    away = sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(sa.exc.OperationalError):
        sweep(Desk(away, STORE, clock), TURN_OVER, SYSTEM)
    assert counts(desk, "due") == [0]

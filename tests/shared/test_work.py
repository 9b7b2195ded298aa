"""A batch is done in one transaction, what is refused or fails stays alone with that, and nothing is done twice or lost."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from services.actor import Role
from services.communities import Community
from services.errors import Conflict, Forbidden, Invalid, NotFound, Refused, Unavailable
from services.ids import new_id
from services.issues.built_in import BUILT_IN
from services.issues.contract import AcceptIssue, IssueConfirmed, RejectIssue, ReportIssue, ResolveIssue, Status
from services.issues.model import Issue, Promise
from services.issues.store import STORE
from services.work import Desk, Job, Outcome, Work, result_of
from tests.shared.desks import (
    ISSUES_DO,
    SetClock,
    confirm,
    counts,
    desks,
    done,
    event,
    job,
    open_desk,
    perform,
    reports,
    rows,
    settled,
)
from tests.shared.samples import (
    ANOTHER_COMMUNITY,
    COMMUNITY,
    GRID_OFFICER,
    ISSUE,
    NOON,
    OFFICER,
    REPORTER,
    RESIDENT,
    issue_state,
    member,
    moment,
    report,
)

PROMISE = Promise(BUILT_IN[0])
TABLES = ("issues", "journal", "inbox", "due")


def accept(issue_id: str, **options: Any) -> Job:
    """The grid officer takes it on."""
    return job(AcceptIssue(community_id=COMMUNITY, issue_id=issue_id), GRID_OFFICER, **options)


def failing(
    error: Exception, does: Mapping[Any, Callable[..., object]] = ISSUES_DO
) -> Mapping[Any, Callable[..., object]]:
    """The issues service with a defect in its reports of the title 'broken'."""

    def report_issue(work: Work, command: ReportIssue) -> object:
        result = does[ReportIssue](work, command)
        if command.title == "broken":
            raise error
        return result

    return {**does, ReportIssue: report_issue}


def test_state_journal_inbox_and_schedule_are_written_together(desk: Desk) -> None:
    issue_id = settled(desk)
    assert counts(desk, *TABLES) == [1, 3, 3, 1]
    assert rows(desk, "issues")[0].id == issue_id
    assert [row.type.split(".")[2] for row in rows(desk, "journal")] == ["reported", "accepted", "resolved"]


def test_the_journal_tells_who_did_what_why_and_for_whom(desk: Desk) -> None:
    command = job(report())
    state = perform(desk, command)[0]
    (row,) = rows(desk, "journal")
    assert (row.community_id, row.type, row.subject, row.version) == (
        COMMUNITY,
        "issues.issue.reported.v1",
        state["id"],
        1,
    )
    assert (row.actor, row.member_id, row.audience, row.at) == (REPORTER, REPORTER, "community", NOON)
    assert (row.causation_id, row.traceparent) == (command.id, command.context.traceparent)
    assert (row.sequence, row.hash, row.sent_at) == (None, None, None)


def test_a_batch_is_one_transaction_and_answers_in_order(desk: Desk) -> None:
    states = perform(desk, *(job(command) for command in reports(100)))
    assert [state["title"] for state in states] == [command.title for command in reports(100)]
    assert counts(desk, *TABLES) == [100, 100, 100, 0]


def test_later_jobs_of_a_batch_see_what_earlier_ones_did(desk: Desk) -> None:
    issue_id = perform(desk, job(report()))[0]["id"]
    resolve = job(ResolveIssue(community_id=COMMUNITY, issue_id=issue_id, note="已更换"), GRID_OFFICER)
    states = perform(desk, accept(issue_id), resolve, confirm(issue_id))
    assert [state["version"] for state in states] == [2, 3, 4]
    assert [row.version for row in rows(desk, "issues")] == [4]
    assert [row.version for row in rows(desk, "journal")] == [1, 2, 3, 4]


def test_a_refusal_changes_nothing_is_stored_and_comes_again(desk: Desk) -> None:
    issue_id = perform(desk, job(report()))[0]["id"]
    before = [rows(desk, table) for table in ("issues", "journal", "due")]
    refused = job(AcceptIssue(community_id=COMMUNITY, issue_id=issue_id), RESIDENT)
    first, again = desk.perform([refused])[0], desk.perform([refused])[0]
    assert isinstance(first.refusal, Forbidden)
    assert not first.repeated
    assert (again.reply, again.repeated) == (first.reply, True)
    with pytest.raises(Forbidden, match="may accept"):
        result_of(again.reply)
    assert [rows(desk, table) for table in ("issues", "journal", "due")] == before
    assert counts(desk, "inbox") == [2]


def test_a_refusal_leaves_the_rest_of_its_batch_alone(desk: Desk) -> None:
    unknown = job(ResolveIssue(community_id=COMMUNITY, issue_id=ISSUE, note="x"), GRID_OFFICER)
    outcomes = desk.perform([job(report()), unknown, job(report())])
    assert [type(outcome.refusal) for outcome in outcomes] == [type(None), NotFound, type(None)]
    assert counts(desk, *TABLES) == [2, 2, 3, 0]


def test_what_a_refused_job_began_is_not_kept(desk: Desk) -> None:
    does = failing(Refused("no", "不"))
    outcome = desk.perform([job(report(title="broken"), does=does)])[0]
    assert isinstance(outcome.refusal, Refused)
    assert counts(desk, *TABLES) == [0, 0, 1, 0]


def test_a_job_that_fails_fails_alone_and_may_be_repeated(desk: Desk) -> None:
    does = failing(ZeroDivisionError("a defect"))
    jobs = [job(report(title=title), does=does) for title in ("a", "b", "broken", "c", "d")]
    outcomes = desk.perform(jobs)
    assert [outcome.failure is None for outcome in outcomes] == [True, True, False, True, True]
    assert [row.title for row in rows(desk, "issues")] == ["a", "b", "c", "d"]
    assert counts(desk, *TABLES) == [4, 4, 4, 0]
    repaired = job(report(title="broken"), id_=jobs[2].id)
    assert perform(desk, repaired)[0]["title"] == "broken"


@pytest.mark.parametrize("error", [Unavailable("not now", "现在不行"), Invalid("wrong", "有误")])
def test_what_may_succeed_when_it_is_repeated_is_not_stored(desk: Desk, error: Exception) -> None:
    first = job(report(title="broken"), does=failing(error))
    assert desk.perform([first])[0].refusal is error
    assert counts(desk, *TABLES) == [0, 0, 0, 0]
    assert perform(desk, job(report(title="broken"), id_=first.id))


def test_a_repeated_command_gets_the_same_reply_and_does_nothing(desk: Desk) -> None:
    command = job(report())
    first = desk.perform([command])[0]
    again = desk.perform([command, command, job(report())])
    assert [outcome.repeated for outcome in again] == [True, True, False]
    assert first.reply == again[0].reply == again[1].reply
    assert counts(desk, *TABLES) == [2, 2, 2, 0]


def test_the_same_command_twice_in_one_batch_is_done_once(desk: Desk) -> None:
    command = job(report())
    outcomes = desk.perform([command, command])
    assert outcomes[0].reply == outcomes[1].reply
    assert counts(desk, *TABLES) == [1, 1, 1, 0]


@pytest.mark.parametrize("together", [True, False])
def test_another_request_under_the_same_key_conflicts(desk: Desk, together: bool) -> None:
    first = job(report())
    others = [job(report(title="something else"), id_=first.id), job(report(), GRID_OFFICER, id_=first.id)]
    outcomes = desk.perform([first, *others]) if together else [desk.perform([each])[0] for each in (first, *others)]
    assert [type(outcome.refusal) for outcome in outcomes] == [type(None), Conflict, Conflict]
    assert counts(desk, *TABLES) == [1, 1, 1, 0]


def test_a_key_counts_within_its_community(desk: Desk) -> None:
    first = job(report())
    somebody = member(REPORTER, Role.RESIDENT, community_id=ANOTHER_COMMUNITY)
    elsewhere = report(community_id=ANOTHER_COMMUNITY, place=report().place)
    assert len(perform(desk, first, job(elsewhere, somebody, id_=first.id))) == 2
    assert counts(desk, "issues") == [2]


def test_whoever_saw_another_version_conflicts(desk: Desk) -> None:
    issue_id = perform(desk, job(report()))[0]["id"]
    stale, right = accept(issue_id, version=2), accept(issue_id, version=1)
    outcome = desk.perform([stale])[0]
    assert isinstance(outcome.refusal, Conflict)
    assert "version 1" in outcome.refusal.reason.en
    assert perform(desk, right)[0]["version"] == 2


def test_a_thing_of_another_community_is_not_there(desk: Desk) -> None:
    issue_id = perform(desk, job(report()))[0]["id"]
    officer = member(OFFICER, Role.GRID_OFFICER, community_id=ANOTHER_COMMUNITY)
    command = AcceptIssue(community_id=ANOTHER_COMMUNITY, issue_id=issue_id)
    assert isinstance(desk.perform([job(command, officer)])[0].refusal, NotFound)


def test_a_community_that_nobody_told_of_is_not_served_yet(desk: Desk) -> None:
    outcome = desk.perform([job(report(community_id="wuhan-unknown"))])[0]
    assert isinstance(outcome.refusal, Unavailable)
    assert counts(desk, "inbox") == [0]


def test_a_thing_that_is_loaded_but_not_changed_is_not_written(desk: Desk) -> None:
    issue_id = perform(desk, job(report()))[0]["id"]
    before = rows(desk, "issues")

    def look(work: Work, command: AcceptIssue) -> object:
        return work.load(Issue, command.issue_id).state()

    assert perform(desk, accept(issue_id, does={AcceptIssue: look}))[0]["version"] == 1
    assert rows(desk, "issues") == before


def test_things_that_are_read_together_are_found_without_asking_again(desk: Desk) -> None:
    ids = [state["id"] for state in perform(desk, *(job(command) for command in reports(3)))]
    table = STORE.aggregates[Issue]
    said: list[str] = []
    sa.event.listen(desk.engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    with desk.unit() as unit:
        query = sa.select(table).where(table.c.title != reports(3)[2].title).order_by(table.c.title)
        first, second = unit.read(Issue, query)
        before = len(said)
        assert [unit.find(Issue, COMMUNITY, each) for each in ids[:2]] == [first, second]
        assert len(said) == before
        assert unit.read(Issue, query)[0] is first
        assert unit.find(Issue, COMMUNITY, ids[2]) is not None
        assert unit.find(Issue, ANOTHER_COMMUNITY, ids[0]) is None


def test_what_is_not_there_is_asked_for_once_in_a_batch_and_found_when_it_was_added(desk: Desk) -> None:
    said: list[str] = []
    sa.event.listen(desk.engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    perform(desk, *(job(command) for command in reports(10)))
    assert len([each for each in said if each.startswith("SELECT catalogues")]) == 1
    with desk.unit() as unit:
        assert unit.find(Issue, COMMUNITY, ISSUE) is None
        made, _ = Issue.report(ISSUE, report(), RESIDENT, frozenset({Role.RESIDENT}), moment(), PROMISE)
        unit.take([made], [], [made])
        assert unit.find(Issue, COMMUNITY, ISSUE) is made
    assert counts(desk, "issues") == [11]


def test_many_things_are_written_in_one_statement_and_one_that_was_overtaken_stops_them(desk: Desk) -> None:
    ids = [state["id"] for state in perform(desk, *(job(command) for command in reports(20)))]
    said: list[str] = []
    sa.event.listen(desk.engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    perform(desk, *(accept(each) for each in ids))
    assert len([each for each in said if each.startswith("UPDATE issues")]) == 1

    def be_overtaken(work: Work, command: AcceptIssue) -> object:
        issue = work.load(Issue, command.issue_id)
        if issue.version == 2 and issue.id == ids[7]:
            work.connection.execute(sa.update(STORE.aggregates[Issue]).where(sa.text("version = 2")).values(version=3))
        issue.version += 1
        return None

    outcomes = desk.perform([accept(each, does={AcceptIssue: be_overtaken}) for each in ids])
    assert [type(outcome.refusal) for outcome in outcomes if outcome.refusal] == [Conflict]
    assert sorted({row.version for row in rows(desk, "issues")}) == [2, 3]


def test_what_the_batch_did_before_is_there_for_a_query(desk: Desk) -> None:
    def count(work: Work, command: AcceptIssue) -> object:
        table = STORE.aggregates[Issue]
        return work.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()

    assert perform(desk, job(report()), job(report()), accept(ISSUE, does={AcceptIssue: count}))[2] == 2
    assert counts(desk, *TABLES) == [2, 2, 3, 0]


def test_two_things_with_one_id_in_a_batch_are_not_taken_for_one(desk: Desk) -> None:
    def report_with_fixed_id(work: Work, command: ReportIssue) -> object:
        issue, told = Issue.report(ISSUE, command, work.actor, work.held, work.moment, PROMISE)
        work.add(issue)
        work.record(told)
        return issue.state()

    does = {ReportIssue: report_with_fixed_id}
    outcomes = desk.perform([job(report(title=title), does=does) for title in ("first", "second")])
    assert outcomes[0].refusal is None
    assert isinstance(outcomes[1].refusal, Conflict)
    assert [row.title for row in rows(desk, "issues")] == ["first"]
    assert counts(desk, "journal", "inbox") == [1, 1]


def test_a_defect_that_the_database_refuses_is_a_failure_and_no_conflict(desk: Desk) -> None:
    def forget_the_title(work: Work, command: ReportIssue) -> object:
        issue, told = Issue.report(new_id(), command, work.actor, work.held, work.moment, PROMISE)
        issue.title = None  # type: ignore[assignment]
        work.add(issue)
        work.record(told)
        return None

    outcomes = desk.perform([job(report(), does={ReportIssue: forget_the_title}), job(report())])
    assert isinstance(outcomes[0].failure, sa.exc.IntegrityError)
    assert outcomes[1].failure is None
    assert counts(desk, *TABLES) == [1, 1, 1, 0]


def test_an_event_that_was_refused_is_not_taken_for_done(desk: Desk) -> None:
    tried = []

    def wait_for_the_issue(work: Work, told: IssueConfirmed) -> None:
        tried.append(told)
        work.load(Issue, told.issue.id)

    heard = event(IssueConfirmed(issue=issue_state()), {IssueConfirmed: wait_for_the_issue})
    first, second = desk.perform([heard])[0], desk.perform([heard])[0]
    assert isinstance(first.refusal, NotFound)
    assert isinstance(second.refusal, NotFound)
    assert len(tried) == 2
    assert counts(desk, "inbox") == [0]


def test_an_event_is_done_once_by_each_consumer(desk: Desk) -> None:
    heard = []
    reacts = {IssueConfirmed: lambda work, told: heard.append(told)}
    id_, told = new_id(), IssueConfirmed(issue=issue_state())
    for consumer in ("points.on.issues", "edge.on.issues"):
        outcomes = [desk.perform([event(told, reacts, id_, consumer)])[0] for _ in range(3)]
        assert [outcome.repeated for outcome in outcomes] == [False, True, True]
    assert len(heard) == 2


def at_once(desks_: list[Desk], jobs: list[list[Job]]) -> list[list[Outcome]]:
    """Each desk does its jobs, all beginning at the same moment, each in a thread of its own."""
    ready = threading.Barrier(len(desks_))

    def work(desk: Desk, own: list[Job]) -> list[Outcome]:
        ready.wait()
        return desk.perform(own)

    with ThreadPoolExecutor(len(desks_)) as threads:
        return list(threads.map(work, desks_, jobs))


def test_the_same_command_50_times_at_once_has_one_effect_and_50_equal_replies(
    desk: Desk, database_url: URL, clock: SetClock
) -> None:
    command = job(report())
    with desks(STORE, database_url, clock, 5) as others:
        outcomes = [outcome for batch in at_once(others, [[command] * 10 for _ in others]) for outcome in batch]
    assert len(outcomes) == 50
    assert len({outcome.reply for outcome in outcomes}) == 1
    assert done(outcomes)[0]["status"] == "reported"
    assert sum(not outcome.repeated for outcome in outcomes) == 1
    assert counts(desk, *TABLES) == [1, 1, 1, 0]


def test_of_two_who_change_one_thing_at_once_one_wins_and_the_other_is_told(
    desk: Desk, database_url: URL, clock: SetClock
) -> None:
    with desks(STORE, database_url, clock, 2) as others:
        for _ in range(10):
            issue_id = perform(desk, job(report()))[0]["id"]
            reject = job(RejectIssue(community_id=COMMUNITY, issue_id=issue_id, reason="不属于本社区"), GRID_OFFICER)
            resolve = ResolveIssue(community_id=COMMUNITY, issue_id=issue_id, note="x")
            perform(desk, accept(issue_id))
            outcomes = at_once(others, [[reject], [job(resolve, GRID_OFFICER)]])
            assert sorted(type(batch[0].refusal).__name__ for batch in outcomes) == ["NoneType", "Refused"]
            (issue,) = (row for row in rows(desk, "issues") if row.id == issue_id)
            assert issue.version == 3
            assert issue.status == (Status.REJECTED if outcomes[0][0].refusal is None else Status.RESOLVED)
    assert counts(desk, "journal") == [30]


def test_many_desks_that_change_the_same_things_lose_nothing(desk: Desk, database_url: URL, clock: SetClock) -> None:
    """Each turn of each desk adds to one of three issues, until every turn was taken."""

    def add_turn(work: Work, command: AcceptIssue) -> object:
        issue = work.load(Issue, command.issue_id)
        issue.version += 1
        issue.reopenings += 1
        return issue.state()

    issues = [state["id"] for state in perform(desk, *(job(command) for command in reports(3)))]
    with desks(STORE, database_url, clock, 4) as others:
        waiting = [
            [accept(issues[(turn + number) % 3], does={AcceptIssue: add_turn}) for turn in range(12)]
            for number, _ in enumerate(others)
        ]
        while any(waiting):
            outcomes = at_once(others, waiting)
            for batch in outcomes:
                assert all(outcome.failure is None for outcome in batch)
            waiting = [
                [each for each, outcome in zip(jobs, batch, strict=True) if outcome.refusal]
                for jobs, batch in zip(waiting, outcomes, strict=True)
            ]
    assert [row.reopenings for row in rows(desk, "issues")] == [16, 16, 16]
    assert [row.version for row in rows(desk, "issues")] == [17, 17, 17]
    assert counts(desk, "inbox") == [3 + 48]


def test_whoever_is_overtaken_in_the_middle_does_not_take_others_along(
    postgres_desk: Desk, postgres_database_url: URL, clock: SetClock
) -> None:
    """A query in a batch writes what waits; if that comes too late, the batch is done again, and nobody is refused for it."""
    desk = postgres_desk
    issue_id = perform(desk, job(report()))[0]["id"]
    rivals = 1

    def look_around(work: Work, command: ResolveIssue) -> object:
        nonlocal rivals
        if rivals:
            rivals -= 1
            with desks(STORE, postgres_database_url, clock, 1) as others:
                command_of_rival = RejectIssue(community_id=COMMUNITY, issue_id=issue_id, reason="x")
                perform(others[0], job(command_of_rival, GRID_OFFICER))
        return work.connection.execute(sa.text("SELECT 1")).scalar_one()

    looking = ResolveIssue(community_id=COMMUNITY, issue_id=issue_id, note="x")
    outcomes = desk.perform([accept(issue_id), job(looking, GRID_OFFICER, does={ResolveIssue: look_around})])
    assert isinstance(outcomes[0].refusal, Refused)
    assert result_of(outcomes[1].reply) == 1
    assert [(row.status, row.version) for row in rows(desk, "issues")] == [(Status.REJECTED, 2)]
    assert [row.version for row in rows(desk, "journal")] == [1, 2]


def losing_its_connection(server: URL, times: int) -> Mapping[Any, Callable[..., object]]:
    """The issues service, which loses its connection in the middle of a report of the title 'broken' so many times."""
    left = times

    def report_issue(work: Work, command: ReportIssue) -> object:
        nonlocal left
        result = ISSUES_DO[ReportIssue](work, command)
        if command.title == "broken" and left:
            left -= 1
            own = work.connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
            killer = sa.create_engine(server.set(drivername="postgresql+psycopg"))
            with killer.connect() as connection:
                connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            killer.dispose()
        return result

    return {ReportIssue: report_issue}


def test_a_batch_whose_connection_breaks_is_done_again_one_by_one(postgres_url: URL, postgres_desk: Desk) -> None:
    does = losing_its_connection(postgres_url, times=1)
    jobs = [job(report(title=title), does=does) for title in ("one", "broken", "three")]
    assert [state["title"] for state in perform(postgres_desk, *jobs)] == ["one", "broken", "three"]
    assert counts(postgres_desk, *TABLES) == [3, 3, 3, 0]


def test_a_job_that_always_loses_its_connection_fails_alone(postgres_url: URL, postgres_desk: Desk) -> None:
    does = losing_its_connection(postgres_url, times=2)
    jobs = [job(report(title=title), does=does) for title in ("one", "broken", "three")]
    outcomes = postgres_desk.perform(jobs)
    assert [isinstance(outcome.failure, sa.exc.OperationalError) for outcome in outcomes] == [False, True, False]
    assert counts(postgres_desk, *TABLES) == [2, 2, 2, 0]
    assert perform(postgres_desk, jobs[1])[0]["title"] == "broken"
    assert counts(postgres_desk, *TABLES) == [3, 3, 3, 0]


def test_a_database_that_is_away_is_said_and_not_taken_for_a_failure_of_the_job(
    clock: SetClock, postgres_url: URL
) -> None:
    gone = postgres_url.set(drivername="postgresql+psycopg", database="sansan_no_such_database")
    with desks(STORE, gone, clock, 1) as (desk,), pytest.raises(sa.exc.OperationalError):
        desk.perform([job(report()), job(report())])


def test_a_desk_learns_of_a_changed_community_when_it_forgets_the_old_one(desk: Desk) -> None:
    building = new_id()
    place = report().place
    command = report(place=type(place)(building_id=building))
    assert isinstance(desk.perform([job(command)])[0].refusal, Refused)
    table = STORE.table("communities")
    with desk.engine.begin() as connection:
        connection.execute(sa.update(table).values(buildings=[building], version=2))
    desk.communities.forget(COMMUNITY)
    assert perform(desk, job(command))
    with desk.engine.connect() as connection:
        found = desk.communities.find(connection, COMMUNITY, 0)
    assert isinstance(found, Community)
    assert found.buildings == {building}


def test_a_desk_on_an_empty_database_does_nothing_with_nothing(database_url: URL, clock: SetClock) -> None:
    with open_desk(STORE, database_url, clock) as desk:
        assert desk.perform([]) == []
        assert desk.do_due({}, RESIDENT) == []

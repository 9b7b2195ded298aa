"""A service's desk on an empty database, a clock that the test sets, and jobs as the bus makes them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL

import services.issues.use_cases
from services.actor import SYSTEM, Actor
from services.communities import keep_communities
from services.database import Store, open_engine
from services.declare import COMMANDS, event_spec
from services.ids import new_id
from services.intake import job_of
from services.issues.contract import AcceptIssue, ConfirmIssue, ReportIssue, ResolveIssue
from services.migrate import upgrade
from services.work import Context, Desk, Does, Job, Outcome, Reacts, result_of
from tests.shared.made_up import ROOT
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, GRID_OFFICER, NOON, RESIDENT, caochang, report

ISSUES_DO = services.issues.use_cases.DOES


@dataclass
class SetClock:
    """A clock that stands still until it is moved."""

    now: datetime = NOON
    _lock: Lock = field(default_factory=Lock)

    def __call__(self) -> datetime:
        """The time that was set."""
        return self.now

    def forward(self, **duration: float) -> None:
        """Let time pass."""
        with self._lock:
            self.now += timedelta(**duration)


@contextmanager
def open_desk(store: Store, url: URL, clock: SetClock) -> Iterator[Desk]:
    """A desk on a new database, made by the service's migrations, that knows two communities."""
    upgrade(url, ROOT / "services" / store.service / "migrations")
    desk = another_desk(store, url, clock)
    with desk.engine.begin() as connection:
        keep_communities(connection, store, [caochang(), caochang(ANOTHER_COMMUNITY)])
    yield desk
    desk.engine.dispose()


def another_desk(store: Store, url: URL, clock: SetClock) -> Desk:
    """One more desk on the same database, as another process would have; its engine is to be disposed of."""
    return Desk(open_engine(url), store, clock)


@contextmanager
def desks(store: Store, url: URL, clock: SetClock, number: int) -> Iterator[list[Desk]]:
    """Some more desks on the same database."""
    opened = [another_desk(store, url, clock) for _ in range(number)]
    yield opened
    for desk in opened:
        desk.engine.dispose()


def job(
    command: Any,
    actor: Actor = RESIDENT,
    id_: str = "",
    version: int | None = None,
    does: Does = ISSUES_DO,
) -> Job:
    """The job of a command."""
    spec = COMMANDS[type(command)]
    subject = getattr(command, spec.subject) if spec.subject else ""
    cause = id_ or new_id()
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    context = Context(command.community_id, actor, cause, trace, subject, version)
    return job_of(spec, does, command, actor, context, cause)


def event(told: Any, reacts: Reacts, id_: str = "", consumer: str = "test.on.others") -> Job:
    """The job of an event."""
    state = getattr(told, event_spec(type(told)).subject)
    cause = id_ or new_id()
    context = Context(state.community_id, SYSTEM, cause)
    return Job(consumer, cause, context, lambda work: reacts[type(told)](work, told))


def done(outcomes: Sequence[Outcome]) -> list[Any]:
    """The results of jobs of which none failed or was refused."""
    for outcome in outcomes:
        if outcome.failure:
            raise outcome.failure
    return [result_of(outcome.reply) for outcome in outcomes]


def perform(desk: Desk, *jobs: Job) -> list[Any]:
    """Do some jobs together; their results."""
    return done(desk.perform(jobs))


def settled(desk: Desk, **changed: Any) -> str:
    """The id of an issue that was reported by the resident and settled by the grid officer."""
    issue_id: str = perform(desk, job(report(**changed)))[0]["id"]
    community_id = changed.get("community_id", COMMUNITY)
    perform(desk, job(AcceptIssue(community_id=community_id, issue_id=issue_id), GRID_OFFICER))
    perform(desk, job(ResolveIssue(community_id=community_id, issue_id=issue_id, note="已更换"), GRID_OFFICER))
    return issue_id


def confirm(issue_id: str) -> Job:
    """The job with which the resident confirms it."""
    return job(ConfirmIssue(community_id=COMMUNITY, issue_id=issue_id))


def rows(desk: Desk, table: str) -> list[Any]:
    """Everything in a table, by its key."""
    found = desk.store.metadata.tables[table]
    with desk.engine.connect() as connection:
        return list(connection.execute(sa.select(found).order_by(*found.primary_key.columns)))


def counts(desk: Desk, *tables: str) -> list[int]:
    """How many rows some tables have."""
    return [len(rows(desk, table)) for table in tables]


def reports(number: int) -> list[ReportIssue]:
    """Some commands that differ."""
    return [report(title=f"井盖 {each}") for each in range(number)]

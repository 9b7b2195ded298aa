"""One unit of work: what commands and events change is staged, and a whole batch of them is committed in one transaction.

The batch loop of the commands and of the subscriptions is here: do all together; if one fails, roll back and do them
one by one, so that it alone fails. A refusal (an error of `errors.py`) changes nothing and needs no rollback.
"""

import copy
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, Protocol, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from services import inbox, schedule
from services.actor import NOBODY, Actor, Role
from services.clock import Clock, Moment
from services.communities import Communities, Community, community_tables
from services.database import Store, answers, is_away
from services.declare import VIEWS, event_spec
from services.errors import Conflict, NotFound, SansanError, Unavailable, from_wire
from services.ids import derived_id, new_id
from services.inbox import inbox_tables
from services.journal import journal_tables
from services.many import insert_all, look_up, update_all
from services.schedule import schedule_tables
from services.wire import from_json, to_json

_TRIES_AGAINST_RIVALS = 4


class Aggregate(Protocol):
    """What a table of aggregates holds: a mutable dataclass whose version grows by one with each change."""

    community_id: str
    id: str
    version: int


A = TypeVar("A", bound=Aggregate)
Does = Mapping[Any, Callable[..., object]]
Reacts = Mapping[Any, Callable[..., None]]
Writer = Callable[[Connection, Store, list[Any]], None]


def kit_tables(metadata: sa.MetaData) -> sa.MetaData:
    """Add what every service has: journal, inbox, due work, communities."""
    for add in (journal_tables, inbox_tables, schedule_tables, community_tables):
        add(metadata)
    return metadata


@dataclass(frozen=True)
class Context:
    """Who wants this unit of work, where, why and since when.

    `cause` is the id of the command or event; `expected_version` is the version of `subject` that the caller last saw.
    """

    community_id: str
    actor: Actor = NOBODY
    cause: str = ""
    traceparent: str = ""
    subject: str = ""
    expected_version: int | None = None


@dataclass(frozen=True)
class Job:
    """One command or event of a batch: its inbox key, its context and the function that does it."""

    consumer: str
    id: str
    context: Context
    do: Callable[["Work"], object]
    request: str = ""

    @property
    def key(self) -> inbox.Key:
        """By what it is known when it comes again."""
        return self.context.community_id, self.consumer, self.id


@dataclass
class Outcome:
    """What became of a job: a reply (JSON text), a refusal (also in the reply), or a failure that nobody foresaw."""

    reply: str = ""
    refusal: SansanError | None = None
    failure: Exception | None = None
    repeated: bool = False


class _Overtaken(Exception):
    """Somebody else was faster: the transaction is rolled back, and what it did is done again."""


class Unit:
    """One transaction: the things loaded in it, and what waits to be written at its end."""

    def __init__(self, connection: Connection, store: Store, clock: Clock, communities: Communities) -> None:
        self.connection = connection
        self.store = store
        self.clock = clock
        self._communities = communities
        self._things: dict[tuple[type, str, str], Any] = {}
        self._versions: dict[tuple[type, str, str], int] = {}
        self._missing: set[tuple[type, str, str]] = set()
        self._staged: dict[Writer, list[Any]] = defaultdict(list)

    def community(self, community_id: str) -> Community | None:
        """What is known of the community."""
        return self._communities.find(self.connection, community_id, time.monotonic())

    def find(self, kind: type[A], community_id: str, id_: str) -> A | None:
        """The thing as this transaction has it, or None."""
        key = (kind, community_id, id_)
        if key not in self._things and key not in self._missing:
            self._missing.add(key)
            table = self.store.aggregates[kind]
            self._hold(kind, self.connection.execute(_by_key(table), {"community_id": community_id, "id_": id_}))
        return cast("A | None", self._things.get(key))

    def read(self, kind: type[A], query: sa.Select[Any]) -> list[A]:
        """The things that a query of all columns of their table finds; asked for one by one, they are there already."""
        return self._hold(kind, self.connection.execute(query))

    def _hold(self, kind: type[A], found: sa.CursorResult[Any]) -> list[A]:
        names = list(found.keys())
        things = [kind(**dict(zip(names, row, strict=True))) for row in found]
        for thing in things:
            key = (kind, thing.community_id, thing.id)
            if key not in self._versions:
                self._things[key], self._versions[key] = thing, thing.version
        return [cast(A, self._things[kind, thing.community_id, thing.id]) for thing in things]

    def take(self, things: Iterable[Any], staged: Iterable[tuple[Writer, Any]], added: Iterable[Any] = ()) -> None:
        """Take over what one unit of work changed and added."""
        for thing in added:
            if (type(thing), thing.community_id, thing.id) in self._things:
                raise _Overtaken(f"another {type(thing).__name__.lower()} of this batch has the id {thing.id}")
        for thing in things:
            self._things[type(thing), thing.community_id, thing.id] = thing
        for writer, row in staged:
            self._staged[writer].append(row)

    def flush(self) -> None:
        """Write what waits. Errors: _Overtaken when somebody else changed a thing meanwhile."""
        new: dict[type, list[Any]] = defaultdict(list)
        changed: dict[type, list[Any]] = defaultdict(list)
        for key, thing in self._things.items():
            if key not in self._versions:
                new[key[0]].append(thing)
            elif thing.version != self._versions[key]:
                changed[key[0]].append((self._versions[key], thing))
            self._versions[key] = thing.version
        for kind, things in new.items():
            table = self.store.aggregates[kind]
            insert_all(self.connection, table, [_row(thing, table) for thing in things])
        for kind, pairs in changed.items():
            self._update(self.store.aggregates[kind], pairs)
        staged, self._staged = self._staged, defaultdict(list)
        for writer, rows in staged.items():
            writer(self.connection, self.store, rows)

    def _update(self, table: sa.Table, pairs: list[tuple[int, Any]]) -> None:
        rows, versions = [_row(thing, table) for _, thing in pairs], [before for before, _ in pairs]
        if update_all(self.connection, table, rows, versions) != len(rows):
            raise _Overtaken(f"one of {len(rows)} {table.name} is no longer at the version that was read")


@cache
def _by_key(table: sa.Table) -> sa.Select[Any]:
    key = table.c.community_id == sa.bindparam("community_id"), table.c.id == sa.bindparam("id_")
    return sa.select(table).where(*key)


def _row(thing: Any, table: sa.Table) -> dict[str, Any]:
    names, values_of = _columns(table)
    return dict(zip(names, values_of(thing), strict=True))


@cache
def _columns(table: sa.Table) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(str(column.name) for column in table.columns)
    return names, attrgetter(*names)


class Work:
    """What one command or event does: it loads, decides and records; nothing of it stays if it is refused."""

    def __init__(self, unit: Unit, context: Context) -> None:
        self._unit = unit
        self._own: dict[tuple[type, str], Any] = {}
        self._added: list[Any] = []
        self._staged: list[tuple[Writer, Any]] = []
        self.context = context
        self.now = unit.clock()

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.context.actor

    @property
    def community_id(self) -> str:
        """Where this happens."""
        return self.context.community_id

    @property
    def community(self) -> Community:
        """What is known of the community. Errors: Unavailable while the directory has not told of it."""
        found = self._unit.community(self.community_id)
        if found is None:
            raise Unavailable("this community is not known here yet", "社区信息尚未同步,请稍后再试")
        return found

    @cached_property
    def moment(self) -> Moment:
        """Now, on the community's clock and with its numbers."""
        community = self.community
        return Moment(self.now, community.zone, community.parameters)

    @property
    def held(self) -> frozenset[Role]:
        """The actor's roles here."""
        return self.actor.roles_in(self.community_id, self.community.district_id)

    @property
    def connection(self) -> Connection:
        """The transaction itself, for a store's own queries (it writes by `stage` only); what the batch did before is there."""
        self._unit.flush()
        return self._unit.connection

    def find(self, kind: type[A], id_: str) -> A | None:
        """A thing of this community, or None."""
        mine = self._own.get((kind, id_))
        if mine is None:
            found = self._unit.find(kind, self.community_id, id_)
            if found is None:
                return None
            mine = self._own[kind, id_] = copy.copy(found)
            expected = self.context.expected_version
            if expected is not None and id_ == self.context.subject and mine.version != expected:
                raise Conflict(
                    f"it is at version {mine.version} by now, not {expected}",
                    f"内容已更新至版本 {mine.version},请刷新后再操作",
                )
        return cast(A, mine)

    def load(self, kind: type[A], id_: str) -> A:
        """A thing of this community. Errors: NotFound; Conflict when the caller saw another version."""
        thing = self.find(kind, id_)
        if thing is None:
            raise NotFound(f"no such {kind.__name__.lower()} here", "本社区没有此项内容")
        return thing

    def add(self, thing: Aggregate) -> None:
        """A thing that begins its life here."""
        self._own[type(thing), thing.id] = thing
        self._added.append(thing)

    def record(self, *events: Any) -> None:
        """Tell of what happened: each event goes into the journal with the state."""
        for event in events:
            self._staged.append((_write_journal, self._journal_row(event)))

    def schedule(self, kind: str, subject: str, due_at: datetime) -> None:
        """Have something done at a time; the same kind and subject once only."""
        row = {
            "community_id": self.community_id,
            "id": derived_id(self.community_id, kind, subject, due_at.isoformat()),
            "kind": kind,
            "subject": subject,
            "due_at": due_at,
            "attempts": 0,
            "error": "",
        }
        self._staged.append((_write_due, row))

    def stage(self, writer: Writer, row: Any) -> None:
        """Have a store's own writer write this row, together with all such rows of the batch."""
        self._staged.append((writer, row))

    def deliver(self) -> None:
        """Hand everything over to the transaction; called when the work was not refused."""
        self._unit.take(self._own.values(), self._staged, self._added)

    def _journal_row(self, event: Any) -> dict[str, Any]:
        spec = event_spec(type(event))
        state = getattr(event, spec.subject)
        concerns = VIEWS[spec.state].concerns
        return {
            "community_id": self.community_id,
            "id": new_id(),
            "type": spec.name,
            "subject": state.id,
            "version": state.version,
            "audience": state.audience,
            "member_id": (getattr(state, concerns) or "") if concerns else "",
            "actor": self.actor.member_id,
            "at": self.now,
            "causation_id": self.context.cause,
            "traceparent": self.context.traceparent,
            "data": to_json(event).decode(),
            "sequence": None,
            "hash": None,
            "sent_at": None,
        }


def _write_journal(connection: Connection, store: Store, rows: list[Any]) -> None:
    insert_all(connection, store.table("journal"), rows)


def _write_due(connection: Connection, store: Store, rows: list[Any]) -> None:
    known = {(row["community_id"], row["id"]): row for row in rows}
    due = store.table("due")
    keys = [due.c.community_id, due.c.id]
    for found in look_up(connection, keys, keys, list(known)):
        known.pop((found.community_id, found.id), None)
    if known:
        insert_all(connection, due, list(known.values()))


def _write_inbox(connection: Connection, store: Store, rows: list[Any]) -> None:
    insert_all(connection, store.table("inbox"), rows)


@dataclass
class Desk:
    """Where a process works: the database of its service, the clock, and what it knows of communities."""

    engine: Engine
    store: Store
    clock: Clock
    communities: Communities = field(init=False)

    def __post_init__(self) -> None:
        self.communities = Communities(self.store)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """A transaction in which some work is done; what it changed is written at the end."""
        with self.engine.begin() as connection:
            unit = Unit(connection, self.store, self.clock, self.communities)
            yield unit
            unit.flush()

    def perform(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Do a batch in one transaction, or one by one if one of them fails; an outcome for each job, in order.

        A job that loses its connection while the database answers others has failed by itself.
        Errors: `sqlalchemy.exc.OperationalError` when the database is away (what was not done may be tried again).
        """
        try:
            return self._together(jobs)
        except Exception as failure:
            if is_away(failure) and not answers(self.engine):
                raise
            if len(jobs) == 1:
                return [self._alone(jobs[0], failure)]
        return [self.perform([job])[0] for job in jobs]

    def _alone(self, job: Job, failure: Exception) -> Outcome:
        for _ in range(_TRIES_AGAINST_RIVALS):
            if not _is_race(failure):
                return Outcome(failure=failure)
            try:
                return self._together([job])[0]
            except Exception as again:
                if is_away(again) and not answers(self.engine):
                    raise
                failure = again
        lost = Conflict("others are changing this at the same time", "多人正在同时更改,请稍后再试")
        return Outcome(reply=_refused(lost), refusal=lost)

    def _together(self, jobs: Sequence[Job]) -> list[Outcome]:
        with self.unit() as unit:
            before = inbox.seen(unit.connection, self.store, [job.key for job in jobs])
            done = {key: (row.request, row.reply) for key, row in before.items()}
            return [self._one(unit, job, done) for job in jobs]

    def _one(self, unit: Unit, job: Job, done: dict[inbox.Key, tuple[str, str]]) -> Outcome:
        if job.key in done:
            return _again(job, *done[job.key])
        work = Work(unit, job.context)
        refusal: SansanError | None = None
        try:
            reply = to_json({"result": job.do(work), "error": None}).decode()
            work.deliver()
        except SansanError as error:
            refusal, reply = error, _refused(error)
        if refusal is None or (job.consumer == inbox.COMMANDS and _is_final(refusal)):
            done[job.key] = (job.request, reply)
            unit.take((), [(_write_inbox, _inbox_row(job, reply, work.now))])
        return Outcome(reply=reply, refusal=refusal)

    def do_due(self, handlers: Mapping[str, schedule.Handler], actor: Actor) -> list[Outcome]:
        """Do what is due, at most a batch of it; one outcome for each piece.

        What fails, or could not be done now, is tried again later; what a rule refuses is passed over.
        """
        with self.engine.begin() as connection:
            waiting = schedule.claim(connection, self.store, self.clock())
        if not waiting:
            return []
        outcomes = self.perform([_due_job(item, handlers, actor) for item in waiting])
        finished = []
        with self.engine.begin() as connection:
            for item, outcome in zip(waiting, outcomes, strict=True):
                wrong = outcome.failure or outcome.refusal
                if wrong is None or (isinstance(wrong, SansanError) and wrong.code not in ("unavailable", "conflict")):
                    finished.append(item)
                else:
                    schedule.postpone(connection, self.store, item, self.clock(), repr(wrong))
            if finished:
                schedule.finish(connection, self.store, finished)
        return outcomes


def _due_job(item: schedule.Due, handlers: Mapping[str, schedule.Handler], actor: Actor) -> Job:
    context = Context(item.community_id, actor, item.id)
    return Job(f"due.{item.kind}", item.id, context, lambda work: handlers[item.kind](work, item))


def _is_race(failure: Exception) -> bool:
    """Whether it was lost to somebody else; a constraint that no rival could break is a defect."""
    original = getattr(failure, "orig", None)
    if isinstance(failure, sa.exc.IntegrityError):
        name = getattr(original, "sqlite_errorname", "") or getattr(original, "sqlstate", "")
        return name in ("SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE", "23505")
    return isinstance(failure, _Overtaken) or str(getattr(original, "sqlstate", None) or "").startswith("40")


def _is_final(refusal: SansanError) -> bool:
    """Whether the same command is to get the same refusal for ever: not so where it may succeed when it is repeated."""
    return refusal.code not in ("invalid", "unavailable")


def _again(job: Job, request: str, reply: str) -> Outcome:
    if request != job.request:
        other = Conflict("this key was used for another request", "此幂等键已用于其他请求")
        return Outcome(reply=_refused(other), refusal=other)
    return Outcome(reply=reply, repeated=True)


def _refused(error: SansanError) -> str:
    return to_json({"result": None, "error": error.to_wire()}).decode()


def _inbox_row(job: Job, reply: str, now: datetime) -> dict[str, Any]:
    return {
        "community_id": job.context.community_id,
        "consumer": job.consumer,
        "id": job.id,
        "request": job.request,
        "reply": reply,
        "at": now,
    }


def result_of(reply: str) -> Any:
    """The result in a stored reply. Errors: the error that it holds."""
    data = from_json(reply)
    if data["error"] is not None:
        raise from_wire(data["error"])
    return data["result"]

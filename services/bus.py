"""A service on the bus: nameko extensions that take what is waiting, do it in one transaction and confirm it together.

nameko gives container, lifecycle and injection; consuming and publishing are our own, because the stock ones lose
messages (an event handler that raises is acknowledged) or double them (a graceful stop loses the acks in flight).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import eventlet
import sqlalchemy as sa
from eventlet.event import Event
from nameko.extensions import DependencyProvider
from sqlalchemy.engine import Connection

from services import broker, inbox, observe
from services.actor import SYSTEM
from services.broker import AWAY, Blocked, Link, Outgoing, Publisher, Unconfirmed
from services.clock import utc_now
from services.database import Store, answers, is_away, open_engine
from services.declare import commands_of
from services.envelope import trace_id
from services.errors import SansanError, Unavailable
from services.green import GreenConnection
from services.intake import Expired, Incoming, Malformed, Told, command_job, event_job, sources_of
from services.relay import Relay
from services.schedule import Handler
from services.settings import settings
from services.wire import from_json, to_json
from services.work import Desk, Does, Job, Outcome, Reacts

log = observe.logger("bus")

TOPOLOGY = "topology"
Sweep = Callable[[Connection, Store, datetime], int]

_POLL_SECONDS = 0.03
_LONGEST_POLL_SECONDS = 0.25
_GATHER_SECONDS = 0.02
_STAND_BY_SECONDS = 1.0
_HOUSEKEEPING_SECONDS = 600.0
_LOOK_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 5.0
_JSON = {"content_type": "application/json", "content_encoding": "utf-8"}


class Ending(Protocol):
    """What an office waits for when it stops."""

    def await_end(self) -> None:
        """Return when it has ended."""


class Office(DependencyProvider):
    """The service's desk, shared by its loops; its relay, its scheduled work and its housekeeping.

    `tells` is False for a store whose journal stays empty. `keep_house` are functions that delete what is out of date.
    """

    def __init__(
        self,
        store: Store,
        due: Mapping[str, Handler] | None = None,
        tells: bool = True,
        keep_house: Sequence[Sweep] = (inbox.purge,),
    ) -> None:
        self.store = store
        self.due = due or {}
        self.tells = tells
        self.keep_house = keep_house
        self.loops: list[Ending] = []

    def setup(self) -> None:
        """Open the database; nothing is asked of it yet, it may be away."""
        engine = open_engine(settings().database(self.store.service), connect=GreenConnection.connect)
        self.desk = Desk(engine, self.store, utc_now)
        self._wake = Event()
        self._stopping = False
        self._ended = [Event(), Event()]
        self._publisher = Publisher(settings().amqp_url, confirms=True, prepare=self._declare)
        self.relay = Relay(self.desk.engine, self.store, self._publish, utc_now)

    def start(self) -> None:
        """Begin to relay and to do scheduled work."""
        observe.HEALTH.tick(f"{self.store.service}.schedule", ready=False)
        self.container.spawn_managed_thread(self._due_loop)
        if self.tells:
            observe.HEALTH.tick(f"{self.store.service}.relay", ready=False)
            self.container.spawn_managed_thread(self._relay_loop)
        else:
            self._ended[0].send()

    def stop(self) -> None:
        """When the loops have ended, publish what is left and give the lease back."""
        for loop in self.loops:
            loop.await_end()
        self._stopping = True
        self.wake()
        for ended in self._ended:
            ended.wait()
        self.desk.engine.dispose()

    def get_dependency(self, worker_ctx: Any) -> Desk:
        """What a stock nameko entrypoint would be given."""
        return self.desk

    def wake(self) -> None:
        """Something was committed: relay it at once instead of at the next look."""
        if not self._wake.ready():
            self._wake.send()

    def _declare(self, channel: Any) -> None:
        """Have everything declared that its events go to, as far as whoever started this process knows."""
        broker.declare_events(channel, self.store.service)
        self.container.config.get(TOPOLOGY, lambda channel: None)(channel)

    def _publish(self, events: Sequence[Any]) -> None:
        self._publisher.send(
            Outgoing(
                broker.events_exchange(envelope.service),
                envelope.routing_key,
                body,
                envelope.headers(),
                {**_JSON, "delivery_mode": 2, "message_id": envelope.id, "type": envelope.type},
            )
            for envelope, body in events
        )
        observe.PUBLISHED.labels(self.store.service).inc(len(events))

    def _relay_loop(self) -> None:
        pause, idle, look_at = 0.0, _POLL_SECONDS, 0.0
        while True:
            try:
                self._publisher.open()
                moved = self.relay.step()
                if not moved and self._stopping:
                    break
                pause = _GATHER_SECONDS if moved else idle if self.relay.holds else _STAND_BY_SECONDS
                idle = _POLL_SECONDS if moved else min(idle * 2, _LONGEST_POLL_SECONDS)
                if time.monotonic() > look_at:
                    self._look()
                    look_at = time.monotonic() + _LOOK_SECONDS
                observe.HEALTH.tick(f"{self.store.service}.relay")
            except (*AWAY, Blocked, Unconfirmed, sa.exc.DBAPIError) as error:
                observe.HEALTH.tick(f"{self.store.service}.relay", ready=False)
                if self._stopping:
                    break
                pause = min(max(pause * 2, 0.1), _LONGEST_PAUSE_SECONDS / 5)
                log.warning("relay waits", error=repr(error), seconds=pause)
            self._rest(pause)
        self._end_relay()

    def _end_relay(self) -> None:
        try:
            self.relay.release()
        except sa.exc.DBAPIError as error:
            log.warning("lease not given back", error=repr(error))
        self._publisher.close()
        self._ended[0].send()

    def _rest(self, seconds: float) -> None:
        """Wait for something to relay; under load a little in any case, so that a batch gathers."""
        if seconds > _GATHER_SECONDS:
            with eventlet.Timeout(seconds, False):
                self._wake.wait()
        if self._wake.ready():
            self._wake.reset()
        eventlet.sleep(0 if self._stopping else min(seconds, _GATHER_SECONDS))

    def _look(self) -> None:
        rows, age = self.relay.lag()
        observe.JOURNAL_WAITING.labels(self.store.service).set(rows)
        observe.JOURNAL_LAG.labels(self.store.service).set(age)
        self._publisher.idle()

    def _due_loop(self) -> None:
        sweep_at = 0.0
        while not self._stopping:
            done: list[Outcome] = []
            try:
                done = self.desk.do_due(self.due, SYSTEM) if self.due else []
                if time.monotonic() > sweep_at:
                    sweep_at = time.monotonic() + (1.0 if self._sweep() else _HOUSEKEEPING_SECONDS)
                observe.HEALTH.tick(f"{self.store.service}.schedule")
            except sa.exc.DBAPIError as error:
                observe.HEALTH.tick(f"{self.store.service}.schedule", ready=False)
                log.warning("schedule waits", error=repr(error))
            for outcome in done:
                if outcome.failure:
                    log.error("scheduled work failed", exc_info=outcome.failure)
            if done:
                self.wake()
            else:
                self._nap()
        self._ended[1].send()

    def _sweep(self) -> int:
        with self.desk.engine.begin() as connection:
            return sum(sweep(connection, self.store, utc_now()) for sweep in self.keep_house)

    def _nap(self) -> None:
        until = time.monotonic() + 1.0
        while time.monotonic() < until and not self._stopping:
            eventlet.sleep(0.1)


class Loop(DependencyProvider):
    """One consumer with a connection of its own: up to a batch of waiting messages, one transaction, one confirmation."""

    gather_seconds = 0.0

    def setup(self) -> None:
        """Find the service's office (its attribute `office`), which ends after its loops."""
        self._office: Office = next(each for each in self.container.dependencies if each.attr_name == "office")
        self._office.loops.append(self)
        self._stopping = False
        self._ended = Event()
        self._waiting: list[Incoming] = []
        self._several = False
        self._handling = False
        self._letters = Publisher(settings().amqp_url, confirms=True)
        self.name = f"{self.container.service_name}.{self.attr_name}"

    def start(self) -> None:
        """Begin to consume."""
        observe.HEALTH.tick(self.name, ready=False)
        self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """Finish and acknowledge the batch that was begun; what was not begun goes back."""
        self._stopping = True
        self.await_end()

    def await_end(self) -> None:
        """Return when the loop has ended."""
        self._ended.wait()

    @property
    def is_busy(self) -> bool:
        """Whether messages are being handled or wait."""
        return self._handling or bool(self._waiting)

    def declare(self, channel: Any) -> list[str]:
        """Declare what is consumed; returns the queues."""
        raise NotImplementedError

    def handle(self, messages: Sequence[Incoming]) -> None:
        """Do a batch. Errors: one of `AWAY` or a database that is away; then nothing is acknowledged."""
        raise NotImplementedError

    def _run(self) -> None:
        pause = 0.1
        while not self._stopping:
            try:
                link = Link(settings().amqp_url)
                try:
                    self._consume(link)
                    link.close()
                finally:
                    link.drop()
                pause = 0.1
            except (*AWAY, Blocked, Unconfirmed) as error:
                pause = self._wait(pause, error)
            except sa.exc.DBAPIError as error:
                if not is_away(error):
                    raise
                pause = self._wait(pause, error)
                self._await_database()
        self.hang_up()
        observe.HEALTH.forget(self.name)
        self._ended.send()

    def _wait(self, pause: float, error: Exception) -> float:
        observe.HEALTH.tick(self.name, ready=False)
        log.warning("consumer waits", loop=self.name, error=repr(error), seconds=pause)
        eventlet.sleep(0 if self._stopping else pause)
        return min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _await_database(self) -> None:
        while not self._stopping and not answers(self._office.desk.engine):
            observe.HEALTH.tick(self.name, ready=False)
            eventlet.sleep(0.5)

    def _consume(self, link: Link) -> None:
        size = settings().batch_size
        channel = link.channel
        broker.declare_common(channel)
        queues = self.declare(channel)
        channel.basic_qos(0, size * 2, False)
        self._waiting, self._several = [], False
        for queue in queues:
            channel.basic_consume(queue, callback=lambda message, queue=queue: self._arrive(queue, message))
        look_at = 0.0
        while not self._stopping:
            if not self._waiting:
                link.drain(0.2)
            while len(self._waiting) < size and link.drain(0):
                pass
            if self._waiting and self._several:
                self._gather(link, size)
            if time.monotonic() > look_at:
                for queue in (*queues, broker.DEAD_LETTERS):
                    observe.QUEUE_DEPTH.labels(queue).set(broker.queue_depth(channel, queue))
                look_at = time.monotonic() + _LOOK_SECONDS
                self.keep_alive()
            observe.HEALTH.tick(self.name)
            if self._waiting:
                self._handle_batch(channel, size)
            eventlet.sleep(0)

    def _gather(self, link: Link, size: int) -> None:
        """After a batch of several, wait a little for the next one to be as large: each costs the same statements."""
        until = time.monotonic() + self.gather_seconds
        while len(self._waiting) < size and (left := until - time.monotonic()) > 0:
            link.drain(left)

    def hang_up(self) -> None:
        """Close the connections on which it publishes."""
        self._letters.close()

    def keep_alive(self) -> None:
        """Answer the broker's heartbeats on the connections that are seldom used."""
        self._letters.idle()

    def _handle_batch(self, channel: Any, size: int) -> None:
        batch, self._waiting = self._waiting[:size], self._waiting[size:]
        self._several = len(batch) > 1
        begun = time.perf_counter()
        self._handling = True
        try:
            self.handle(batch)
        finally:
            self._handling = False
        channel.basic_ack(batch[-1].tag, multiple=True)
        observe.BATCH_SIZE.labels(self.name).observe(len(batch))
        observe.HANDLING.labels(self.name).observe(time.perf_counter() - begun)

    def _arrive(self, queue: str, message: Any) -> None:
        properties = message.properties
        self._waiting.append(
            Incoming(
                queue=queue,
                tag=message.delivery_tag,
                routing_key=message.delivery_info.get("routing_key", ""),
                headers=properties.get("application_headers") or {},
                body=broker.text_body(message),
                content_type=_text(properties.get("content_type")),
                correlation_id=_text(properties.get("correlation_id")),
                reply_to=_text(properties.get("reply_to")),
            )
        )

    def bury(self, message: Incoming, reason: str, attempts: int = 0) -> None:
        """Put a message aside for good, with its reason; returns when the broker has it."""
        log.error("dead letter", queue=message.queue, event_id=message.header("ce-id"), reason=reason)
        observe.DEAD_LETTERED.labels(message.queue).inc()
        headers = {
            **_plain(message.headers),
            "sansan-queue": message.queue,
            "sansan-reason": reason[:2000],
            "sansan-attempts": attempts,
            "sansan-routing-key": message.routing_key,
            "sansan-at": utc_now().isoformat(),
        }
        self._letters.send([_copy(broker.DEAD_LETTERS, message, headers)])

    def again_later(self, message: Incoming, reason: str) -> None:
        """Try an event again after 1 s, 10 s, 1 min, 10 min; then it is a dead letter."""
        attempts = message.headers.get("sansan-attempts", 0)
        attempts = max(attempts, 0) if isinstance(attempts, int) else 0
        if attempts >= len(broker.RETRIES):
            self.bury(message, reason, attempts)
            return
        observe.RETRIED.labels(message.queue).inc()
        log.warning(
            "event failed", queue=message.queue, event_id=message.header("ce-id"), attempts=attempts, reason=reason
        )
        headers = {**_plain(message.headers), "sansan-attempts": attempts + 1, "sansan-reason": reason[:2000]}
        self._letters.send([_copy(broker.RETRIES[attempts][0], message, headers)])


def _note(kind: str, name: str, job: Job, outcome: Outcome) -> None:
    """Count what became of a command or event, and log it with the ids by which it can be followed."""
    code = "failed" if outcome.failure else outcome.refusal.code if outcome.refusal else "done"
    code = "repeated" if outcome.repeated else code
    observe.HANDLED.labels(name, code).inc()
    if outcome.failure is None and not observe.tells_all():
        return
    context = job.context
    ids = {"id": job.id, "community": context.community_id, "member": context.actor.member_id}
    tell = log.info if outcome.failure is None else log.error
    tell(kind, name=name, outcome=code, trace=trace_id(context.traceparent), exc_info=outcome.failure, **ids)


def _copy(exchange: str, message: Incoming, headers: dict[str, Any]) -> Outgoing:
    properties = {"content_type": message.content_type, "delivery_mode": 2}
    return Outgoing(exchange, message.queue, message.body, headers, properties)


def _plain(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: found
        for name, found in headers.items()
        if isinstance(found, (str, int)) and isinstance(name, str) and len(name) < 100
    }


def _text(found: Any) -> str:
    return found if isinstance(found, str) else ""


class Commands(Loop):
    """A service's commands: stock nameko RPC on the outside, the batch loop on the inside."""

    def __init__(self, does: Does) -> None:
        self.does = does

    def setup(self) -> None:
        """Open nothing yet; replies go out on a connection of their own, so that a blocked broker stops them only."""
        super().setup()
        self._replies = Publisher(settings().amqp_url, confirms=False)

    def keep_alive(self) -> None:
        """Answer the broker's heartbeats also where replies go out."""
        super().keep_alive()
        self._replies.idle()

    def hang_up(self) -> None:
        """Close the connection on which replies go out too."""
        super().hang_up()
        self._replies.close()

    def declare(self, channel: Any) -> list[str]:
        """The stock queue `rpc-SERVICE`."""
        return [broker.declare_commands(channel, self.container.service_name)]

    def handle(self, messages: Sequence[Incoming]) -> None:
        """Do the commands, commit, reply."""
        jobs: list[tuple[Incoming, Job]] = []
        answers: list[tuple[Incoming, str]] = []
        for message in messages:
            try:
                jobs.append((message, command_job(self.container.service_name, self.does, message, utc_now())))
            except Expired:
                observe.HANDLED.labels(self._name(message), "expired").inc()
            except Malformed as error:
                self.bury(message, str(error))
                answers.append((message, _error_reply(Unavailable(str(error), "消息无法识别"))))
            except SansanError as error:
                observe.HANDLED.labels(self._name(message), error.code).inc()
                answers.append((message, _error_reply(error)))
        away: Exception | None = None
        try:
            outcomes = self._office.desk.perform([job for _, job in jobs]) if jobs else []
        except sa.exc.DBAPIError as error:
            away, outcomes = error, [Outcome(failure=error) for _ in jobs]
        answers += [
            (message, self._answer(message, job, outcome))
            for (message, job), outcome in zip(jobs, outcomes, strict=True)
        ]
        self._office.wake()
        self._reply(answers)
        if away is not None:
            log.error("database away", error=repr(away))
            self._await_database()

    def _name(self, message: Incoming) -> str:
        """The command's name for the metrics, which must not grow with whatever somebody sends."""
        known = message.routing_key.partition(".")[2] in commands_of(self.container.service_name)
        return message.routing_key if known else "unknown"

    def _answer(self, message: Incoming, job: Job, outcome: Outcome) -> str:
        _note("command", self._name(message), job, outcome)
        if outcome.failure is not None:
            return _error_reply(Unavailable("the service could not do this now", "服务暂时无法处理,请稍后再试"))
        return _with_nameko_names(outcome.reply)

    def _reply(self, answers: Sequence[tuple[Incoming, str]]) -> None:
        replies = [
            Outgoing(
                broker.RPC_EXCHANGE,
                message.reply_to,
                reply.encode(),
                {},
                {**_JSON, "correlation_id": message.correlation_id},
            )
            for message, reply in answers
            if message.reply_to
        ]
        try:
            if replies:
                self._replies.send(replies)
        except (*AWAY, Blocked) as error:
            observe.REPLIES_DROPPED.inc(len(replies))
            log.warning(
                "replies dropped; a repeated command gets the stored one", error=repr(error), count=len(replies)
            )


def _error_reply(error: SansanError) -> str:
    return _with_nameko_names(to_json({"result": None, "error": error.to_wire()}).decode())


def _with_nameko_names(reply: str) -> str:
    """Add what a stock nameko client rebuilds the exception from."""
    if reply.startswith('{"result":null,"error":null') or not reply.startswith('{"result":null,"error":{'):
        return reply
    data = from_json(reply)
    error = data["error"]
    kind = "".join(word.title() for word in error["code"].split("_"))
    error["exc_type"], error["exc_path"] = kind, f"services.errors.{kind}"
    error["exc_args"] = [error["en"], error["zh"], error["clause"], error["details"]]
    error["value"] = error["en"]
    return to_json(data).decode()


class Subscriptions(Loop):
    """What a service hears of others: the events in its table of reactions, or (the edge) everything.

    Nobody waits for an answer to an event, so that under load a batch gathers.
    """

    gather_seconds = _GATHER_SECONDS

    def __init__(self, reacts: Reacts | None = None, told: Told | None = None, sources: Any = None) -> None:
        self.reacts = reacts or {}
        self.told = told
        self.sources: dict[str, list[str]] = sources if sources is not None else sources_of(self.reacts)

    def declare(self, channel: Any) -> list[str]:
        """One quorum queue `SERVICE.on.SOURCE` for each service that is listened to."""
        queues = []
        for source, keys in self.sources.items():
            queues.append(f"{self.container.service_name}.on.{source}")
            broker.declare_subscription(channel, queues[-1], source, keys)
        return queues

    def handle(self, messages: Sequence[Incoming]) -> None:
        """React to the events in one transaction; what fails is tried again later, what is malformed is buried."""
        jobs: list[tuple[Incoming, Job]] = []
        for message in messages:
            try:
                jobs.append((message, event_job(message.queue, self.reacts, self.told, message)))
            except Malformed as error:
                self.bury(message, str(error))
        outcomes = self._office.desk.perform([job for _, job in jobs]) if jobs else []
        for (message, job), outcome in zip(jobs, outcomes, strict=True):
            _note("event", message.header("ce-type")[:80], job, outcome)
            if wrong := outcome.failure or outcome.refusal:
                self.again_later(message, repr(wrong))
        self._office.wake()

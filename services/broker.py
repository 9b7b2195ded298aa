"""The broker seen from a service: connections that notice when they are blocked, the topology, publishing with confirms.

Queues are declared by name and with explicit arguments; one that exists with other arguments is a `WrongTopology`, said
once and clearly. Publishing is confirmed in a pipeline: a whole batch is sent, then all confirms are awaited.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import amqp
from amqp import spec
from amqp.exceptions import AMQPError, NotFound, PreconditionFailed
from amqp.serialization import PROPERTY_CLASSES, decode_properties_basic, loads
from kombu.connection import Connection
from kombu.exceptions import OperationalError

RPC_EXCHANGE = "nameko-rpc"
DEAD_LETTERS = "dead-letters"
RETRIES = (("retry.1s", 1_000), ("retry.10s", 10_000), ("retry.1min", 60_000), ("retry.10min", 600_000))
DELIVERY_LIMIT = 20
LOOKS_AT_A_DEAD_LETTER = 1_000_000
HEARTBEAT_SECONDS = 20
CONFIRM_SECONDS = 20.0
_AT_ONCE = 64

AWAY = (AMQPError, OperationalError, OSError)


class WrongTopology(Exception):
    """A queue or exchange exists with other arguments: an operator has to delete or rename it."""


class Blocked(Exception):
    """The broker takes no messages now: a memory or disk alarm."""


class Unconfirmed(Exception):
    """The broker refused some messages, or did not confirm them in time."""


@dataclass(frozen=True)
class Outgoing:
    """A message on its way out; `headers` and `properties` as AMQP 0-9-1 has them."""

    exchange: str
    routing_key: str
    body: bytes
    headers: dict[str, Any]
    properties: dict[str, Any] = field(default_factory=dict)

    def message(self) -> amqp.Message:
        """As the client library sends it."""
        return amqp.Message(self.body, application_headers=self.headers, **self.properties)


class Link:
    """One connection with one channel; it knows when the broker has blocked it."""

    def __init__(self, url: str) -> None:
        self.blocked = False
        self._connection: Any = Connection(
            url,
            heartbeat=HEARTBEAT_SECONDS,
            connect_timeout=5,
            transport_options={"on_blocked": self._on_blocked, "on_unblocked": self._on_unblocked},
        )
        self._connection.ensure_connection(max_retries=1, interval_start=0, interval_max=0)  # `connect` waits 2 s
        self.channel: Any = self._connection.channel()
        dispatch = self.channel.dispatch_method
        self.channel.dispatch_method = lambda sig, payload, content: dispatch(sig, _readable(sig, payload), content)
        self._beat_at = time.monotonic()

    def drain(self, timeout: float) -> bool:
        """Handle one incoming frame, waiting at most so many seconds; False when nothing came."""
        self._beat()
        try:
            self._connection.drain_events(timeout=timeout)
        except (TimeoutError, BlockingIOError):
            return False
        return True

    @contextmanager
    def corked(self) -> Iterator[None]:
        """Send what is published in the block as one write instead of one for each message."""
        transport, gathered = self._connection.connection.transport, bytearray()
        write, transport._write = transport._write, gathered.extend
        try:
            yield
        finally:
            transport._write = write
        if gathered:
            transport.write(bytes(gathered))

    def close(self) -> None:
        """Close in order, so that acknowledgements that were sent arrive."""
        try:
            self._connection.close()
        except AWAY:
            self._connection.collect()

    def drop(self) -> None:
        """Close the socket without a word: whatever was not acknowledged comes back."""
        self._connection.collect(socket_timeout=0)

    def _beat(self) -> None:
        now = time.monotonic()
        if now - self._beat_at > 1:
            self._beat_at = now
            self._connection.heartbeat_check()

    def _on_blocked(self, _reason: str) -> None:
        self.blocked = True

    def _on_unblocked(self) -> None:
        self.blocked = False


class Publisher:
    """Publishes over one connection of its own, which it opens when it is needed and again after it broke.

    `prepare` declares on each new channel what has to be there before anything is published: a broker that came back may
    have forgotten it, and confirms what it can route nowhere.
    """

    def __init__(self, url: str, confirms: bool, prepare: Callable[[Any], None] = lambda channel: None) -> None:
        self._url = url
        self._confirms = confirms
        self._prepare = prepare
        self._link: Link | None = None
        self._sent = 0
        self._open: set[int] = set()
        self._refused = 0

    @property
    def blocked(self) -> bool:
        """Whether the broker takes no messages now."""
        if self._link is None:
            return False
        while self._link.drain(0):
            pass
        return self._link.blocked

    def open(self) -> None:
        """Connect, if it is not connected already. Errors: one of `AWAY`; WrongTopology."""
        self._connected()

    def send(self, messages: Iterable[Outgoing]) -> None:
        """Publish some messages in order; with confirms, return when the broker has confirmed all of them.

        Errors: Blocked before anything is sent; Unconfirmed; one of `AWAY` when the connection broke; WrongTopology.
        """
        try:
            self._send(messages)
        except (*AWAY, Unconfirmed):
            self.drop()
            raise

    def _send(self, messages: Iterable[Outgoing]) -> None:
        link = self._connected()
        if self.blocked:
            raise Blocked("the broker takes no messages now: memory or disk alarm")
        for some in _in_groups(messages, _AT_ONCE):
            with link.corked():
                for outgoing in some:
                    link.channel.basic_publish(outgoing.message(), outgoing.exchange, outgoing.routing_key)
            if self._confirms:
                self._open.update(range(self._sent + 1, self._sent + 1 + len(some)))
                self._sent += len(some)
                while link.drain(0):
                    pass
        if self._confirms:
            self._await_confirms(link)

    def _await_confirms(self, link: Link) -> None:
        deadline = time.monotonic() + CONFIRM_SECONDS
        while self._open:
            if link.blocked:
                raise Unconfirmed("the broker blocked before it had confirmed everything")
            if time.monotonic() > deadline:
                raise Unconfirmed(f"{len(self._open)} messages were not confirmed in {CONFIRM_SECONDS:.0f} s")
            link.drain(0.5)
        if self._refused:
            raise Unconfirmed(f"the broker refused {self._refused} messages")

    def _connected(self) -> Link:
        if self._link is None:
            link = Link(self._url)
            with ExitStack() as undone:
                undone.callback(link.drop)
                self._prepare(link.channel)
                undone.pop_all()
            self._sent, self._open, self._refused = 0, set(), 0
            if self._confirms:
                link.channel.confirm_select()
                link.channel.events["basic_ack"].add(self._on_ack)
                link.channel.events["basic_nack"].add(self._on_nack)
            self._link = link
        return self._link

    def _on_ack(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._open = {each for each in self._open if each > tag}
        else:
            self._open.discard(tag)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._refused += 1
        self._on_ack(tag, multiple)

    def idle(self) -> None:
        """Keep the connection alive between sends; to be called every few seconds. One that broke is forgotten."""
        try:
            while self._link is not None and self._link.drain(0):
                pass
        except AWAY:
            self.drop()

    def drop(self) -> None:
        """Forget the connection; the next send opens a new one."""
        if self._link is not None:
            self._link.drop()
            self._link = None

    def close(self) -> None:
        """Close the connection in order."""
        if self._link is not None:
            self._link.close()
            self._link = None


def declare_common(channel: Any) -> None:
    """What every process needs: the RPC exchange, the retry queues and the dead letters."""
    _exchange(channel, RPC_EXCHANGE)
    _exchange(channel, DEAD_LETTERS)
    _queue(channel, DEAD_LETTERS, {"x-queue-type": "quorum", "x-delivery-limit": LOOKS_AT_A_DEAD_LETTER})
    channel.queue_bind(DEAD_LETTERS, DEAD_LETTERS, "#")
    for name, milliseconds in RETRIES:
        _exchange(channel, name)
        _queue(
            channel,
            name,
            {
                "x-queue-type": "quorum",
                "x-message-ttl": milliseconds,
                "x-dead-letter-exchange": "",
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
            },
        )
        channel.queue_bind(name, name, "#")


def declare_commands(channel: Any, service: str) -> str:
    """The queue of a service's commands, as stock nameko declares it; returns its name."""
    name = f"rpc-{service}"
    _queue(channel, name, {})
    channel.queue_bind(name, RPC_EXCHANGE, f"{service}.*")
    return name


def declare_subscription(channel: Any, queue: str, source: str, keys: Sequence[str]) -> None:
    """The queue in which a service hears another one's events; it stays while the service is away."""
    _exchange(channel, events_exchange(source))
    _queue(
        channel,
        queue,
        {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": DEAD_LETTERS,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )
    for key in keys:
        channel.queue_bind(queue, events_exchange(source), key)


def declare_events(channel: Any, service: str) -> None:
    """The exchange on which a service tells its events."""
    _exchange(channel, events_exchange(service))


def events_exchange(service: str) -> str:
    """The name that stock nameko gives to a service's events."""
    return f"{service}.events"


def queue_depth(channel: Any, queue: str) -> int:
    """How many messages wait in a queue."""
    return int(channel.queue_declare(queue, passive=True).message_count)


def exists(url: str, queue: str) -> bool:
    """Whether there is such a queue; asked on a connection of its own, since a no ends the channel."""
    link = Link(url)
    try:
        queue_depth(link.channel, queue)
    except NotFound:
        return False
    finally:
        link.drop()
    return True


def _exchange(channel: Any, name: str) -> None:
    with _clear_errors(f"exchange {name}"):
        channel.exchange_declare(name, "topic", durable=True, auto_delete=False)


def _queue(channel: Any, name: str, arguments: dict[str, Any]) -> None:
    with _clear_errors(f"queue {name}"):
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)


class _clear_errors:
    """Turn the broker's 406 into an error that says what to do."""

    def __init__(self, thing: str) -> None:
        self._thing = thing

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, PreconditionFailed):
            raise WrongTopology(
                f"{self._thing} exists with other arguments; delete it or rename it, then start again: {error.reply_text}"
            ) from None


def _readable(method: tuple[int, int], payload: bytes) -> bytes:
    """A delivery without the bytes of its routing key that are no UTF-8; the client library would end the connection."""
    if method not in (spec.Basic.Deliver, spec.Basic.GetOk):
        return payload
    tag = 4 if method == spec.Basic.GetOk else 4 + 1 + payload[4]  # after the ids of class and method, and the consumer
    exchange = tag + 9
    key = exchange + 1 + payload[exchange]
    end = key + 1 + payload[key]
    text = bytes(payload[key + 1 : end]).decode("utf-8", "ignore").encode()
    return bytes(payload[:key]) + bytes([len(text)]) + text + bytes(payload[end:])


def _decode_properties(buffer: bytes, offset: int) -> tuple[dict[str, Any], int]:
    """The properties of a message; where they are no UTF-8, its headers and a content type that nobody takes."""
    found: dict[str, Any]
    try:
        found, offset = decode_properties_basic(buffer, offset)
    except (ValueError, OverflowError):
        return {"content_type": "unreadable", "application_headers": _headers(buffer, offset)}, len(buffer)
    return found, offset


def _headers(buffer: bytes, offset: int) -> dict[str, Any]:
    flags, at = int.from_bytes(buffer[offset : offset + 2], "big"), offset + 2
    for before in (0x8000, 0x4000):  # content type and encoding
        at += 1 + buffer[at] if flags & before else 0
    try:
        return dict(loads("F", buffer, at)[0][0]) if flags & 0x2000 else {}
    except (ValueError, OverflowError):
        return {}


PROPERTY_CLASSES[spec.Basic.CLASS_ID] = _decode_properties


def text_body(message: amqp.Message) -> bytes:
    """The bytes of a message, whatever the client library made of them."""
    body = message.body
    return body.encode("utf-8", "surrogateescape") if isinstance(body, str) else bytes(body)


def _in_groups(messages: Iterable[Outgoing], size: int) -> Iterator[list[Outgoing]]:
    waiting = iter(messages)
    while some := list(islice(waiting, size)):
        yield some

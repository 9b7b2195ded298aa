"""The web process's line to the broker, by aiormq: it stays connected by itself and knows when it is of no use.

What the library does not offer is added here: messages that come back because no queue takes them (it hands them over
with publisher confirms only), and noticing at once that the broker blocks publishers (a memory or disk alarm).
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from uuid import uuid4

from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel
from aiormq.connection import Connection
from aiormq.exceptions import AMQPError, ChannelInvalidStateError, ChannelNotFoundEntity
from pamqp.commands import Basic
from pamqp.header import ContentHeader
from yarl import URL

from services import observe

EXCHANGE = "nameko-rpc"
HEARTBEAT_SECONDS = 10
CONNECT_SECONDS = 10.0
AWAY = (AMQPError, ChannelInvalidStateError, OSError)
_LOOK_SECONDS = 0.1
_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 5.0
_CLOSE_SECONDS = 2.0
_KNOWN_SECONDS = 1.0

log = observe.logger("line")

OnReply = Callable[[str, bytes], None]
OnReturn = Callable[[str], None]
OnUseless = Callable[[], None]


class Line:
    """One connection and the reply queue of this process.

    `on_reply` is told each reply's correlation id and body, `on_return` the id of each message that no queue took,
    and `on_useless` that nothing can be expected from what is under way: the line broke, or the broker blocks.
    """

    def __init__(self, url: str, on_reply: OnReply, on_return: OnReturn, on_useless: OnUseless) -> None:
        self._url = URL(url).update_query(heartbeat=HEARTBEAT_SECONDS, name="sansan-web")
        self._on_reply, self._on_return, self._on_useless = on_reply, on_return, on_useless
        self._connection: Connection | None = None
        self._channel: _Channel | None = None
        self._blocked = False
        self._up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._served: dict[str, tuple[float, bool]] = {}
        self.reply_to = str(uuid4())

    @property
    def usable(self) -> bool:
        """Whether a message could go out now."""
        return self._channel is not None and not self._blocked

    async def open(self, patience_seconds: float) -> None:
        """Begin to connect; returns when the line is up, or after some patience while it is not."""
        self._task = asyncio.create_task(self._stay_connected())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                await self._up.wait()

    async def close(self) -> None:
        """Hang up."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def publish(self, routing_key: str, body: bytes, properties: Basic.Properties) -> None:
        """Send a message to the RPC exchange, without waiting for anything. Errors: one of `AWAY`."""
        if self._channel is None:
            raise ConnectionError("the line is down")
        await self._channel.basic_publish(
            body, exchange=EXCHANGE, routing_key=routing_key, properties=properties, mandatory=True, wait=False
        )

    async def is_served(self, service: str) -> bool:
        """Whether any process takes commands from the service's queue, as it was at most a second ago."""
        at, served = self._served.get(service, (0.0, True))
        if not self.usable or time.monotonic() - at < _KNOWN_SECONDS:
            return served and self.usable
        self._served[service] = (time.monotonic(), served)
        with contextlib.suppress(TimeoutError, *AWAY):
            async with asyncio.timeout(_KNOWN_SECONDS):
                served = await self._has_consumers(f"rpc-{service}")
        self._served[service] = (time.monotonic(), served)
        return served

    async def _has_consumers(self, queue: str) -> bool:
        assert self._connection is not None
        channel = await self._connection.channel(publisher_confirms=False)
        try:
            return bool((await channel.queue_declare(queue, passive=True)).consumer_count)
        except ChannelNotFoundEntity:
            return False
        finally:
            await channel.close()

    async def _stay_connected(self) -> None:
        pause = _SHORTEST_PAUSE_SECONDS
        while True:
            connection = Connection(self._url)
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    await self._connect(connection)
                pause = _SHORTEST_PAUSE_SECONDS
                log.info("connected to the broker")
                await self._until_lost(connection)
            except (TimeoutError, *AWAY) as error:
                log.warning("no connection to the broker", error=repr(error))
            finally:
                await self._hang_up(connection)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _connect(self, connection: Connection) -> None:
        await connection.connect()
        channel = await _Channel.on(connection, self._on_return)
        await channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
        queue = f"rpc.reply-web-{self.reply_to}"
        await channel.queue_declare(queue, exclusive=True, auto_delete=True)
        await channel.queue_bind(queue, EXCHANGE, self.reply_to)
        await channel.basic_consume(queue, self._take, no_ack=True)
        channel.on_consumer_cancel_callbacks.add(lambda _frame: channel.close())
        self._connection, self._channel = connection, channel
        self._up.set()

    async def _take(self, message: DeliveredMessage) -> None:
        self._on_reply(message.header.properties.correlation_id or "", message.body)

    async def _until_lost(self, connection: Connection) -> None:
        """Watch the line: returns when it broke, and notes while the broker blocks it."""
        assert self._channel is not None
        ends = {connection.closing, self._channel.closing}
        while not any(end.done() for end in ends):
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await connection.ready()
                if self._blocked:
                    log.info("the broker takes messages again")
                self._blocked = False
            except TimeoutError:
                if not self._blocked:
                    log.warning("the broker takes no messages now: memory or disk alarm")
                self._blocked = True
                self._on_useless()
            await asyncio.wait(ends, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        log.warning("lost the connection to the broker")

    async def _hang_up(self, connection: Connection) -> None:
        self._connection = self._channel = None
        self._blocked = False
        self._up.clear()
        self._on_useless()
        with contextlib.suppress(TimeoutError, *AWAY):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await connection.close()


class _Channel(Channel):
    """A channel that tells of messages that came back."""

    def __init__(self, connection: Connection, number: int, on_return: OnReturn) -> None:
        super().__init__(connection, number, publisher_confirms=False)
        self._tell_return = on_return

    @classmethod
    async def on(cls, connection: Connection, on_return: OnReturn) -> "_Channel":
        """The connection's first channel."""
        channel = connection.channels[1] = cls(connection, 1, on_return)
        await channel.open()
        return channel

    async def _on_return_frame(self, frame: Basic.Return) -> None:
        header = await self._get_frame()
        assert isinstance(header, ContentHeader)
        message = await self._read_content(frame, header)
        self._tell_return(message.header.properties.correlation_id or "")

"""PostgreSQL for the web process: a few connections of asyncpg that heal by themselves.

The library's own pool costs as much as the question itself; here a connection is taken from a list and put back.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import asyncpg
from sqlalchemy.dialects.postgresql import asyncpg as dialect
from sqlalchemy.engine import URL, Dialect

from gateway.reader import Batch, Prepared, Row, away

T = TypeVar("T")

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 3.0
PAUSE_SECONDS = 0.2
MOST_WAITING = 2000
TRIES = 3

_ENDED = (asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError)
_AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a session that ended while it was handed over
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)


class Connections:
    """At most `size` connections, opened when they are needed; whoever finds none free waits for one.

    What is done with one may be done twice: when it turns out to be lost, it is opened again and the same is done on it.
    If that fails, all who wait hear so, and for a moment nobody tries.
    """

    def __init__(self, address: str, size: int, **server_settings: str) -> None:
        self._address = address
        self._server_settings = {"application_name": "sansan web", "jit": "off", **server_settings}
        self._free: list[asyncpg.Connection[Any] | None] = [None] * size
        self._waiting: deque[asyncio.Future[asyncpg.Connection[Any] | None]] = deque()
        self._away_until = 0.0

    async def use(self, do: "Callable[[asyncpg.Connection[Any]], Awaitable[T]]") -> T:
        """Do something with a connection that may be done twice. Errors: Unavailable."""
        connection = self._free.pop() if self._free else await self._wait()
        try:
            for _ in range(TRIES):
                if connection is None or connection.is_closed():
                    connection = None
                    connection = await self._connect()
                try:
                    return await do(connection)
                except TimeoutError:
                    break
                except _AWAY:
                    connection.terminate()
            raise away()
        finally:
            self._give_back(connection)

    async def close(self) -> None:
        """Close all that are free; nobody may use them any more."""
        for connection in filter(None, self._free):
            connection.terminate()

    async def _connect(self) -> "asyncpg.Connection[Any]":
        now = asyncio.get_running_loop().time()
        if now < self._away_until:
            raise away()
        for _ in range(TRIES):
            try:
                return await self._open()
            except _ENDED:
                continue
            except (*_AWAY, asyncpg.PostgresError):
                break
        self._away_until = asyncio.get_running_loop().time() + PAUSE_SECONDS
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(away())
        raise away()

    async def _open(self) -> "asyncpg.Connection[Any]":
        return await asyncpg.connect(
            self._address,
            timeout=CONNECT_SECONDS,
            command_timeout=ANSWER_SECONDS,
            statement_cache_size=500,
            max_cached_statement_lifetime=0,
            server_settings=self._server_settings,
        )

    async def _wait(self) -> "asyncpg.Connection[Any] | None":
        if len(self._waiting) >= MOST_WAITING:
            raise away()
        turn: asyncio.Future[asyncpg.Connection[Any] | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._give_back(turn.result())
            raise

    def _give_back(self, connection: "asyncpg.Connection[Any] | None") -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        self._free.append(connection)


class Postgres:
    """A `Reader` of a PostgreSQL database: four connections for quick questions, two for searches, one to write.

    A search never reads a whole table, and is planned for what it looks for. What is written here comes once more as an
    event, so that its commit need not wait for the disk.
    """

    def __init__(self, url: URL) -> None:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.dialect: Dialect = dialect.dialect()  # type: ignore[no-untyped-call]
        self._quick = Connections(address, 4)
        self._slow = Connections(address, 2, enable_seqscan="off", plan_cache_mode="force_custom_plan")
        self._writing = Connections(address, 1, synchronous_commit="off")

    async def fetch(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of a quick question."""
        arguments = prepared.arguments(values)
        return await self._quick.use(lambda connection: connection.fetch(prepared.text, *arguments))

    async def search(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of a question that may take long."""
        arguments = prepared.arguments(values)
        return await self._slow.use(lambda connection: connection.fetch(prepared.text, *arguments))

    async def write(self, batches: Sequence[Batch]) -> None:
        """Write some rows in one transaction."""

        async def do(connection: "asyncpg.Connection[Any]") -> None:
            async with connection.transaction():
                for prepared, rows in batches:
                    await connection.executemany(prepared.text, [prepared.arguments(row) for row in rows])

        await self._writing.use(do)

    async def close(self) -> None:
        """Close the connections."""
        for connections in (self._quick, self._slow, self._writing):
            await connections.close()

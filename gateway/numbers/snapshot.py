"""One moment of the database, looked at for as long as it takes: what is counted and what is listed are the same rows.

Each snapshot has a connection of its own that nobody else waits for: on PostgreSQL a read-only REPEATABLE READ transaction
with a cursor, on SQLite a read transaction in a thread. Rows come in pieces, so that only one piece is ever in memory.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import asyncpg
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg as postgres
from sqlalchemy.engine import URL, Dialect

from gateway.reader import Prepared, Row, away

T = TypeVar("T")

PIECE_ROWS = 200
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 30.0
IDLE_SECONDS = 120  # after which PostgreSQL ends a transaction that nobody asks anything any more


class Snapshot(Protocol):
    """A moment of the database; it must be closed."""

    async def fetch(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Row]:
        """A few rows. Errors: Unavailable when the database is away."""

    def pieces(self, prepared: Prepared, values: Mapping[str, Any]) -> AsyncIterator[Sequence[Row]]:
        """Many rows, some at a time. Errors: the driver's own, when the database goes away meanwhile."""

    async def close(self) -> None:
        """Let go of the moment and of the connection."""


class Snapshots:
    """Opens snapshots of one database."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._is_sqlite = url.get_backend_name() == "sqlite"
        made: Any = sqlite.dialect(paramstyle="qmark") if self._is_sqlite else postgres.dialect()  # type: ignore[no-untyped-call]
        self.dialect: Dialect = made

    async def open(self) -> Snapshot:
        """The present moment. Errors: Unavailable."""
        if self._is_sqlite:
            return await _SqliteSnapshot.begin(str(self._url.database))
        return await _PostgresSnapshot.begin(self._url)


class _PostgresSnapshot:
    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection

    @classmethod
    async def begin(cls, url: URL) -> "_PostgresSnapshot":
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        told = {
            "application_name": "sansan export",
            "jit": "off",
            "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
        }
        try:
            connection = await asyncpg.connect(
                address, timeout=CONNECT_SECONDS, command_timeout=ANSWER_SECONDS, server_settings=told
            )
            with ExitStack() as undone:
                undone.callback(connection.terminate)
                await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                undone.pop_all()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            raise away() from None
        return cls(connection)

    async def fetch(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Row]:
        try:
            rows: Sequence[Row] = await self._connection.fetch(prepared.text, *prepared.arguments(values))
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError):
            raise away() from None
        return rows

    async def pieces(self, prepared: Prepared, values: Mapping[str, Any]) -> AsyncIterator[Sequence[Row]]:
        cursor = await self._connection.cursor(prepared.text, *prepared.arguments(values))
        while rows := await cursor.fetch(PIECE_ROWS):
            yield rows

    async def close(self) -> None:
        self._connection.terminate()


class _SqliteSnapshot:
    def __init__(self, thread: ThreadPoolExecutor, connection: sqlite3.Connection) -> None:
        self._thread = thread
        self._connection = connection

    @classmethod
    async def begin(cls, path: str) -> "_SqliteSnapshot":
        thread = ThreadPoolExecutor(1, "export")
        try:
            return cls(thread, await asyncio.get_running_loop().run_in_executor(thread, _open_file, path))
        except sqlite3.OperationalError:
            thread.shutdown(wait=False)
            raise away() from None

    async def fetch(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Row]:
        arguments = prepared.arguments(values)
        try:
            return await self._run(lambda: self._connection.execute(prepared.text, arguments).fetchall())
        except sqlite3.OperationalError:
            raise away() from None

    async def pieces(self, prepared: Prepared, values: Mapping[str, Any]) -> AsyncIterator[Sequence[Row]]:
        arguments = prepared.arguments(values)
        cursor = await self._run(lambda: self._connection.execute(prepared.text, arguments))
        while rows := await self._run(lambda: cursor.fetchmany(PIECE_ROWS)):
            yield rows

    async def close(self) -> None:
        self._thread.submit(self._connection.close)
        self._thread.shutdown(wait=False)

    async def _run(self, do: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, do)


def _open_file(path: str) -> sqlite3.Connection:
    """A connection in a read transaction, which begins to hold with the first question."""
    address = f"file:{quote(path)}?mode=ro"
    connection = sqlite3.connect(
        address, timeout=ANSWER_SECONDS, isolation_level=None, check_same_thread=False, uri=True
    )
    connection.execute("BEGIN")
    return connection

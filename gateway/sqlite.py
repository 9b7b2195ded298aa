"""SQLite for the web process: quick questions are answered in the event loop itself, which is faster than any thread.

Searches and writes have one thread each. In WAL mode a reader waits for nobody.
"""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect

from gateway.reader import Batch, Prepared, Row, away

BUSY_SECONDS = 5.0


class Handle:
    """One connection, opened when it is needed; after an error it is opened again."""

    def __init__(self, path: str, *pragmas: str, busy_seconds: float) -> None:
        self._address = f"file:{quote(path)}?mode=rw"
        self._pragmas = pragmas
        self._busy_seconds = busy_seconds
        self._connection: sqlite3.Connection | None = None

    def fetch(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        """All rows, so that nothing of the question stays open. Errors: Unavailable."""
        try:
            return self._open().execute(prepared.text, prepared.arguments(values)).fetchall()
        except sqlite3.OperationalError:
            self.close()
            raise away() from None

    def write(self, batches: Sequence[Batch]) -> None:
        """Write some rows in one transaction. Errors: Unavailable."""
        try:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                for prepared, rows in batches:
                    connection.executemany(prepared.text, (prepared.arguments(row) for row in rows))
        except sqlite3.OperationalError:
            self.close()
            raise away() from None

    def close(self) -> None:
        """Close it until it is needed again."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._address, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False, uri=True
            )
            for pragma in self._pragmas:
                self._connection.execute(f"PRAGMA {pragma}")
        return self._connection


class Sqlite:
    """A `Reader` of a SQLite file, which has to be there."""

    def __init__(self, path: str) -> None:
        self.dialect: Dialect = sqlite.dialect(paramstyle="qmark")
        self._quick = Handle(path, "query_only=ON", busy_seconds=0.2)
        self._slow = Handle(path, "query_only=ON", busy_seconds=BUSY_SECONDS)
        self._writing = Handle(path, "synchronous=NORMAL", busy_seconds=BUSY_SECONDS)
        self._searcher = ThreadPoolExecutor(1, "search")
        self._writer = ThreadPoolExecutor(1, "write")

    async def fetch(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        """The rows of a quick question."""
        return self._quick.fetch(prepared, values)

    async def search(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        """The rows of a question that may take long."""
        return await asyncio.get_running_loop().run_in_executor(self._searcher, self._slow.fetch, prepared, values)

    async def write(self, batches: Sequence[Batch]) -> None:
        """Write some rows in one transaction."""
        await asyncio.get_running_loop().run_in_executor(self._writer, self._writing.write, batches)

    async def close(self) -> None:
        """End the threads and close the file."""
        for thread in (self._searcher, self._writer):
            thread.shutdown()
        for handle in (self._quick, self._slow, self._writing):
            handle.close()

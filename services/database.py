"""One database per service: SQLite (WAL) on one machine, PostgreSQL in earnest, with the same tables and column types."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Dialect, Engine
from sqlalchemy.types import TypeDecorator, TypeEngine

from services.wire import from_json, reader, to_json

BUSY_SECONDS = 30
PLANNING = (
    "-c random_page_cost=1.1 -c jit=off"  # an index is not dear on disks without heads; nothing is worth compiling
)
_PAUSE_SECONDS = 0.02


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC: `timestamptz` on PostgreSQL, sortable text of fixed width on SQLite."""

    impl = sa.String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type of the dialect."""
        return dialect.type_descriptor(sa.DateTime(True) if dialect.name == "postgresql" else sa.String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To the database; a naive time is a defect."""
        if value is None:
            return None
        assert value.tzinfo is not None, "a naive time says nothing"
        if dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database, in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """A part of an aggregate kept as JSON text and given back as the type that was declared for it."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, of: Any = dict) -> None:
        super().__init__()
        self.of = of

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """To the database."""
        return to_json(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """From the database."""
        return None if value is None else reader(self.of)(from_json(value))


class Choice(TypeDecorator[Any]):
    """One of an enumeration's values, kept as text and given back as the member that it is."""

    impl = sa.String
    cache_ok = True

    def __init__(self, of: type[StrEnum] | None = None) -> None:
        super().__init__(40)
        self.of = of

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """To the database."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """From the database."""
        return value if value is None or self.of is None else self.of(value)


def key(*names: str) -> list[sa.Column[Any]]:
    """The key of every table: the community first, then the rest as ids."""
    community: sa.Column[Any] = sa.Column("community_id", sa.String(64), primary_key=True)
    return [community, *(sa.Column(name, sa.Uuid(as_uuid=False), primary_key=True) for name in names or ("id",))]


@dataclass(frozen=True)
class Store:
    """What a service keeps: its name, its tables, and which table holds which kind of aggregate."""

    service: str
    metadata: sa.MetaData
    aggregates: Mapping[type, sa.Table]

    def table(self, name: str) -> sa.Table:
        """One of the tables that every service has: journal, inbox, due …"""
        return self.metadata.tables[name]


def open_engine(url: URL, pool_size: int = 5, connect: Callable[..., Any] | None = None) -> Engine:
    """A connected pool; on SQLite every transaction that may write takes the write lock when it begins.

    What people wrote stands in no error, since errors are logged. PostgreSQL plans by what it last counted, and a table that
    grows by thousands of rows a minute is always larger than that: `PLANNING` has it look up by index what is asked for.
    `connect` makes the connections to PostgreSQL where psycopg's own way of waiting does not fit the process.
    """
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(
            url, pool_size=pool_size, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=2,
        pool_pre_ping=False,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={"options": PLANNING},
    )
    if connect is not None:
        event.listen(engine, "do_connect", lambda _dialect, _record, args, given: connect(*args, **given))
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    _keep_a_journal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "journal_size_limit=67108864"):
        connection.execute(f"PRAGMA {pragma}")


def _keep_a_journal(connection: Any) -> None:
    """Turn to WAL; while several processes do so at once with a new file, SQLite refuses all but one, without waiting."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def reading(engine: Engine) -> Connection:
    """A connection that only reads, so that it never waits for a writer."""
    return engine.connect().execution_options(reading=True)


def is_away(error: BaseException) -> bool:
    """Whether an error means that the database does not answer, and not that it refused."""
    if not isinstance(error, (sa.exc.OperationalError, sa.exc.InterfaceError)):
        return False
    return not str(getattr(error.orig, "sqlstate", None) or "").startswith("40")


def answers(engine: Engine) -> bool:
    """Whether the database answers a new question now."""
    try:
        with reading(engine) as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.DBAPIError:
        return False
    return True


def insert_ignoring(connection: Connection, table: sa.Table) -> Any:
    """An INSERT that leaves a row alone that is there already."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as pg_insert

        return pg_insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert(table).on_conflict_do_nothing()

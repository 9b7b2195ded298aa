"""The web process's way to its database: statements written in SQLAlchemy Core, compiled once, run by the bare driver.

An answer that cannot come now is `Unavailable` at once, and the next one may come again: nothing needs a restart.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import URL, Dialect

from services.database import Json
from services.errors import Unavailable

Row = Sequence[Any]


class Prepared:
    """A statement as text of the driver, and how its named values become the driver's arguments."""

    def __init__(self, statement: sa.Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.text: str = compiled.string
        self._fixed: dict[str, Any] = {name: value for name, value in compiled.params.items() if value is not None}
        self._members: list[tuple[str, Callable[[Any], Any] | None]] = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup
        ]

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The arguments, in the order of the text. Errors: KeyError when a value is missing."""
        return [
            process(value) if process else value
            for name, process in self._members
            for value in (self._fixed[name] if name in self._fixed else values[name],)
        ]


Batch = tuple[Prepared, Sequence[Mapping[str, Any]]]


class Reader(Protocol):
    """A database that answers many readers at once. Each method raises Unavailable while the database is away."""

    dialect: Dialect

    async def fetch(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of a quick question."""

    async def search(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of a question that may take long: it never stands in the way of a quick one."""

    async def write(self, batches: Sequence[Batch]) -> None:
        """Write some rows in one transaction."""

    async def close(self) -> None:
        """Give everything back."""


def open_reader(url: URL) -> Reader:
    """The reader of a database; it connects when it is first asked."""
    if url.get_backend_name() == "sqlite":
        from gateway.sqlite import Sqlite

        return Sqlite(str(url.database))
    from gateway.postgres import Postgres

    return Postgres(url)


def away() -> Unavailable:
    """What a reader says while its database is away."""
    return Unavailable("this cannot be looked up now, try again", "暂时无法查询,请稍后再试")


def instant(value: datetime | str) -> datetime:
    """A time as either database tells it."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def texts(name: str, dialect: Dialect) -> sa.BindParameter[Any]:
    """A list of texts as one value of a statement: an array on PostgreSQL, JSON on SQLite."""
    return sa.bindparam(name, type_=ARRAY(sa.String) if dialect.name == "postgresql" else Json(list))


def is_among(column: sa.ColumnElement[Any], name: str, dialect: Dialect) -> sa.ColumnElement[bool]:
    """Whether a column is one of a list of texts."""
    if dialect.name == "postgresql":
        return column == sa.any_(texts(name, dialect))
    return column.in_(sa.select(each_of(name, dialect).c.value))


def each_of(name: str, dialect: Dialect) -> sa.FromClause:
    """A list of texts as a table with the column `value`."""
    if dialect.name == "postgresql":
        return sa.func.unnest(texts(name, dialect)).table_valued("value", name=f"each_{name}").render_derived()
    return sa.func.json_each(texts(name, dialect)).table_valued("value", name=f"each_{name}")

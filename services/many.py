"""Many rows in one go: PostgreSQL gets them as one value of one statement, whose text is the same for any number of rows.

Binding each row by itself costs both sides a message for each; a statement that grows with its rows is planned anew each time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.types import TypeEngine

from services.database import Choice
from services.wire import to_json

Rows = Sequence[Mapping[str, Any]]
Keys = Sequence[tuple[Any, ...]]

_AS_THEY_ARE = (Choice, sa.Uuid, sa.String, sa.Integer, sa.Boolean, sa.Date)


def one_of(connection: Connection, columns: Sequence[sa.Column[Any]], keys: Keys) -> Any:
    """Whether the columns of a row are one of some keys; each key is looked up in the index."""
    if connection.dialect.name == "postgresql":
        return _among(columns, _by_column(columns, keys))
    writers = [_writer(column.type, connection.dialect) for column in columns]
    told = [[write(part) for write, part in zip(writers, each, strict=True)] for each in keys]
    each_key = sa.func.json_each(to_json(told).decode()).table_valued("value")
    wanted = sa.select(*(sa.func.json_extract(each_key.c.value, f"$[{at}]") for at in range(len(columns))))
    return sa.tuple_(*columns).in_(wanted)


def look_up(
    connection: Connection, wanted: Iterable[sa.Column[Any]], columns: Sequence[sa.Column[Any]], keys: Keys
) -> Sequence[Any]:
    """The wanted columns of the rows whose `columns` are one of some keys, by a statement that is made only once."""
    if connection.dialect.name != "postgresql":
        return connection.execute(sa.select(*wanted).where(one_of(connection, columns, keys))).all()
    given = {f"key_{at}": part for at, part in enumerate(_by_column(columns, keys))}
    return connection.execute(_look_up(tuple(wanted), tuple(columns)), given).all()


@cache
def _look_up(wanted: tuple[sa.Column[Any], ...], columns: tuple[sa.Column[Any], ...]) -> sa.Select[Any]:
    return sa.select(*wanted).where(_among(columns, [sa.bindparam(f"key_{at}") for at in range(len(columns))]))


def _by_column(columns: Sequence[sa.Column[Any]], keys: Keys) -> list[list[Any]]:
    return [list(part) for part in zip(*keys, strict=True)] if keys else [[] for _ in columns]


def _among(columns: Sequence[sa.Column[Any]], lists: Sequence[Any]) -> Any:
    arrays = [sa.cast(each, ARRAY(column.type)) for each, column in zip(lists, columns, strict=True)]
    given = sa.func.unnest(*arrays).table_valued(*(column.name for column in columns)).render_derived()
    return sa.tuple_(*columns).in_(sa.select(*given.columns))


def insert_all(connection: Connection, table: sa.Table, rows: Rows) -> None:
    """Insert rows that have every column."""
    if connection.dialect.name != "postgresql":
        connection.execute(sa.insert(table), list(rows))
        return
    connection.execute(_insert(table), {"rows": _as_json(connection.dialect, table, rows)})


def update_all(connection: Connection, table: sa.Table, rows: Rows, versions: Sequence[int] | None = None) -> int:
    """Set those columns that the rows have beside the key; every row has the same ones. How many rows were there to be set.

    With `versions`, one for each row, only what still has that number in its column `version` is set.
    """
    keys = [str(column.name) for column in table.primary_key]
    names = [name for name in rows[0] if name not in keys]
    if connection.dialect.name == "postgresql":
        given = {"rows": _as_json(connection.dialect, table, rows)}
        if versions is None:
            return connection.execute(_update(table, tuple(keys), tuple(names)), given).rowcount
        return connection.execute(
            _update_of(table, tuple(keys), tuple(names)), {**given, "of": list(versions)}
        ).rowcount
    change = sa.update(table).where(*(table.c[name] == sa.bindparam(f"of_{name}") for name in keys))
    bound = [{f"of_{name}" if name in keys else name: value for name, value in row.items()} for row in rows]
    if versions is not None:
        change = change.where(table.c.version == sa.bindparam("of_version"))
        bound = [{**row, "of_version": version} for row, version in zip(bound, versions, strict=True)]
    return connection.execute(change, bound).rowcount


@cache
def _insert(table: sa.Table) -> sa.TextClause:
    return sa.text(f"INSERT INTO {table.name} SELECT * FROM json_populate_recordset(NULL::{table.name}, :rows)")


@cache
def _update(table: sa.Table, keys: Sequence[str], names: Sequence[str]) -> sa.TextClause:
    return sa.text(_update_from(table, keys, names, f"json_populate_recordset(NULL::{table.name}, :rows)"))


@cache
def _update_of(table: sa.Table, keys: Sequence[str], names: Sequence[str]) -> sa.TextClause:
    source = f"ROWS FROM (json_populate_recordset(NULL::{table.name}, :rows), unnest(CAST(:of AS integer[])))"
    return sa.text(f"{_update_from(table, keys, names, source)} AND {table.name}.version = given.unnest")


def _update_from(table: sa.Table, keys: Sequence[str], names: Sequence[str], source: str) -> str:
    changes = ", ".join(f'"{name}" = given."{name}"' for name in names)
    same = " AND ".join(f'{table.name}."{name}" = given."{name}"' for name in keys)
    return f"UPDATE {table.name} SET {changes} FROM {source} AS given WHERE {same}"


def _as_json(dialect: Dialect, table: sa.Table, rows: Rows) -> str:
    names = [str(column.name) for column in table.columns if column.name in rows[0]]
    written = [(name, write) for name, write in _written(table, dialect) if name in rows[0]]
    told = [dict(zip(names, map(row.__getitem__, names), strict=True)) for row in rows]
    for name, write in written:
        for each in told:
            each[name] = write(each[name])
    return to_json(told).decode()


@cache
def _written(table: sa.Table, dialect: Dialect) -> list[tuple[str, Callable[[Any], Any]]]:
    """What makes a value that JSON has of the values of those columns that are not written as they are."""
    special = (column for column in table.columns if not isinstance(column.type, _AS_THEY_ARE))
    return [(str(column.name), _writer(column.type, dialect)) for column in special]


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any]:
    if isinstance(kind, sa.LargeBinary):
        return lambda value: None if value is None else "\\x" + value.hex()
    return kind.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)

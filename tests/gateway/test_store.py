"""The gateway's migrations make exactly the tables that its code works with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine

import gateway
from gateway.store import METADATA
from services.migrate import upgrade

MIGRATIONS = Path(gateway.__file__).parent / "migrations"


def described(engine: Engine) -> dict[str, tuple[set[str], set[str]]]:
    """The tables with their columns and indexes; on SQLite also the statements that made its full-text search."""
    found = sa.inspect(engine)
    tables = {
        table: (
            {f"{each['name']} {each['type']} {each['nullable']}" for each in found.get_columns(table)},
            {
                f"{each['name']} {each['column_names']} {each.get('expressions')} {_only(each)}"
                for each in found.get_indexes(table)
            },
        )
        for table in found.get_table_names()
        if table != "alembic_version" and "_words" not in table
    }
    if engine.name == "sqlite":
        with engine.connect() as connection:
            made = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE name LIKE '%_words%'"))
            tables["full-text search"] = ({str(statement) for (statement,) in made}, set())
    return tables


def _only(index: Mapping[str, Any]) -> dict[str, str]:
    """Which rows a partial index has."""
    return {name: str(what) for name, what in index.get("dialect_options", {}).items() if name.endswith("_where")}


def test_the_migrated_schema_is_the_one_of_the_code(database_url: URL) -> None:
    upgrade(database_url, MIGRATIONS)
    engine = sa.create_engine(database_url)
    migrated = described(engine)
    with engine.begin() as connection:
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
    made = described(engine)
    engine.dispose()
    assert set(migrated) == set(made)
    for table in made:
        assert migrated[table] == made[table], table

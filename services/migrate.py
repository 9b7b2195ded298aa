"""Alembic, one history per service: `upgrade` brings a service's database to the newest schema, creating it if need be."""

from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from sqlalchemy.engine import URL, Connection

from services.database import open_engine

_ONE_AT_A_TIME = 3_333_333


def upgrade(url: URL, folder: Path) -> None:
    """Bring the database to the newest schema of the migrations in a folder.

    Two that do it at once wait for each other; what breaks in the middle leaves nothing half done.
    Errors: `sqlalchemy.exc.OperationalError` when the server does not answer.
    """
    _create(url)
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            if url.get_backend_name() == "sqlite":
                connection.begin()  # takes the lock of the one writer
            else:
                connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _ONE_AT_A_TIME})
                connection.commit()
            config = Config()
            config.set_main_option("script_location", str(folder))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def run_env(metadata: sa.MetaData) -> None:
    """What each `migrations/env.py` does."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


def _create(url: URL) -> None:
    if url.get_backend_name() == "sqlite":
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        return
    server = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        known = connection.execute(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": url.database})
        if known.first() is None:
            quoted = connection.dialect.identifier_preparer.quote(str(url.database))
            with suppress(sa.exc.ProgrammingError, sa.exc.IntegrityError):
                connection.execute(sa.text(f"CREATE DATABASE {quoted}"))

"""Migrations make exactly the tables that the code expects, once, whoever runs them and however often."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import URL, make_url

from deploy import parts
from services.database import Store, open_engine
from services.migrate import upgrade
from services.settings import child_environment
from tests.shared.made_up import ROOT

OTHERWISE_TESTED = {"gateway"}  # what it searches in differs by database
STORES: list[Store] = [parts.store_of(service) for service in parts.STORES if service not in OTHERWISE_TESTED]
EACH = pytest.mark.parametrize("store", STORES, ids=lambda store: store.service)


def folder_of(store: Store) -> Path:
    """Where its migrations are."""
    return parts.migrations_of(store.service)


def differences(url: URL, store: Store) -> list[object]:
    """What the database has and the code does not expect, or the other way round."""
    engine = open_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = list(compare_metadata(context, store.metadata))
    engine.dispose()
    return found


def constraints(url: URL, store: Store) -> dict[str, set[str]]:
    """The names of the checks and unique keys of each table."""
    engine = open_engine(url)
    look = sa.inspect(engine)
    found = {
        name: {str(each["name"]) for each in (*look.get_check_constraints(name), *look.get_unique_constraints(name))}
        for name in store.metadata.tables
    }
    engine.dispose()
    return found


@EACH
def test_the_migrations_make_what_the_code_expects(database_url: URL, store: Store) -> None:
    upgrade(database_url, folder_of(store))
    assert differences(database_url, store) == []
    assert constraints(database_url, store) == {
        table.name: {
            str(each.name)
            for each in table.constraints
            if isinstance(each, sa.CheckConstraint | sa.UniqueConstraint) and each.name
        }
        for table in store.metadata.tables.values()
    }


@EACH
def test_a_second_time_changes_nothing(database_url: URL, store: Store) -> None:
    for _ in range(2):
        upgrade(database_url, folder_of(store))
    assert differences(database_url, store) == []


UPGRADE = """
import sys
from pathlib import Path
from sqlalchemy.engine import make_url
from services.migrate import upgrade
for line in sys.stdin:
    url, folder = line.split()
    upgrade(make_url(url), Path(folder))
    print(folder, flush=True)
"""


@pytest.fixture
def upgraders() -> Iterator[list["subprocess.Popen[str]"]]:
    """Four processes that upgrade what they are told to, each as soon as it is."""
    command = [sys.executable, "-c", UPGRADE]
    running = [
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=child_environment(),
        )
        for _ in range(4)
    ]
    yield running
    for process in running:
        process.communicate(timeout=60)


def test_many_at_once_wait_for_each_other_where_no_database_is_yet(
    databases_url: str, upgraders: list["subprocess.Popen[str]"]
) -> None:
    for store in STORES:
        url = make_url(databases_url.replace("{service}", store.service))
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        text, folder = url.render_as_string(hide_password=False), str(folder_of(store))
        for process in upgraders:
            assert process.stdin
            process.stdin.write(f"{text} {folder}\n")
            process.stdin.flush()
        for process in upgraders:
            assert process.stdout
            assert process.stdout.readline().strip() == folder, "it has said on its standard error what is wrong"
        assert differences(url, store) == [], store.service


def test_an_upgrade_that_breaks_in_the_middle_leaves_nothing_half_done(database_url: URL, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text((folder_of(STORES[0]) / "env.py").read_text())
    version = folder / "versions" / "0001_lamps.py"
    whole = (
        'import sqlalchemy as sa\nfrom alembic import op\nrevision = "0001"\ndown_revision = None\n'
        "def upgrade():\n"
        '    op.create_table("lamps", sa.Column("id", sa.Integer, primary_key=True))\n'
    )
    version.write_text(whole + '    op.execute("INSERT INTO no_such_table VALUES (1)")\n')
    with pytest.raises(sa.exc.DBAPIError):
        upgrade(database_url, folder)
    version.write_text(whole)
    upgrade(database_url, folder)
    engine = open_engine(database_url)
    assert "lamps" in sa.inspect(engine).get_table_names()
    engine.dispose()


def test_a_server_that_does_not_answer_is_said() -> None:
    nowhere = make_url("postgresql+psycopg://postgres@127.0.0.1:1/sansan_issues")
    with pytest.raises(sa.exc.OperationalError):
        upgrade(nowhere, folder_of(STORES[0]))


def test_the_folder_of_a_sqlite_database_is_made(tmp_path: Path) -> None:
    url = URL.create("sqlite", database=str(tmp_path / "new" / "deep" / "issues.db"))
    upgrade(url, folder_of(STORES[0]))
    assert differences(url, STORES[0]) == []

"""The tables: the migrations make exactly them, and the database itself refuses what must not be."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import URL

import gateway.directory
from gateway.directory.store import METADATA, STORE, parts, shares
from services.ids import new_id
from services.migrate import upgrade
from tests.gateway.directory.world import World
from tests.shared.samples import COMMUNITY

MIGRATIONS = Path(gateway.directory.__file__).parent / "migrations"


def test_the_migrations_make_these_tables(database_url: URL) -> None:
    upgrade(database_url, MIGRATIONS)
    upgrade(database_url, MIGRATIONS)
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_every_aggregate_has_a_table_with_the_columns_that_it_has() -> None:
    for cls, table in STORE.aggregates.items():
        assert [column.name for column in table.columns] == list(cls.__annotations__)


def test_the_database_refuses_an_area_of_nothing_and_a_share_of_more_than_all(world: World) -> None:
    place = {"community_id": COMMUNITY, "home_id": new_id()}
    for table, row in (
        (parts, {"area": 0}),
        (shares, {"owner_id": new_id(), "numerator": 2, "denominator": 1}),
        (shares, {"owner_id": new_id(), "numerator": 0, "denominator": 1}),
    ):
        with world.directory.desk.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
            connection.execute(sa.insert(table).values(**place, **row))

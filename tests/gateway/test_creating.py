"""A migration makes the table of a view as it was told, and takes away everything that it made."""

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.engine import URL

from gateway.creating import create_view, drop_view


@pytest.mark.parametrize("text", [False, True])
def test_what_was_created_is_dropped_whole(database_url: URL, text: bool) -> None:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        create_view("pond", filters=("status",), text=text, own=True)
        found = sa.inspect(connection)
        columns = {column["name"] for column in found.get_columns("view_pond")}
        indexes = {str(index["name"]) for index in found.get_indexes("view_pond")}
        assert {"status", "own", "staff", "community", "public"} <= columns
        assert ("words" in columns) == text
        assert {"view_pond_newest", "view_pond_status", "view_pond_own"} <= indexes
        drop_view("pond", text=text)
        assert sa.inspect(connection).get_table_names() == []
    engine.dispose()

"""A hall and a receiver as fixtures; all halls are in the same two databases, one after another."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import URL

from tests import servers
from tests.gateway.webhooks.hall import Hall, build, hall_in
from tests.gateway.webhooks.receiver import Receiver, receiver

DATABASES = [
    pytest.param("sqlite", marks=pytest.mark.database),
    pytest.param("postgresql", marks=(pytest.mark.database, pytest.mark.postgres)),
]


@pytest.fixture(scope="session")
def sqlite_hall(tmp_path_factory: pytest.TempPathFactory) -> URL:
    """A file with a hall's tables."""
    return build(URL.create("sqlite", database=str(tmp_path_factory.mktemp("hall") / "hall.db")))


@pytest.fixture(scope="session")
def postgresql_hall(postgres_url: URL) -> Iterator[URL]:
    """A database on a server with a hall's tables."""
    with servers.fresh_database(postgres_url) as url:
        yield build(url.set(drivername="postgresql+psycopg"))


@pytest.fixture(params=DATABASES)
def hall(request: pytest.FixtureRequest) -> Iterator[Hall]:
    """An empty hall, on SQLite and on PostgreSQL."""
    with hall_in(request.getfixturevalue(f"{request.param}_hall")) as made:
        yield made


@pytest.fixture
def company() -> Iterator[Receiver]:
    """A property company that listens."""
    with receiver() as listening:
        yield listening

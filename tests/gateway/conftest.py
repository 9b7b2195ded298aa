"""The city that the tests of the HTTP surface share: no test changes what another one looks at. And an empty world for each."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import URL

from tests import servers
from tests.conftest import DATABASES
from tests.gateway.city import City, city_on
from tests.gateway.world import World, world_on


@pytest.fixture(scope="session")
def city(amqp_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """All processes, two communities, their people."""
    with city_on(amqp_url, tmp_path_factory.mktemp("city")) as running:
        yield running


@pytest.fixture(scope="session")
def sqlite_world(tmp_path_factory: pytest.TempPathFactory) -> URL:
    """A file for one world after another."""
    return URL.create("sqlite", database=str(tmp_path_factory.mktemp("world") / "world.db"))


@pytest.fixture(scope="session")
def postgresql_world(postgres_url: URL) -> Iterator[URL]:
    """A database on a server for one world after another: its 33 tables are made once."""
    with servers.fresh_database(postgres_url) as url:
        yield url.set(drivername="postgresql+psycopg")


@pytest.fixture(params=DATABASES)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """An empty gateway's database, on SQLite and on PostgreSQL."""
    with world_on(request.getfixturevalue(f"{request.param}_world")) as made:
        yield made

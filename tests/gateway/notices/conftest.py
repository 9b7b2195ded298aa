"""Houses, a reception and a receiver as fixtures; all houses are in the same two databases, one after another."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import URL

from tests import servers
from tests.gateway.notices.house import House, build, house_in
from tests.gateway.notices.reception import Reception, reception_on
from tests.gateway.webhooks.receiver import Receiver, receiver

DATABASES = [
    pytest.param("sqlite", marks=pytest.mark.database),
    pytest.param("postgresql", marks=(pytest.mark.database, pytest.mark.postgres)),
]


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> URL:
    """A file with a house's tables."""
    return build(URL.create("sqlite", database=str(tmp_path_factory.mktemp("house") / "house.db")))


@pytest.fixture(scope="session")
def postgresql_house(postgres_url: URL) -> Iterator[URL]:
    """A database on a server with a house's tables."""
    with servers.fresh_database(postgres_url) as url:
        yield build(url.set(drivername="postgresql+psycopg"))


@pytest.fixture(params=DATABASES)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """A house with its people and an issue, on SQLite and on PostgreSQL."""
    with house_in(request.getfixturevalue(f"{request.param}_house")) as made:
        made.settle()
        yield made


@pytest.fixture
def phone() -> Iterator[Receiver]:
    """Where somebody receives messages."""
    with receiver() as listening:
        yield listening


@pytest.fixture(scope="module", params=DATABASES)
def reception(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reception]:
    """The web process on both databases; the tests of a module share it."""
    directory = tmp_path_factory.mktemp("reception")
    if request.param == "sqlite":
        with reception_on(f"sqlite:///{directory}/{{service}}.db", directory) as made:
            yield made
        return
    server = request.getfixturevalue("postgres_url")
    with (
        servers.fresh_databases(server) as (prefix, _),
        reception_on(
            server.set(database=prefix).render_as_string(hide_password=False) + "_{service}", directory
        ) as made,
    ):
        yield made

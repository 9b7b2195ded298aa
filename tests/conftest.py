"""Real servers as fixtures; a test is marked by the fixtures that it asks for, so that `make quick` runs the pure ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from deploy.machine import Missing, docker_answers
from deploy.private_node import PrivateNode
from tests import servers
from tests.settings import take_settings

GIVEN = take_settings()
MARKS = {
    "database": {"database_url", "databases_url", "world"},
    "broker": {"broker", "amqp_url", "fresh_amqp_url", "private_broker", "lent_broker"},
    "postgres": {"postgres_url"},
    "docker": {"docker_engine"},
    "browser": {"browser", "page"},
}
SYSTEM_FOLDERS = {"system", "faults", "browser"}
PURE = {"request", "tmp_path", "tmp_path_factory", "monkeypatch", "capsys", "capfd", "caplog", "subtests"}
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test by its fixtures and its folder, before `-m` selects; the longest come first.

    One that begins last would be waited for with nothing else left to do. Whole systems on the broker of the ordinary tests
    run one after the other: where it is the one on the standard port, they share its only virtual host.
    """
    items.sort(key=_own_seconds, reverse=True)
    for item in items:
        wanted = set(getattr(item, "fixturenames", ())) - PURE
        for mark, fixtures in MARKS.items():
            if wanted & fixtures:
                item.add_marker(mark)
        if wanted and SYSTEM_FOLDERS & set(item.path.relative_to(item.config.rootpath).parts):
            item.add_marker("system")
            if "fresh_amqp_url" in wanted:
                item.add_marker(pytest.mark.xdist_group("systems on the ordinary broker"))


def _own_seconds(item: pytest.Item) -> float:
    """The time-out that a test has for itself, because it takes long; 0 if it has none."""
    mark = item.get_closest_marker("timeout")
    return float(mark.args[0]) if mark else 0.0


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.BrokerForTests]:
    """The broker of the ordinary tests, which must not stop or alarm it."""
    try:
        with servers.broker(tmp_path_factory.mktemp("broker") / "node", GIVEN.rabbitmq_image) as found:
            yield found
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def amqp_url(broker: servers.BrokerForTests) -> Iterator[str]:
    """The URL of a broker, in a virtual host that the whole test run shares."""
    with broker.vhost() as url:
        yield url


@pytest.fixture
def fresh_amqp_url(broker: servers.BrokerForTests) -> Iterator[str]:
    """The URL of a broker, in an empty virtual host of this test's own."""
    with broker.vhost() as url:
        yield url


@pytest.fixture
def private_broker(tmp_path: Path) -> Iterator[PrivateNode]:
    """A broker of this test's own, running and empty, which it may stop, kill, pause or block."""
    node = PrivateNode(tmp_path / "broker")
    try:
        node.start()
    except Missing as missing:
        pytest.skip(str(missing))
    yield node
    node.kill()


@pytest.fixture(scope="session")
def _private_broker_to_lend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateNode]:
    node = PrivateNode(tmp_path_factory.mktemp("lent") / "broker")
    yield node
    node.kill()


@pytest.fixture
def lent_broker(_private_broker_to_lend: PrivateNode) -> PrivateNode:
    """A private broker, running, that tests are lent one after the other: what they do to it they undo."""
    try:
        _private_broker_to_lend.start().resume()
    except Missing as missing:
        pytest.skip(str(missing))
    return _private_broker_to_lend


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[URL]:
    """A PostgreSQL server (its maintenance database), with a user who may create databases."""
    try:
        with servers.postgres(GIVEN.postgres_image, GIVEN.database_url) as url:
            yield url
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """An empty database of this test's own: the test runs twice, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield URL.create("sqlite", database=str(tmp_path / "test.db"))
    else:
        with servers.fresh_database(request.getfixturevalue("postgres_url")) as url:
            yield url.set(drivername="postgresql+psycopg")


@pytest.fixture(params=DATABASES)
def databases_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A value for SANSAN_DATABASE_URL, with `{service}` in it: no database is there yet, all are dropped afterwards."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/{{service}}.db"
    else:
        server: URL = request.getfixturevalue("postgres_url")
        with servers.fresh_databases(server) as (prefix, _):
            yield server.set(database=prefix).render_as_string(hide_password=False) + "_{service}"


@pytest.fixture(scope="session")
def docker_engine() -> None:
    """A Docker engine answers; without one the test is skipped."""
    if not docker_answers():
        pytest.skip("no Docker engine answers")

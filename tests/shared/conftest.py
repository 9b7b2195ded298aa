"""A desk of the issues service, on which the shared parts are tried: on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from gateway.identity import Keys
from services.clock import utc_now
from services.issues.store import STORE
from services.settings import settings
from services.work import Desk
from tests import servers
from tests.shared.desks import SetClock, open_desk


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands at noon."""
    return SetClock()


@pytest.fixture
def desk(database_url: URL, clock: SetClock) -> Iterator[Desk]:
    """A desk on an empty database."""
    with open_desk(STORE, database_url, clock) as opened:
        yield opened


@pytest.fixture
def postgres_database_url(postgres_url: URL) -> Iterator[URL]:
    """An empty database for what only a database server can do."""
    with servers.fresh_database(postgres_url) as url:
        yield url.set(drivername="postgresql+psycopg")


@pytest.fixture
def postgres_desk(postgres_database_url: URL, clock: SetClock) -> Iterator[Desk]:
    """A desk on PostgreSQL."""
    with open_desk(STORE, postgres_database_url, clock) as opened:
        yield opened


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keys]:
    """Signing keys whose tokens count in this test."""
    monkeypatch.setenv("SANSAN_DATA_DIRECTORY", str(tmp_path / "var"))
    settings.cache_clear()
    yield Keys(settings().keys_directory, utc_now)
    settings.cache_clear()

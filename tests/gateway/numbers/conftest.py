"""The office that the tests of numbers ask; each test has one of its own, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from services.settings import settings
from tests.gateway.numbers.office import Office, office_on


@pytest.fixture
def keys_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the keys of the test's tokens lie."""
    monkeypatch.setenv("SANSAN_DATA_DIRECTORY", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def office(database_url: URL, keys_folder: Path) -> Iterator[Office]:
    """An office where nothing was reported yet."""
    with office_on(database_url, keys_folder) as office:
        yield office

"""A desk of the projects service, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import URL

from services.projects.store import STORE
from services.work import Desk
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

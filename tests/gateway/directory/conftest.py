"""A small community as a fixture, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests.gateway.directory.world import World, world_on


@pytest.fixture
def world(database_url: URL, tmp_path: Path) -> Iterator[World]:
    """3 buildings, 6 entrances, 36 homes, a district admin, and nobody else."""
    with world_on(database_url, tmp_path) as made:
        yield made

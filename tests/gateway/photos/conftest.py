"""The desk for photos on both databases; the tests of a module share it, each with pictures of its own."""

from collections.abc import Iterator

import pytest

from tests import servers
from tests.gateway.photos.desk import Desk, desk_on

BOTH = [
    pytest.param("sqlite", marks=pytest.mark.database),
    pytest.param("postgresql", marks=[pytest.mark.database, pytest.mark.postgres]),
]


@pytest.fixture(scope="module", params=BOTH)
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """People, a community and the app."""
    directory = tmp_path_factory.mktemp("desk")
    if request.param == "sqlite":
        with desk_on(f"sqlite:///{directory}/{{service}}.db", directory) as desk:
            yield desk
        return
    server = request.getfixturevalue("postgres_url")
    with (
        servers.fresh_databases(server) as (prefix, _),
        desk_on(server.set(database=prefix).render_as_string(hide_password=False) + "_{service}", directory) as desk,
    ):
        yield desk

"""The city that the tests of the HTTP surface share: no test changes what another one looks at."""

from collections.abc import Iterator

import pytest

from tests.gateway.city import City, city_on


@pytest.fixture(scope="session")
def city(amqp_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """All processes, two communities, their people."""
    with city_on(amqp_url, tmp_path_factory.mktemp("city")) as running:
        yield running

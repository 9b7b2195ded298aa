"""What the environment tells the tests: images for containers, and a PostgreSQL server to use instead of the one found."""

import os
from dataclasses import dataclass

from environs import Env


@dataclass(frozen=True)
class Given:
    """Images that stand in for servers where a Docker engine answers; `database_url` is empty, or names a server."""

    rabbitmq_image: str
    postgres_image: str
    database_url: str


def take_settings() -> Given:
    """Read them, and take every `SANSAN_` variable away, so that no test depends on what a developer has set."""
    env = Env(prefix="SANSAN_")
    given = Given(
        rabbitmq_image=env.str("TEST_RABBITMQ_IMAGE", "rabbitmq:4-alpine"),
        postgres_image=env.str("TEST_POSTGRES_IMAGE", "postgres:17-alpine"),
        database_url=env.str("DATABASE_URL", ""),
    )
    for name in [name for name in os.environ if name.startswith("SANSAN_")]:
        del os.environ[name]
    return given

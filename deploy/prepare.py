"""Before the first run, make sees to it that the servers which a target needs can be had on this machine.

`python -m deploy.prepare broker` for a run, `... broker database` for the tests: what is there already is used, what is
missing is installed where that is allowed; a run cannot do without its broker, the tests skip what they cannot have.
"""

import sys
from pathlib import Path

from deploy.broker import make_available
from deploy.machine import Missing, docker_answers, docker_image, install, postgresql_programs, postgresql_trusts
from services.settings import read_settings

POSTGRES_PORT = 5432
POSTGRES_IMAGE = "postgres:17-alpine"


def broker() -> None:
    """A broker can be found or started. Errors: Missing, saying what to install."""
    settings = read_settings()
    make_available(settings.amqp_url, private_broker_directory(settings.data_directory), settings.rabbitmq_image)


def database() -> None:
    """A PostgreSQL server can be found or started for the tests. Errors: Missing, saying what to install."""
    if postgresql_trusts(POSTGRES_PORT) or postgresql_programs() or (docker_answers() and docker_image(POSTGRES_IMAGE)):
        return
    install("postgresql")


def private_broker_directory(data_directory: Path) -> Path:
    """Where the private node of this machine's own system lives."""
    return data_directory / "rabbitmq"


def main(names: list[str]) -> int:
    """Make available what is named; 1 when something cannot be had, said in one line."""
    try:
        for name in names:
            {"broker": broker, "database": database}[name]()
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

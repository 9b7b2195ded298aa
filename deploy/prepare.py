"""Before the first run, make sees to it that the servers which a target needs can be had on this machine.

What is there already is used, what is missing is installed where that is allowed. `python -m deploy.prepare run` fails
without a broker; `python -m deploy.prepare tests` says what it could not get, and the tests that need it are skipped.
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


def main(purpose: str) -> int:
    """Make available what a run or the tests need, saying in one line each what cannot be had; 1 when a run lacks it."""
    missing = []
    for find_or_install in (broker, database) if purpose == "tests" else (broker,):
        try:
            find_or_install()
        except Missing as lack:
            missing.append(lack)
            print(lack, file=sys.stderr)
    return 1 if missing and purpose != "tests" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

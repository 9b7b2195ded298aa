"""The audit of the whole system: every hash chain of every service's journal."""

from collections.abc import Iterator

from deploy import parts
from services import journal
from services.database import open_engine, reading
from services.settings import Settings


def audit_all(chosen: Settings) -> Iterator[tuple[str, journal.Audit]]:
    """What was found in each chain, service by service."""
    for service in parts.STORES:
        engine = open_engine(chosen.database(service))
        with reading(engine) as connection:
            for found in journal.audit(connection, parts.store_of(service)):
                yield service, found
        engine.dispose()

"""The whole system on this machine: broker found or started, databases migrated, all processes run and looked after."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from deploy import parts
from deploy.broker import find, find_or_start
from deploy.local import Fleet
from deploy.machine import free_port, is_free
from deploy.prepare import private_broker_directory
from deploy.topology import declare_topology
from services.broker import AWAY, DEAD_LETTERS, Link
from services.declare import EVENTS
from services.migrate import upgrade
from services.settings import Settings


@dataclass(frozen=True)
class System:
    """A running system: where it answers and what it stands on."""

    address: str
    fleet: Fleet
    amqp_url: str
    broker: str
    databases: str
    clock: Path | None = None


@contextmanager
def running_system(chosen: Settings, logs: Path | None = None) -> Iterator[System]:
    """Run everything until the block ends. Errors: Missing or NodeFailed of the broker; RuntimeError of a process."""
    directory = private_broker_directory(chosen.data_directory)
    with find_or_start(chosen.amqp_url, directory, chosen.rabbitmq_image) as broker:
        for service in parts.STORES:
            upgrade(chosen.database(service), parts.migrations_of(service))
        declare_topology(broker.url)
        port = chosen.http_port if is_free(chosen.http_port) else free_port()
        given = {"AMQP_URL": broker.url, "HTTP_PORT": str(port)}
        if clock := _rehearsal(chosen):
            given["CLOCK_FILE"] = str(clock)
        fleet = Fleet(parts.PROCESSES, given, logs)
        try:
            fleet.start()
            fleet.await_ready()
            kind = chosen.database("issues").get_backend_name()
            address = chosen.public_url or f"http://{chosen.http_host}:{port}"
            yield System(address, fleet, broker.url, broker.origin, kind, clock)
        finally:
            fleet.stop()


def rehearsal_clock(chosen: Settings) -> Path:
    """Where the clock of a rehearsal lies: with the data, which must not fall back behind what was written there."""
    return chosen.clock_file or chosen.data_directory / "rehearsal-clock"


def _rehearsal(chosen: Settings) -> Path | None:
    """The clock of the rehearsal that the data has been in, which goes on; None for data that has lived in real time only."""
    file = rehearsal_clock(chosen)
    return file if file.exists() else None


def forget(chosen: Settings) -> None:
    """Forget what an earlier run left: databases, keys, and what waits in the queues; nothing may be running."""
    broker = find(chosen.amqp_url, private_broker_directory(chosen.data_directory))
    if broker is not None:
        _forget_queues(broker.url)
    shutil.rmtree(private_broker_directory(chosen.data_directory), ignore_errors=True)
    shutil.rmtree(chosen.keys_directory, ignore_errors=True)
    shutil.rmtree(chosen.data_directory / "photos", ignore_errors=True)
    rehearsal_clock(chosen).unlink(missing_ok=True)
    for service in parts.STORES:
        _forget_database(chosen, service)


def _forget_queues(url: str) -> None:
    sources = {spec.service for spec in EVENTS.values()}
    queues = [f"{name}.on.{source}" for name in parts.SERVICES for source in sources]
    with suppress(*AWAY):
        link = Link(url)
        for queue in (*queues, *(f"rpc-{name}" for name in parts.SERVICES), DEAD_LETTERS):
            link.channel.queue_delete(queue)
        link.close()


def _forget_database(chosen: Settings, service: str) -> None:
    url = chosen.database(service)
    if url.get_backend_name() == "sqlite":
        for ending in ("", "-wal", "-shm"):
            Path(f"{url.database}{ending}").unlink(missing_ok=True)
        return
    server = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        quoted = connection.dialect.identifier_preparer.quote(str(url.database))
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)"))
    server.dispose()

"""A service as a real process on a real broker, and a caller who may send it anything."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import amqp
import httpx
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from deploy.machine import tries
from gateway.identity import Keys
from services.actor import Actor
from services.broker import RPC_EXCHANGE, Link, queue_depth
from services.clock import utc_now
from services.communities import keep_communities
from services.database import Store, open_engine
from services.declare import COMMANDS
from services.ids import new_id
from services.migrate import upgrade
from services.settings import child_environment
from services.wire import from_json, to_data, to_json
from tests.shared.made_up import ROOT
from tests.shared.samples import ANOTHER_COMMUNITY, RESIDENT, caochang

START_SECONDS = 60
STOP_SECONDS = 20
ENTRY = "import sys; from services import process; from {module} import {name}; sys.exit(process.run({name}))"


@dataclass
class Running:
    """One process of a service, with what it logs."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """What it has logged so far."""
        found = [line for line in self.log.read_text(errors="replace").splitlines() if line.startswith("{")]
        return [json.loads(line) for line in found]

    def said(self, event: str) -> list[dict[str, Any]]:
        """The lines about one kind of event."""
        return [line for line in self.lines() if line["event"] == event]

    def get(self, path: str) -> httpx.Response:
        """Ask its probes."""
        return httpx.get(f"http://127.0.0.1:{self.said('probes')[-1]['port']}{path}", timeout=10)

    @property
    def is_ready(self) -> bool:
        """Whether it can do its work."""
        return bool(self.said("probes")) and self.get("/readyz").status_code == 200

    def await_ready(self) -> Self:
        """Return when it can do its work."""
        for _ in tries(START_SECONDS):
            if self.process.poll() is not None:
                break
            if self.is_ready:
                return self
        raise AssertionError(f"the service did not start:\n{self.log.read_text(errors='replace')[-4000:]}")

    def handled(self, outcome: str) -> int:
        """How many commands and events it counted with this outcome."""
        found = re.findall(rf'sansan_handled_total{{.*outcome="{outcome}"}} (\d+)', self.get("/metrics").text)
        return sum(map(int, found))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Tell it to stop; its exit status, and how many seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS), time.monotonic() - begun


@dataclass
class House:
    """Where services run in a test: a virtual host, databases and keys of its own."""

    amqp_url: str
    database_url: str
    directory: Path
    running: list[Running] = field(default_factory=list)

    @property
    def keys(self) -> Keys:
        """What signs tokens here."""
        return Keys(self.directory / "keys", utc_now)

    def url_of(self, store: Store) -> URL:
        """The database of a service."""
        url = make_url(self.database_url.replace("{service}", store.service))
        return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url

    def prepare(self, *stores: Store) -> Self:
        """Make the databases, which know two communities."""
        for store in stores:
            upgrade(self.url_of(store), ROOT / "services" / store.service / "migrations")
            engine = open_engine(self.url_of(store))
            with engine.begin() as connection:
                keep_communities(connection, store, [caochang(), caochang(ANOTHER_COMMUNITY)])
            engine.dispose()
        return self

    def rows(self, store: Store, table: str) -> list[Any]:
        """Everything in a table."""
        engine = open_engine(self.url_of(store))
        with engine.connect() as connection:
            found = list(connection.execute(sa.select(store.metadata.tables[table])))
        engine.dispose()
        return found

    def begin(self, service: str, **settings: str) -> Running:
        """Start a service, `module:Class`, without waiting for it."""
        module, name = service.split(":")
        log = self.directory / f"{name}-{len(self.running)}.log"
        given = {
            "AMQP_URL": self.amqp_url,
            "DATABASE_URL": self.database_url,
            "DATA_DIRECTORY": str(self.directory),
            "PROBE_PORT": "0",
            **settings,
        }
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-c", ENTRY.format(module=module, name=name)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=ROOT,
                env=child_environment(**given),
            )
        self.running.append(Running(process, log))
        return self.running[-1]

    def start(self, service: str, **settings: str) -> Running:
        """Start a service and wait until it can do its work."""
        return self.begin(service, **settings).await_ready()

    def end(self) -> None:
        """End what still runs."""
        for each in self.running:
            if each.process.poll() is None:
                each.process.kill()
            each.process.wait()

    @contextmanager
    def caller(self, actor: Actor = RESIDENT) -> Iterator["Caller"]:
        """Somebody who calls the services here."""
        link = Link(self.amqp_url)
        try:
            yield Caller(link, self.keys.sign(actor))
        finally:
            link.close()


@dataclass
class Caller:
    """A client of nameko's RPC that can also send what no client would."""

    link: Link
    token: str
    replies: dict[str, Any] = field(default_factory=dict)
    count: int = 0
    reply_to: str = field(default_factory=new_id)

    def __post_init__(self) -> None:
        channel = self.link.channel
        channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True, auto_delete=False)
        queue = channel.queue_declare(f"test.reply-{self.reply_to}", exclusive=True, auto_delete=True).queue
        channel.queue_bind(queue, RPC_EXCHANGE, self.reply_to)
        channel.basic_consume(queue, callback=self._arrive, no_ack=True)

    def _arrive(self, message: Any) -> None:
        self.count += 1
        self.replies[message.properties["correlation_id"]] = from_json(message.body)

    def send(self, key: str, body: bytes, headers: dict[str, Any] | None = None, **properties: Any) -> str:
        """Publish to the RPC exchange exactly this; the correlation id."""
        sent = {
            "content_type": "application/json",
            "correlation_id": new_id(),
            "reply_to": self.reply_to,
            **properties,
        }
        given = {name: value for name, value in sent.items() if value is not None}
        message = amqp.Message(body, application_headers=headers or {}, **given)
        self.link.channel.basic_publish(message, RPC_EXCHANGE, key)
        return str(sent["correlation_id"])

    def ask(self, command: Any, headers: dict[str, Any] | None = None, **properties: Any) -> str:
        """Send a command; the correlation id of its reply."""
        spec = COMMANDS[type(command)]
        body = to_json({"args": [], "kwargs": to_data(command)})
        return self.send(spec.name, body, {"nameko.auth_token": self.token, **(headers or {})}, **properties)

    def reply(self, correlation_id: str, seconds: float = 20) -> Any:
        """The reply to a message, when it comes."""
        for _ in tries(seconds, pause=0):
            if correlation_id in self.replies:
                return self.replies.pop(correlation_id)
            self.link.drain(0.1)
        raise AssertionError("no reply came")

    def call(self, command: Any, headers: dict[str, Any] | None = None, **properties: Any) -> Any:
        """Send a command; the whole reply."""
        return self.reply(self.ask(command, headers, **properties))

    def await_replies(self, number: int, seconds: float = 60) -> None:
        """Return when so many replies have come."""
        for _ in tries(seconds, pause=0):
            if self.count >= number:
                return
            self.link.drain(0.1)
        raise AssertionError(f"{self.count} of {number} replies came")

    def depth(self, queue: str) -> int:
        """How many messages wait in a queue."""
        return queue_depth(self.link.channel, queue)

    def await_depth(self, queue: str, number: int, seconds: float = 20) -> None:
        """Return when so many messages wait in a queue."""
        for _ in tries(seconds):
            if self.depth(queue) == number:
                return
        raise AssertionError(f"{self.depth(queue)} messages wait in {queue}, not {number}")

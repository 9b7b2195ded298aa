"""Our side: the whole system as processes on the same servers as the rivals, with its own people and their tokens."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import httpx
import sqlalchemy as sa

from deploy import parts
from deploy.local import Fleet
from deploy.machine import free_port, tries
from gateway.directory.contract import CreateDistrict, Person
from gateway.directory.facade import Directory
from gateway.identity import Keys
from services.actor import SYSTEM, Actor, Role
from services.clock import utc_now
from services.database import open_engine
from services.ids import new_id
from services.migrate import upgrade
from services.settings import Settings, read_settings
from tests.load.events import Flow, subscriber
from tests.load.generator import Plan, Request
from tests.load.processes import LOGS
from tests.load.rivals import Plans
from tests.load.tables import COMMUNITY, REPORT

EVENTS = "issues.events"
HERE = f"/v1/communities/{COMMUNITY}"
RESIDENTS = 64
DAY_SECONDS = 86_400
_PASSWORD = "bench-2026-caochang"
_ONBOARDING = {
    "community_id": COMMUNITY,
    "district_id": "wuhan-jiangan",
    "name": "操场社区",
    "estates": [
        {"name": "东立国际", "buildings": [{"name": "12栋", "entrances": [{"name": "1单元", "homes": ["101"]}]}]}
    ],
}


@dataclass
class Ours:
    """The system: `databases` is a value for SANSAN_DATABASE_URL with `{service}` in it."""

    amqp: str
    databases: str
    data: Path = LOGS / "data"
    port: int = field(default_factory=free_port)
    tokens: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The settings that its processes get."""
        data = self.data.absolute()
        return replace(read_settings(), amqp_url=self.amqp, database_url=self.databases, data_directory=data)

    def prepare(self) -> None:
        """Migrate the databases, make the keys, sign the residents' tokens and begin the district."""
        shutil.rmtree(self.data, ignore_errors=True)
        for service in parts.STORES:
            upgrade(self.settings.database(service), parts.migrations_of(service))
        keys = Keys(self.settings.keys_directory, utc_now, DAY_SECONDS)
        people = [Actor(new_id(), {COMMUNITY: frozenset({Role.RESIDENT})}) for _ in range(RESIDENTS)]
        self.tokens = [keys.sign(person) for person in people]
        directory = Directory.open(self.settings)
        admin = Person(login="bench.admin", name="管理员", phone="13800000000", password=_PASSWORD)
        directory.perform(CreateDistrict(community_id="wuhan-jiangan", name="江岸区", admin=admin), SYSTEM)
        directory.close()

    @contextmanager
    def running(self, *names: str, amqp: str = "") -> Iterator[dict[str, int]]:
        """Run some of the processes, or all; their ids by name. `amqp` is another virtual host than the usual one."""
        given = {
            "AMQP_URL": amqp or self.amqp,
            "DATABASE_URL": self.databases,
            "DATA_DIRECTORY": str(self.data.absolute()),
            "HTTP_PORT": str(self.port),
            "RATE_PER_SECOND": "0",
            "LOG_LEVEL": "WARNING",
        }
        fleet = Fleet(names or parts.PROCESSES, given, LOGS)
        try:
            fleet.start()
            fleet.await_ready()
            yield {name: child.process.pid for name, child in fleet.children.items() if child.process}
        finally:
            fleet.stop()

    def onboard(self) -> None:
        """Bring the community in and wait until the issues service knows it."""
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=10) as http:
            who = {"login": "bench.admin", "password": _PASSWORD}
            token = http.post("/v1/sessions", json=who).raise_for_status().json()["access_token"]
            http.headers["Authorization"] = f"Bearer {token}"
            http.post("/v1/communities", json=_ONBOARDING).raise_for_status()
            http.headers["Authorization"] = f"Bearer {self.tokens[0]}"
            answers = (http.post(f"{HERE}/issues", json=_report_body()) for _ in tries(30, pause=0.2))
            assert any(answer.status_code == 201 for answer in answers), (
                "the community did not reach the issues service"
            )

    def find_ids(self) -> None:
        """Learn the ids of some issues, to read them one by one."""
        engine = open_engine(self.settings.database("issues"))
        with engine.connect() as connection:
            sample = sa.text("SELECT subject FROM journal ORDER BY md5(subject) LIMIT 1000")
            self.ids = [str(found) for found in connection.execute(sample).scalars()]
        engine.dispose()

    def plans(self) -> Plans:
        """The load for each measure."""
        return {
            "report": Plan(self.port, self.reports()),
            "list": Plan(self.port, [self._get(f"{HERE}/issues?limit=20", token) for token in self.tokens]),
            "read": Plan(
                self.port, [self._get(f"{HERE}/issues/{issue}", self._token(n)) for n, issue in enumerate(self.ids)]
            ),
        }

    def reports(self) -> Sequence[Request]:
        """One report of each resident, each time with a new Idempotency-Key."""
        body = json.dumps(_report_body(), ensure_ascii=False)
        return [
            Request("POST", f"{HERE}/issues", {"Authorization": f"Bearer {token}", "Idempotency-Key": "{unique}"}, body)
            for token in self.tokens
        ]

    def hold_relay(self) -> None:
        """Keep the issues service's relay from publishing: somebody else holds its lease for an hour."""
        self._lease(
            "INSERT INTO lease (name, holder, until) VALUES ('relay', 'bench', :until)"
            " ON CONFLICT (name) DO UPDATE SET holder = 'bench', until = :until"
        )

    def free_relay(self) -> None:
        """Let the relay go on."""
        self._lease("DELETE FROM lease WHERE :until > until")

    def _lease(self, statement: str) -> None:
        engine = open_engine(self.settings.database("issues"))
        with engine.begin() as connection:
            connection.execute(sa.text(statement), {"until": utc_now() + timedelta(hours=1)})
        engine.dispose()

    def unsent(self) -> int:
        """How many events wait in the journal."""
        engine = open_engine(self.settings.database("issues"))
        with engine.connect() as connection:
            waiting = connection.execute(sa.text("SELECT count(*) FROM journal WHERE sent_at IS NULL")).scalar_one()
        engine.dispose()
        return int(waiting)

    def drain(self, amqp: str) -> Flow:
        """Run the issues service alone, on an empty virtual host, until a subscriber has all the events that wait."""
        with subscriber(amqp, EVENTS, self.unsent()) as listening:
            self.free_relay()
            with self.running("issues", amqp=amqp):
                return listening.result()

    def _get(self, path: str, token: str) -> Request:
        return Request("GET", path, {"Authorization": f"Bearer {token}"})

    def _token(self, number: int) -> str:
        return self.tokens[number % len(self.tokens)]


def _report_body() -> dict[str, object]:
    return {**REPORT, "category": "suggestion", "place": {"spot": "on the footpath between buildings 12 and 13"}}

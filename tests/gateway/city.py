"""A small real city for the tests of the HTTP surface: all four processes on a real broker, two communities, and their people."""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from deploy import parts
from deploy.local import Fleet
from deploy.machine import free_port
from gateway.directory.blueprint import Blueprint
from gateway.directory.facade import Directory
from gateway.directory.onboarding import onboard
from services.migrate import upgrade
from services.schemas import load
from services.settings import Settings, read_settings

HERE, ELSEWHERE, DISTRICT = "wuhan-caochang", "wuhan-baibuting", "wuhan-jiangan"
PASSWORD = "drei mal drei macht Sachen 2026"
ESTATES = [{"name": "东立国际", "buildings": [{"names": "1-2", "entrances": 1, "floors": 3, "homes_per_floor": 2}]}]
PEOPLE: dict[str, dict[str, dict[str, Any]]] = {
    HERE: {
        "ruler": {"roles": ["district_admin"]},
        "admin": {"roles": ["community_admin"]},
        "officer": {"roles": ["grid_officer"]},
        "resident": {"homes": [{"home": "1栋 1单元 101"}]},
        "neighbour": {"homes": [{"home": "1栋 1单元 102"}]},
    },
    ELSEWHERE: {"stranger": {"homes": [{"home": "1栋 1单元 101"}]}},
}
TOLD = "community_id, id, type, subject, version, audience, member_id, actor, at, causation_id, data"
KEPT = {
    "issues": {"issues": "*", "journal": TOLD, "due": "*"},
    "points": {"accounts": "*", "transfers": "*"},
    "directory": dict.fromkeys(("places", "members", "people", "owners", "parts", "rolls", "api_clients"), "*")
    | {"journal": TOLD},
}


@dataclass
class City:
    """A running city; every person has a client of their own with a token."""

    address: str
    chosen: Settings
    fleet: Fleet
    members: dict[str, str] = field(default_factory=dict)
    clients: dict[str, httpx.Client] = field(default_factory=dict)

    def person(self, name: str) -> httpx.Client:
        """Somebody's client, logged in; `nobody` has no token."""
        if name not in self.clients:
            client = self.clients[name] = httpx.Client(base_url=self.address, timeout=30)
            if name != "nobody":
                session = client.post("/v1/sessions", json={"login": name, "password": PASSWORD})
                assert session.status_code == 201, session.text
                client.headers["authorization"] = f"Bearer {session.json()['access_token']}"
        return self.clients[name]

    def report(self, by: str = "resident", **members: Any) -> Any:
        """A new issue."""
        told = {
            "category": "suggestion",
            "title": "井盖破损",
            "text": "三号楼前的井盖破了。",
            "place": {"spot": "三号楼前"},
            **members,
        }
        answer = self.person(by).post(f"/v1/communities/{HERE}/issues", json=told)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def move(self, by: str, issue: Any, name: str, **members: Any) -> Any:
        """An issue after somebody did something with it."""
        answer = self.person(by).post(f"/v1/communities/{HERE}/issues/{issue['id']}/{name}", json=members)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def everything(self) -> dict[str, str]:
        """What the services and the directory hold and have told, as a hash for each table."""
        return {
            f"{service}.{table}": self._hash(service, table, columns)
            for service, tables in KEPT.items()
            for table, columns in tables.items()
        }

    def _hash(self, service: str, table: str, columns: str) -> str:
        rows = sorted(repr(tuple(row)) for row in self.rows(service, f"SELECT {columns} FROM {table}"))
        return f"{len(rows)} rows {hashlib.sha256(repr(rows).encode()).hexdigest()}"

    def rows(self, service: str, query: str) -> Sequence[Any]:
        """What a service's database answers."""
        engine = sa.create_engine(self.chosen.database(service), poolclass=sa.NullPool)
        with engine.connect() as connection:
            return connection.execute(sa.text(query)).all()


@contextmanager
def city_on(amqp_url: str, directory: Path, databases_url: str = "") -> Iterator[City]:
    """A city whose processes run until the block ends, by default with SQLite."""
    port = free_port()
    chosen = replace(
        read_settings(),
        amqp_url=amqp_url,
        database_url=databases_url,
        data_directory=directory,
        http_port=port,
        access_token_seconds=3600,
    )
    for service in parts.STORES:
        upgrade(chosen.database(service), parts.migrations_of(service))
    environment = {
        "AMQP_URL": amqp_url,
        "DATABASE_URL": databases_url,
        "DATA_DIRECTORY": str(directory),
        "HTTP_PORT": str(port),
        "RATE_PER_SECOND": "0",
        "ACCESS_TOKEN_SECONDS": "3600",
    }
    directory.mkdir(exist_ok=True)
    fleet = Fleet(parts.PROCESSES, environment, directory / "log")
    city = City(f"http://127.0.0.1:{port}", chosen, fleet)
    try:
        fleet.start()
        fleet.await_ready()
        _populate(city)
        _await_communities(city)
        yield city
    finally:
        for client in city.clients.values():
            client.close()
        fleet.stop()


def _populate(city: City) -> None:
    directory = Directory.open(city.chosen, parts.parameters())
    phones = iter(range(13800000001, 13800001000))
    for community, people in PEOPLE.items():
        plan = {
            "district": {"id": DISTRICT, "name": "江岸区"},
            "community": {"id": community, "name": "操场社区"},
            "estates": ESTATES,
            "people": [
                {"login": login, "name": "某某", "phone": str(next(phones)), "password": PASSWORD, **what}
                for login, what in people.items()
            ],
        }
        city.members |= onboard(directory, load(Blueprint, plan)).members
    directory.close()


def _await_communities(city: City, seconds: float = 20.0) -> None:
    """Return when the gateway and the issues service have heard of both communities."""
    nobody, tries = city.person("nobody"), threading.Event()
    for _ in range(int(seconds / 0.05)):
        known = {each["community_id"] for each in nobody.get("/v1/communities").json()["items"]}
        told = {row[0] for row in city.rows("issues", "SELECT community_id FROM communities")}
        if known == told == set(PEOPLE):
            return
        tries.wait(0.05)
    raise AssertionError(f"the communities are not known everywhere: {known}, {told}")

"""The web process in this process, on migrated databases and without a broker: people with tokens, and notices in their inboxes."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from deploy import parts
from deploy.machine import free_port
from gateway.directory.store import people
from gateway.store import notice_deliveries, notices
from gateway.web import Web
from services.actor import Actor, Role
from services.database import open_engine
from services.ids import derived_id, new_id
from services.migrate import upgrade
from services.settings import read_settings, settings
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, ISSUE, NOON

HERE = f"/v1/communities/{COMMUNITY}/notices"
WISHES = "/v1/me/notice-preferences"
RESIDENT, NEIGHBOUR, STRANGER, COMPANY = (derived_id("member", name) for name in ("r", "n", "s", "c"))
PEOPLE = {
    "resident": Actor(RESIDENT, {COMMUNITY: frozenset({Role.RESIDENT}), ANOTHER_COMMUNITY: frozenset({Role.OWNER})}),
    "neighbour": Actor(NEIGHBOUR, {COMMUNITY: frozenset({Role.RESIDENT})}),
    "stranger": Actor(STRANGER, {ANOTHER_COMMUNITY: frozenset({Role.RESIDENT})}),
    "company": Actor(COMPANY, {COMMUNITY: frozenset({Role.PROPERTY_SYSTEM})}, kind="client"),
}


@dataclass
class Reception:
    """The running app, and both databases behind it."""

    web: Web
    runner: asyncio.Runner
    client: httpx.AsyncClient
    gateway: Engine
    directory: Engine

    def ask(self, who: str, method: str, path: str, **options: Any) -> httpx.Response:
        """Somebody's request; `nobody` has no token."""
        headers = options.pop("headers", {})
        if who != "nobody":
            headers["authorization"] = f"Bearer {self.web.inside.directory.keys.sign(PEOPLE[who])}"
        return self.runner.run(self.client.request(method, path, headers=headers, **options))

    def get(self, who: str, path: str = HERE, **query: Any) -> Any:
        """What somebody reads."""
        answer = self.ask(who, "GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def read(self, who: str, **asked: Any) -> httpx.Response:
        """Somebody says what they have read."""
        return self.ask(who, "POST", f"{HERE}/read", json=asked)

    def put(self, who: str, **wanted: Any) -> httpx.Response:
        """Somebody says where they want to be told."""
        return self.ask(who, "PUT", WISHES, json=wanted)

    def notice(self, member_id: str = RESIDENT, community_id: str = COMMUNITY, **changed: Any) -> str:
        """The id of a new notice in somebody's inbox."""
        row = {
            "community_id": community_id, "id": new_id(), "member_id": member_id, "event_id": new_id(),
            "type": "issues.issue.resolved.v1", "kind": "outcome", "subject": ISSUE, "issue_id": ISSUE, "title": "井盖破损",
            "zh": "您反映的“井盖破损”已办结。", "en": "It was settled.", "urgent": False, "planned": True, "at": NOON,
            "read_at": None, **changed,
        }  # fmt: skip
        with self.gateway.begin() as connection:
            connection.execute(sa.insert(notices).values(**row))
        return str(row["id"])

    def delivery(self, notice_id: str, number: int = 1, **changed: Any) -> None:
        """A message of it."""
        row = {
            "community_id": COMMUNITY, "notice_id": notice_id, "number": number, "member_id": RESIDENT, "kind": "email",
            "state": "sent", "attempts": 1, "error": "", "next_at": None, "sent_at": NOON, **changed,
        }  # fmt: skip
        with self.gateway.begin() as connection:
            connection.execute(sa.insert(notice_deliveries).values(**row))

    def empty(self) -> None:
        """Forget all notices."""
        with self.gateway.begin() as connection:
            for table in (notice_deliveries, notices):
                connection.execute(sa.delete(table))


@contextmanager
def reception_on(databases_url: str, directory: Path) -> Iterator[Reception]:
    """A reception, until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANSAN_DATA_DIRECTORY", str(directory / "var"))
        settings.cache_clear()
        yield from _reception(databases_url)
    settings.cache_clear()


def _reception(databases_url: str) -> Iterator[Reception]:
    broker = f"amqp://127.0.0.1:{free_port()}//"
    chosen = replace(read_settings(), database_url=databases_url, amqp_url=broker, rate_per_second=0)
    for service in ("directory", "gateway"):
        upgrade(chosen.database(service), parts.migrations_of(service))
    with asyncio.Runner() as runner:
        web, stack = Web(chosen), AsyncExitStack()
        runner.run(stack.enter_async_context(web.app.running()))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(web.app), base_url="http://sansan")
        engines = [open_engine(chosen.database(service)) for service in ("gateway", "directory")]
        made = Reception(web, runner, client, *engines)
        with made.directory.begin() as connection:
            connection.execute(sa.insert(people), [_person(id_) for id_ in (RESIDENT, NEIGHBOUR)])
        yield made
        runner.run(client.aclose())
        runner.run(stack.aclose())
        for engine in engines:
            engine.dispose()


def _person(id_: str) -> dict[str, Any]:
    return {
        "community_id": COMMUNITY, "id": id_, "login": f"login.{id_[:8]}", "name": "某某", "phone": "13800000000",
        "password_hash": "", "handed_over": False, "created_at": NOON,
    }  # fmt: skip

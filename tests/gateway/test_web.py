"""The web process as a whole: every row of the table has a handler, and the probes tell what is missing."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from deploy import parts
from deploy.machine import free_port
from gateway.endpoints import ENDPOINTS
from gateway.web import Web
from services.migrate import upgrade
from services.settings import Settings, read_settings
from tests.gateway.city import City


@pytest.fixture
def lonely(tmp_path: Path) -> Settings:
    """Settings with databases of their own and no broker."""
    chosen = replace(read_settings(), data_directory=tmp_path, amqp_url=f"amqp://127.0.0.1:{free_port()}//")
    for service in ("directory", "gateway"):
        upgrade(chosen.database(service), parts.migrations_of(service))
    return chosen


async def ask(chosen: Settings, method: str, *paths: str, **headers: str) -> list[httpx.Response]:
    """The answers of an app that has started."""
    web = Web(chosen)
    async with web.app.running(), httpx.AsyncClient(transport=httpx.ASGITransport(web.app)) as client:
        return [await client.request(method, f"http://sansan{path}", headers=headers) for path in paths]


def test_every_endpoint_has_a_handler(lonely: Settings) -> None:
    asyncio.run(ask(lonely, "GET", "/healthz"))
    assert sum(map(len, ENDPOINTS.values())) > 40


def test_without_a_broker_it_starts_and_reads_and_says_that_it_is_not_ready(lonely: Settings) -> None:
    health, ready, listed = asyncio.run(ask(lonely, "GET", "/healthz", "/readyz", "/v1/communities"))
    assert health.status_code == 200
    assert (ready.status_code, ready.json()) == (503, {"broker": False, "views": True})
    assert (listed.status_code, listed.json()) == (200, {"items": [], "next": None})


def test_whoever_asks_too_often_is_told_to_wait(lonely: Settings) -> None:
    hasty = replace(lonely, rate_per_second=0.1, rate_burst=2)
    *served, refused = asyncio.run(ask(hasty, "GET", *["/v1/communities"] * 3))
    assert [answer.status_code for answer in served] == [200, 200]
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 10


def test_other_sites_pages_may_use_the_api_only_where_the_operator_says_so(lonely: Settings) -> None:
    open_to = replace(lonely, cors_origins=("https://app.example",))
    (allowed,) = asyncio.run(ask(open_to, "GET", "/v1/communities", origin="https://app.example"))
    assert allowed.headers["access-control-allow-origin"] == "https://app.example"
    (closed,) = asyncio.run(ask(lonely, "GET", "/v1/communities", origin="https://app.example"))
    assert "access-control-allow-origin" not in closed.headers


def test_without_its_database_it_starts_and_says_so(lonely: Settings) -> None:
    Path(str(lonely.database("gateway").database)).unlink()
    ready, listed = asyncio.run(ask(lonely, "GET", "/readyz", "/v1/communities"))
    assert ready.json() == {"broker": False, "views": False}
    assert (listed.status_code, listed.headers["retry-after"]) == (503, "2")


def test_a_running_city_is_ready(city: City) -> None:
    ready = city.person("nobody").get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"broker": True, "views": True})

"""Who may ask for candidates, and what a question over HTTP comes to."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from gateway.app import Gateway
from gateway.endpoints import ENDPOINTS, Special
from gateway.handlers import Handlers
from gateway.headers import CommonHeaders
from gateway.identity import Keys
from gateway.limits import Rate
from gateway.similar.doors import SimilarDoors
from services.actor import Actor, Role
from services.clock import utc_now
from services.declare import STAFF
from services.issues.contract import Place, Point, Status
from services.settings import settings
from tests.gateway.world import World, numbered, world_on
from tests.shared.samples import (
    ANOTHER_COMMUNITY,
    ANOTHER_RESIDENT,
    BUILDING,
    COMMUNITY,
    GRID_OFFICER,
    OFFICER,
    RESIDENT,
    issue_state,
    member,
)

HERE = f"/v1/communities/{COMMUNITY}"
PEOPLE = {
    "resident": RESIDENT,
    "neighbour": ANOTHER_RESIDENT,
    "officer": GRID_OFFICER,
    "stranger": member(OFFICER, Role.GRID_OFFICER, community_id=ANOTHER_COMMUNITY),
    "no role": Actor(OFFICER, {}),
}
POINT = {"lat": "30.6225", "lon": "114.3125"}


class Door:
    """The two endpoints over a database of this test's own."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.keys = Keys(folder / "keys", utc_now)
        parts: Any = SimpleNamespace(rate=Rate(0, 1))  # nothing here sends a command
        doors = SimilarDoors(Handlers(parts), world.districts, world.views)
        rows = [row for row in ENDPOINTS["issues"] if isinstance(row, Special) and hasattr(doors, row.does)]
        handlers = {row.path: {row.method: getattr(doors, row.does)} for row in rows}
        self.app = Gateway(handlers, CommonHeaders((), only_tls=False), _nothing)

    def get(self, who: str, path: str, **query: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            headers = {"authorization": f"Bearer {self.keys.sign(PEOPLE[who])}"} if who in PEOPLE else {}
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://sansan") as client:
                return await client.get(path, params=query, headers=headers)

        return self.world.run(ask())


@asynccontextmanager
async def _nothing(_app: Any) -> AsyncIterator[None]:
    yield


@pytest.fixture
def door(database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setenv("SANSAN_DATA_DIRECTORY", str(tmp_path))
    settings.cache_clear()
    with world_on(database_url) as world:
        yield Door(world, tmp_path)
    monkeypatch.undo()
    settings.cache_clear()


def reported(number: int, **changed: Any) -> Any:
    now = utc_now()
    place = Place(building_id=BUILDING, point=Point(lat=30.6225, lon=114.3125))
    given = {"status": Status.REPORTED, "place": place, "created_at": now, "updated_at": now, **changed}
    return numbered(number, **given)


def test_before_submitting_one_is_told_what_was_reported(door: Door) -> None:
    door.world.report(reported(1, me_toos=2))
    answer = door.get("neighbour", f"{HERE}/similar-issues", category="facility", title="井盖破损", **POINT)
    assert answer.status_code == 200, answer.text
    (item,) = answer.json()["items"]
    assert item["id"] == numbered(1).id
    assert item["distance"] == 0
    assert item["me_toos"] == 2
    assert item["reasons"][:2] == ["words", "near"]
    assert set(item) == {"id", "title", "status", "category", "created_at", "distance", "score", "me_toos", "reasons"}
    assert answer.headers["cache-control"] == "private, no-cache"


def test_after_submitting_one_is_told_the_others(door: Door) -> None:
    door.world.report(reported(1), reported(2))
    items = door.get("resident", f"{HERE}/issues/{numbered(1).id}/similar").json()["items"]
    assert [item["id"] for item in items] == [numbered(2).id]


@pytest.mark.parametrize("who", ["stranger", "no role"])
def test_whoever_has_no_role_here_is_told_nothing(door: Door, who: str) -> None:
    door.world.report(reported(1))
    assert door.get(who, f"{HERE}/similar-issues", title="井盖破损").status_code == 403
    assert door.get(who, f"{HERE}/issues/{numbered(1).id}/similar").status_code == 403
    assert door.get("nobody", f"{HERE}/similar-issues", title="井盖破损").status_code == 401


def test_a_private_issue_leaks_neither_title_nor_count_nor_distance(door: Door) -> None:
    door.world.report(reported(1, audience=STAFF), reported(2, title="路灯不亮", text="不亮"))
    answer = door.get("neighbour", f"{HERE}/similar-issues", category="facility", title="井盖破损", **POINT)
    assert numbered(1).id not in answer.text
    assert "井盖" not in answer.text
    assert door.get("neighbour", f"{HERE}/issues/{numbered(1).id}/similar").status_code == 404
    for who in ("officer", "resident"):
        items = door.get(who, f"{HERE}/similar-issues", category="facility", title="井盖破损", **POINT).json()["items"]
        assert items[0]["id"] == numbered(1).id


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"category": "facility"},
        {"lat": "30.6"},
        {"lon": "114.3", "title": "井盖"},
        {"lat": "91", "lon": "0"},
        {"title": " "},
        {"title": "\0"},
        {"limit": "11", "title": "井盖"},
        {"near": "30.6,114.3,50", "title": "井盖"},
    ],
)
def test_what_cannot_be_looked_for_is_said_in_both_languages(door: Door, query: dict[str, str]) -> None:
    answer = door.get("resident", f"{HERE}/similar-issues", **query)
    assert answer.status_code == 422
    assert answer.json()["zh"]
    assert answer.json()["en"]


@pytest.mark.parametrize("id_", ["x", issue_state().id.upper(), issue_state().id])
def test_of_an_issue_that_is_not_there_nothing_is_similar(door: Door, id_: str) -> None:
    assert door.get("officer", f"{HERE}/issues/{id_}/similar").status_code == 404


def test_a_community_that_cannot_be_is_not_found(door: Door) -> None:
    assert door.get("officer", "/v1/communities/../similar-issues", title="井盖").status_code == 404
    assert door.get("officer", "/v1/communities/A/similar-issues", title="井盖").status_code == 404

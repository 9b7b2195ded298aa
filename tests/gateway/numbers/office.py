"""The endpoints for numbers over a database of a test's own, with issues as the edge is told of them and callers with tokens."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import uvicorn
from sqlalchemy.engine import URL

from deploy.machine import free_port, tries
from gateway.app import Gateway
from gateway.directory.contract import Building, CommunityOnboarded, CommunityState, Estate
from gateway.districts import Districts
from gateway.endpoints import ENDPOINTS, Special
from gateway.handlers import Handlers
from gateway.headers import CommonHeaders
from gateway.identity import Keys
from gateway.limits import Rate
from gateway.numbers.desk import Numbers
from gateway.numbers.exports import EXPORT_SECONDS, Exports
from gateway.numbers.facts import Facts
from gateway.numbers.snapshot import Snapshots
from gateway.store import STORE
from gateway.told import write_told
from gateway.views import Views
from services.actor import Actor, Role
from services.clock import utc_now
from services.ids import derived_id
from services.issues.contract import (
    CatalogueChanged,
    CatalogueState,
    Category,
    IssueReported,
    IssueState,
    Rating,
    Status,
    Turn,
)
from tests.gateway.world import World, told, world_on
from tests.shared.samples import COMMUNITY, DISTRICT, NOON, OFFICER, REPORTER, issue_state, member

HERE = f"/v1/communities/{COMMUNITY}"
DAY = "2024-05-20"
NOW = NOON + timedelta(hours=22)  # ten o'clock in the morning of the next day
CUT_OFF = NOON + timedelta(hours=10)
ONE, TWO = derived_id("building", "1"), derived_id("building", "2")
GRID = derived_id("grid", "1")
PEOPLE = {
    "resident": member(REPORTER, Role.RESIDENT),
    "neighbour": member(derived_id("member", "neighbour"), Role.RESIDENT),
    "officer": member(OFFICER, Role.GRID_OFFICER),
    "stranger": Actor(derived_id("member", "stranger"), {"wuhan-baibuting": frozenset({Role.RESIDENT})}),
}


@dataclass
class Desk:
    """The endpoints in one event loop, with their own way to the database."""

    url: URL
    seconds: float = EXPORT_SECONDS
    reached_by: URL | None = None

    def __post_init__(self) -> None:
        self.views = Views.open(self.url)
        districts = Districts(self.views.reader)
        parts: Any = SimpleNamespace(rate=Rate(0, 1))  # nothing here sends a command
        handlers = Handlers(parts)
        self.exports = Exports(handlers, districts, self.views, Snapshots(self.reached_by or self.url), self.seconds)
        self.app = _app((Numbers(handlers, districts, self.views, lambda: NOW), self.exports), self.life)

    @asynccontextmanager
    async def life(self, _app: Any) -> AsyncIterator[None]:
        """From its start to its end."""
        yield
        await self.views.close()


@dataclass
class Office:
    """`say` tells the edge of issues; `get` asks over HTTP as somebody; `served` is a process of its own, as it were."""

    world: World
    desk: Desk
    keys: Keys
    facts: Facts = field(default_factory=Facts)

    def tell(self, *events: Any) -> None:
        """The edge hears of some events, in one transaction."""
        rows = [told(event) for event in events]
        with self.world.engine.begin() as connection:
            self.facts.write(connection, STORE, rows)
            write_told(connection, STORE, rows)

    def say(self, *issues: IssueState) -> None:
        """The edge hears of some issues."""
        self.tell(*(IssueReported(issue=issue) for issue in issues))

    def token(self, who: str) -> dict[str, str]:
        """The headers of somebody who logged in."""
        return {"authorization": f"Bearer {self.keys.sign(PEOPLE[who])}"} if who != "nobody" else {}

    def get(self, who: str, path: str, method: str = "GET", headers: Any = (), **query: Any) -> httpx.Response:
        """An answer to somebody."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.desk.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://sansan") as client:
                told = {**self.token(who), **dict(headers)}
                return await client.request(method, path, params=query, headers=told)

        return self.world.run(ask())

    def numbers(self, who: str = "officer", **query: Any) -> Any:
        """The numbers of the day, or of other ones."""
        answer = self.get(who, f"{HERE}/numbers", **{"from": DAY, "until": DAY, **query})
        assert answer.status_code == 200, answer.text
        return answer.json()

    @contextmanager
    def served(self, seconds: float = EXPORT_SECONDS, reached_by: URL | None = None) -> Iterator[tuple[str, Exports]]:
        """A real server; gives its address. Its exports may reach the database another way."""
        port, desk = free_port(), Desk(self.desk.url, seconds, reached_by)
        server = uvicorn.Server(uvicorn.Config(desk.app, port=port, lifespan="on", log_config=None, access_log=False))
        thread = threading.Thread(target=server.run)
        thread.start()
        assert any(server.started for _ in tries(20)), "the server did not start"
        try:
            yield f"http://127.0.0.1:{port}", desk.exports
        finally:
            server.should_exit = True
            thread.join(20)


@contextmanager
def office_on(url: URL, folder: Path) -> Iterator[Office]:
    """An office with a community, its catalogue and nothing reported."""
    with world_on(url) as world:
        office = Office(world, Desk(url), Keys(folder / "keys", utc_now))
        office.tell(community(), catalogue())
        yield office
        world.run(office.desk.views.close())


def _app(groups: tuple[Any, ...], life: Any) -> Gateway:
    rows = [row for row in ENDPOINTS["numbers"] if isinstance(row, Special)]
    doors = {row.path: {row.method: next(getattr(g, row.does) for g in groups if hasattr(g, row.does))} for row in rows}
    return Gateway(doors, CommonHeaders((), only_tls=False), life)


def community(zone: str = "Asia/Shanghai") -> CommunityOnboarded:
    """A community with two buildings."""
    estate = Estate(
        id=derived_id("estate"), name="东立国际", buildings=(Building(id=ONE, name="1栋"), Building(id=TWO, name="2栋"))
    )
    state = CommunityState(
        community_id=COMMUNITY,
        id=derived_id("community", COMMUNITY),
        version=1,
        district_id=DISTRICT,
        name="操场社区",
        zone=zone,
        estates=(estate,),
        created_at=NOON,
        updated_at=NOON,
    )
    return CommunityOnboarded(community=state)


def catalogue() -> CatalogueChanged:
    """Three categories: one is a complaint, one a complaint that only staff see."""
    state = CatalogueState(
        community_id=COMMUNITY,
        id=derived_id("catalogue", COMMUNITY),
        version=1,
        categories=(
            Category(code="manhole", en="Manhole covers", zh="井盖"),
            Category(code="noise", en="Noise", zh="噪音", complaint=True),
            Category(code="quarrel", en="Quarrels", zh="邻里纠纷", complaint=True, private=True),
        ),
        created_at=NOON,
        updated_at=NOON,
    )
    return CatalogueChanged(catalogue=state)


def issue(
    name: str, status: Status, after: int | None = None, settled: int | None = None, **changed: Any
) -> IssueState:
    """An issue of the day, reported at noon, answered and settled so many minutes later."""
    resolved_at = _later(settled) if status in (Status.RESOLVED, Status.CONFIRMED) else None
    told = {
        "id": derived_id("issue", name),
        "title": f"问题 {name}",
        "status": status,
        "category": "manhole",
        "building_id": ONE,
        "grid_id": GRID,
        "day": NOON.date(),
        "respond_by": _later(120),
        "responded_at": _later(after),
        "settle_by": CUT_OFF,
        "first_resolved_at": _later(settled),
        "resolved_at": resolved_at,
        "history": (turn("report", Status.REPORTED), turn("go on", status)),
    }
    return issue_state(**{**told, **changed})


def turn(move: str, status: Status) -> Turn:
    """A turn of a history."""
    return Turn(move=move.replace(" ", "_"), at=NOON, status=status, by=OFFICER)


def rated(stars: int, **more: Any) -> Rating:
    """A rating."""
    return Rating(stars=stars, at=NOON, **more)


def _later(minutes: int | None) -> datetime | None:
    return None if minutes is None else NOON + timedelta(minutes=minutes)

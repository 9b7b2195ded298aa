"""The web process in this process, on databases of its own and without a broker: people, an issue, and their photos."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from deploy import parts
from deploy.machine import free_port
from gateway.directory.contract import CommunityState, MemberState, MemberStatus
from gateway.web import Web
from services.actor import Actor, Role
from services.ids import derived_id
from services.issues.contract import IssueState, Photo
from services.migrate import upgrade
from services.settings import read_settings, settings
from services.wire import to_data
from tests.gateway.photos.files import file_of, scene
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, DISTRICT, NOON, issue_state

T = TypeVar("T")

HERE, ELSEWHERE = f"/v1/communities/{COMMUNITY}", f"/v1/communities/{ANOTHER_COMMUNITY}"
ROLES = {
    "resident": {COMMUNITY: {Role.RESIDENT}},
    "neighbour": {COMMUNITY: {Role.RESIDENT}},
    "officer": {COMMUNITY: {Role.GRID_OFFICER}},
    "admin": {COMMUNITY: {Role.COMMUNITY_ADMIN}},
    "stranger": {ANOTHER_COMMUNITY: {Role.COMMUNITY_ADMIN}},
    "both": {COMMUNITY: {Role.RESIDENT}, ANOTHER_COMMUNITY: {Role.RESIDENT}},
    "collector": {COMMUNITY: {Role.RESIDENT}},
    "beginner": {COMMUNITY: {Role.RESIDENT}},
    "newcomer": {},
}
IDS = {name: derived_id("member", name) for name in (*ROLES, "ruler")}


@dataclass
class Desk:
    """The running app; everybody has a token."""

    web: Web
    runner: asyncio.Runner
    client: httpx.AsyncClient
    tokens: dict[str, str]
    store: Path

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run something in the web process's loop."""
        return self.runner.run(coroutine)

    async def asking(self, who: str, method: str, path: str, **options: Any) -> httpx.Response:
        """Somebody's request; `nobody` has no token."""
        token = {"authorization": f"Bearer {self.tokens[who]}"} if who != "nobody" else {}
        return await self.client.request(
            method, path, **{**options, "headers": {**token, **options.get("headers", {})}}
        )

    def ask(self, who: str, method: str, path: str, **options: Any) -> httpx.Response:
        """The same, when nothing else goes on."""
        return self.run(self.asking(who, method, path, **options))

    def get(self, who: str, path: str, **options: Any) -> httpx.Response:
        """Somebody reads."""
        return self.ask(who, "GET", path, **options)

    def send(
        self, data: Any, media: str = "image/jpeg", who: str = "resident", where: str = HERE, **headers: str
    ) -> httpx.Response:
        """Somebody sends a file."""
        return self.ask(who, "POST", f"{where}/photos", content=data, headers={"content-type": media, **headers})

    def photo(self, who: str = "resident", media: str = "image/jpeg", data: bytes = b"") -> str:
        """The id of a new photo of somebody's."""
        answer = self.send(data or file_of(scene(640, 480)), media, who)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def issue(self, *photos: Photo, **changed: Any) -> str:
        """The path of an issue with some photos."""
        version = changed.pop("version", 1)
        state = issue_state(photos=photos, version=version, reporter_id=IDS["resident"], **changed)
        self.run(self.web.views.put([(IssueState, to_data(state))]))
        return f"/v1/communities/{state.community_id}/issues/{state.id}"

    def member(self, who: str, status: MemberStatus = MemberStatus.VERIFIED, *roles: Role) -> str:
        """The id of a member whom the views know."""
        state = MemberState(
            community_id=COMMUNITY, id=IDS[who], version=1, status=status, roles=roles, created_at=NOON, updated_at=NOON
        )
        self.run(self.web.views.put([(MemberState, to_data(state))]))
        return IDS[who]

    def files(self) -> set[str]:
        """All files on the shelf."""
        return {path.relative_to(self.store).as_posix() for path in self.store.rglob("*") if path.is_file()}


@contextmanager
def desk_on(databases_url: str, directory: Path) -> Iterator[Desk]:
    """A desk for photos, until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANSAN_DATA_DIRECTORY", str(directory / "var"))
        settings.cache_clear()
        yield from _desk(databases_url)
    settings.cache_clear()


def _desk(databases_url: str) -> Iterator[Desk]:
    chosen = replace(
        read_settings(),
        database_url=databases_url,
        amqp_url=f"amqp://127.0.0.1:{free_port()}//",
        rate_per_second=0,
    )
    upgrade(chosen.database("gateway"), parts.migrations_of("gateway"))
    with asyncio.Runner() as runner:
        web = Web(chosen)
        stack = AsyncExitStack()
        runner.run(stack.enter_async_context(web.app.running()))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(web.app), base_url="http://sansan")
        actors = [
            Actor(IDS[name], {place: frozenset(roles) for place, roles in held.items()}) for name, held in ROLES.items()
        ]
        actors.append(Actor(IDS["ruler"], districts={DISTRICT: frozenset({Role.DISTRICT_ADMIN})}))
        tokens = {name: web.inside.directory.keys.sign(actor) for name, actor in zip(IDS, actors, strict=True)}
        desk = Desk(web, runner, client, tokens, Path(chosen.photo_place))
        community = CommunityState(
            community_id=COMMUNITY, id=derived_id("community", COMMUNITY), version=1, district_id=DISTRICT,
            name="操场社区", created_at=NOON, updated_at=NOON,
        )  # fmt: skip
        runner.run(web.views.put([(CommunityState, to_data(community))]))
        yield desk
        runner.run(client.aclose())
        runner.run(stack.aclose())

"""The feed's end is read once for all who listen; each hears what is for them, and nobody makes the others wait."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from sqlalchemy.engine import URL

from gateway import live
from gateway.feed import Feed
from gateway.stream import HEARTBEAT, RETRY, Streams
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import PUBLIC, STAFF
from tests import servers
from tests.gateway.listening import LATER, in_thread, scope, take, until_listening
from tests.gateway.wire import wired
from tests.gateway.world import STRANGER, World, numbered, sight, world_on
from tests.shared.samples import ANOTHER_COMMUNITY, GRID_OFFICER, REPORTER, RESIDENT


def test_each_listener_hears_what_is_for_them_in_their_rendition(world: World) -> None:
    async def story() -> list[list[tuple[int, Any]]]:
        streams = Streams(world.feed)
        scopes = [
            scope(sight(GRID_OFFICER)),
            scope(sight(RESIDENT)),
            scope(STRANGER),
            scope(sight(GRID_OFFICER, ANOTHER_COMMUNITY), ANOTHER_COMMUNITY),
        ]
        opened = [await streams.open(each, "me", LATER) for each in scopes]
        heard = [asyncio.create_task(take(each, 2)) for each in opened]
        await until_listening(streams, 4)
        await in_thread(world, 1, audience=STAFF, reporter_id="1" * 8 + REPORTER[8:])
        await in_thread(world, 2, audience=FOR_COMMUNITY, reporter_id="1" * 8 + REPORTER[8:])
        await in_thread(world, 3, 4, audience=PUBLIC)
        await in_thread(world, 5, 6, community_id=ANOTHER_COMMUNITY, audience=PUBLIC)
        found = list(await asyncio.gather(*heard))
        for each in opened:
            await each.aclose()
        await streams.close()
        return found

    officer, resident, stranger, elsewhere = world.run(story())
    assert [position for position, _ in officer] == [1, 2]
    assert [position for position, _ in resident] == [2, 3]
    assert [position for position, _ in stranger] == [3, 4]
    assert [position for position, _ in elsewhere] == [5, 6]
    assert "reporter_id" in officer[0][1]["data"]["issue"]
    assert "reporter_id" not in resident[0][1]["data"]["issue"]
    assert resident[1][1]["data"]["issue"]["reporter_id"] == REPORTER
    assert REPORTER not in str(stranger)
    assert "reporter_id" not in elsewhere[0][1]["data"]["issue"]


def test_a_slow_listener_is_sent_away_and_comes_back_without_loss(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_WAITING", 50)
    world.report(numbered(0))

    async def story() -> None:
        streams = Streams(world.feed)
        slow = await streams.open(scope(), "slow", LATER, "0")
        quick = await streams.open(scope(), "quick", LATER, "1")
        assert await take(slow, 1)
        heard = asyncio.create_task(take(quick, 200))
        await until_listening(streams, 1)
        begun = asyncio.create_task(anext(slow))
        await until_listening(streams, 2)
        for number in range(1, 201):
            await in_thread(world, number)
        assert [position for position, _ in await heard] == list(range(2, 202))
        seen = [int(line[4:]) for line in (await begun).split(b"\n") if line.startswith(b"id: ")]
        assert [piece async for piece in slow] == []
        again = await streams.open(scope(), "slow", LATER, str(seen[-1]))
        seen += [position for position, _ in await take(again, 201 - seen[-1])]
        assert seen == list(range(2, 202))
        await streams.close()

    world.run(story())


def test_what_waits_for_a_slow_listener_is_limited() -> None:
    listener = live.Listener(scope())
    for position in range(live.MOST_WAITING):
        listener.tell(position, b"x")
    assert len(listener.waiting) == live.MOST_WAITING
    assert not listener.sent_away
    for position in range(3):
        listener.tell(live.MOST_WAITING + position, b"x")
        assert listener.sent_away
        assert not listener.waiting


def test_nobody_reads_the_feed_when_nobody_listens(world: World) -> None:
    class Asked(Feed):
        times = 0

        async def after(self, position: int, limit: int) -> Any:
            Asked.times += 1
            return await super().after(position, limit)

    async def story() -> None:
        streams = Streams(Asked(world.views.reader), heartbeat_seconds=0.1)
        pieces = await streams.open(scope(), "me", LATER)
        assert [await anext(pieces), await anext(pieces)] == [RETRY, HEARTBEAT]
        assert Asked.times > 0
        await pieces.aclose()
        async with asyncio.timeout(5):
            while streams.live.is_reading:
                await asyncio.sleep(0.01)
        before = Asked.times
        await asyncio.sleep(0.1)
        assert Asked.times == before
        async with aclosing(await streams.open(scope(), "me", LATER)) as pieces:
            heard = asyncio.create_task(take(pieces, 1))
            await until_listening(streams, 1)
            await in_thread(world, 1)
            assert await heard
        await streams.close()

    world.run(story())


def test_a_stream_goes_on_when_the_database_comes_back(postgres_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "AWAY_SECONDS", 0.02)

    async def story(world: World) -> list[int]:
        async with wired(world) as (wire, views):
            streams = Streams(Feed(views.reader))
            async with aclosing(await streams.open(scope(), "me", LATER)) as pieces:
                heard = asyncio.create_task(take(pieces, 4))
                await until_listening(streams, 1)
                await in_thread(world, 1, 2)
                await wire.cut()
                await in_thread(world, 3, 4)
                await wire.connect()
                found = [position for position, _ in await heard]
            await streams.close()
            return found

    with servers.fresh_database(postgres_url) as url, world_on(url.set(drivername="postgresql+psycopg")) as world:
        assert world.run(story(world)) == [1, 2, 3, 4]

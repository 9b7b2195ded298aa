"""A live stream tells everything after its last id, once and in order, and never keeps more than it may for a slow reader."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.engine import URL

from gateway import live, stream
from gateway.feed import Feed
from gateway.happening import Scope, scope_of
from gateway.sight import Sight
from gateway.stream import HEARTBEAT, MISSED, RETRY, Streams
from gateway.told import purge_feed
from services.clock import utc_now
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import PUBLIC, STAFF
from services.errors import Invalid, Unavailable
from services.wire import from_json
from tests import servers
from tests.gateway.test_reader import wired
from tests.gateway.world import STRANGER, World, numbered, sight, world_on
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, GRID_OFFICER, NOON, REPORTER, RESIDENT

LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def world(database_url: URL) -> Iterator[World]:
    with world_on(database_url) as world:
        yield world


def scope(seen_by: Sight | None = None, community_id: str = COMMUNITY) -> Scope:
    return scope_of({community_id: seen_by or sight(RESIDENT)})


async def events(pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, Any]]:
    """The events of a stream with their ids."""
    async for piece in pieces:
        for block in piece.split(b"\n\n"):
            lines = dict(line.split(b": ", 1) for line in block.split(b"\n") if line and not line.startswith(b":"))
            if b"id" in lines:
                yield int(lines[b"id"]), from_json(lines[b"data"])


async def take(pieces: AsyncIterator[bytes], number: int) -> list[tuple[int, Any]]:
    """The next so many events of a stream."""
    found = []
    async with asyncio.timeout(20):
        async for event in events(pieces):
            found.append(event)
            if len(found) == number:
                break
    return found


async def in_thread(world: World, *numbers: int, **changed: Any) -> None:
    """Report some issues, as the edge would meanwhile."""
    await asyncio.to_thread(world.report, *(numbered(number, **changed) for number in numbers))


def test_a_new_listener_hears_what_comes_from_now_on(world: World) -> None:
    world.report(numbered(1), numbered(2))

    async def story() -> None:
        streams = Streams(world.feed)
        async with aclosing(await streams.open(scope(), "me", LATER)) as pieces:
            assert await anext(pieces) == RETRY
            waiting = asyncio.create_task(take(pieces, 2))
            await until_listening(streams, 1)
            await in_thread(world, 3, 4)
            assert [position for position, _ in await waiting] == [3, 4]
        await streams.close()

    world.run(story())


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


def test_who_comes_back_again_and_again_while_others_write_hears_each_event_once(world: World) -> None:
    total, batch = 600, 5
    world.report(*(numbered(number) for number in range(100)))
    writer = threading.Thread(
        target=lambda: [world.report(*(numbered(at + i) for i in range(batch))) for at in range(100, total, batch)]
    )

    async def story() -> list[int]:
        streams, heard = Streams(world.feed), [0]
        for pause in range(10_000):
            async with aclosing(await streams.open(scope(), "me", LATER, str(heard[-1]))) as pieces:
                heard += [position for position, _ in await take(pieces, 1 + pause * 7 % 40)]
            if len(heard) > total - 40:
                break
        async with aclosing(await streams.open(scope(), "me", LATER, str(heard[-1]))) as pieces:
            heard += [position for position, _ in await take(pieces, total + 1 - len(heard))]
        await streams.close()
        return heard

    writer.start()
    assert world.run(story()) == list(range(total + 1))
    writer.join()


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


def test_a_sent_away_listener_hears_the_rest_when_they_come_back(world: World) -> None:
    async def story() -> list[int]:
        streams = Streams(world.feed)
        pieces = await streams.open(scope(), "me", LATER, "0")
        first = asyncio.create_task(take(pieces, 1))
        await until_listening(streams, 1)
        await in_thread(world, 1)
        heard = [position for position, _ in await first]
        await streams.close()
        assert [piece async for piece in pieces] == []
        await in_thread(world, 2, 3)
        async with aclosing(await streams.open(scope(), "me", LATER, str(heard[-1]))) as pieces:
            heard += [position for position, _ in await take(pieces, 2)]
        await streams.close()
        return heard

    assert world.run(story()) == [1, 2, 3]


def test_a_silent_stream_says_that_it_is_still_there(world: World) -> None:
    async def story() -> list[bytes]:
        streams = Streams(world.feed, heartbeat_seconds=0.01)
        async with aclosing(await streams.open(scope(), "me", LATER)) as pieces:
            heard = [await anext(pieces) for _ in range(3)]
        await streams.close()
        return heard

    assert world.run(story()) == [RETRY, HEARTBEAT, HEARTBEAT]


def test_a_stream_ends_when_the_token_does(world: World) -> None:
    world.report(*(numbered(number) for number in range(300)))

    async def story(left: timedelta, last_id: str) -> list[bytes]:
        streams = Streams(world.feed)
        heard = [piece async for piece in await streams.open(scope(), "me", utc_now() + left, last_id)]
        await streams.close()
        return heard

    assert set(world.run(story(timedelta(seconds=0.1), ""))) <= {RETRY, HEARTBEAT}
    assert world.run(story(timedelta(0), "")) == [RETRY]
    assert world.run(story(-timedelta(seconds=1), "5")) == [RETRY]


def test_streams_are_limited_for_each_caller_and_for_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_STREAMS", 4)
    monkeypatch.setattr(stream, "MOST_STREAMS_PER_CALLER", 2)

    async def story() -> None:
        streams = Streams(world.feed, heartbeat_seconds=0.01)

        async def opened(caller: str) -> Any:
            pieces = await streams.open(scope(), caller, LATER)
            assert await anext(pieces) == RETRY
            assert await anext(pieces) == HEARTBEAT
            return pieces

        mine = [await opened("me"), await opened("me")]
        with pytest.raises(Unavailable):
            await streams.open(scope(), "me", LATER)
        others = [await opened("you"), await opened("they")]
        with pytest.raises(Unavailable):
            await streams.open(scope(), "we", LATER)
        await mine.pop().aclose()
        mine.append(await opened("me"))
        for pieces in (*mine, *others):
            await pieces.aclose()
        for _ in range(3):
            await (await opened("me")).aclose()
        unstarted = [await streams.open(scope(), "me", LATER) for _ in range(10)]
        assert len(unstarted) == 10
        await streams.close()

    world.run(story())


def test_an_id_that_the_feed_never_gave_is_invalid(world: World) -> None:
    world.report(numbered(1))
    streams = Streams(world.feed)
    for last_id in ("x", "-1", "2", "9" * 18):
        with pytest.raises(Invalid):
            world.run(streams.open(scope(), "me", LATER, last_id))


def test_who_comes_back_too_late_hears_that_something_was_missed(world: World) -> None:
    world.report(*(numbered(0, version=number) for number in range(1, 10)))
    with world.engine.begin() as connection:
        purge_feed(connection, NOON + timedelta(days=100), 90)
    world.report(numbered(1))

    async def story() -> list[bytes]:
        streams = Streams(world.feed)
        async with aclosing(await streams.open(scope(), "me", LATER, "3")) as pieces:
            heard = [await anext(pieces), await anext(pieces)]
        await streams.close()
        return heard

    retry, first = world.run(story())
    assert retry == RETRY
    assert first.startswith(MISSED + b"id: 10\n")


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


async def until_listening(streams: Streams, number: int) -> None:
    """Wait until so many have joined."""
    async with asyncio.timeout(10):
        while streams.live.listening < number:
            await asyncio.sleep(0.001)

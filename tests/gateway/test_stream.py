"""A live stream tells everything after its last id, once and in order, and never keeps more than it may for a slow reader."""

import asyncio
import threading
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest

from gateway import stream
from gateway.stream import HEARTBEAT, MISSED, RETRY, Streams
from gateway.told import purge_feed
from services.clock import utc_now
from services.errors import Invalid, Unavailable
from tests.gateway.listening import LATER, in_thread, scope, take, until_listening
from tests.gateway.world import World, numbered
from tests.shared.samples import NOON


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


def test_who_comes_back_again_and_again_while_others_write_hears_each_event_once(world: World) -> None:
    total, batch = 600, 5
    world.report(*(numbered(number) for number in range(100)))

    def write() -> None:
        for at in range(100, total, batch):
            world.report(*(numbered(at + i) for i in range(batch)))

    writer = threading.Thread(target=write)

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

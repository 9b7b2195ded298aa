"""Too much at once is refused with a reason, and what was refused takes no room."""

import asyncio
import threading
from typing import Any

import pytest

from gateway.call import Call
from gateway.photos.room import Room, Threads
from gateway.problems import Problem
from services.errors import Unavailable


def call_of(*parts: bytes, gone: bool = False) -> Call:
    left = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    left.append({"type": "http.disconnect"} if gone else {"type": "http.request", "body": b""})

    async def receive() -> Any:
        return left.pop(0)

    return Call({"type": "http", "method": "POST", "headers": [], "path": "/"}, receive)


def test_uploads_share_the_room_and_give_it_back() -> None:
    async def story() -> None:
        room = Room(100)
        async with room.body(call_of(bytes(60)), 80) as held:
            assert len(held) == 60
            async with room.body(call_of(bytes(20), bytes(20)), 80) as other:
                assert len(other) == 40
            with pytest.raises(Unavailable):
                async with room.body(call_of(bytes(41)), 80):
                    raise AssertionError("there was no room")
        for call, error in ((call_of(bytes(81)), Problem), (call_of(bytes(50), gone=True), ConnectionResetError)):
            with pytest.raises(error):
                async with room.body(call, 80):
                    raise AssertionError("it never came")
        async with room.body(call_of(bytes(100)), 100) as all_of_it:
            assert len(all_of_it) == 100

    asyncio.run(story())


def test_threads_take_only_so_many_calls() -> None:
    async def story() -> None:
        threads, go = Threads("test", 1, 2), threading.Event()
        waiting = [asyncio.ensure_future(threads.do(go.wait)) for _ in range(2)]
        await asyncio.wait(waiting, timeout=0.01)
        with pytest.raises(Unavailable) as refused:
            await threads.do(go.wait)
        assert refused.value.reason.zh
        go.set()
        assert await asyncio.gather(*waiting) == [True, True]
        assert await threads.do(int, "7") == 7
        with pytest.raises(ValueError, match="invalid literal"):
            await threads.do(int, "x")
        threads.close()

    asyncio.run(story())

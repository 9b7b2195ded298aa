"""Limits on the work with photos: how many threads, how many calls that wait for one, how many bytes of uploads at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import ParamSpec, TypeVar

from gateway.call import Call
from gateway.limits import body_parts
from services.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")

UPLOAD_SECONDS = 120.0
MOST_HELD_BYTES = 200_000_000


class Threads:
    """Some threads for work that would hold up the event loop; Pillow and hashing let other threads run meanwhile."""

    def __init__(self, name: str, number: int, most_waiting: int) -> None:
        self._threads = ThreadPoolExecutor(number, name)
        self._most_waiting = most_waiting
        self._waiting = 0

    async def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a function gives. Errors: its own; Unavailable when too many wait."""
        if self._waiting >= self._most_waiting:
            raise busy()
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *args, **kwargs))
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """End what runs."""
        self._threads.shutdown()


class Room:
    """The bytes of all uploads that this process holds; a slow one that has sent little takes little."""

    def __init__(self, most_bytes: int = MOST_HELD_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held = 0

    @asynccontextmanager
    async def body(self, call: Call, most_bytes: int) -> AsyncIterator[bytearray]:
        """The body of a call, held while the block runs.

        Errors: Problem `too_large` as soon as it is known, `too_slow`; Unavailable when there is no room.
        """
        held = bytearray()
        try:
            declared = call.headers.get(b"content-length", b"")
            async for part in body_parts(call.receive, declared, most_bytes, UPLOAD_SECONDS):
                if self._held + len(part) > self._most_bytes:
                    raise busy()
                self._held += len(part)
                held += part
            yield held
        finally:
            self._held -= len(held)


def busy() -> Unavailable:
    """What is said when too much is going on."""
    return Unavailable("too many photos are on their way", "照片处理繁忙,请稍后再试")

"""What a listener of the live feed does, for the tests."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from gateway.happening import Scope, scope_of
from gateway.sight import Sight
from gateway.stream import Streams
from services.wire import from_json
from tests.gateway.world import World, numbered, sight
from tests.shared.samples import COMMUNITY, RESIDENT

LATER = datetime(2100, 1, 1, tzinfo=UTC)


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


async def until_listening(streams: Streams, number: int) -> None:
    """Wait until so many have joined."""
    async with asyncio.timeout(10):
        while streams.live.listening < number:
            await asyncio.sleep(0.001)

"""Sends an answer: a whole body at once, or a stream until it ends, its reader goes away or takes nothing for too long."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from gateway.call import Answer, Call
from gateway.limits import Receive
from gateway.problems import Header

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SEND_SECONDS = 20.0
_BODILESS = (204, 304)


async def send_answer(send: Send, call: Call, answer: Answer, headers: list[Header]) -> None:
    """Send everything. Errors: TimeoutError when the reader of a stream took nothing for too long."""
    if answer.status not in _BODILESS:
        headers.append((b"content-type", answer.media))
        if answer.stream is None:
            headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.stream is None:
        await send({"type": "http.response.body", "body": b"" if call.method == "HEAD" else answer.body})
    else:
        await _send_stream(send, call.receive, answer.stream)


async def _send_stream(send: Send, receive: Receive, pieces: AsyncIterator[bytes]) -> None:
    pump = asyncio.create_task(_pump(send, pieces))
    gone = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait({pump, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        pump.cancel()
        with suppress(asyncio.CancelledError):
            await pump


async def _pump(send: Send, pieces: AsyncIterator[bytes]) -> None:
    try:
        async for piece in pieces:
            async with asyncio.timeout(SEND_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        if close := getattr(pieces, "aclose", None):
            await close()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

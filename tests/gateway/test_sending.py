"""Answers go out whole; a stream goes on until it ends, or its reader goes away or takes nothing for too long."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.call import Answer
from gateway.sending import send_answer
from tests.gateway.test_call import call


class Reader:
    """The other end: what it was sent, and how it behaves."""

    def __init__(self, takes: int = 1000) -> None:
        self.sent: list[Any] = []
        self.gone = asyncio.Event()
        self._takes = takes

    async def send(self, message: Any) -> None:
        if len(self.sent) > self._takes:
            await asyncio.Event().wait()
        self.sent.append(message)

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}


async def sent(answer: Answer, method: str = "GET") -> list[Any]:
    reader, made = Reader(), call()
    made.method, made.receive = method, reader.receive
    await send_answer(reader.send, made, answer, [])
    return reader.sent


def test_a_body_goes_out_with_its_type_and_length() -> None:
    start, body = asyncio.run(sent(Answer(200, b"{}")))
    assert dict(start["headers"]) == {b"content-type": b"application/json", b"content-length": b"2"}
    assert body["body"] == b"{}"


def test_an_answer_to_head_has_the_length_and_no_body() -> None:
    start, body = asyncio.run(sent(Answer(200, b"{}"), "HEAD"))
    assert dict(start["headers"])[b"content-length"] == b"2"
    assert body["body"] == b""


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_says_nothing_of_one(status: int) -> None:
    start, body = asyncio.run(sent(Answer(status)))
    assert (start["headers"], body["body"]) == ([], b"")


class Pieces:
    """A stream of pieces, then nothing more or silence; it knows whether it was closed."""

    def __init__(self, *pieces: bytes, ends: bool) -> None:
        self.closed = False
        self._pieces, self._ends = pieces, ends

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            for piece in self._pieces:
                yield piece
            if not self._ends:
                await asyncio.Event().wait()
        finally:
            self.closed = True


async def streamed(pieces: Pieces, reader: Reader) -> None:
    made = call()
    made.receive = reader.receive
    await send_answer(reader.send, made, Answer(200, stream=aiter(pieces), media=b"text/event-stream"), [])


def test_a_stream_that_ends_is_sent_to_its_end() -> None:
    async def story() -> None:
        reader, pieces = Reader(), Pieces(b"a", b"b", ends=True)
        await streamed(pieces, reader)
        assert [message.get("body") for message in reader.sent[1:]] == [b"a", b"b", b""]
        assert b"content-length" not in dict(reader.sent[0]["headers"])
        assert pieces.closed

    asyncio.run(story())


def test_a_stream_ends_as_soon_as_its_reader_goes_away() -> None:
    async def story() -> None:
        reader, pieces = Reader(), Pieces(b"a", ends=False)
        sending = asyncio.create_task(streamed(pieces, reader))
        while len(reader.sent) < 2:
            await asyncio.sleep(0)
        reader.gone.set()
        await asyncio.wait_for(sending, 1)
        assert pieces.closed

    asyncio.run(story())


def test_a_reader_who_takes_nothing_for_too_long_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.sending.SEND_SECONDS", 0.05)

    async def story() -> None:
        pieces = Pieces(*[b"x"] * 10, ends=False)
        with pytest.raises(TimeoutError):
            await streamed(pieces, Reader(takes=3))
        assert pieces.closed

    asyncio.run(story())

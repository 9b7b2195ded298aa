"""The generator counts every answer once, however it is cut into packets, and hides no failure."""

import asyncio
from contextlib import suppress

import pytest

from tests.load.generator import UNIQUE, LoadFailed, Plan, Request, Result, answer, load, measure

PLAIN = b'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nContent-Length: 11\r\n\r\n{"a": "b"}\n'
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x=y\r\n\r\n!\r\n0\r\n\r\n"
BODY = '{"title": "井盖"}'
EMPTY = b'HTTP/1.1 304 Not Modified\r\netag: "1"\r\nconnection: close\r\n\r\n'


@pytest.mark.parametrize(("text", "status", "stays"), [(PLAIN, 201, True), (CHUNKED, 200, True), (EMPTY, 304, False)])
def test_an_answer_is_read_when_all_of_it_has_come(text: bytes, status: int, stays: bool) -> None:
    assert [answer(text[:length]) for length in range(len(text))] == [None] * len(text)
    assert answer(text) == (status, len(text), stays)
    assert answer(text + PLAIN) == (status, len(text), stays)


def test_every_answer_is_counted_once_and_every_request_is_its_own() -> None:
    seen: list[bytes] = []
    result = run([CHUNKED, PLAIN], seen, count=300)
    assert sum(result.statuses.values()) >= 300
    assert 0 <= len(seen) - sum(result.statuses.values()) <= 4
    assert len(set(seen)) == len(seen)
    assert not result.errors
    assert 0 < result.p50_ms <= result.p99_ms


def test_refusals_and_broken_connections_are_told() -> None:
    result = run([PLAIN, b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n", b""], [], count=60)
    assert set(result.errors) == {"500", "closed"}


def test_a_rate_is_kept_and_a_connection_that_the_server_closes_is_opened_again() -> None:
    result = run(
        [PLAIN.replace(b"Content-Length", b"Connection: close\r\nContent-Length")], [], seconds=1.0, rate=100.0
    )
    assert result.statuses.keys() == {"201"}
    assert 0 < result.per_second <= 120


def test_a_load_that_nobody_answers_is_no_measurement() -> None:
    with pytest.raises(LoadFailed, match="refused"):
        load(Plan(1, [Request("GET", "/")], connections=1, seconds=0.1))


def run(answers: list[bytes], seen: list[bytes], count: int = 0, seconds: float = 0.0, rate: float = 0.0) -> Result:
    """Run a plan against a server that gives these answers in turn, each in two packets; an empty one hangs up."""

    async def both() -> Result:
        serving = _Serving(answers, seen)
        server = await asyncio.start_server(serving, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            requests = [Request("POST", "/x", {"Idempotency-Key": UNIQUE}, BODY)]
            result = await measure(
                Plan(port, requests, connections=4, seconds=seconds, count=count, rate=rate, warm_up_seconds=0)
            )
            await asyncio.gather(*serving.tasks)
            return result

    return asyncio.run(both())


class _Serving:
    def __init__(self, answers: list[bytes], seen: list[bytes]) -> None:
        self.answers, self.seen = answers, seen
        self.tasks: set[asyncio.Task[None]] = set()

    def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.create_task(self.serve(reader, writer)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self.answer(reader, writer):
                pass
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        assert await reader.readexactly(length) == BODY.encode()
        self.seen.append(head)
        text = self.answers[len(self.seen) % len(self.answers)]
        for part in (text[:40], text[40:]):
            writer.write(part)
            await asyncio.sleep(0)
        return bool(text) and b"Connection: close" not in text

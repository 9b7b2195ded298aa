"""Load over HTTP/1.1, raw bytes on kept connections: so little work per request that the server is what is measured.

It runs in a process of its own (`python -m tests.load.generator`, a `Plan` as JSON in, a `Result` as JSON out), so that
every side is pressed by the same program.
"""

import asyncio
import gc
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count, cycle
from time import monotonic
from typing import Any, cast
from uuid import uuid4

import uvloop

UNIQUE = "{unique}"
GIVE_UP_SECONDS = 30.0


@dataclass(frozen=True)
class Request:
    """One request; `{unique}` in a header's value becomes different in every sending."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True)
class Plan:
    """What to send: the requests in turn, on `connections` at once, for `seconds` or `count` answers after a warm-up.

    Without a rate each connection sends as soon as it has its answer (closed loop). With one, sendings are due at fixed
    times and a latency counts from the due time, so that a stalled server is not excused.
    """

    port: int
    requests: Sequence[Request]
    connections: int = 64
    seconds: float = 5.0
    count: int = 0
    rate: float = 0.0
    warm_up_seconds: float = 0.5


@dataclass(frozen=True)
class Result:
    """What came back; `per_second` counts answers of 2xx only, latencies are in milliseconds."""

    seconds: float
    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: Mapping[str, int]

    @property
    def errors(self) -> dict[str, int]:
        """Answers other than 2xx, requests `closed` without an answer, or still `hung` at the end."""
        return {status: number for status, number in self.statuses.items() if not status.startswith("2")}


class LoadFailed(Exception):
    """The generator ended without a result, or nothing was answered by a 2xx."""


def load(plan: Plan) -> Result:
    """Run a plan in a process of its own. Errors: `LoadFailed` if it broke or had no success at all."""
    limit = plan.warm_up_seconds + GIVE_UP_SECONDS + (plan.count / 50 if plan.count else plan.seconds)
    command = [sys.executable, "-m", "tests.load.generator"]
    done = subprocess.run(
        command, input=json.dumps(asdict(plan)), capture_output=True, text=True, timeout=limit, check=False
    )
    if done.returncode:
        raise LoadFailed(done.stderr.strip() or f"the generator ended with {done.returncode}")
    result = Result(**json.loads(done.stdout))
    if not result.per_second:
        raise LoadFailed(f"answers: {dict(result.statuses)}")
    return result


def answer(data: bytes) -> tuple[int, int, bool] | None:
    """Status, length and whether the connection stays open, of the answer at the start of `data`; None if it is cut."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head, status, start = data[:end].lower(), int(data[9:12]), end + 4
    stays = b"\r\nconnection: close" not in head
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        stop = head.find(b"\r\n", at + 17)
        length = start + int(head[at + 17 : stop if stop >= 0 else end])
    elif b"\r\ntransfer-encoding: chunked" in head:
        length = _chunked(data, start)
    else:
        length = start
    return (status, length, stays) if 0 < length <= len(data) else None


def _chunked(data: bytes, at: int) -> int:
    """Where a chunked body that starts at `at` ends; 0 if that has not come yet. No side sends trailers."""
    while (line := data.find(b"\r\n", at)) >= 0:
        size = int(data[at:line].split(b";")[0], 16)
        at = line + 2 + size + 2
        if size == 0:
            return at
    return 0


@dataclass
class _Run:
    """The state that all connections share."""

    plan: Plan
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    opening: set[asyncio.Task[None]] = field(default_factory=set)
    connections: set["_Connection"] = field(default_factory=set)
    end: float = 0.0

    def __post_init__(self) -> None:
        self.texts = cycle([_text(self.plan.port, request) for request in self.plan.requests])
        self.run, self.numbers, self.due = uuid4().hex, count(), count()
        self.begun = monotonic()
        self.start = self.begun + self.plan.warm_up_seconds
        self.until = float("inf") if self.plan.count else self.start + self.plan.seconds

    def next_text(self) -> bytes:
        """The bytes of the next request."""
        parts = next(self.texts)
        return parts[0] if len(parts) == 1 else f"{self.run}{next(self.numbers)}".encode().join(parts)

    def next_due(self) -> float:
        """When the next request is to be sent."""
        return self.begun + next(self.due) / self.plan.rate if self.plan.rate else 0.0

    def took(self, status: str, sent: float) -> bool:
        """Note an answer; returns whether to go on."""
        now = monotonic()
        if now >= self.start and now < self.until and not self.done.done():
            self.end = now
            self.statuses[status] += 1
            self.latencies.append(now - sent)
        if (self.plan.count and len(self.latencies) >= self.plan.count) or now >= self.until:
            self.finish()
        return not self.done.done()

    def broke(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A fault in a callback ends the run instead of being logged."""
        if not self.done.done():
            self.done.set_exception(context.get("exception") or LoadFailed(context["message"]))

    def open(self) -> None:
        """Open one more connection."""
        task = self.loop.create_task(_connect(self))
        self.opening.add(task)
        task.add_done_callback(self.opening.discard)

    async def close(self) -> None:
        """Hang up, and see to it that nothing stays open."""
        for task in self.opening:
            task.cancel()
        for connection in self.connections:
            connection.transport.abort()
        while self.opening or self.connections:
            await asyncio.sleep(0)

    def finish(self) -> None:
        """End the run with what has come."""
        if not self.done.done():
            self.done.set_result(None)


class _Connection(asyncio.Protocol):
    """One kept connection: send, wait for the whole answer, send again."""

    def __init__(self, run: _Run) -> None:
        self.run, self.data, self.sent, self.waiting = run, b"", 0.0, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self.run.connections.add(self)
        self.send()

    def send(self) -> None:
        """Send the next request, now or when it is due."""
        due, now = self.run.next_due(), monotonic()
        if due > now:
            self.run.loop.call_later(due - now, self.send_now, due)
        else:
            self.send_now(due or now)

    def send_now(self, due: float) -> None:
        if not self.transport.is_closing() and not self.run.done.done():
            self.sent, self.waiting = due, True
            self.transport.write(self.run.next_text())

    def data_received(self, data: bytes) -> None:
        self.data = self.data + data if self.data else data
        found = answer(self.data)
        if found is None:
            return
        status, length, stays = found
        self.data, self.waiting = self.data[length:], False
        if not self.run.took(str(status), self.sent) or not stays:
            self.transport.close()
        else:
            self.send()

    def connection_lost(self, error: Exception | None) -> None:
        self.run.connections.discard(self)
        going_on = not self.run.done.done()
        if self.waiting and going_on:
            going_on = self.run.took("closed", self.sent)
        if going_on:
            self.run.open()


async def _connect(run: _Run) -> None:
    """Open a connection; when nobody listens, the run ends with what it has."""
    try:
        await run.loop.create_connection(lambda: _Connection(run), "127.0.0.1", run.plan.port)
    except OSError:
        run.statuses["refused"] += 1
        run.finish()


async def measure(plan: Plan) -> Result:
    """Run a plan in this process."""
    loop = asyncio.get_running_loop()
    run = _Run(plan, loop, loop.create_future())
    loop.set_exception_handler(run.broke)
    for _ in range(plan.connections):
        run.open()
    limit = plan.warm_up_seconds + GIVE_UP_SECONDS / 2 + (plan.count / 50 if plan.count else plan.seconds)
    await asyncio.wait([run.done], timeout=limit)
    if not run.done.done():
        run.statuses["hung"] += sum(connection.waiting for connection in run.connections)
    run.finish()
    await run.close()
    run.done.result()
    seconds = (run.end - run.start) if plan.count else plan.seconds
    good = sum(number for status, number in run.statuses.items() if status.startswith("2"))
    times = sorted(run.latencies) or [0.0]
    return Result(
        seconds=seconds,
        per_second=good / seconds if seconds > 0 else 0.0,
        p50_ms=times[len(times) // 2] * 1000,
        p99_ms=times[len(times) * 99 // 100] * 1000,
        statuses=dict(run.statuses),
    )


def _text(port: int, request: Request) -> list[bytes]:
    """A request as bytes, cut where something unique comes in."""
    body = request.body.encode()
    lines = [f"{request.method} {request.path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    *cut, last = ("\r\n".join(lines) + "\r\n\r\n").encode().split(UNIQUE.encode())
    return [*cut, last + body]


def main() -> None:
    """Read a plan, run it, print its result."""
    told = json.load(sys.stdin)
    plan = Plan(**told | {"requests": [Request(**request) for request in told["requests"]]})
    gc.disable()
    print(json.dumps(asdict(uvloop.run(measure(plan)))))


if __name__ == "__main__":
    main()

"""Limits on what comes in: requests a second for each caller, bytes and seconds for each body."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from gateway.problems import Problem, retry_after

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

BODY_SECONDS = 10.0
DEEPEST = 32
_MOST_CALLERS = 50_000
_CLOSE = (b"connection", b"close")


class Rate:
    """Token buckets: each caller may send `burst` requests at once and `per_second` in the long run; 0 = no limit.

    Of each caller it keeps one number, the time at which the bucket is full again (the generic cell rate algorithm).
    """

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = 1 / per_second if per_second > 0 else 0.0
        self._depth = self._seconds * max(burst, 1)
        self._clock = clock
        self._full_at: dict[str, float] = {}

    def take(self, caller: str) -> None:
        """Count one request. Errors: Problem `too_many_requests`, saying when the next one is allowed."""
        if not self._seconds:
            return
        now = self._clock()
        full_at = max(self._full_at.get(caller, now), now) + self._seconds
        if full_at - now > self._depth + 1e-9:
            raise Problem("too_many_requests", headers=(retry_after(full_at - now - self._depth),))
        if len(self._full_at) >= _MOST_CALLERS and caller not in self._full_at:
            self._forget(now)
        self._full_at[caller] = full_at

    def _forget(self, now: float) -> None:
        """Forget the full buckets; and if too many are left, half of them, the fullest first."""
        kept = sorted(((at, caller) for caller, at in self._full_at.items() if at > now), reverse=True)
        self._full_at = {caller: at for at, caller in kept[: _MOST_CALLERS // 2]}


def address_of(scope: Mapping[str, Any]) -> str:
    """Where a request without a member comes from; a whole /64 network counts as one caller in IPv6."""
    host = (scope.get("client") or ("unknown", 0))[0]
    if ":" not in host:
        return str(host)
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return str(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{int(address) >> 64:x}::/64"


async def read_body(receive: Receive, declared: bytes, most_bytes: int, most_seconds: float = BODY_SECONDS) -> bytes:
    """The whole body; else as `body_parts`."""
    parts = [part async for part in body_parts(receive, declared, most_bytes, most_seconds)]
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def body_parts(
    receive: Receive, declared: bytes, most_bytes: int, most_seconds: float = BODY_SECONDS
) -> AsyncIterator[bytes]:
    """The body as it comes, in one piece or in many.

    `declared` is the Content-Length header. Errors: Problem `too_large` as soon as it is known, `too_slow`;
    ConnectionResetError when the caller went away.
    """
    if declared.isdigit() and int(declared) > most_bytes:
        raise _too_large(most_bytes)
    size, more, until = 0, True, asyncio.get_running_loop().time() + most_seconds
    while more:
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise Problem("too_slow", headers=(_CLOSE,)) from None
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the caller went away")
        part = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(part)
        if size > most_bytes:
            raise _too_large(most_bytes)
        yield part


def _too_large(most_bytes: int) -> Problem:
    en, zh = f"at most {most_bytes} bytes are taken", f"请求内容不得超过 {most_bytes} 字节"
    return Problem("too_large", en, zh, headers=(_CLOSE,))


def check_depth(body: bytes, data: Any) -> None:
    """Refuse data that is nested too deeply; what has few brackets is not even looked at."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    layer = [data]
    for _ in range(DEEPEST):
        layer = [
            part
            for thing in layer
            if isinstance(thing, (dict, list))
            for part in (thing.values() if isinstance(thing, dict) else thing)
        ]
        if not layer:
            return
    raise Problem("malformed", f"nested deeper than {DEEPEST}", f"嵌套超过 {DEEPEST} 层")

"""One POST to an address that was vetted: nothing is resolved again, no redirect followed, no body read, all within seconds."""

import io
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPException, HTTPResponse
from typing import Any

from gateway.webhooks.guard import Target

SECONDS = 5.0
MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"
AGENT = "sansan-webhooks/1"
_LEAST_SECONDS = 0.001
_DIGITS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Reply:
    """What came back: a status, or 0 and why there is none; `retry_after` is how many seconds the receiver wants us to wait."""

    status: int
    said: str = ""
    retry_after: int = 0

    @property
    def is_good(self) -> bool:
        """Whether the receiver has it."""
        return 200 <= self.status < 300


def post(
    target: Target, body: bytes, headers: Mapping[str, str], now: datetime, trust: ssl.SSLContext | None = None
) -> Reply:
    """Send a body. Whatever goes wrong is a reply without a status; `trust` are certificates other than the usual ones."""
    deadline = time.monotonic() + SECONDS
    try:
        with _opened(target, trust) as link:
            link.settimeout(_left(deadline))
            link.sendall(_request(target, headers, len(body)) + body)
            response = HTTPResponse(_Watched(link, deadline), method="POST")  # type: ignore[arg-type]
            response.begin()
    except TimeoutError:
        return Reply(0, f"no answer within {SECONDS:.0f} s")
    except (OSError, HTTPException) as error:
        said = f"{type(error).__name__}: {error}"
        return Reply(0, "".join(each if each.isprintable() else "?" for each in said[:180]))
    after = response.getheader("retry-after", "")
    return Reply(response.status, f"HTTP {response.status}", seconds_of(after, now))


def seconds_of(retry_after: str, now: datetime) -> int:
    """A `Retry-After` in seconds from now, whether it is a number or a date; 0 for what is neither, or over."""
    if _DIGITS.fullmatch(retry_after.strip()):
        return int(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0
    return max(0, round(((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds()))


def _opened(target: Target, trust: ssl.SSLContext | None) -> socket.socket:
    link = socket.create_connection((target.address, target.port), SECONDS)
    return (trust or _usual_trust()).wrap_socket(link, server_hostname=target.host) if target.secure else link


@cache
def _usual_trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _request(target: Target, headers: Mapping[str, str], length: int) -> bytes:
    host = f"[{target.host}]" if ":" in target.host else target.host
    port = "" if target.port == (443 if target.secure else 80) else f":{target.port}"
    told = {
        "host": host + port,
        "user-agent": AGENT,
        "accept": "*/*",
        "content-type": MEDIA_TYPE,
        "content-length": str(length),
        **headers,
        "connection": "close",
    }
    lines = (f"POST {target.path} HTTP/1.1", *(f"{name}: {text}" for name, text in told.items()), "", "")
    return "\r\n".join(lines).encode("ascii")


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), _LEAST_SECONDS)


class _Watched(io.RawIOBase):
    """A connection as the parser of answers reads it: who sends a byte now and then does not hold us for ever."""

    def __init__(self, link: socket.socket, deadline: float) -> None:
        self._link = link
        self._deadline = deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        """What the parser asks a socket for."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Some bytes. Errors: TimeoutError when the time is over."""
        self._link.settimeout(_left(self._deadline))
        return self._link.recv_into(buffer)

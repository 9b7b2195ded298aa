"""The entry of the web process: uvicorn, with limits on how long and how large the head of a request may be."""

import socket
from asyncio import TimerHandle, Transport
from collections.abc import Iterable
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.stream import Streams
from gateway.web import Web
from services import observe
from services.clock import use_clock_file
from services.parameters import Parameter
from services.settings import settings

HEAD_SECONDS = 10.0
MOST_HEAD_BYTES = 32_000
KEEP_ALIVE_SECONDS = 30
STOP_SECONDS = 6

log = observe.logger("serve")


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 on one connection; whoever sends a head too slowly or too large is sent away."""

    _head_timer: TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for the first request, not for ever."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A head begins."""
        self._head_bytes = 0
        if self._head_timer is None:
            self._await_head()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._count(name, value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._stop_waiting()
        super().on_headers_complete()

    def _count(self, *parts: bytes) -> None:
        self._head_bytes += sum(map(len, parts))
        if self._head_bytes > MOST_HEAD_BYTES:
            raise ValueError("the head of the request is too large")

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


class Server(uvicorn.Server):
    """A server that ends the live streams first, so that it need not wait for their readers."""

    def __init__(self, config: uvicorn.Config, streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: streams end, requests that were begun are answered, then the connections close."""
        await self._streams.close()
        await super().shutdown(sockets)


def server_of(web: Web, host: str, port: int) -> Server:
    """A server for the app, ready to run."""
    config: dict[str, Any] = {
        "host": host,
        "port": port,
        "loop": "uvloop",
        "http": Protocol,
        "ws": "none",
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": STOP_SECONDS,
    }
    return Server(uvicorn.Config(web.app, **config), web.streams)


def serve(parameters: Iterable[Parameter] = ()) -> None:
    """Run the web process until it is told to stop; `parameters` are the numbers that a community may set for itself."""
    chosen = settings()
    observe.set_up_logs("web", chosen.log_level)
    if chosen.clock_file:
        use_clock_file(chosen.clock_file)
        log.warning("this is a rehearsal: the clock is ahead as a file says", file=str(chosen.clock_file))
    server_of(Web(chosen, parameters), chosen.http_host, chosen.http_port).run()

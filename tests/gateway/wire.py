"""A connection to a database server that tests can cut, refuse and silence."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import URL

from gateway.views import Views
from tests.gateway.world import World


class Wire:
    """A TCP connection to a database server that can be cut, refused and silenced."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._port = 0
        self._listening: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.silent = False

    @property
    def url(self) -> URL:
        return self._server.set(host="127.0.0.1", port=self._port)

    async def connect(self) -> None:
        self._listening = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        self._port = self._listening.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Refuse new connections, and break those that are open."""
        assert self._listening
        self._listening.close()
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._server.host, self._server.port)
        self._open |= {writer, back}
        with contextlib.suppress(OSError):
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            while self.silent:
                await asyncio.sleep(0.01)
            writer.write(data)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def wired(world: World) -> AsyncIterator[tuple[Wire, Views]]:
    wire = Wire(world.engine.url)
    await wire.connect()
    views = Views.open(wire.url)
    try:
        yield wire, views
    finally:
        await views.close()
        await wire.cut()

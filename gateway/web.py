"""The web process put together from its parts; it starts, reads and says what is missing also while others are away."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from gateway.app import Gateway
from gateway.commands import Commands
from gateway.directory.facade import Directory
from gateway.districts import Districts
from gateway.documents import Documents
from gateway.endpoints import ENDPOINTS, Endpoint, Listing, Reading, Row
from gateway.events import Events
from gateway.feed import Feed
from gateway.foreign import Foreign
from gateway.handlers import Handler, Handlers, Parts
from gateway.headers import CommonHeaders
from gateway.inside import Inside
from gateway.limits import Rate
from gateway.notices.inbox import Inbox
from gateway.notices.wishes import Wishes
from gateway.numbers.desk import Numbers
from gateway.numbers.exports import Exports
from gateway.numbers.snapshot import Snapshots
from gateway.photos.group import Photos
from gateway.photos.records import Records
from gateway.registry import Registry
from gateway.sessions import Sessions
from gateway.similar.doors import SimilarDoors
from gateway.stream import Streams
from gateway.views import Views
from gateway.webhooks.progress import Progress
from services.errors import Unavailable
from services.parameters import Parameter
from services.settings import Settings


class Web:
    """Everything that the web process holds; `app` is what a server runs."""

    def __init__(self, chosen: Settings, parameters: Iterable[Parameter] = ()) -> None:
        self.commands = Commands(chosen.amqp_url, chosen.command_timeout_seconds)
        self.inside = Inside(Directory.open(chosen, parameters))
        self.views = Views.open(chosen.database("gateway"))
        self.feed = Feed(self.views.reader)
        self.streams = Streams(self.feed)
        districts = Districts(self.views.reader)
        rate = Rate(chosen.rate_per_second, chosen.rate_burst)
        limit = chosen.body_limit_bytes
        foreign = Foreign(self.views, districts, Records(self.views.reader))
        self._handlers = Handlers(Parts(self.commands, self.inside, self.views, districts, rate, limit, foreign))
        self.photos = Photos(self._handlers, districts, self.views, chosen)
        self._special = (
            Sessions(self._handlers, self.inside, limit),
            Registry(self._handlers, self.inside),
            self.photos.taking,
            self.photos.showing,
            Events(self._handlers, districts, self.feed, self.streams),
            Progress(self._handlers, districts, self.views),
            SimilarDoors(self._handlers, districts, self.views),
            Numbers(self._handlers, districts, self.views),
            Exports(self._handlers, districts, self.views, Snapshots(chosen.database("gateway"))),
            Inbox(self._handlers, self.views.reader, limit),
            Wishes(self._handlers, self.inside, limit),
            Documents(self._handlers, self.inside.directory.keys, self.ready),
        )
        common = CommonHeaders(chosen.cors_origins, only_tls=chosen.public_url.startswith("https:"))
        self.app = Gateway(self._doors(), common, self._lifespan)

    async def ready(self) -> Mapping[str, bool]:
        """Part → whether it can do its work now."""
        try:
            await self.feed.head()
        except Unavailable:
            return {"broker": self.commands.ready, "views": False}
        return {"broker": self.commands.ready, "views": True}

    def _doors(self) -> Mapping[str, Mapping[str, Handler]]:
        doors: dict[str, dict[str, Handler]] = {}
        for rows in ENDPOINTS.values():
            for row in rows:
                doors.setdefault(row.path, {})[row.method] = self._handler(row)
        return doors

    def _handler(self, row: Row) -> Handler:
        if isinstance(row, Endpoint):
            return self._handlers.command(row)
        if isinstance(row, Listing):
            return self._handlers.listing(row)
        if isinstance(row, Reading):
            return self._handlers.reading(row)
        handler: Handler = next(getattr(group, row.does) for group in self._special if hasattr(group, row.does))
        return handler

    @asynccontextmanager
    async def _lifespan(self, _app: Any) -> AsyncIterator[None]:
        await self.commands.open()
        try:
            yield
        finally:
            await self.streams.close()
            await self.commands.close()
            self.photos.close()
            await self.views.close()
            self.inside.close()

"""`GET /v1/events`: the feed as pages to be pulled, or live as Server-Sent Events, whichever the caller accepts."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

from gateway.call import JSON, Answer, Call
from gateway.districts import Districts
from gateway.feed import Feed
from gateway.handlers import PRIVATE, Handlers
from gateway.happening import Scope, position_of, scope_of
from gateway.limits import address_of
from gateway.paging import read_query
from gateway.questions import EventsQuestion
from gateway.stream import Streams
from services.clock import utc_now
from services.errors import Invalid
from services.wire import from_json, to_json

SSE = b"text/event-stream"
_ANONYMOUS_FOR = timedelta(minutes=10)


class Events:
    """Answers who asks for the feed."""

    def __init__(self, handlers: Handlers, districts: Districts, feed: Feed, streams: Streams) -> None:
        self._handlers = handlers
        self._districts = districts
        self._feed = feed
        self._streams = streams

    async def events(self, call: Call) -> Answer:
        """A page after the cursor, or the stream from there on."""
        live = SSE in call.headers.get(b"accept", b"").lower()
        self._handlers.admit(call, public=True, media=SSE if live else JSON)
        asked = read_query(EventsQuestion, call.query)
        last = call.headers.get(b"last-event-id", b"").decode("latin-1") or asked.cursor or ""
        position = position_of(last) if last else 0
        scope = await self._scope(call, asked)
        if live:
            return await self._stream(call, scope, last)
        page = await self._feed.read(scope, position, asked.limit)
        told = b",".join(event for _, event in page.events)
        rest = to_json({"next": str(page.next), "more": page.more, "missed": page.missed})
        return Answer(200, b'{"events":[%b],%b' % (told, rest[1:]), PRIVATE)

    async def _scope(self, call: Call, asked: EventsQuestion) -> Scope:
        communities = asked.community.split(",") if asked.community else []
        if not communities and not call.token:
            raise Invalid("name a community, or log in", "请指定社区,或先登录")
        sights = await self._districts.sights(call.actor, communities)
        return scope_of(sights, asked.type.split(",") if asked.type else ())

    async def _stream(self, call: Call, scope: Scope, last: str) -> Answer:
        until = expiry(call.token) if call.token else utc_now() + _ANONYMOUS_FOR
        caller = call.actor.member_id or address_of(call.scope)
        pieces = await self._streams.open(scope, caller, until, last)
        headers = ((b"cache-control", b"no-store"), (b"x-accel-buffering", b"no"))
        return Answer(200, headers=headers, media=SSE, stream=pieces)


def expiry(token: str) -> datetime:
    """When a token that was verified ends."""
    claims = token.split(".")[1]
    padded = claims + "=" * (-len(claims) % 4)
    return datetime.fromtimestamp(from_json(urlsafe_b64decode(padded))["exp"], UTC)

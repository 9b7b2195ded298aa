"""What is the same for everybody: the API's description, its pages, the events' schemas, the public keys, probes, metrics."""

from collections.abc import Awaitable, Callable, Mapping
from zlib import crc32

from gateway import openapi
from gateway.call import JSON, Answer, Call
from gateway.handlers import Handlers, no_query
from gateway.identity import Keys
from gateway.pages.docs import STYLE, Docs
from gateway.paging import read_query
from gateway.problems import Header
from gateway.questions import DocsQuestion
from services import observe
from services.declare import EVENTS
from services.errors import NotFound
from services.schemas import json_schema
from services.wire import to_json

HTML = b"text/html; charset=utf-8"
CSS = b"text/css; charset=utf-8"
SCHEMA = b"application/schema+json"
KEY_SET = b"application/jwk-set+json"
METRICS = b"text/plain; version=0.0.4; charset=utf-8"
_SHARED: tuple[Header, ...] = ((b"cache-control", b"public, max-age=300"),)
_FRESH: tuple[Header, ...] = ((b"cache-control", b"no-store"),)

Ready = Callable[[], Awaitable[Mapping[str, bool]]]


class Documents:
    """The handlers; everything that does not change is made when the process starts."""

    def __init__(self, handlers: Handlers, keys: Keys, ready: Ready) -> None:
        self._handlers = handlers
        self._keys = keys
        self._ready = ready
        described = openapi.document()
        self._openapi = to_json(described)
        self._docs = {language: Docs(described, language).html() for language in ("zh", "en")}
        self._schemas = {f"{name}.json": to_json(json_schema(spec.cls)) for name, spec in EVENTS.items()}

    async def openapi(self, call: Call) -> Answer:
        """The OpenAPI description."""
        self._admit(call, JSON)
        no_query(call)
        return _fixed(call, self._openapi, JSON)

    async def docs(self, call: Call) -> Answer:
        """The page about the API, in the language that is asked for, or the caller's."""
        self._admit(call, HTML)
        asked = read_query(DocsQuestion, call.query).lang or call.language
        answer = _fixed(call, self._docs[asked], HTML)
        answer.headers = (*answer.headers, (b"content-language", asked.encode()), (b"vary", b"accept-language"))
        return answer

    async def style(self, call: Call) -> Answer:
        """How that page looks."""
        self._admit(call, CSS)
        no_query(call)
        return _fixed(call, STYLE, CSS)

    async def schema(self, call: Call) -> Answer:
        """The JSON Schema of an event's data."""
        self._admit(call, SCHEMA)
        no_query(call)
        if (found := self._schemas.get(call.path["name"])) is None:
            raise NotFound("no event has this type", "没有此事件类型")
        return _fixed(call, found, SCHEMA)

    async def keys(self, call: Call) -> Answer:
        """The public keys (RFC 7517)."""
        self._admit(call, KEY_SET)
        no_query(call)
        return _fixed(call, to_json(self._keys.public()), KEY_SET)

    async def healthz(self, call: Call) -> Answer:
        """That this process answers."""
        return Answer(200, to_json({"web": True}), _FRESH)

    async def readyz(self, call: Call) -> Answer:
        """Whether it can answer everything; what cannot be answered now says so by itself."""
        parts = await self._ready()
        return Answer(200 if all(parts.values()) else 503, to_json(parts), _FRESH)

    async def metrics(self, call: Call) -> Answer:
        """Figures for Prometheus."""
        return Answer(200, observe.metrics_text(), _FRESH, METRICS)

    def _admit(self, call: Call, media: bytes) -> None:
        self._handlers.admit(call, public=True, media=media.partition(b";")[0])


def _fixed(call: Call, body: bytes, media: bytes) -> Answer:
    """What is the same for everybody, or that the caller has it already."""
    tag = b'"%08x"' % crc32(body)
    headers = ((b"etag", tag), *_SHARED)
    return Answer(304, headers=headers) if call.has(tag) else Answer(200, body, headers, media)

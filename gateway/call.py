"""One HTTP request as the handlers see it, read once and only as far as somebody asks, and the answer that goes back."""

import re
from collections.abc import AsyncIterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.limits import Receive, address_of, check_depth, read_body
from gateway.problems import Header, Problem, language_of, not_authenticated, weight_of
from services.actor import NOBODY
from services.envelope import next_trace, trace_id
from services.errors import Invalid
from services.ids import derived_id, new_id

JSON = b"application/json"
_KEY = re.compile(rb"[!-~]{1,200}")
_ETAG = re.compile(rb'"([1-9][0-9]{0,9})(?:-[0-9a-f]{8})?"')
_ANY_ETAG = re.compile(rb'\s*(?:W/)?"([!#-~]*)"\s*')


@dataclass(slots=True)
class Answer:
    """What goes back: a whole body, or a stream of pieces."""

    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = ()
    media: bytes = JSON
    stream: AsyncIterator[bytes] | None = None


class Call:
    """One request: its headers, its trace, who sends it (known once it was admitted) and, in the end, its answer."""

    __slots__ = ("actor", "answer", "headers", "method", "receive", "route", "scope", "token", "traceparent")

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self.method: str = scope["method"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.traceparent = next_trace(self.headers.get(b"traceparent", b"").decode("latin-1"))
        self.actor = NOBODY
        self.token = ""
        self.answer: Answer | None = None
        self.route = "-"

    @property
    def path(self) -> Mapping[str, str]:
        """The parameters in the path."""
        found: Mapping[str, str] = self.scope["path_params"]
        return found

    @property
    def query(self) -> bytes:
        """The query string as it came."""
        found: bytes = self.scope["query_string"]
        return found

    @property
    def language(self) -> str:
        """The caller's language: `zh` or `en`."""
        return language_of(self.headers.get(b"accept-language", b""))

    @property
    def trace_id(self) -> str:
        """What finds this request in the logs of every process."""
        return trace_id(self.traceparent)

    def bearer(self) -> str:
        """The token in the Authorization header, empty where there is none (RFC 6750). Errors: Problem 401."""
        given = self.headers.get(b"authorization")
        if given is None:
            return ""
        scheme, _, token = given.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > 8000:
            raise not_authenticated("send a Bearer token", "请使用 Bearer 令牌")
        return token.strip()

    async def json(self, most_bytes: int) -> Any:
        """The body; an empty object where nothing was sent.

        Errors: Problem 400 for what is no JSON or too deep, 408, 413, 415; Invalid for a text with NUL in it.
        """
        body = await read_body(self.receive, self.headers.get(b"content-length", b""), most_bytes)
        if not body:
            return {}
        self.expect(JSON)
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            at = f"line {error.lineno}, column {error.colno}", f"第 {error.lineno} 行第 {error.colno} 列"
            raise Problem("malformed", f"the body is no JSON at {at[0]}", f"请求内容不是有效的 JSON({at[1]})") from None
        check_depth(body, data)
        if b"\\u0000" in body and (member := _with_nul(data, "")) is not None:
            detail = {"member": member, "en": "has the character NUL", "zh": "含有空字符 NUL"}
            raise Invalid(f"NUL in {member}", f"{member} 含有空字符", details=(detail,))
        return data

    def expect(self, media: bytes) -> None:
        """Refuse a body of another content type (415)."""
        given, _, parameters = self.headers.get(b"content-type", b"").partition(b";")
        charset = parameters.lower().replace(b" ", b"").replace(b'"', b"")
        if given.strip().lower() != media or charset not in (b"", b"charset=utf-8"):
            name = media.decode()
            raise Problem("unsupported_media_type", f"send {name} in UTF-8", f"请发送 UTF-8 编码的 {name}")

    def accepts(self, media: bytes = JSON) -> bool:
        """Whether the caller takes this media type (RFC 9110, section 12.5.1)."""
        accept = self.headers.get(b"accept")
        if not accept or accept == b"*/*" or accept == media:
            return True
        kind = media.split(b"/")[0] + b"/*"
        best, rank = 0.0, 0
        for part in accept[:1000].split(b","):
            name, _, parameters = part.partition(b";")
            place = (
                (b"*/*", kind, media).index(name) + 1 if (name := name.strip().lower()) in (b"*/*", kind, media) else 0
            )
            if place > rank:
                best, rank = weight_of(parameters.decode("latin-1")), place
        return best > 0

    def expected_version(self, possible: bool) -> int | None:
        """The version in If-Match; None where there is none or it is `*`.

        Errors: Problem 400; 412 for a tag that no version has, and for any where no version is `possible`.
        """
        given = self.headers.get(b"if-match")
        if given is None or given.strip() == b"*":
            return None
        if not possible:
            raise Problem("stale", "nothing here has a version yet", "此处尚无版本")
        if found := _ETAG.fullmatch(given.strip()):
            return int(found[1])
        if _ANY_ETAG.fullmatch(given):
            raise Problem("stale", "no version has this entity tag", "没有与此标签对应的版本")
        raise Problem("malformed", 'If-Match takes one entity tag, like "3"', 'If-Match 应为一个标签,例如 "3"')

    def has(self, etag: bytes) -> bool:
        """Whether the caller has this version already (If-None-Match, weak comparison)."""
        given = self.headers.get(b"if-none-match")
        if not given:
            return False
        return given.strip() == b"*" or any(part.strip().removeprefix(b"W/") == etag for part in given.split(b","))

    def command_id(self) -> str:
        """The id of the command: the same one whenever this caller sends this request with this Idempotency-Key."""
        key = self.headers.get(b"idempotency-key")
        if key is None:
            return new_id()
        if not _KEY.fullmatch(key):
            raise Problem(
                "malformed",
                "Idempotency-Key takes 1 to 200 visible ASCII characters",
                "Idempotency-Key 应为 1 至 200 个可见 ASCII 字符",
            )
        caller = self.actor.member_id or address_of(self.scope)
        return derived_id(caller, self.method, self.scope["path"], key.decode())


def _with_nul(data: Any, path: str) -> str | None:
    """Where in some data a text has the character NUL, which no database keeps."""
    if isinstance(data, str):
        return path if "\0" in data else None
    if not isinstance(data, (dict, list)):
        return None
    parts = data.items() if isinstance(data, dict) else enumerate(data)
    found = (f"{path}/<name>" if "\0" in str(name) else _with_nul(part, f"{path}/{name}") for name, part in parts)
    return next((place for place in found if place is not None), None)

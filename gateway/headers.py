"""The headers that every answer has: what a browser must not do with it, and which other sites' pages may read it (CORS)."""

from collections.abc import Iterable

from gateway.call import Answer, Call
from gateway.problems import Header

PREFLIGHT_SECONDS = 600
_METHODS = b"DELETE, GET, HEAD, POST, PUT"
_TAKEN = b"accept-language, authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, traceparent"
_SHOWN = b"etag, location, retry-after, www-authenticate, content-disposition, x-total-count"
_SECURITY: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_ONLY_TLS: Header = (b"strict-transport-security", b"max-age=31536000")
DATA_POLICY: Header = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
PAGE_POLICY: Header = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)


class CommonHeaders:
    """What is added to an answer; `origins` are the sites whose pages may use the API, or `*` for all."""

    def __init__(self, origins: Iterable[str], only_tls: bool) -> None:
        self._origins = {origin.encode() for origin in origins}
        self._always = (*_SECURITY, _ONLY_TLS) if only_tls else _SECURITY

    def of(self, call: Call, answer: Answer) -> list[Header]:
        """The whole list of headers, but for those that say how long the body is."""
        headers = [*self._always, *answer.headers]
        headers.append(PAGE_POLICY if answer.media.startswith(b"text/html") else DATA_POLICY)
        if self._origins and (origin := call.headers.get(b"origin")):
            headers.append((b"vary", b"origin"))
            if shared := self._allowed(origin):
                headers += [shared, (b"access-control-expose-headers", _SHOWN)]
        return headers

    def preflight(self, call: Call) -> Answer | None:
        """The answer to a browser that asks whether a page may send a request; None for every other request."""
        if call.method != "OPTIONS" or b"access-control-request-method" not in call.headers:
            return None
        allowed: tuple[Header, ...] = ()
        if self._allowed(call.headers.get(b"origin", b"")):
            allowed = (
                (b"access-control-allow-methods", _METHODS),
                (b"access-control-allow-headers", _TAKEN),
                (b"access-control-max-age", str(PREFLIGHT_SECONDS).encode()),
            )
        return Answer(204, headers=allowed)

    def _allowed(self, origin: bytes) -> Header | None:
        if b"*" in self._origins:
            return b"access-control-allow-origin", b"*"
        return (b"access-control-allow-origin", origin) if origin in self._origins else None

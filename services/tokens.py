"""A token is trusted for its signature and for nothing else: whoever passes it on proves nothing by that.

Sources: RFC 7519 (JWT), RFC 8725 (best practices: one algorithm, checked claims), RFC 9864 (`Ed25519`).
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.actor import Actor, actor_of
from services.errors import Forbidden
from services.settings import settings
from services.wire import from_json

ALGORITHM = "Ed25519"
ISSUER = AUDIENCE = "sansan"
PUBLIC_KEYS = "jwks.json"
MOST_CHARACTERS = 8000
_SKEW = timedelta(seconds=5)
_KEPT = 10_000
_READ_AGAIN = timedelta(seconds=2)


class NotAuthenticated(Forbidden):
    """The token is missing, broken, expired or not ours: nobody is known to be acting."""


def not_authenticated() -> NotAuthenticated:
    """The same words whatever is wrong with the token."""
    return NotAuthenticated("log in first", "请先登录")


@dataclass
class Verifier:
    """Verifies tokens against the public keys in a directory; keys that appear there later are noticed."""

    directory: Path
    _keys: KeySet | None = None
    _read_at: datetime = datetime.min.replace(tzinfo=UTC)
    _known: OrderedDict[str, tuple[datetime, Actor]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def verify(self, token: str, now: datetime) -> Actor:
        """Who the token says is acting. Errors: NotAuthenticated, whatever is wrong with it."""
        found = self._known.get(token)
        if found is None:
            found = self._examine(token, now)
            self._remember(token, found)
        if found[0] <= now:
            self._known.pop(token, None)
            raise not_authenticated()
        return found[1]

    def _examine(self, token: str, now: datetime) -> tuple[datetime, Actor]:
        if not token or len(token) > MOST_CHARACTERS:
            raise not_authenticated()
        try:
            decoded = self._decode(token, now)
        except (JoseError, ValueError):
            raise not_authenticated() from None
        expires = _checked(decoded.claims, now)
        try:
            return expires, actor_of(decoded.claims)
        except (KeyError, TypeError, AttributeError, ValueError):
            raise not_authenticated() from None

    def _decode(self, token: str, now: datetime) -> Any:
        try:
            return jwt.decode(token, self._key_set(now), algorithms=[ALGORITHM])
        except (JoseError, ValueError):
            if now - self._read_at < _READ_AGAIN:
                raise
        self._keys = None
        return jwt.decode(token, self._key_set(now), algorithms=[ALGORITHM])

    def _key_set(self, now: datetime) -> KeySet:
        with self._lock:
            if self._keys is None:
                try:
                    text = (self.directory / PUBLIC_KEYS).read_bytes()
                except FileNotFoundError:
                    text = b'{"keys":[]}'
                self._keys = KeySet.import_key_set(from_json(text))
                self._read_at = now
            return self._keys

    def _remember(self, token: str, found: tuple[datetime, Actor]) -> None:
        with self._lock:
            self._known[token] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)


def _checked(claims: dict[str, Any], now: datetime) -> datetime:
    """When the token ends, if every claim is as it should be."""
    issued, expires = claims.get("iat"), claims.get("exp")
    if claims.get("iss") != ISSUER or claims.get("aud") != AUDIENCE or not isinstance(claims.get("sub"), str):
        raise not_authenticated()
    for time in (issued, expires):
        if not isinstance(time, int) or isinstance(time, bool) or not 0 < time < 32_503_680_000:
            raise not_authenticated()
    assert isinstance(issued, int)
    assert isinstance(expires, int)
    if datetime.fromtimestamp(issued, UTC) > now + _SKEW:
        raise not_authenticated()
    return datetime.fromtimestamp(expires, UTC)


_verifiers: dict[Path, Verifier] = {}


def verify(token: str, now: datetime) -> Actor:
    """Who the token says is acting, by the keys of this system. Errors: NotAuthenticated."""
    directory = settings().keys_directory
    if directory not in _verifiers:
        _verifiers[directory] = Verifier(directory)
    return _verifiers[directory].verify(token, now)

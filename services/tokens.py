"""A token is trusted for its signature and for nothing else: whoever passes it on proves nothing by that.

Sources: RFC 7519 (JWT), RFC 8725 (best practices: one algorithm, checked claims), RFC 9864 (`Ed25519`).
"""

import os
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from services.actor import Actor, actor_of
from services.errors import NotAuthenticated
from services.settings import settings
from services.wire import from_json

ALGORITHM = "Ed25519"
ISSUER = AUDIENCE = "sansan"
PUBLIC_KEYS = "jwks.json"
MOST_CHARACTERS = 8000
LONGEST_SECONDS = 86_400
REGISTRY = JWSRegistry(algorithms=[ALGORITHM])
_SKEW = timedelta(seconds=5)
_KEPT = 10_000
_LOOK_AGAIN = timedelta(seconds=2)
_NEVER = datetime.min.replace(tzinfo=UTC)


def not_authenticated() -> NotAuthenticated:
    """The same words whatever is wrong with the token."""
    return NotAuthenticated("log in first", "请先登录")


class Verifier:
    """Verifies tokens against the public keys in a directory; a new key there counts at once, a withdrawn one for 2 s more."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / PUBLIC_KEYS
        self._keys: KeySet = KeySet([])
        self._seen: tuple[int, int] | None = None
        self._look_at = _NEVER
        self._until = float("inf")
        self._known: OrderedDict[str, tuple[datetime, Actor]] = OrderedDict()
        self._lock = Lock()

    def verify(self, token: str, now: datetime) -> Actor:
        """Who the token says is acting. Errors: NotAuthenticated, whatever is wrong with it."""
        if now >= self._look_at or token not in self._known:
            self._look(now)
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
            found = jwt.decode(token, self._keys, registry=REGISTRY)
            if not isinstance(found.header.get("kid"), str):
                raise not_authenticated()
            return _checked(found.claims, now), actor_of(found.claims)
        except (JoseError, KeyError, TypeError, AttributeError, ValueError):
            raise not_authenticated() from None

    def _look(self, now: datetime) -> None:
        """Read the public keys again if they were changed or one of them ended, and forget what the old ones vouched for."""
        with self._lock:
            at = now.timestamp()
            self._look_at = now + _LOOK_AGAIN
            try:
                stat = self._file.stat()
                stale = _changed(stat, self._seen) or at >= self._until
                published = from_json(self._file.read_bytes())["keys"] if stale else None
            except FileNotFoundError:
                return
            if published is not None:
                valid = [key for key in published if key.get("exp", at + 1) > at]
                self._keys = KeySet.import_key_set({"keys": [_plain(key) for key in valid]})
                self._seen = (stat.st_ino, stat.st_mtime_ns)
                self._until = min((key["exp"] for key in valid if "exp" in key), default=float("inf"))
                self._known.clear()

    def _remember(self, token: str, found: tuple[datetime, Actor]) -> None:
        with self._lock:
            self._known[token] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)


def _changed(stat: os.stat_result, seen: tuple[int, int] | None) -> bool:
    return (stat.st_ino, stat.st_mtime_ns) != seen


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
    if datetime.fromtimestamp(issued, UTC) > now + _SKEW or expires - issued > LONGEST_SECONDS:
        raise not_authenticated()
    return datetime.fromtimestamp(expires, UTC)


def _plain(key: Mapping[str, Any]) -> Any:
    """A published key without the times of its use, which are ours alone."""
    return {name: found for name, found in key.items() if name not in ("iat", "exp")}


_verifiers: dict[Path, Verifier] = {}


def verify(token: str, now: datetime) -> Actor:
    """Who the token says is acting, by the keys of this system. Errors: NotAuthenticated."""
    directory = settings().keys_directory
    if directory not in _verifiers:
        _verifiers[directory] = Verifier(directory)
    return _verifiers[directory].verify(token, now)

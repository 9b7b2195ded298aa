"""Signing keys: made at the first start, used by every process of the gateway, replaced without a gap, never readable by others.

One private key signs (file mode 0600). The public set lies beside it in `jwks.json`; a key that was replaced stays there
until its last token has expired. Processes that start or rotate at the same time wait for each other on a file lock.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey
from joserfc.jws import serialize_compact

from services.actor import Actor
from services.clock import Clock
from services.ids import new_id
from services.tokens import ALGORITHM, AUDIENCE, ISSUER, LONGEST_SECONDS, PUBLIC_KEYS, REGISTRY
from services.wire import from_json, to_json

_GRACE_SECONDS = 60


class KeysExposed(Exception):
    """A private key can be read by others than its owner: nothing is signed with it."""


class Keys:
    """The signing keys in one directory; a first key is made where there is none.

    `token_seconds` is how long an access token lives (at most a day).
    """

    def __init__(self, directory: Path, clock: Clock, token_seconds: int = 600) -> None:
        assert 0 < token_seconds <= LONGEST_SECONDS, "an access token lives for a day at most"
        self.token_seconds = token_seconds
        self._directory = directory
        self._clock = clock
        self._seen: tuple[int, ...] = ()
        self._signing: OKPKey | None = None
        directory.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if not self._public_file.exists():
                self._replace(clock())

    def sign(self, actor: Actor) -> str:
        """An access token that proves who acts, from now for `token_seconds`."""
        at = int(self._clock().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": actor.member_id,
            "kind": actor.kind,
            "roles": {place: sorted(roles) for place, roles in actor.roles.items()},
            "districts": {place: sorted(roles) for place, roles in actor.districts.items()},
            "iat": at,
            "exp": at + self.token_seconds,
            "jti": new_id(),
        }
        key = self._current()
        return serialize_compact({"alg": ALGORITHM, "kid": key.kid}, to_json(claims), key, registry=REGISTRY)

    def public(self) -> Mapping[str, Any]:
        """The public keys as a JSON Web Key Set (RFC 7517); `exp` tells until when an old key counts."""
        at = self._clock().timestamp()
        return {"keys": [key for key in self._published() if key.get("exp", at + 1) > at]}

    def rotate(self, *, compromised: bool = False) -> str:
        """Sign with a new key from now on; returns its id.

        The old public key stays until its tokens have expired, unless it is `compromised`: then they end within seconds.
        """
        with self._alone():
            return self._replace(self._clock(), forget=compromised)

    def _replace(self, now: datetime, forget: bool = False) -> str:
        at = int(now.timestamp())
        retired = at + self.token_seconds + _GRACE_SECONDS
        known = [] if forget else [{"exp": retired, **key} for key in self._published()]
        new = OKPKey.generate_key("Ed25519", {"kid": new_id()})
        public = {**new.as_dict(private=False), "use": "sig", "alg": ALGORITHM, "iat": at}
        self._write(self._private_file(str(new.kid)), new.as_pem(private=True), 0o600)
        kept = [key for key in known if key["exp"] > at]
        self._write(self._public_file, to_json({"keys": [public, *kept]}), 0o644)
        for file in self._directory.glob("*.pem"):
            if file != self._private_file(str(new.kid)):
                file.unlink()
        return str(new.kid)

    def _current(self) -> OKPKey:
        """The key that signs now; another process may have replaced it since the last time."""
        stat = self._public_file.stat()
        seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if self._signing is None or seen != self._seen:
            with self._alone():
                current = next(key for key in self._published() if "exp" not in key)
                file = self._private_file(current["kid"])
                if file.stat().st_mode & 0o077:
                    raise KeysExposed(
                        f"{file} can be read by others; remove their rights (chmod 600) or rotate the key"
                    )
                self._signing = OKPKey.import_key(file.read_bytes(), {"kid": current["kid"]})
            self._seen = seen
        return self._signing

    @property
    def _public_file(self) -> Path:
        return self._directory / PUBLIC_KEYS

    def _private_file(self, kid: str) -> Path:
        return self._directory / f"{kid}.pem"

    def _published(self) -> list[dict[str, Any]]:
        if not self._public_file.exists():
            return []
        found: list[dict[str, Any]] = from_json(self._public_file.read_bytes())["keys"]
        return found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._directory / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, file: Path, content: bytes, mode: int) -> None:
        """Put a whole file in its place at once; it never had wider rights than `mode`."""
        part = file.with_name(f".{file.name}.{os.getpid()}")
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.chmod(mode)
        part.replace(file)

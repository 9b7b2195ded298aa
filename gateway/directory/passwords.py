"""Passwords are kept as argon2id hashes (RFC 9106); keys and handed-over passwords are random and kept as hashes too.

Hashing takes some 20 ms and 19 MiB on purpose, so that only a few run at the same time.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.errors import Invalid, Unavailable, Words

LEAST_CHARACTERS = 8
MOST_CHARACTERS = 128
_AT_ONCE = 4
_PATIENCE_SECONDS = 3.0

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_places = BoundedSemaphore(_AT_ONCE)
_NOBODYS = _hasher.hash(secrets.token_urlsafe(32))

_COMMON = frozenset(
    (
        "password", "passw0rd", "password1", "12345678", "123456789", "1234567890", "qwertyui", "qwerty123", "1qaz2wsx",
        "abc12345", "abcd1234", "a1234567", "woaini1314", "5201314520", "iloveyou", "admin123", "asdfghjk", "87654321",
    )
)  # fmt: skip


def weakness(password: str, known: Collection[str]) -> Words | None:
    """号-1: eight characters at least, not one of the most common, without the login, the name or the phone (`known`)."""
    plain = password.casefold()
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        return Words("a password has 8 to 128 characters", "密码长度应为 8 至 128 个字符")
    if plain in _COMMON or len(set(plain)) < 4:
        return Words("this password is one of the first that are guessed", "该密码过于常见")
    if any(len(word) > 2 and word.casefold() in plain for word in known):
        return Words("a password must not hold the login, the name or the phone", "密码不能包含登录名、姓名或电话")
    return None


def check_strength(password: str, known: Collection[str], member: str = "password") -> None:
    """Refuse a weak password (`Invalid`)."""
    if reason := weakness(password, known):
        raise Invalid(*reason, "号-1", ({"member": f"/{member}", "en": reason.en, "zh": reason.zh},))


def hash_of(password: str) -> str:
    """The argon2id hash to keep. Errors: Unavailable when too many wait."""
    with _one_of_few():
        return _hasher.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Whether the password belongs to the hash; it takes the same time where there is none. Errors: Unavailable."""
    with _one_of_few():
        try:
            _hasher.verify(kept or _NOBODYS, password)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other costs than are used today."""
    return _hasher.check_needs_rehash(kept)


def random_password() -> str:
    """A password to hand over on paper: 80 bits in four groups, without letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def random_secret() -> str:
    """256 random bits in text: for keys and refresh tokens."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """What is kept of a random secret: SHA-256 is enough where nothing can be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_secret(secret: str, kept: str) -> bool:
    """Whether the secret belongs to the hash, compared in constant time."""
    return hmac.compare_digest(secret_hash(secret), kept)


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _places.acquire(timeout=_PATIENCE_SECONDS):
        raise Unavailable("too many are logging in at this moment", "当前登录人数过多,请稍后再试")
    try:
        yield
    finally:
        _places.release()

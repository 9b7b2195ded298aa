"""Ids are UUIDs in lower-case text: time-ordered ones for new things, name-based ones for what must come out the same twice."""

import secrets
import time
import uuid
from threading import Lock

_NAMESPACE = uuid.UUID("5a4e5a4e-3333-5333-8333-333333333333")
_lock = Lock()
_last = 0


def new_id(now_ns: int | None = None) -> str:
    """A UUIDv7 whose order is the order of creation on one machine.

    The 12 bits after the millisecond hold its fraction (RFC 9562, section 6.2, method 3): steps of 244 ns,
    never repeated or reversed within a process.
    """
    global _last
    with _lock:
        ns = time.time_ns() if now_ns is None else now_ns
        milliseconds, rest = divmod(ns, 1_000_000)
        tick = max((milliseconds << 12) | (rest * 4096 // 1_000_000), _last + 1 if now_ns is None else 0)
        if now_ns is None:
            _last = tick
    value = (tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def derived_id(*parts: str) -> str:
    """The UUIDv5 of some names: machine work that is done again gets the same id."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(parts)))


def is_id(text: str) -> bool:
    """Whether the text is a UUID in the form that is used here."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False

"""The place of a thing in a list, newest first, as a cursor: its time of creation in microseconds and its id, in base64url."""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from uuid import UUID

from gateway.reader import instant
from services.errors import Invalid

FIRST = datetime(1, 1, 1, tzinfo=UTC)
LOWEST = str(UUID(int=0))
END = (datetime(9999, 12, 31, tzinfo=UTC), str(UUID(int=2**128 - 1)))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = struct.Struct(">q16s")


def cursor_of(at: datetime | str, id_: UUID | str) -> str:
    """The cursor of an item, whose time and id are as its database tells them."""
    number = UUID(id_) if isinstance(id_, str) else id_
    place = _PLACE.pack((instant(at) - _EPOCH) // timedelta(microseconds=1), number.bytes)
    return urlsafe_b64encode(place).decode()


def place_of(cursor: str) -> tuple[datetime, str]:
    """The place that a cursor names. Errors: Invalid when no list gave it."""
    try:
        place = urlsafe_b64decode(cursor.encode("ascii"))
        microseconds, number = _PLACE.unpack(place)
        at = _EPOCH + timedelta(microseconds=microseconds)
    except (ValueError, struct.error, OverflowError):
        at = None
    if at is None or urlsafe_b64encode(place).decode() != cursor:
        raise Invalid("this cursor is none that a list gave", "翻页标记无效")
    return at, str(UUID(bytes=number))

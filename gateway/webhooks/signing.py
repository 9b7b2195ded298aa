"""How the receiver knows that an event came from here, unaltered and just now: Standard Webhooks, symmetric (`v1`)."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime

PREFIX = "whsec_"


def new_secret() -> str:
    """256 random bits, as both sides are given them."""
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()


def signature_of(secret: str, id_: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`: HMAC-SHA256 over id, time (Unix seconds) and body.

    Errors: ValueError on a secret that is none.
    """
    key = b64decode(secret.removeprefix(PREFIX), validate=True)
    signed = b".".join((id_.encode(), str(timestamp).encode(), body))
    return "v1," + b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def headers_for(secret: str, id_: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """The headers of an event that is sent at this time; the id stays the same however often it is sent."""
    timestamp = int(at.timestamp())
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature_of(secret, id_, timestamp, body),
    }

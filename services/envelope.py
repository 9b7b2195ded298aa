"""What travels around the data: a CloudEvents 1.0 event in binary mode with `ce-` headers, and the W3C trace context.

Sources: CloudEvents 1.0.2, section 3; W3C Trace Context, section 3.2. Headers that are not named here are ignored.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

from services.errors import Invalid
from services.ids import is_id

_TRACE = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")


@dataclass(frozen=True)
class Envelope:
    """The context of one event: everything but its data.

    `sequence` is the version of the subject after the event; `member_id` is the one member concerned, who may see the
    event whatever its audience is.
    """

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    community_id: str
    audience: str
    actor: str
    sequence: int
    member_id: str = ""
    causation_id: str = ""
    traceparent: str = ""

    @property
    def service(self) -> str:
        """The service that it comes from."""
        return self.type.split(".")[0]

    @property
    def routing_key(self) -> str:
        """`COMMUNITY.ENTITY.VERB`."""
        return ".".join((self.community_id, *self.type.split(".")[1:3]))

    def headers(self) -> dict[str, str]:
        """The message headers; extension attributes that are empty are left out."""
        all_headers = {
            "ce-specversion": "1.0",
            "ce-id": self.id,
            "ce-type": self.type,
            "ce-source": self.source,
            "ce-subject": self.subject,
            "ce-time": self.time.isoformat().replace("+00:00", "Z"),
            "ce-dataschema": f"/v1/schemas/{self.type}.json",
            "ce-community": self.community_id,
            "ce-audience": self.audience,
            "ce-member": self.member_id,
            "ce-actor": self.actor,
            "ce-sequence": str(self.sequence),
            "ce-causationid": self.causation_id,
            "ce-traceparent": self.traceparent,
        }
        return {name: text for name, text in all_headers.items() if text}


def read_envelope(headers: Mapping[str, Any]) -> Envelope:
    """The envelope in a message's headers. Errors: Invalid, naming the header that is missing or broken."""

    def text(name: str, default: str | None = None) -> str:
        found = headers.get(f"ce-{name}", default)
        if not is_text(found):
            raise _broken(name)
        return found

    if text("specversion") != "1.0":
        raise _broken("specversion")
    try:
        time = datetime.fromisoformat(text("time"))
        sequence = int(text("sequence"))
    except ValueError:
        raise _broken("time or ce-sequence") from None
    if time.tzinfo is None:
        raise _broken("time")
    if not is_id(text("id")):
        raise _broken("id")
    if not _SLUG.fullmatch(text("community")):
        raise _broken("community")
    return Envelope(
        id=text("id"),
        type=text("type"),
        source=text("source"),
        subject=text("subject"),
        time=time,
        community_id=text("community"),
        audience=text("audience"),
        actor=text("actor"),
        sequence=sequence,
        member_id=text("member", ""),
        causation_id=text("causationid", ""),
        traceparent=text("traceparent", ""),
    )


def is_text(found: Any) -> TypeGuard[str]:
    """Whether a header is text that can be passed on: lone surrogates cannot."""
    return isinstance(found, str) and (found.isascii() or not _SURROGATE.search(found))


def _broken(name: str) -> Invalid:
    return Invalid(f"header ce-{name} is missing or broken", f"消息头 ce-{name} 缺失或有误")


def next_trace(traceparent: str | None) -> str:
    """The trace context for the next hop: the caller's trace id where it is well formed, else a new one."""
    if traceparent and (found := _TRACE.fullmatch(traceparent)):
        return f"00-{found[1]}-{secrets.token_hex(8)}-{found[2]}"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def trace_id(traceparent: str) -> str:
    """The trace id, for logs; empty where there is none."""
    found = _TRACE.fullmatch(traceparent)
    return found[1] if found else ""

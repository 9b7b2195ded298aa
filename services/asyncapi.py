"""The catalogue of events as an AsyncAPI 3.0 document: what a property company's system may subscribe to.

Source: AsyncAPI 3.0.0; messages are CloudEvents 1.0 in binary mode over AMQP 0-9-1.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE

from services.broker import events_exchange
from services.declare import EVENTS, EventSpec
from services.schemas import components

_HEADERS = {
    "ce-specversion": "always 1.0",
    "ce-id": "the event's id, a UUIDv7; the same in every redelivery",
    "ce-type": "the event's type",
    "ce-source": "the service that it comes from",
    "ce-subject": "the id of the thing that it is about",
    "ce-time": "when it happened, RFC 3339 in UTC",
    "ce-dataschema": "where the JSON Schema of the data is",
    "ce-community": "the community that it belongs to",
    "ce-audience": "public, community, staff, or member: the one member concerned",
    "ce-member": "the one member concerned, who sees it in any case",
    "ce-actor": "who caused it: a member's, a client's or the system's id",
    "ce-sequence": "the version of the subject after the event",
    "ce-causationid": "the id of the command or event that caused it",
    "ce-traceparent": "W3C trace context",
}


def document(version: str) -> dict[str, Any]:
    """The whole document; it depends on which contracts have been imported."""
    specs = [EVENTS[name] for name in sorted(EVENTS)]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "sansan events",
            "version": version,
            "description": "What happened in the communities. Commands go over HTTP only.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {spec.name: _channel(spec) for spec in specs},
        "operations": {
            f"on.{spec.name}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{_escaped(spec.name)}"},
                "summary": summary(spec),
            }
            for spec in specs
        },
        "components": {
            "schemas": _schemas(specs),
            "messages": {spec.cls.__name__: _message(spec) for spec in specs},
        },
    }


def summary(spec: EventSpec) -> str:
    """The first sentence of an event's docstring."""
    return (spec.cls.__doc__ or "").strip().splitlines()[0]


def event_map(readers: Mapping[str, list[str]]) -> str:
    """The events as a Markdown table; `readers` maps a type to the services that react to it."""
    lines = ["| event | what happened | who reacts |", "|---|---|---|"]
    for name in sorted(EVENTS):
        who = ", ".join(readers.get(name, [])) or "views and feed"
        lines.append(f"| `{name}` | {summary(EVENTS[name])} | {who} |")
    return "\n".join(lines)


def _channel(spec: EventSpec) -> dict[str, Any]:
    return {
        "address": f"{{community}}.{spec.key}",
        "messages": {spec.cls.__name__: {"$ref": f"#/components/messages/{spec.cls.__name__}"}},
        "parameters": {
            "community": {"description": "The community's id; `*` in a binding stands for all that are granted."}
        },
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": events_exchange(spec.service), "type": "topic", "durable": True},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _message(spec: EventSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "title": spec.cls.__name__,
        "summary": summary(spec),
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "properties": {name: {"type": "string", "description": text} for name, text in _HEADERS.items()},
        },
        "payload": {"$ref": f"#/components/schemas/{spec.cls.__name__}"},
    }


def _schemas(specs: list[EventSpec]) -> dict[str, Any]:
    return components([spec.cls for spec in specs], EXCLUDE)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")

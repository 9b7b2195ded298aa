"""The catalogue of events is one document in which every event has its channel, its operation, its message and its schema."""

import json
from typing import Any

from services.asyncapi import document, event_map, summary
from services.declare import EVENTS
from services.issues.contract import IssueConfirmed
from tests.shared.made_up import import_contracts

import_contracts()
DOCUMENT = document("1.2.3")


def followed(reference: str) -> Any:
    """What a reference leads to."""
    node: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def references(node: Any) -> list[str]:
    """Every reference in a part of the document."""
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [found for inner in node.values() for found in references(inner)]
    return [found for inner in node for found in references(inner)] if isinstance(node, list) else []


def test_every_event_is_in_the_document() -> None:
    assert set(DOCUMENT["channels"]) == set(EVENTS)
    assert set(DOCUMENT["components"]["messages"]) == {spec.cls.__name__ for spec in EVENTS.values()}
    assert len(DOCUMENT["operations"]) == len(EVENTS)


def test_every_reference_leads_somewhere() -> None:
    found = references(DOCUMENT)
    assert len(found) > 3 * len(EVENTS)
    assert all(followed(reference) for reference in found)


def test_a_channel_says_how_to_bind_a_queue() -> None:
    channel = DOCUMENT["channels"]["issues.issue.confirmed.v1"]
    assert channel["address"] == "{community}.issue.confirmed"
    assert channel["bindings"]["amqp"]["exchange"]["name"] == "issues.events"


def test_a_message_says_what_happened() -> None:
    message = DOCUMENT["components"]["messages"]["IssueConfirmed"]
    assert message["summary"] == summary(EVENTS["issues.issue.confirmed.v1"]) == IssueConfirmed.__doc__
    assert message["payload"] == {"$ref": "#/components/schemas/IssueConfirmed"}


def test_the_document_says_its_version_and_is_plain_json() -> None:
    assert DOCUMENT["info"]["version"] == "1.2.3"
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT


def test_the_event_map_names_who_reacts() -> None:
    lines = event_map({"issues.issue.confirmed.v1": ["points"]}).splitlines()
    assert len(lines) == len(EVENTS) + 2
    (line,) = (line for line in lines if "issues.issue.confirmed.v1" in line)
    assert line.endswith("| points |")
    assert sum("views and feed" in line for line in lines) == len(EVENTS) - 1

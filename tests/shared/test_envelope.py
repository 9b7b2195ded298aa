"""An event's context travels in headers that a CloudEvents reader understands; a broken one is refused by name."""

import re
from datetime import datetime
from typing import Any

import pytest
from cloudevents.core.bindings import rabbitmq
from hypothesis import given
from hypothesis import strategies as st

from services.declare import AUDIENCES
from services.envelope import Envelope, next_trace, read_envelope, trace_id
from services.errors import Invalid
from services.ids import derived_id
from services.issues.contract import IssueConfirmed
from services.wire import from_json, to_data, to_json
from tests.shared.made_up import instants
from tests.shared.samples import COMMUNITY, ISSUE, NOON, REPORTER, issue_state

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
SLUGS = st.from_regex(r"[a-z0-9][a-z0-9-]{1,62}", fullmatch=True)
ENVELOPES = st.builds(
    Envelope,
    id=st.uuids().map(str),
    type=st.just("issues.issue.confirmed.v1"),
    source=WORDS,
    subject=WORDS,
    time=instants(),
    community_id=SLUGS,
    audience=st.sampled_from(AUDIENCES),
    actor=WORDS,
    sequence=st.integers(1, 2**31 - 1),
    member_id=st.just("") | WORDS,
    causation_id=st.just("") | WORDS,
    traceparent=st.just("") | st.just(TRACE),
)


def envelope(**changed: Any) -> Envelope:
    """The envelope of a confirmed issue."""
    return Envelope(
        **{
            "id": derived_id("event", "1"),
            "type": "issues.issue.confirmed.v1",
            "source": "/sansan/issues",
            "subject": ISSUE,
            "time": NOON,
            "community_id": COMMUNITY,
            "audience": "community",
            "actor": REPORTER,
            "sequence": 4,
            "member_id": REPORTER,
            "causation_id": derived_id("command", "1"),
            "traceparent": TRACE,
            **changed,
        }
    )


@given(ENVELOPES)
def test_an_envelope_arrives_as_it_left(sent: Envelope) -> None:
    assert read_envelope(sent.headers()) == sent


def test_the_routing_key_is_the_community_the_thing_and_the_deed() -> None:
    assert envelope().routing_key == "wuhan-caochang.issue.confirmed"
    assert envelope().service == "issues"


def test_what_is_empty_is_left_out() -> None:
    bare = envelope(member_id="", causation_id="", traceparent="")
    assert not {"ce-member", "ce-causationid", "ce-traceparent"} & set(bare.headers())


def test_headers_that_nobody_named_are_ignored() -> None:
    headers = {**envelope().headers(), "user_id": "root", "nameko.user_id": "root", "ce-mood": "good", "x-death": [{}]}
    assert read_envelope(headers) == envelope()


REQUIRED = ["specversion", "id", "type", "source", "subject", "time", "community", "audience", "actor", "sequence"]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_header_is_named(name: str) -> None:
    headers = envelope().headers()
    del headers[f"ce-{name}"]
    with pytest.raises(Invalid, match=f"ce-{name}") as refused:
        read_envelope(headers)
    assert f"ce-{name}" in refused.value.reason.zh


@pytest.mark.parametrize("name", [*REQUIRED, "member", "causationid", "traceparent"])
@pytest.mark.parametrize("broken", [None, 1, True, b"x", ["x"], {"a": "b"}, NOON], ids=repr)
def test_a_header_that_is_no_text_is_named(name: str, broken: object) -> None:
    with pytest.raises(Invalid, match=name):
        read_envelope({**envelope().headers(), f"ce-{name}": broken})


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("specversion", "0.3"),
        ("specversion", "2.0"),
        ("id", "1"),
        ("id", derived_id("x").upper()),
        ("id", ""),
        ("time", "yesterday"),
        ("time", "2024-05-20T12:00:00"),
        ("time", "2024-05-20"),
        ("sequence", "one"),
        ("sequence", "1.0"),
        ("sequence", ""),
        ("sequence", "9" * 5000),
        ("community", "Wuhan Caochang"),
        ("community", "*"),
        ("community", "a.b"),
        ("community", "wuhan\n"),
        ("community", ""),
    ],
)
def test_a_broken_header_is_named(name: str, broken: str) -> None:
    with pytest.raises(Invalid, match=rf"ce-{name}|ce-time or ce-{name}"):
        read_envelope({**envelope().headers(), f"ce-{name}": broken})


@given(st.dictionaries(st.sampled_from([f"ce-{name}" for name in REQUIRED]), st.text(max_size=30) | st.integers()))
def test_whatever_the_headers_are_the_answer_is_an_envelope_or_a_refusal(changed: dict[str, Any]) -> None:
    try:
        read_envelope({**envelope().headers(), **changed})
    except Invalid as refused:
        assert "ce-" in refused.reason.en  # noqa: PT017


def test_the_cloudevents_sdk_reads_our_message_as_a_binary_event() -> None:
    told = IssueConfirmed(issue=issue_state())
    message = rabbitmq.RabbitMQMessage(envelope().headers(), "application/json", to_json(told))
    event = rabbitmq.from_binary_event(message)
    assert event.get_id() == envelope().id
    assert event.get_type() == "issues.issue.confirmed.v1"
    assert event.get_source() == "/sansan/issues"
    assert event.get_subject() == ISSUE
    assert event.get_time() == NOON
    assert event.get_specversion() == "1.0"
    assert event.get_dataschema() == "/v1/schemas/issues.issue.confirmed.v1.json"
    assert event.get_datacontenttype() == "application/json"
    assert event.get_extension("community") == COMMUNITY
    assert event.get_extension("traceparent") == TRACE
    assert event.get_data() == to_data(told)


@given(ENVELOPES)
def test_the_cloudevents_sdk_writes_what_we_read(sent: Envelope) -> None:
    event = rabbitmq.from_binary_event(rabbitmq.RabbitMQMessage(sent.headers(), "application/json", b"{}"))
    written = rabbitmq.to_binary_event(event)
    assert read_envelope(written.headers) == sent
    assert from_json(written.body) == {}


def test_every_extension_attribute_is_named_as_cloudevents_wants_it() -> None:
    assert all(re.fullmatch(r"ce-[a-z0-9]{1,20}", name) for name in envelope().headers())


def test_a_trace_goes_on_with_a_new_span() -> None:
    onward = next_trace(TRACE)
    assert trace_id(onward) == trace_id(TRACE) == "0af7651916cd43dd8448eb211c80319c"
    assert onward != TRACE
    assert onward.endswith("-01")
    assert next_trace(TRACE.replace("-01", "-00")).endswith("-00")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "x",
        TRACE.upper(),
        TRACE + "\n",
        TRACE + "-extra",
        "ff" + TRACE[2:],
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
    ],
)
def test_what_is_no_trace_begins_a_new_one(text: str | None) -> None:
    begun = next_trace(text)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", begun)
    assert trace_id(begun) not in (text or "", "0af7651916cd43dd8448eb211c80319c")
    assert trace_id(text or "") == ""


@given(instants())
def test_a_time_keeps_its_instant(time: datetime) -> None:
    assert read_envelope(envelope(time=time).headers()).time == time

"""Whatever comes over the bus, it becomes a job or is refused with a reason; nothing but the token says who acts."""

import base64
import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.identity import Keys
from services.actor import SYSTEM, Role
from services.clock import utc_now
from services.declare import EVENTS
from services.envelope import trace_id
from services.errors import Forbidden, Invalid, NotFound, SansanError
from services.ids import derived_id, is_id, new_id
from services.intake import (
    MOST_BYTES,
    Expired,
    Incoming,
    Malformed,
    command_job,
    event_job,
    everything,
    sources_of,
)
from services.issues.contract import AcceptIssue, IssueConfirmed, ReportIssue
from services.issues.use_cases import DOES
from services.points.use_cases import REACTS
from services.wire import to_data, to_json
from services.work import Job, Work
from tests.shared.samples import COMMUNITY, GRID_OFFICER, ISSUE, REPORTER, RESIDENT, issue_state, member, report
from tests.shared.test_envelope import TRACE, envelope

TOLD = IssueConfirmed(issue=issue_state())


def command(
    keys: Keys | None = None, body: Any = None, headers: dict[str, Any] | None = None, **changed: Any
) -> Incoming:
    """A message that reports an issue, as the gateway sends it."""
    token = {"nameko.auth_token": keys.sign(RESIDENT)} if keys else {}
    sent = {"args": [], "kwargs": to_data(report())} if body is None else body
    members: dict[str, Any] = {
        "queue": "rpc-issues",
        "tag": 1,
        "routing_key": "issues.report_issue",
        "headers": {**token, **(headers or {})},
        "body": sent if isinstance(sent, bytes) else to_json(sent),
        "content_type": "application/json",
        "correlation_id": new_id(),
        "reply_to": new_id(),
        **changed,
    }
    return Incoming(**members)


def taken(message: Incoming) -> Job:
    """The job of a command."""
    return command_job("issues", DOES, message, utc_now())


def told(message: Incoming) -> Job:
    """The job of an event."""
    return event_job("points.on.issues", REACTS, None, message)


def event(body: Any = None, headers: dict[str, Any] | None = None, **changed: Any) -> Incoming:
    """A message that tells of a confirmed issue."""
    members: dict[str, Any] = {
        "queue": "points.on.issues",
        "tag": 1,
        "routing_key": "wuhan-caochang.issue.confirmed",
        "headers": {**envelope().headers(), **(headers or {})},
        "body": to_json(TOLD) if body is None else body,
        "content_type": "application/json",
        **changed,
    }
    return Incoming(**members)


def test_a_command_becomes_a_job_of_whom_its_token_names(keys: Keys) -> None:
    id_ = new_id()
    headers = {"nameko.command_id": id_, "traceparent": TRACE, "nameko.if_version": "7"}
    job = taken(command(keys, headers=headers))
    assert (job.consumer, job.id, job.context.cause, job.context.community_id) == ("commands", id_, id_, COMMUNITY)
    assert job.context.actor.member_id == REPORTER
    assert job.context.actor.roles_in(COMMUNITY) == {Role.RESIDENT}
    assert job.context.expected_version == 7
    assert trace_id(job.context.traceparent) == trace_id(TRACE)


def test_the_subject_of_a_command_is_what_it_names(keys: Keys) -> None:
    sent = {"args": [], "kwargs": to_data(AcceptIssue(community_id=COMMUNITY, issue_id=ISSUE))}
    assert taken(command(keys, sent, routing_key="issues.accept_issue")).context.subject == ISSUE
    assert taken(command(keys)).context.subject == ""


def test_no_header_but_the_token_says_who_acts(keys: Keys) -> None:
    forged = {
        "user_id": new_id(),
        "nameko.user_id": new_id(),
        "nameko.member_id": new_id(),
        "nameko.roles": "community_admin",
        "nameko.call_id_stack": ["forged"],
        "auth_token": keys.sign(GRID_OFFICER),
        "ce-actor": SYSTEM.member_id,
        "x-user-id": "root",
    }
    plain, with_forgeries = taken(command(keys)).context, taken(command(keys, headers=forged)).context
    assert replace(with_forgeries, cause="", traceparent="") == replace(plain, cause="", traceparent="")


def broken_tokens(keys: Keys) -> dict[str, Any]:
    """Tokens that prove nothing."""
    head, claims, signature = keys.sign(RESIDENT).split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    payload = json.loads(base64.urlsafe_b64decode(claims + "=="))
    admin = base64.urlsafe_b64encode(json.dumps({**payload, "roles": {COMMUNITY: ["community_admin"]}}).encode())
    return {
        "none": f"{none}.{claims}.",
        "no signature": f"{head}.{claims}.",
        "other claims": f"{head}.{admin.rstrip(b'=').decode()}.{signature}",
        "empty": "",
        "a word": "token",
        "dots": "...",
        "bytes": b"\xff\xfe",
        "a number": 7,
        "a list": [head, claims, signature],
        "long": "x" * 100_000,
        "surrogates": "\ud800.\ud800.\ud800",
    }


def test_without_a_token_nobody_acts() -> None:
    with pytest.raises(Forbidden):
        taken(command())


def test_a_token_that_proves_nothing_is_forbidden(keys: Keys) -> None:
    for token in broken_tokens(keys).values():
        message = command(headers={"nameko.auth_token": token})
        with pytest.raises(Forbidden):
            taken(message)


def test_an_expired_token_is_forbidden(keys: Keys) -> None:
    message = command(keys)
    with pytest.raises(Forbidden):
        command_job("issues", DOES, message, utc_now() + timedelta(days=2))


def test_a_token_of_other_keys_is_forbidden(keys: Keys, tmp_path: Any) -> None:
    forger = Keys(tmp_path / "forged", utc_now)
    with pytest.raises(Forbidden):
        taken(command(forger))
    assert taken(command(keys))


def test_a_command_whose_caller_waits_no_longer_is_not_begun(keys: Keys) -> None:
    milliseconds = int(utc_now().timestamp() * 1000)
    with pytest.raises(Expired):
        taken(command(keys, headers={"nameko.deadline": str(milliseconds - 1)}))
    for deadline in (str(milliseconds + 60_000), "", "soon", "-5", "1.5", "9" * 5000, 5, None):
        assert taken(command(keys, headers={"nameko.deadline": deadline}))


@pytest.mark.parametrize("version", ["x", "1.5", "-1", "9" * 5000, " 1"])
def test_a_version_that_is_no_number_is_invalid(keys: Keys, version: str) -> None:
    with pytest.raises(Invalid):
        taken(command(keys, headers={"nameko.if_version": version}))


def test_the_same_call_has_the_same_id_and_another_one_another(keys: Keys) -> None:
    called = command(keys, correlation_id=new_id())
    assert taken(called).id == taken(called).id == called.correlation_id
    odd = command(keys, correlation_id="call 7")
    assert is_id(taken(odd).id)
    assert taken(odd).id == taken(odd).id != taken(command(keys, correlation_id="call 8")).id
    named = command(keys, correlation_id="call 7", headers={"nameko.command_id": "order 12"})
    assert taken(named).id not in (taken(odd).id, derived_id("order 12"))


def test_two_calls_without_any_id_are_two_calls(keys: Keys) -> None:
    assert taken(command(keys, correlation_id="", tag=1)).id != taken(command(keys, correlation_id="", tag=1)).id


def test_a_member_has_one_request_hash_for_one_request(keys: Keys) -> None:
    same = [taken(command(keys)).request for _ in range(2)]
    other = taken(command(keys, {"args": [], "kwargs": to_data(report(title="x"))})).request
    somebody = taken(command(headers={"nameko.auth_token": keys.sign(GRID_OFFICER)})).request
    assert len({*same, other, somebody}) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"args":[]}',
        b'{"kwargs":{}}',
        b'{"args":{},"kwargs":{}}',
        b'{"args":[],"kwargs":[]}',
        b"\x80\x04\x95\x10",
        b'{"args":[],"kwargs":{"title":"\\ud800"}}',
        b"x" * (MOST_BYTES + 1),
    ],
)
def test_bytes_that_are_no_command_are_malformed(keys: Keys, body: bytes) -> None:
    with pytest.raises(Malformed):
        taken(command(keys, body))


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-python-serialize", "application/jsonx", "unreadable"]
)
def test_a_wrong_content_type_is_malformed(keys: Keys, content_type: str) -> None:
    with pytest.raises(Malformed, match="content type"):
        taken(command(keys, content_type=content_type))


def test_a_content_type_may_name_its_charset(keys: Keys) -> None:
    assert taken(command(keys, content_type="application/json; charset=utf-8"))


@pytest.mark.parametrize(
    "key", ["issues.no_such_thing", "issues.", "issues", "", "points.report_issue.x", "issues.__init__"]
)
def test_a_command_that_does_not_exist_is_not_found(keys: Keys, key: str) -> None:
    with pytest.raises(NotFound):
        taken(command(keys, routing_key=key))


def test_a_command_that_is_declared_but_not_done_here_is_not_found(keys: Keys) -> None:
    with pytest.raises(NotFound):
        command_job("issues", {AcceptIssue: DOES[AcceptIssue]}, command(keys), utc_now())


def test_members_are_given_by_name(keys: Keys) -> None:
    with pytest.raises(Invalid, match="by name"):
        taken(command(keys, {"args": ["x"], "kwargs": to_data(report())}))


def test_wrong_members_are_named(keys: Keys) -> None:
    with pytest.raises(Invalid) as refused:
        taken(command(keys, {"args": [], "kwargs": to_data(report()) | {"title": 5, "mood": "bad"}}))
    assert {detail["member"] for detail in refused.value.details} == {"/title", "/mood"}


def test_an_event_becomes_a_job_of_the_system_for_its_consumer() -> None:
    job = told(event())
    assert (job.consumer, job.id, job.context.community_id) == ("points.on.issues", envelope().id, COMMUNITY)
    assert job.context.actor is SYSTEM
    assert job.context.cause == envelope().id
    assert trace_id(job.context.traceparent) == trace_id(TRACE)


def test_a_handler_is_given_the_event_as_it_was_told() -> None:
    heard: list[Any] = []
    reacts = {IssueConfirmed: lambda work, each: heard.append(each)}
    newer = to_data(TOLD) | {"weather": "rain"}
    assert event_job("x", reacts, None, event(to_json(newer))).do(None) is None  # type: ignore[arg-type]
    assert heard == [TOLD]


def test_whoever_is_told_everything_is_given_the_data_as_it_came() -> None:
    heard: list[Any] = []

    def keep(work: Work, *told_: Any) -> None:
        heard.append(told_)

    newer = to_data(TOLD) | {"weather": "rain"}
    event_job("edge.on.issues", {}, keep, event(to_json(newer))).do(None)  # type: ignore[arg-type]
    assert heard == [(envelope(), IssueConfirmed, newer)]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (event(headers={"ce-type": "issues.issue.sung.v1"}), "nobody here knows"),
        (event(headers={"ce-type": "issues.issue.reported.v1"}), "nobody here knows"),
        (event(headers={"ce-type": "x" * 100_000}), "nobody here knows"),
        (event(headers={"ce-id": "1"}), "ce-id"),
        (event(headers={"ce-subject": "\ud800"}), "ce-subject"),
        (event(b"{"), "no JSON"),
        (event(b"[]"), "not valid"),
        (event(b"{}"), "/issue"),
        (event(content_type="text/plain"), "content type"),
        (event(to_json(to_data(TOLD) | {"by_silence": "yes"})), "/by_silence"),
        (event(headers={"ce-community": "wuhan-elsewhere"}), "community of the data"),
        (event(b" " * MOST_BYTES + b"{}"), "too many"),
    ],
)
def test_an_event_that_nobody_understands_is_malformed_with_its_reason(message: Incoming, reason: str) -> None:
    with pytest.raises(Malformed, match=reason) as malformed:
        told(message)
    assert len(str(malformed.value)) < 1000


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.binary(max_size=5)
    | st.lists(st.integers(), max_size=2)
    | st.text(st.characters(codec=None), max_size=20)
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "nameko.auth_token",
            "nameko.command_id",
            "nameko.deadline",
            "nameko.if_version",
            "traceparent",
            *(f"ce-{name}" for name in ("id", "type", "time", "sequence", "community", "subject", "traceparent")),
        ]
    ),
    VALUES,
)
BODIES = st.binary(max_size=30) | st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["args", "kwargs", "issue", "title"]), inner, max_size=4)
    ),
    max_leaves=6,
).map(to_json)
KEYS = st.sampled_from(["issues.report_issue", "issues.accept_issue", "issues", ""]) | st.text(max_size=10)
TEXTS = st.sampled_from(["", "application/json", "7"]) | st.text(max_size=10)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(headers=HEADERS, body=BODIES, key=KEYS, content_type=TEXTS, correlation_id=TEXTS, signed=st.booleans())
def test_whatever_comes_is_a_job_or_refused(
    keys: Keys, headers: dict[str, Any], body: bytes, key: str, content_type: str, correlation_id: str, signed: bool
) -> None:
    extra = {"routing_key": key, "content_type": content_type, "correlation_id": correlation_id}
    for read, message in (
        (taken, command(keys if signed else None, body, headers, **extra)),
        (taken, command(keys, None, headers, correlation_id=correlation_id)),
        (told, event(body, headers, **extra)),
        (told, event(None, headers)),
    ):
        with suppress(Malformed, Expired, SansanError):
            assert is_id(read(message).id)


def test_a_service_listens_to_what_it_reacts_to() -> None:
    assert sources_of(REACTS)["issues"] == ["*.issue.confirmed"]
    assert set(sources_of(REACTS)["directory"]) == {"*.community.onboarded", "*.community.changed"}
    assert sources_of({}) == {}


def test_the_edge_listens_to_everything() -> None:
    assert everything() == {spec.service: ["#"] for spec in EVENTS.values()}


def test_a_report_of_a_member_of_another_community_is_taken_and_left_to_the_policy(keys: Keys) -> None:
    stranger = member(REPORTER, Role.RESIDENT, community_id="wuhan-elsewhere")
    job = taken(command(headers={"nameko.auth_token": keys.sign(stranger)}))
    assert job.context.actor.roles_in(COMMUNITY) == frozenset()
    assert ReportIssue in DOES

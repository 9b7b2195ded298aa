"""Of a request only what is well formed counts: each header is read strictly, and what is wrong is said."""

import asyncio
from typing import Any

import pytest

from gateway.call import Call
from gateway.problems import Problem
from services.actor import Actor
from services.errors import Invalid
from services.ids import derived_id, is_id

MEMBER = derived_id("member")


def call(body: bytes = b"", path: str = "/v1/x", **headers: str | bytes) -> Call:
    """A call with some headers (`_` for `-`)."""
    told = [
        (name.replace("_", "-").encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in headers.items()
    ]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": told,
        "client": ("10.0.0.1", 1),
    }
    return Call(scope, receive)


def refusal(made: Call, reading: Any, *arguments: Any) -> str:
    """The code with which reading something is refused."""
    with pytest.raises(Problem) as refused:
        reading(made, *arguments)
    return refused.value.kind.code


def test_the_callers_trace_goes_on_and_a_broken_one_begins_anew() -> None:
    given = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    going_on = call(traceparent=given)
    assert going_on.trace_id == "a" * 32
    assert going_on.traceparent != given
    for broken in ("", "00-0", "\xff", given.upper(), "00-" + "0" * 32 + "-" + "b" * 16 + "-01"):
        assert len(call(traceparent=broken.encode("latin-1")).trace_id) == 32


def test_a_bearer_token_is_read_and_nothing_else_is_one() -> None:
    assert call().bearer() == ""
    assert call(authorization="Bearer abc").bearer() == "abc"
    assert call(authorization="bearer  abc ").bearer() == "abc"
    for other in ("abc", "Bearer", "Bearer ", "Basic abc", "Bearer " + "x" * 8001):
        assert refusal(call(authorization=other), Call.bearer) == "not_authenticated"


def test_if_match_names_one_version() -> None:
    for tag, version in (('"3"', 3), (' "3-0a1b2c3d" ', 3), ("*", None), ('"2147483647"', 2147483647)):
        assert call(if_match=tag).expected_version(possible=True) == version
    assert call().expected_version(possible=True) is None
    for tag in ('W/"3"', '"other"', '"03"', '""', '"3-xyz"'):
        assert refusal(call(if_match=tag), Call.expected_version, True) == "stale"
    for tag in ("3", '"3", "4"', '"3" "4"', '"', ""):
        assert refusal(call(if_match=tag), Call.expected_version, True) == "malformed"
    assert refusal(call(if_match='"3"'), Call.expected_version, False) == "stale"


def test_if_none_match_is_compared_weakly() -> None:
    assert call(if_none_match='"1", W/"2-a", "3"').has(b'"2-a"')
    assert call(if_none_match="*").has(b'"2-a"')
    for tags in ("", '"2"', '"2-a', "2-a"):
        assert not call(if_none_match=tags).has(b'"2-a"')


def test_a_key_makes_the_same_command_of_the_same_request_by_the_same_caller() -> None:
    def id_of(key: str, member: str = MEMBER, path: str = "/v1/x") -> str:
        made = call(path=path, idempotency_key=key)
        made.actor = Actor(member)
        return made.command_id()

    assert is_id(id_of("a"))
    assert id_of("a") == id_of("a")
    assert len({id_of("a"), id_of("b"), id_of("a", path="/v1/y"), id_of("a", derived_id("other"))}) == 4
    assert call(idempotency_key="a").command_id() == call(idempotency_key="a").command_id()
    assert call().command_id() != call().command_id()
    for key in ("", "a b", "x" * 201, "ü", "\t"):
        assert refusal(call(idempotency_key=key), Call.command_id) == "malformed"


@pytest.mark.parametrize(
    ("accept", "media", "taken"),
    [
        (None, b"application/json", True),
        ("*/*", b"application/json", True),
        ("text/html, application/*;q=0.1", b"application/json", True),
        ("text/html;q=1, */*;q=0.1", b"application/json", True),
        ("application/json;q=0, */*", b"application/json", False),
        ("APPLICATION/JSON", b"application/json", True),
        ("text/html", b"application/json", False),
        ("application/jsonx", b"application/json", False),
        ("text/event-stream", b"text/event-stream", True),
    ],
)
def test_what_the_caller_takes_is_what_accept_says(accept: str | None, media: bytes, taken: bool) -> None:
    made = call(accept=accept) if accept else call()
    assert made.accepts(media) is taken


def read(body: bytes, content_type: str = "application/json") -> Any:
    return asyncio.run(call(body, content_type=content_type).json(1000))


def test_a_body_is_read_as_json_and_none_as_an_empty_object() -> None:
    assert read('{"a": "三"}'.encode()) == {"a": "三"}
    assert read(b"[1]", 'application/json; charset="UTF-8"') == [1]
    assert read(b"", "text/plain") == {}
    assert read(b'{"a": 1, "a": 2}') == {"a": 2}, "of two members of one name the last counts, for every reader alike"


@pytest.mark.parametrize("body", [b"{", b"nul", b"\xff", b'"\\ud800"', b"[" * 999, b"NaN", b"\xef\xbb\xbf{}"])
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Problem, match="malformed"):
        read(body)


def test_nul_is_named_wherever_it_hides() -> None:
    for body, member in (
        (b'{"a": "\\u0000"}', "/a"),
        (b'{"a": [1, {"b": "x\\u0000"}]}', "/a/1/b"),
        (b'{"\\u0000": 1}', "/<name>"),
    ):
        with pytest.raises(Invalid) as refused:
            read(body)
        assert refused.value.details[0]["member"] == member
    assert read(b'{"a": "\\\\u0000"}') == {"a": "\\u0000"}


@pytest.mark.parametrize("media", ["", "text/plain", "application/json; charset=gbk", "application/jsonx", "json"])
def test_another_content_type_is_not_read(media: str) -> None:
    with pytest.raises(Problem, match="unsupported"):
        read(b"{}", media)

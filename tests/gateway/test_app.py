"""Whatever happens inside, the caller gets one answer: never a stack trace, always the common headers and the trace."""

import asyncio
import gc
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import structlog.testing

from gateway.app import Gateway
from gateway.call import Answer, Call
from gateway.commands import RemoteDefect, TimedOut
from gateway.headers import CommonHeaders
from gateway.problems import Problem
from services.errors import Conflict, Refused, Unavailable

SECRET = "the secret of the defect"


async def fine(call: Call) -> Answer:
    return Answer(200, b'{"name": "%b"}' % call.path["name"].encode())


def raising(error: Exception) -> Any:
    async def handle(call: Call) -> Answer:
        raise error

    return handle


@asynccontextmanager
async def nothing(_app: Any) -> AsyncIterator[None]:
    yield


def app_of(**errors: Exception) -> Gateway:
    doors = {"/things/{name}": {"GET": fine, "POST": fine}}
    doors |= {f"/{name}": {"GET": raising(error)} for name, error in errors.items()}
    return Gateway(doors, CommonHeaders(("https://app.example",), only_tls=False), nothing)


def ask(app: Any, method: str, path: str, **headers: str) -> httpx.Response:
    async def story() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://sansan") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(story())


def test_a_call_finds_the_door_of_its_path_and_method() -> None:
    assert ask(app_of(), "GET", "/things/a%20b").json() == {"name": "a b"}
    assert ask(app_of(), "HEAD", "/things/x").status_code == 200


def test_another_method_hears_which_ones_there_are() -> None:
    answer = ask(app_of(), "DELETE", "/things/x")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    asked = ask(app_of(), "OPTIONS", "/things/x")
    assert (asked.status_code, asked.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


@pytest.mark.parametrize("path", ["/", "/things", "/things/", "/things/a/b", "/Things/x"])
def test_where_nothing_is_there_is_a_problem(path: str) -> None:
    answer = ask(app_of(), "GET", path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_of_a_defect_the_log_tells_all_and_the_answer_nothing() -> None:
    with structlog.testing.capture_logs() as said:
        answer = ask(
            app_of(broken=KeyError(SECRET)), "GET", "/broken", traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01"
        )
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert answer.json()["instance"] == "a" * 32
    (told,) = [entry for entry in said if entry["log_level"] == "error"]
    assert (told["trace"], told["route"], told["exc_info"].args) == ("a" * 32, "/broken", (SECRET,))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("no", "不行"), 409),
        (Unavailable("away", "不可用"), 503),
        (TimedOut("issues.report_issue"), 504),
        (RemoteDefect(SECRET), 500),
        (Problem("too_large"), 413),
        (AssertionError(SECRET), 500),
    ],
)
def test_every_error_becomes_its_problem_with_the_common_headers(error: Exception, status: int) -> None:
    answer = ask(app_of(wrong=error), "GET", "/wrong", origin="https://app.example")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert answer.headers["cache-control"] == "no-store"
    assert SECRET not in answer.text


def test_what_is_to_change_something_is_logged_by_its_trace_and_route_never_by_its_content() -> None:
    trace = {"traceparent": "00-" + "c" * 32 + "-" + "b" * 16 + "-01"}
    logging.getLogger().setLevel(logging.INFO)
    try:
        with structlog.testing.capture_logs() as said:
            ask(app_of(), "POST", "/things/li.guihua", **trace)
            ask(app_of(), "GET", "/things/li.guihua", **trace)
    finally:
        logging.getLogger().setLevel(logging.WARNING)
    (told,) = said
    assert (told["method"], told["route"], told["status"], told["trace"]) == ("POST", "/things/{name}", 200, "c" * 32)
    assert "li.guihua" not in str(said)


def test_a_conflict_is_stale_only_for_whoever_sent_if_match() -> None:
    app = app_of(late=Conflict("it is at version 3 by now", "已更新"))
    assert ask(app, "GET", "/late").status_code == 409
    assert ask(app, "GET", "/late", **{"if-match": '"2"'}).status_code == 412


def test_problems_speak_the_callers_language() -> None:
    answer = ask(app_of(no=Refused("no", "不行")), "GET", "/no", **{"accept-language": "en"})
    assert (answer.headers["content-language"], answer.json()["detail"]) == ("en", "no")
    assert ask(app_of(no=Refused("no", "不行")), "GET", "/no").json()["detail"] == "不行"


def test_a_preflight_needs_no_door() -> None:
    asked = {"origin": "https://app.example", "access-control-request-method": "POST"}
    answer = ask(app_of(), "OPTIONS", "/things/x", **asked)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "https://app.example")


def test_a_caller_who_has_gone_is_answered_by_nobody() -> None:
    sent: list[Any] = []

    async def story() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "GET", "path": "/gone", "query_string": b"", "headers": []}
        await app_of(gone=ConnectionResetError())(scope, receive, send)

    asyncio.run(story())
    assert sent == []


def test_nothing_of_a_call_stays_when_it_was_answered() -> None:
    """Without a look for cycles: one that holds itself would keep its answer, and memory would grow with every request."""
    gc.collect()
    gc.disable()
    try:
        before = calls_alive()
        assert ask(app_of(), "GET", "/things/x").status_code == 200
        assert calls_alive() == before
    finally:
        gc.enable()


def calls_alive() -> int:
    return sum(isinstance(each, Call) for each in gc.get_objects())


def test_a_websocket_is_sent_away() -> None:
    sent: list[Any] = []

    async def story() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        await app_of()({"type": "websocket", "path": "/"}, receive, send)

    asyncio.run(story())
    assert json.dumps(sent) == '[{"type": "websocket.close", "code": 1000}]'

"""Browsers are told what not to do, and other sites' pages may use the API only where the operator said so."""

import pytest

from gateway.call import Answer
from gateway.headers import CommonHeaders
from tests.gateway.test_call import call

OURS = "https://app.example"


def of(common: CommonHeaders, **headers: str) -> dict[bytes, bytes]:
    return dict(common.of(call(b"", "/v1/x", **headers), Answer(200)))


def test_every_answer_forbids_guessing_framing_and_loading() -> None:
    headers = of(CommonHeaders((), only_tls=False))
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"content-security-policy"] == b"default-src 'none'; frame-ancestors 'none'"
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert b"strict-transport-security" not in headers
    assert b"strict-transport-security" in of(CommonHeaders((), only_tls=True))


def test_a_page_may_load_its_style_and_nothing_else() -> None:
    common = CommonHeaders((), only_tls=False)
    policy = dict(common.of(call(), Answer(200, media=b"text/html; charset=utf-8")))[b"content-security-policy"]
    assert b"style-src 'self'" in policy
    assert b"script-src" not in policy
    assert b"default-src 'none'" in policy


def test_only_the_named_sites_may_read_answers() -> None:
    common = CommonHeaders((OURS,), only_tls=False)
    shared = of(common, origin=OURS)
    assert shared[b"access-control-allow-origin"] == OURS.encode()
    assert b"etag" in shared[b"access-control-expose-headers"]
    assert shared[b"vary"] == b"origin"
    for other in ("https://evil.example", "null", OURS + ".evil.example", OURS.upper()):
        assert b"access-control-allow-origin" not in of(common, origin=other)
    assert b"access-control-allow-origin" not in of(CommonHeaders((), only_tls=False), origin=OURS)
    assert of(CommonHeaders(("*",), only_tls=False), origin=OURS)[b"access-control-allow-origin"] == b"*"


@pytest.mark.parametrize(("origin", "allowed"), [(OURS, True), ("https://evil.example", False)])
def test_a_preflight_is_answered_without_a_token(origin: str, allowed: bool) -> None:
    common = CommonHeaders((OURS,), only_tls=False)
    asking = call(origin=origin, access_control_request_method="POST")
    assert common.preflight(asking) is None, "only OPTIONS asks"
    asking.method = "OPTIONS"
    answer = common.preflight(asking)
    assert answer is not None
    assert answer.status == 204
    assert (b"access-control-allow-headers" in dict(answer.headers)) is allowed


def test_an_options_request_that_asks_for_nothing_is_no_preflight() -> None:
    plain = call(origin=OURS)
    plain.method = "OPTIONS"
    assert CommonHeaders((OURS,), only_tls=False).preflight(plain) is None

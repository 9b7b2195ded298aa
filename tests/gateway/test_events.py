"""The feed over HTTP: pages with a cursor, a live stream that goes on where it broke, each as the caller may see it."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import httpx
from httpx_sse import ServerSentEvent, connect_sse

from gateway.events import expiry
from tests.gateway.city import ELSEWHERE, HERE, City


def pages(person: httpx.Client, **asked: Any) -> list[dict[str, Any]]:
    """All events of a question, page by page."""
    found: list[dict[str, Any]] = []
    cursor = "0"
    while True:
        page = person.get("/v1/events", params={**asked, "cursor": cursor}).json()
        found += page["events"]
        cursor = page["next"]
        if not page["more"]:
            return found


def awaited(person: httpx.Client, subject: str, number: int) -> list[dict[str, Any]]:
    """The events about a thing, once so many have come."""
    for _ in range(400):
        found = [event for event in pages(person, community=HERE, type="issues.*") if event["subject"] == subject]
        if len(found) >= number:
            return found
    raise AssertionError(f"{len(found)} events, not {number}")


def test_what_happened_is_told_in_order_and_in_everybodys_own_rendition(city: City) -> None:
    issue = city.report()
    city.move("officer", issue, "acceptance")
    for name, knows in (("officer", True), ("resident", True), ("neighbour", False)):
        told = awaited(city.person(name), issue["id"], 2)
        assert [event["type"] for event in told] == ["issues.issue.reported.v1", "issues.issue.accepted.v1"]
        assert [event["sequence"] for event in told] == ["1", "2"]
        assert [("reporter_id" in event["data"]["issue"]) for event in told] == [knows] * 2
        assert [("actor" in event) for event in told] == [knows] * 2


def test_who_has_no_role_hears_only_what_is_public(city: City) -> None:
    issue = city.report()
    awaited(city.person("officer"), issue["id"], 1)
    for name in ("stranger", "nobody"):
        told = pages(city.person(name), community=f"{HERE},{ELSEWHERE}")
        assert {event["audience"] for event in told if event["community"] == HERE} <= {"public"}
        assert issue["id"] not in {event["subject"] for event in told}
    everywhere = pages(city.person("stranger"))
    assert {event["community"] for event in everywhere} == {ELSEWHERE}


def test_pages_follow_each_other_without_gap_or_repeat(city: City) -> None:
    city.report()
    officer = city.person("officer")
    whole = [event["position"] for event in pages(officer, community=HERE)]
    small = [event["position"] for event in pages(officer, community=HERE, limit=2)]
    assert small[: len(whole)] == whole
    assert [int(position) for position in small] == sorted(set(map(int, small)))


def listen(city: City, name: str, last: str = "", **asked: Any) -> Generator[ServerSentEvent]:
    """The live events as somebody hears them."""
    headers = dict(city.person(name).headers) | ({"last-event-id": last} if last else {})
    with (
        httpx.Client(base_url=city.address, headers=headers, timeout=httpx.Timeout(10, read=30)) as client,
        connect_sse(client, "GET", "/v1/events", params=asked) as source,
    ):
        assert source.response.headers["content-type"].startswith("text/event-stream")
        assert source.response.headers["cache-control"] == "no-store"
        yield from (event for event in source.iter_sse() if event.data)


def test_the_live_feed_goes_on_exactly_where_it_broke(city: City) -> None:
    first, second = city.report(), city.report()
    awaited(city.person("officer"), second["id"], 1)
    stream = listen(city, "officer", last="0", community=HERE, type="issues.issue.reported.v1")
    heard = []
    for event in stream:
        heard.append(event)
        if json.loads(event.data)["subject"] == first["id"]:
            break
    stream.close()
    again = listen(city, "officer", last=heard[-1].id, community=HERE, type="issues.issue.reported.v1")
    assert json.loads(next(again).data)["subject"] == second["id"]
    third = city.report()
    assert json.loads(next(again).data)["subject"] == third["id"]
    again.close()


def test_a_token_says_when_it_ends() -> None:
    claims = urlsafe_b64encode(b'{"exp": 1795386790}').rstrip(b"=").decode()
    assert expiry(f"head.{claims}.signature") == datetime.fromtimestamp(1795386790, UTC)

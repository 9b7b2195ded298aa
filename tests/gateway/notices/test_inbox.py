"""An inbox is its owner's alone: read from the newest on, counted, and marked as read only where it is theirs."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.ids import derived_id, new_id
from tests.gateway.notices.reception import HERE, NEIGHBOUR, RESIDENT, Reception
from tests.shared.samples import ANOTHER_COMMUNITY, ISSUE, NOON

NOTICE = derived_id("notice")


@pytest.fixture(autouse=True)
def _empty(reception: Reception) -> Iterator[None]:
    yield
    reception.empty()


def ids(page: Any) -> list[str]:
    return [item["id"] for item in page["items"]]


def unread(reception: Reception, who: str = "resident") -> int:
    found: int = reception.get(who, f"{HERE}/unread")["unread"]
    return found


def test_a_notice_tells_what_happened_and_how_far_it_was_sent(reception: Reception) -> None:
    id_ = reception.notice()
    reception.delivery(id_, 2, state="failed", kind="sms", error="HTTP 503", next_at=NOON, sent_at=None, attempts=3)
    reception.delivery(id_, 1)
    (item,) = reception.get("resident")["items"]
    noon = "2024-05-20T04:00:00Z"
    sent = {"number": 1, "kind": "email", "state": "sent", "attempts": 1, "error": "", "next_at": None, "sent_at": noon}
    failed = {**sent, "number": 2, "kind": "sms", "state": "failed", "attempts": 3, "error": "HTTP 503"}
    failed |= {"next_at": noon, "sent_at": None}
    assert item == {
        "id": id_, "kind": "outcome", "type": "issues.issue.resolved.v1", "subject": ISSUE, "issue_id": ISSUE, "title": "井盖破损",
        "zh": "您反映的“井盖破损”已办结。", "en": "It was settled.", "urgent": False, "at": noon,
        "read_at": None, "deliveries": [sent, failed],
    }  # fmt: skip


def test_pages_go_from_the_newest_to_the_oldest_and_what_comes_meanwhile_repeats_nothing(reception: Reception) -> None:
    made = [reception.notice() for _ in range(5)]
    first = reception.get("resident", limit=2)
    newer = reception.notice()
    second = reception.get("resident", limit=2, cursor=first["next"])
    third = reception.get("resident", limit=2, cursor=second["next"])
    assert ids(first) + ids(second) + ids(third) == made[::-1]
    assert third["next"] is None
    assert ids(reception.get("resident", limit=1)) == [newer]


def test_only_unread_ones_are_asked_for_and_counted(reception: Reception) -> None:
    old, new = reception.notice(read_at=NOON), reception.notice()
    assert ids(reception.get("resident", unread="true")) == [new]
    assert ids(reception.get("resident", unread="false")) == [new, old]
    assert unread(reception) == 1


def test_some_are_marked_as_read_once(reception: Reception) -> None:
    first, second, third = (reception.notice() for _ in range(3))
    answer = reception.read("resident", ids=[first, third, first])
    assert (answer.status_code, answer.json()) == (200, {"unread": 1})
    at = {item["id"]: item["read_at"] for item in reception.get("resident")["items"]}
    assert at[second] is None
    assert reception.read("resident", ids=[first]).json() == {"unread": 1}
    assert {item["id"]: item["read_at"] for item in reception.get("resident")["items"]} == at


def test_all_up_to_one_are_marked_as_read(reception: Reception) -> None:
    made = [reception.notice() for _ in range(4)]
    assert reception.read("resident", up_to=made[2]).json() == {"unread": 1}
    assert ids(reception.get("resident", unread="true")) == [made[3]]


def test_nobody_reads_or_marks_what_is_another_members(reception: Reception) -> None:
    mine, theirs = reception.notice(), reception.notice(NEIGHBOUR)
    assert ids(reception.get("resident")) == [mine]
    assert ids(reception.get("neighbour")) == [theirs]
    for asked in ({"ids": [mine, theirs]}, {"up_to": theirs}, {"ids": [new_id()]}):
        answer = reception.read("resident", **asked)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (unread(reception), unread(reception, "neighbour")) == (1, 1), "and nothing was changed"
    reception.read("resident", up_to=mine)
    assert unread(reception, "neighbour") == 1


def test_each_community_has_an_inbox_of_its_own(reception: Reception) -> None:
    here, there = reception.notice(), reception.notice(RESIDENT, ANOTHER_COMMUNITY)
    elsewhere = HERE.replace("wuhan-caochang", ANOTHER_COMMUNITY)
    assert (ids(reception.get("resident")), ids(reception.get("resident", elsewhere))) == ([here], [there])
    assert reception.read("resident", ids=[there]).status_code == 404


def test_whoever_has_no_role_here_is_sent_away(reception: Reception) -> None:
    for method, path, body in (
        ("GET", HERE, {}), ("GET", f"{HERE}/unread", {}), ("POST", f"{HERE}/read", {"json": {"ids": [new_id()]}}),
    ):  # fmt: skip
        assert reception.ask("stranger", method, path, **body).status_code == 403
        assert reception.ask("nobody", method, path, **body).status_code == 401
        assert reception.ask("resident", method, path.replace("wuhan-caochang", "no-such"), **body).status_code == 403
    assert reception.get("company")["items"] == [], "an API client may ask and has none"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "cursor=x",
        "cursor=",
        "cursor=%00",
        "unread=1",
        "unread=",
        "nonsense=1",
        "limit=1&limit=1",
    ],
)
def test_a_page_that_is_asked_for_badly_is_refused(reception: Reception, query: str) -> None:
    answer = reception.ask("resident", "GET", f"{HERE}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        {}, {"ids": []}, {"ids": ["1"]}, {"ids": "all"}, {"up_to": "x"}, {"ids": [NOTICE] * 101}, {"ids": None}, {"all": True},
        {"ids": [NOTICE], "up_to": NOTICE}, {"community_id": "wuhan-caochang"},
    ],
    ids=str,
)  # fmt: skip
def test_what_says_badly_what_was_read_is_refused_and_changes_nothing(reception: Reception, body: Any) -> None:
    reception.notice()
    answer = reception.read("resident", **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"]
    assert unread(reception) == 1


def test_a_thousand_unread_ones_are_counted_no_further(reception: Reception) -> None:
    for _ in range(3):
        reception.notice()
    assert unread(reception) == 3
    assert reception.ask("resident", "GET", f"{HERE}/unread?x=1").status_code == 422

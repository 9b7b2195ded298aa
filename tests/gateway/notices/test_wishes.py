"""Everybody says for themselves where and when they want to be told; their addresses come back masked and are nowhere else."""

from typing import Any

import pytest
import sqlalchemy as sa

from gateway.directory.store import notice_preferences
from gateway.store import METADATA
from services.database import reading
from tests.gateway.notices.reception import RESIDENT, WISHES, Reception

EMAIL, PHONE = "li.guihua@example.com", "+8613800001234"
FIRST = {
    "channels": [], "quiet_from": 1320, "quiet_until": 420, "digest": "at_once", "digest_at": 1080, "muted": [],
    "language": "zh",
}  # fmt: skip


def kept(reception: Reception, member_id: str = RESIDENT) -> list[str]:
    """The addresses that the directory has."""
    with reading(reception.directory) as connection:
        query = sa.select(notice_preferences.c.preferences).where(notice_preferences.c.id == member_id)
        found = connection.execute(query).scalar_one_or_none()
        return [each.address for each in found.channels] if found else []


def test_who_said_nothing_gets_what_holds_for_everybody(reception: Reception) -> None:
    assert reception.get("neighbour", WISHES) == FIRST


def test_addresses_come_back_masked_and_given_back_so_stay_what_they_are(reception: Reception) -> None:
    channels = [{"kind": "email", "address": EMAIL}, {"kind": "sms", "address": PHONE}]
    said = reception.put("resident", channels=channels, digest="daily", muted=["diary", "diary"], language="en")
    masked = [{"kind": "email", "address": "l***@example.com"}, {"kind": "sms", "address": "***1234"}]
    assert said.status_code == 200, said.text
    assert said.json() == {**FIRST, "channels": masked, "digest": "daily", "muted": ["diary"], "language": "en"}
    assert reception.get("resident", WISHES) == said.json()
    assert kept(reception) == [EMAIL, PHONE]
    changed = reception.put("resident", **{**said.json(), "channels": masked[::-1], "quiet_from": 0})
    assert changed.status_code == 200, changed.text
    assert kept(reception) == [PHONE, EMAIL]
    assert reception.put("resident").json() == FIRST
    assert kept(reception) == []


def test_an_address_is_in_no_table_of_the_gateway_and_in_no_event(reception: Reception) -> None:
    assert reception.put("resident", channels=[{"kind": "email", "address": EMAIL}]).status_code == 200
    with reading(reception.directory) as connection:
        for name in ("journal", "inbox"):
            rows = connection.execute(sa.text(f"SELECT * FROM {name}")).all()
            assert EMAIL not in str(rows)
        assert connection.execute(sa.text("SELECT count(*) FROM journal")).scalar() == 0
    with reading(reception.gateway) as connection:
        for table in METADATA.sorted_tables:
            assert EMAIL not in str(connection.execute(sa.select(table)).all())


BAD_ADDRESSES = {
    "email": (
        "nobody", "a@b", "a b@example.com", "a@example.com,b@example.com", "mailto://a@example.com", "<a@example.com>",
        "a@example.com?cc=b@example.com", "*@example.com", "ü@example.com", "a" * 600, "",
    ),
    "sms": ("12345", "138-0000-0000", "***1234"),
    "wecom": ("https://qyapi.weixin.qq.com/x", "key/../../etc/passwd"),
    "dingtalk": ("a@b@c", "?x=1&y=2&z=3&a=4&b=5"),
    "webhook": ("file:///etc/passwd", "json://example.com", "https://example.com/***"),
    "fax": ("123456",),
}  # fmt: skip
BAD_CHANNELS = [{"kind": kind, "address": address} for kind, found in BAD_ADDRESSES.items() for address in found]
BAD_CHANNELS += [{"kind": "email"}, {"address": EMAIL}]


@pytest.mark.parametrize("channel", BAD_CHANNELS, ids=str)
def test_an_address_that_cannot_be_right_is_named_and_nothing_is_kept(reception: Reception, channel: Any) -> None:
    before = kept(reception, RESIDENT)
    answer = reception.put("resident", channels=[{"kind": "sms", "address": PHONE}, channel])
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
    assert any(each["member"].startswith("/channels/1") for each in answer.json()["errors"])
    assert kept(reception, RESIDENT) == before


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/", "http://localhost/", "https://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/latest/",
        "https://user:password@93.184.215.14/", "http://2130706433/", "http://93.184.215.14:22/", "https://93.184.215.14/#x",
    ],
)  # fmt: skip
def test_a_webhook_never_leads_inside(reception: Reception, url: str) -> None:
    answer = reception.put("resident", channels=[{"kind": "webhook", "address": url}])
    assert (answer.status_code, answer.json()["code"], answer.json()["clause"]) == (409, "refused", "开-2")


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_from": -1}, {"quiet_until": 1440}, {"quiet_from": "22:00"}, {"quiet_from": 1.5}, {"digest": "weekly"},
        {"digest_at": None},
        {"muted": ["everything"]}, {"muted": "all"}, {"language": "fr"}, {"channels": None}, {"nonsense": 1},
        {"channels": [{"kind": "sms", "address": PHONE}] * 6}, {"channels": [{"kind": "sms", "address": PHONE, "url": "file://"}]},
        {"community_id": "wuhan-caochang"},
    ],
    ids=str,
)  # fmt: skip
def test_wishes_that_are_none_are_refused(reception: Reception, wrong: Any) -> None:
    answer = reception.put("resident", **wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"]


def test_only_people_have_wishes(reception: Reception) -> None:
    for who, status in (("company", 403), ("stranger", 403), ("nobody", 401)):
        assert reception.ask(who, "GET", WISHES).status_code == status
        assert reception.ask(who, "PUT", WISHES, json={}).status_code == status
    assert reception.ask("resident", "GET", f"{WISHES}?x=1").status_code == 422
    assert reception.ask("resident", "PUT", f"{WISHES}?x=1", json={}).status_code == 422


def test_the_same_request_with_the_same_key_is_done_once(reception: Reception) -> None:
    key = {"idempotency-key": "wishes-1"}
    asked = {"channels": [{"kind": "email", "address": EMAIL}]}
    first = reception.ask("resident", "PUT", WISHES, json=asked, headers=dict(key))
    reception.put("resident")
    assert reception.ask("resident", "PUT", WISHES, json=asked, headers=dict(key)).json() == first.json()
    assert kept(reception) == []
    other = reception.ask("resident", "PUT", WISHES, json={}, headers=dict(key))
    assert (other.status_code, other.json()["code"]) == (409, "conflict")

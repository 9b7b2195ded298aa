"""What is to be sent is planned once for every channel that somebody named, at the time they want; the inbox waits for nothing."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.directory.contract import Channel, ChannelKind, Digest, NoticeKind, NoticePreferences
from gateway.notices import planning
from gateway.notices.channels import NOT_CONFIGURED
from gateway.notices.planning import plan, wants
from services.issues.contract import Alarm, IssueAlarmed, IssueResolved, Urgency
from tests.gateway.notices.house import House, in_zone, webhook
from tests.shared.samples import NOON, OFFICER, REPORTER, issue_state

HOOK = webhook("127.0.0.1:9")
ROBOT = Channel(kind=ChannelKind.WECOM, address="693a91f6-7aaa-4bc4-97a0-0ec2sifa5aaa")
EMAIL = Channel(kind=ChannelKind.EMAIL, address="li@example.com")
NIGHT = {"quiet_from": 22 * 60, "quiet_until": 7 * 60}


def local(hour: int, day: int = 20, zone: str = "Asia/Shanghai") -> datetime:
    return datetime(2024, 5, day, hour, tzinfo=ZoneInfo(zone))


def planned(house: House, member_id: str = REPORTER, **changed: Any) -> list[tuple[str, datetime | None]]:
    house.tell(IssueResolved(issue=issue_state(version=6, **changed), note="已更换"))
    house.sender.plan()
    return [(row.state, row.next_at) for row in house.deliveries(member_id)]


def test_every_channel_gets_a_row_at_once(house: House) -> None:
    house.wish(REPORTER, HOOK, ROBOT)
    assert planned(house) == [("queued", NOON), ("queued", NOON)]
    assert [(row.number, row.kind, row.attempts) for row in house.deliveries()] == [(1, "webhook", 0), (2, "wecom", 0)]


def test_who_said_nothing_or_wants_nothing_sent_has_it_in_the_inbox_only(house: House) -> None:
    assert planned(house) == []
    house.wish(REPORTER, HOOK, digest=Digest.NONE)
    assert planned(house) == []
    house.wish(REPORTER, HOOK, muted=(NoticeKind.OUTCOME,))
    assert planned(house) == []
    assert len(house.inbox(REPORTER)) == 3
    assert all(row.planned for row in house.inbox())


def test_what_the_operator_did_not_configure_has_failed_and_says_so(house: House) -> None:
    house.wish(REPORTER, EMAIL)
    assert planned(house) == [("failed", None)]
    assert [row.error for row in house.deliveries()] == [NOT_CONFIGURED]


def test_in_quiet_hours_it_waits_for_their_end(house: House) -> None:
    house.wish(REPORTER, HOOK, **NIGHT)
    house.clock.now = local(23)
    assert planned(house) == [("waiting_quiet_hours", local(7, 21))]


def test_quiet_hours_are_those_of_the_community(house: House) -> None:
    house.tell(in_zone("Europe/Berlin"))
    house.wish(REPORTER, HOOK, **NIGHT)
    house.clock.now = local(23)
    assert planned(house) == [("queued", local(23))]
    house.clock.now = local(23, zone="Europe/Berlin")
    assert planned(house)[-1] == ("waiting_quiet_hours", local(7, 21, "Europe/Berlin"))


def test_a_digest_waits_for_its_minute(house: House) -> None:
    house.wish(REPORTER, HOOK, digest=Digest.DAILY, digest_at=18 * 60)
    assert planned(house) == [("queued", local(18))]


def test_an_alarm_about_a_danger_passes_through_but_not_to_who_turned_alarms_off(house: House) -> None:
    house.clock.now = local(23)
    alarm = IssueAlarmed(issue=issue_state(version=8, urgency=Urgency.DANGER), alarm=Alarm.HANDLER)
    for changed, expected in (({}, 1), ({"digest": Digest.DAILY}, 2), ({"muted": (NoticeKind.ALARM,)}, 2)):
        house.wish(OFFICER, HOOK, **NIGHT, **changed)
        house.tell(alarm)
        house.sender.plan()
        assert [(row.state, row.next_at) for row in house.deliveries(OFFICER)] == [("queued", local(23))] * expected


def test_a_notice_is_planned_once_whoever_plans_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "PLANNED_AT_ONCE", 2)
    house.wish(REPORTER, HOOK)
    house.tell(IssueResolved(issue=issue_state(version=6), note="已更换"))
    found = [plan(house.engine, house.engine, house.channels, house.clock()) for _ in range(3)]
    assert found == [2, 1, 0]
    assert len(house.deliveries()) == 1


def test_two_who_plan_at_once_pass_over_what_the_other_holds(house: House) -> None:
    if house.engine.name == "sqlite":
        return  # which has one writer at a time anyway
    house.wish(REPORTER, HOOK)
    house.tell(IssueResolved(issue=issue_state(version=6), note="已更换"))
    with house.engine.begin() as connection:
        assert len(planning._unplanned(connection)) == 3
        assert plan(house.engine, house.engine, house.channels, house.clock()) == 0
    assert plan(house.engine, house.engine, house.channels, house.clock()) == 3


def test_muted_kinds_and_none_at_all_are_not_wanted() -> None:
    assert wants(NoticePreferences(), "outcome")
    assert not wants(NoticePreferences(digest=Digest.NONE), "outcome")
    assert not wants(NoticePreferences(muted=(NoticeKind.DIARY,)), "diary")

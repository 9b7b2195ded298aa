"""Messages go out once, together where they gathered, again where they were not taken, and never against somebody's wishes."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gateway.directory.contract import Channel, ChannelKind, Digest, Language, NoticeKind
from gateway.notices.deliveries import LEASE
from gateway.notices.sending import MOST_ATTEMPTS, PAUSE_SECONDS
from services.issues.contract import Alarm, IssueAlarmed, IssueResolved, Urgency
from services.wire import from_json
from tests.gateway.notices.house import FOLLOWER, SECONDER, House, webhook
from tests.gateway.notices.postbox import postbox
from tests.gateway.webhooks.receiver import Receiver
from tests.shared.samples import NOON, OFFICER, REPORTER, issue_state

NIGHT = {"quiet_from": 22 * 60, "quiet_until": 7 * 60}


def local(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return datetime(2024, 5, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


def resolve(house: House, *titles: str) -> None:
    for number, title in enumerate(titles or ("井盖破损",), 6):
        house.tell(IssueResolved(issue=issue_state(version=number, title=title), note="已更换"))


def texts(phone: Receiver) -> list[str]:
    return [from_json(body)["text"] for _, _, body in phone.got]


def states(house: House, member_id: str = REPORTER) -> list[tuple[Any, ...]]:
    return [(row.state, row.attempts, row.error) for row in house.deliveries(member_id)]


def test_a_notice_is_sent_once_on_every_channel(house: House, phone: Receiver) -> None:
    house.wish(REPORTER, webhook(phone.address, "/one"), webhook(phone.address, "/two"))
    resolve(house)
    house.serve()
    house.serve()
    assert sorted(path for path, _, _ in phone.got) == ["/one", "/two"]
    assert texts(phone) == ["您反映的“井盖破损”已办结:已更换。"] * 2
    assert states(house) == [("sent", 1, "")] * 2
    assert all((row.sent_at, row.next_at) == (NOON, None) for row in house.deliveries())
    assert house.sender.turn() == PAUSE_SECONDS


def test_each_is_told_in_their_own_language(house: House, phone: Receiver) -> None:
    house.wish(FOLLOWER, webhook(phone.address), language=Language.EN)
    resolve(house)
    house.serve()
    assert texts(phone) == ["“井盖破损”, which you follow, was settled: 已更换."]


def test_all_of_a_day_come_in_one_digest(house: House, phone: Receiver) -> None:
    house.wish(REPORTER, webhook(phone.address), digest=Digest.DAILY, digest_at=18 * 60)
    resolve(house, "甲", "乙", "丙")
    house.serve()
    assert phone.got == []
    house.clock.now = local(18)
    house.serve()
    assert texts(phone) == ["\n".join(f"· 您反映的“{title}”已办结:已更换。" for title in "甲乙丙")]
    assert states(house) == [("sent", 1, "")] * 3
    resolve(house, "丁")
    house.serve()
    assert len(phone.got) == 1
    house.clock.now = local(18, day=21)
    house.serve()
    assert texts(phone)[1:] == ["您反映的“丁”已办结:已更换。"]


def test_what_came_in_quiet_hours_comes_together_at_their_end(house: House, phone: Receiver) -> None:
    house.wish(REPORTER, webhook(phone.address), **NIGHT)
    house.clock.now = local(23)
    resolve(house, "甲")
    house.serve()
    house.clock.now = local(2, day=21)
    resolve(house, "乙")
    house.serve()
    assert phone.got == []
    assert states(house) == [("waiting_quiet_hours", 0, "")] * 2
    house.clock.now = local(7, day=21)
    house.serve()
    assert len(phone.got) == 1
    assert states(house) == [("sent", 1, "")] * 2


def test_a_danger_is_told_at_night_and_takes_nothing_else_with_it(house: House, phone: Receiver) -> None:
    house.wish(OFFICER, webhook(phone.address), **NIGHT)
    house.clock.now = local(23)
    for urgency in (Urgency.DANGER, Urgency.ORDINARY):
        house.tell(IssueAlarmed(issue=issue_state(version=8, urgency=urgency, title=urgency.zh), alarm=Alarm.HANDLER))
    house.serve()
    assert len(phone.got) == 1
    assert "险情" in texts(phone)[0]
    assert states(house, OFFICER) == [("sent", 1, ""), ("waiting_quiet_hours", 0, "")]


def test_what_is_not_taken_is_tried_again_later_and_later_and_then_given_up(house: House, phone: Receiver) -> None:
    house.wish(REPORTER, webhook(phone.address))
    resolve(house)
    waits = []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        phone.will(500)
        house.serve()
        assert len(phone.got) == attempt
        (row,) = house.deliveries()
        if row.next_at is not None:
            waits.append((row.next_at - house.clock.now) // timedelta(minutes=1))
            house.clock.now = row.next_at - timedelta(seconds=1)
            house.serve()
            assert len(phone.got) == attempt, "not before its time"
            house.clock.now = row.next_at
    assert waits == [1, 2, 4, 8, 16, 32, 60]
    assert states(house) == [("given_up", MOST_ATTEMPTS, "HTTP 500")]
    house.clock.forward(days=2)
    house.serve()
    assert len(phone.got) == MOST_ATTEMPTS


def test_what_is_taken_at_last_is_sent(house: House, phone: Receiver) -> None:
    house.wish(REPORTER, webhook(phone.address))
    resolve(house)
    phone.will(503)
    house.serve()
    assert states(house) == [("failed", 1, "HTTP 503")]
    house.clock.forward(minutes=1)
    house.serve()
    assert states(house) == [("sent", 2, "")]


def test_it_is_not_tried_again_in_quiet_hours(house: House, phone: Receiver) -> None:
    house.wish(REPORTER, webhook(phone.address), **NIGHT)
    house.clock.now = local(21, 59)
    resolve(house)
    phone.will(500)
    house.serve()
    house.clock.now = local(22, 5)
    house.serve()
    assert len(phone.got) == 1
    assert states(house) == [("waiting_quiet_hours", 1, "HTTP 500")]
    house.clock.now = local(7, day=21)
    house.serve()
    assert states(house) == [("sent", 2, "")]


def test_one_whose_messages_are_not_taken_holds_nobody_else_up(house: House, phone: Receiver) -> None:
    house.wish(REPORTER, webhook("127.0.0.1:1"))
    house.wish(FOLLOWER, webhook(phone.address))
    resolve(house)
    house.serve()
    assert states(house, FOLLOWER) == [("sent", 1, "")]
    assert states(house) == [("failed", 1, "no answer")]


def test_a_process_that_dies_between_sending_and_marking_lets_it_be_sent_once_more(
    house: House, phone: Receiver
) -> None:
    house.wish(REPORTER, webhook(phone.address))
    resolve(house)
    house.sender.plan()
    dying = house.another()
    dying._mark = lambda *_: None  # type: ignore[method-assign]
    dying.turn()
    house.serve()
    assert (len(phone.got), states(house)) == (1, [("queued", 0, "")]), "nobody takes it meanwhile"
    house.clock.now += LEASE
    house.serve()
    assert (len(phone.got), states(house)) == (2, [("sent", 1, "")])


def test_whoever_changed_their_wishes_meanwhile_gets_what_they_want_now(house: House, phone: Receiver) -> None:
    changes: list[dict[str, Any]] = [
        {"digest": Digest.NONE}, {"muted": (NoticeKind.OUTCOME,)}, {"channels": ()},
        {"channels": (Channel(kind=ChannelKind.SMS, address="13800000000"),)},
    ]  # fmt: skip
    for changed in changes:
        house.wish(REPORTER, webhook(phone.address))
        resolve(house)
        house.sender.plan()
        house.wish(REPORTER, *changed.pop("channels", (webhook(phone.address),)), **changed)
        house.serve()
    assert phone.got == []
    assert states(house) == [("given_up", 0, "this is not wanted any more")] * 4
    house.wish(REPORTER, webhook(phone.address))
    resolve(house)
    house.sender.plan()
    house.wish(REPORTER, webhook(phone.address), **NIGHT)
    house.clock.now = local(23)
    house.serve()
    assert states(house)[4:] == [("waiting_quiet_hours", 0, "")]


def test_without_any_configured_channel_the_inbox_works_and_says_why_nothing_was_sent(house: House) -> None:
    house.configure(web=False)
    house.wish(REPORTER, Channel(kind=ChannelKind.EMAIL, address="li@example.com"), webhook("127.0.0.1:9"))
    resolve(house)
    house.serve()
    assert states(house) == [("failed", 0, "not configured")] * 2
    assert len(house.inbox(REPORTER)) == 1


def test_an_e_mail_really_comes(house: House) -> None:
    with postbox() as box:
        house.configure(email=box.url)
        house.wish(SECONDER, Channel(kind=ChannelKind.EMAIL, address="wang@example.com"))
        resolve(house, "甲", "乙")
        house.serve()
        ((recipients, mail),) = box.got
    assert recipients == ["wang@example.com"]
    assert mail["subject"] == "三三成事 · 2 条通知"
    assert mail.get_content().split() == ["·", "您附议的“甲”已办结:已更换。", "·", "您附议的“乙”已办结:已更换。"]


def test_two_processes_send_each_message_once(house: House, phone: Receiver) -> None:
    for member_id in (REPORTER, FOLLOWER, SECONDER):
        house.wish(member_id, webhook(phone.address))
    resolve(house)
    house.sender.plan()
    one, two = house.another(), house.another()
    while one.turn() == 0.0 or two.turn() == 0.0:
        pass
    assert len(phone.got) == 3

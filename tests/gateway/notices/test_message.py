"""A message is one notice as it is or several as lines, in one language, and no longer than its channel takes."""

from gateway.directory.contract import ChannelKind, Language
from gateway.notices.message import MOST_BYTES, MOST_SMS_BYTES, Item, compose
from tests.shared.samples import COMMUNITY, ISSUE, NOON

ZH, EN = Language.ZH, Language.EN


def item(number: int = 1, zh: str = "您反映的“井盖破损”已办结。") -> Item:
    return Item(
        COMMUNITY, str(number), "issues.issue.resolved.v1", "outcome", ISSUE, ISSUE, zh, "It was settled.", NOON
    )


def test_one_notice_is_a_message_as_it_is() -> None:
    message = compose([item()], ZH, ChannelKind.EMAIL)
    assert (message.title, message.text) == ("三三成事 · 办理结果", "您反映的“井盖破损”已办结。")
    english = compose([item()], EN, ChannelKind.EMAIL)
    assert (english.title, english.text) == ("sansan · outcome", "It was settled.")


def test_several_are_lines_of_one_message_in_their_order() -> None:
    message = compose([item(1, "甲"), item(2, "乙")], ZH, ChannelKind.EMAIL)
    assert (message.title, message.text) == ("三三成事 · 2 条通知", "· 甲\n· 乙")
    assert [each.id for each in message.items] == ["1", "2"]
    assert compose([item(), item(2)], EN, ChannelKind.EMAIL).title == "sansan · 2 notices"


def test_what_has_no_room_is_counted() -> None:
    for language, kind, room in ((ZH, ChannelKind.WECOM, MOST_BYTES), (EN, ChannelKind.SMS, MOST_SMS_BYTES)):
        message = compose([item(number) for number in range(200)], language, kind)
        *lines, last = message.text.split("\n")
        assert len("\n".join(lines).encode()) <= room
        assert str(200 - len(lines)) in last
        assert len(message.items) == 200


def test_one_that_is_too_long_by_itself_is_shortened_between_characters() -> None:
    message = compose([item(zh="修" * 1000)], ZH, ChannelKind.SMS)
    assert message.text == "修" * 139 + "…"
    assert len(message.text.encode()) <= MOST_SMS_BYTES

"""Where somebody wants to be told: good addresses only, shown masked, and what comes back masked stays what it was."""

import pytest

from gateway.directory.contract import Channel, ChannelKind, NoticeKind, NoticePreferences
from gateway.directory.preferences import Preferences, addresses_to_vet, masked_address
from services.errors import Invalid
from tests.shared.samples import COMMUNITY, NOON, REPORTER

GOOD = {
    ChannelKind.EMAIL: ("a@b.cn", "li.gui-hua+sansan@mail.example.com", "138@139.com"),
    ChannelKind.SMS: ("13800000000", "+8613800000000", "+16505550100"),
    ChannelKind.WECOM: ("693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa",),
    ChannelKind.DINGTALK: ("0123456789abcdef0123", "SEC0123456789abcdef@0123456789abcdef0123"),
    ChannelKind.WEBHOOK: ("https://example.com/hook?key=1", "http://example.com:8000/"),
}
MASKED = {
    "li.guihua@example.com": "l***@example.com",
    "+8613800001234": "***1234",
    "https://example.com:8443/hook?key=secret": "https://example.com:8443/***",
}


def channel(kind: ChannelKind, address: str) -> Channel:
    return Channel(kind=kind, address=address)


def preferences() -> Preferences:
    return Preferences.begin(COMMUNITY, REPORTER, NOON)


@pytest.mark.parametrize(("kind", "address"), [(kind, each) for kind, found in GOOD.items() for each in found])
def test_good_addresses_are_taken_and_shown_masked(kind: ChannelKind, address: str) -> None:
    made = preferences()
    made.set(NoticePreferences(channels=(channel(kind, address),)), NOON)
    assert made.preferences.channels[0].address == address
    (shown,) = made.shown().channels
    assert shown.address != address
    assert "***" in shown.address
    assert made.version == 1


def test_masks_show_what_an_owner_knows_and_no_more() -> None:
    kinds = (ChannelKind.EMAIL, ChannelKind.SMS, ChannelKind.WEBHOOK)
    for kind, (address, shown) in zip(kinds, MASKED.items(), strict=True):
        assert masked_address(channel(kind, address)) == shown


@pytest.mark.parametrize("kind", ChannelKind)
def test_bad_addresses_are_named_and_nothing_changes(kind: ChannelKind) -> None:
    made = preferences()
    for address in (
        "x",
        "***",
        "a b@c.de",
        "file:///etc/passwd",
        "mailto://a@b.cn",
        "a@b.cn\n",
        "-@-.-",
        "https://x.cn/***",
    ):
        with pytest.raises(Invalid) as refused:
            made.set(NoticePreferences(channels=(channel(kind, address),)), NOON)
        assert refused.value.details[0]["member"] == "/channels/0/address"
        assert refused.value.clause == "知-2"
    assert (made.version, made.preferences) == (0, NoticePreferences())


def test_what_comes_back_masked_stays_also_where_two_look_alike() -> None:
    made = preferences()
    first, second = channel(ChannelKind.EMAIL, "li@example.com"), channel(ChannelKind.EMAIL, "lu@example.com")
    made.set(NoticePreferences(channels=(first, second)), NOON)
    made.set(made.shown(), NOON)
    assert made.preferences.channels == (first, second)
    with pytest.raises(Invalid):
        made.set(NoticePreferences(channels=(*made.shown().channels, made.shown().channels[0])), NOON)


def test_only_new_urls_are_to_be_vetted() -> None:
    url = "https://example.com/hook"
    made = NoticePreferences(
        channels=(channel(ChannelKind.WEBHOOK, url), channel(ChannelKind.WEBHOOK, "https://x.cn/***"))
    )
    assert addresses_to_vet(made) == [url]


def test_a_kind_is_muted_once() -> None:
    made = preferences()
    made.set(NoticePreferences(muted=(NoticeKind.DIARY, NoticeKind.VOTE, NoticeKind.DIARY)), NOON)
    assert made.preferences.muted == (NoticeKind.DIARY, NoticeKind.VOTE)

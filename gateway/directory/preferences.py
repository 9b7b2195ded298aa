"""Where and when a person wants to be told of what happens: addresses are checked (知-2), and shown to nobody but masked (知-3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.directory.contract import Channel, ChannelKind, NoticePreferences
from services.errors import Invalid, Words

CLAUSE = "知-1"
HIDDEN = "***"

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_FORMS = {
    ChannelKind.EMAIL: (
        re.compile(rf"[A-Za-z0-9][A-Za-z0-9._+-]{{0,63}}@(?=.{{4,253}}\Z){_LABEL}(\.{_LABEL})*\.[A-Za-z]{{2,63}}"),
        Words("this is no e-mail address", "电子邮件地址有误"),
    ),
    ChannelKind.SMS: (
        re.compile(r"\+?[0-9]{6,15}"),
        Words("a mobile number has 6 to 15 digits, with + before a country's code", "手机号应为 6 至 15 位数字,国际号码以 + 开头"),
    ),
    ChannelKind.WECOM: (
        re.compile(r"[A-Za-z0-9_-]{16,64}"),
        Words("this is no key of a WeCom robot", "企业微信机器人 key 有误"),
    ),
    ChannelKind.DINGTALK: (
        re.compile(r"([A-Za-z0-9]{16,100}@)?[A-Za-z0-9]{16,100}"),
        Words("this is no access token of a DingTalk robot", "钉钉机器人 access_token 有误"),
    ),
    ChannelKind.WEBHOOK: (re.compile(r"https?://[^*]+"), Words("this is no URL", "网址有误")),
}  # fmt: skip


@dataclass
class Preferences:
    """The aggregate: what one person said, under the community where they registered first; `id` is the person's."""

    community_id: str
    id: str
    version: int
    preferences: NoticePreferences
    created_at: datetime
    updated_at: datetime

    @classmethod
    def begin(cls, community_id: str, member_id: str, at: datetime) -> "Preferences":
        """Of somebody who has said nothing yet."""
        return cls(community_id, member_id, 0, NoticePreferences(), at, at)

    def set(self, wanted: NoticePreferences, at: datetime) -> None:
        """Take over what is wanted now (知-1). Errors: Invalid, naming each bad address."""
        channels = _unmasked(wanted.channels, self.preferences.channels)
        if wrong := [_wrong(number, each) for number, each in enumerate(channels) if not _is_good(each)]:
            raise Invalid("an address cannot be right", "通知地址有误", "知-2", tuple(wrong))
        self.preferences = replace(wanted, channels=channels, muted=tuple(dict.fromkeys(wanted.muted)))
        self.version += 1
        self.updated_at = at

    def shown(self) -> NoticePreferences:
        """It with masked addresses."""
        return masked(self.preferences)


def masked(preferences: NoticePreferences) -> NoticePreferences:
    """Preferences of which the addresses can be recognised by their owner, and used by nobody (知-3)."""
    hidden = (replace(each, address=masked_address(each)) for each in preferences.channels)
    return replace(preferences, channels=tuple(hidden))


def masked_address(channel: Channel) -> str:
    """`z***@example.com`, `***0000`, `https://example.com/***`: enough to know one's own."""
    address = channel.address
    if channel.kind is ChannelKind.EMAIL:
        name, _, domain = address.partition("@")
        return f"{name[:1]}{HIDDEN}@{domain}"
    if channel.kind is ChannelKind.WEBHOOK:
        scheme, _, rest = address.partition("://")
        return f"{scheme}://{re.split('[/?]', rest)[0]}/{HIDDEN}"
    return f"{HIDDEN}{address[-4:]}"


def addresses_to_vet(preferences: NoticePreferences) -> list[str]:
    """The URLs that are new, to which it is not known yet whether anything may be sent (开-2)."""
    return [each.address for each in preferences.channels if each.kind is ChannelKind.WEBHOOK and _is_good(each)]


def _unmasked(wanted: Sequence[Channel], kept: Sequence[Channel]) -> tuple[Channel, ...]:
    """The channels, of which each that came back as it was shown is what it was; of two that look alike the first comes first."""
    known = list(kept)
    found = []
    for each in wanted:
        same = next((one for one in known if one.kind is each.kind and masked_address(one) == each.address), None)
        if same is not None:
            known.remove(same)
        found.append(same or each)
    return tuple(found)


def _is_good(channel: Channel) -> bool:
    return _FORMS[channel.kind][0].fullmatch(channel.address) is not None


def _wrong(number: int, channel: Channel) -> dict[str, Any]:
    words = _FORMS[channel.kind][1]
    return {"member": f"/channels/{number}/address", "en": words.en, "zh": words.zh}

"""What is sent: one notice, or several in one message, in one language and no longer than the channel takes; it names no person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.directory.contract import ChannelKind, Language, NoticeKind

MOST_BYTES = 1800
MOST_SMS_BYTES = 420
"""Six text messages of 70 Chinese characters each, and a WeCom robot's 2048 bytes with room for the rest (UTF-8)."""


@dataclass(frozen=True)
class Item:
    """A notice as it is sent."""

    community_id: str
    id: str
    type: str
    kind: str
    subject: str
    issue_id: str | None
    zh: str
    en: str
    at: datetime

    def text(self, language: Language) -> str:
        """What it says."""
        return self.zh if language is Language.ZH else self.en


@dataclass(frozen=True)
class Message:
    """A title, a text, and the notices that are in it."""

    title: str
    text: str
    items: tuple[Item, ...]


def compose(items: Sequence[Item], language: Language, kind: ChannelKind) -> Message:
    """A message of one or more notices, in their order; those for which there is no room are counted at its end."""
    chinese = language is Language.ZH
    if len(items) == 1:
        label = NoticeKind(items[0].kind)
        title = f"三三成事 · {label.zh}" if chinese else f"sansan · {label.value}"
    else:
        title = f"三三成事 · {len(items)} 条通知" if chinese else f"sansan · {len(items)} notices"
    return Message(title, _joined([each.text(language) for each in items], chinese, _room(kind)), tuple(items))


def _room(kind: ChannelKind) -> int:
    return MOST_SMS_BYTES if kind is ChannelKind.SMS else MOST_BYTES


def _joined(texts: Sequence[str], chinese: bool, room: int) -> str:
    """The texts as lines; the first is shortened if it alone is too long."""
    lines: list[str] = []
    for text in texts:
        line = text if len(texts) == 1 else f"· {text}"
        if _bytes([*lines, line]) > room:
            break
        lines.append(line)
    if not lines:
        lines = [texts[0].encode()[: room - 3].decode(errors="ignore") + "…"]
    if left := len(texts) - len(lines):
        lines.append(f"另有 {left} 条,请到收件箱查看。" if chinese else f"{left} more are in your inbox.")
    return "\n".join(lines)


def _bytes(lines: Sequence[str]) -> int:
    return len("\n".join(lines).encode())

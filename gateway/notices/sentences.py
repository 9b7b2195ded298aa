"""What somebody is told of an event, in Chinese and in English: the row of the table with the event's own values put in."""

from datetime import datetime, tzinfo
from typing import Any

from gateway.notices.wording import ISSUES, WHOSE, WORDING, Ear
from services.errors import Words
from services.projects.contract import DiaryWritten, ReworkOrdered

LONGEST_NOTE = 300


def sentence(event: Any, title: str, ear: Ear, zone: tzinfo) -> Words:
    """What somebody is told of an event, in both languages; times are local to `zone` (a tzinfo)."""
    row, whose = WORDING[type(event)], WHOSE[ear]
    zh, en = row.zh.format_map(_parts(event, zone, 1)).strip(), row.en.format_map(_parts(event, zone, 0)).strip()
    if type(event) in ISSUES:
        return Words(f"“{title}”, {whose.en}, {en}", f"{whose.zh}“{title}”{zh}")
    return Words(f"“{title}” {en} (from an issue {whose.en}).", f"“{title}”{zh}(源自{whose.zh}问题)。")


def _parts(event: Any, zone: tzinfo, language: int) -> dict[str, str]:
    """The values of the placeholders that an event has; `language` is 0 for English and 1 for Chinese."""
    issue = getattr(event, "issue", None)
    parts = {"note": _after_colon(_note_of(event), language)}
    if issue is not None:
        parts |= {
            "until": str(issue.waiting_until or ""),
            "due": f" ({_local(issue.settle_by, zone)})" if issue.settle_by else "",
            "body": issue.transfer.body if issue.transfer else "",
            "delivery": _label(issue.transfer.delivery, language) if issue.transfer else "",
            "original": _label(issue.original_status, language),
            "stars": str(issue.rating.stars) if issue.rating else "",
            "decision": _decision(issue)[language],
            "instead": _shortened(issue.instead or ""),
        }
    if (vote := getattr(event, "vote", None)) is not None:
        parts |= {"closes": _local(vote.closes_at, zone), "vote": _label(vote.status, language)}
    if (contract := getattr(event, "contract", None)) is not None:
        parts["yuan"] = _yuan(contract.amount)
    if (payment := getattr(event, "payment", None)) is not None:
        parts |= {"yuan": _yuan(payment.amount), "payment": _PAYMENTS[payment.kind][language]}
    return parts


def _note_of(event: Any) -> str:
    """The reason, note or text that goes with an event."""
    if isinstance(event, DiaryWritten):
        return event.entry.text
    if isinstance(event, ReworkOrdered):
        return event.acceptance.rework_orders[-1].reason if event.acceptance.rework_orders else ""
    return getattr(event, "note", None) or getattr(event, "reason", None) or ""


def _after_colon(note: str, language: int) -> str:
    short = _shortened(note)
    return f"{(': ', ':')[language]}{short.rstrip('。.')}" if short else ""


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_NOTE else plain[: LONGEST_NOTE - 1] + "…"


def _label(value: Any, language: int) -> str:
    """The label of one of a contract's enumerations."""
    return "" if value is None else value.zh if language else str(value.value).replace("_", " ")


def _decision(issue: Any) -> Words:
    appeal = issue.rating.appeal if issue.rating else None
    unfair = appeal is not None and appeal.unfair
    return Words("it does not count", "不计入") if unfair else Words("it stands", "维持原评价")


_PAYMENTS = {
    "advance": Words("advance", "预付款"),
    "progress": Words("for progress", "进度款"),
    "final": Words("final payment", "尾款"),
}


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}" if fen % 100 == 0 else f"{fen // 100:,}.{fen % 100:02}"


def _local(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"

"""How the gateway says no: RFC 9457 problem details with the reason in Chinese and English; of a defect nothing is told.

Each kind of problem has a code, one status and a paragraph of its own on the docs page, which its `type` leads to.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from services.errors import NotAuthenticated, SansanError, Words

Header = tuple[bytes, bytes]

MEDIA_TYPE = b"application/problem+json"
RETRY_SECONDS = 2


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its code, its HTTP status and what it means."""

    code: str
    status: int
    title: Words

    @property
    def type(self) -> str:
        """The URI reference that names and explains it."""
        return f"/v1/docs#{self.code}"


KINDS = {
    code: Kind(code, status, Words(en, zh))
    for code, status, en, zh in (
        ("malformed", 400, "The request cannot be read", "请求无法识别"),
        ("not_authenticated", 401, "Log in first", "请先登录"),
        ("forbidden", 403, "You may not do this here", "无权进行此操作"),
        ("not_found", 404, "There is no such thing", "内容不存在"),
        ("method_not_allowed", 405, "This method is not possible here", "不支持此请求方法"),
        ("not_acceptable", 406, "None of the media types you accept is offered", "无法提供所需的内容类型"),
        ("too_slow", 408, "The request came too slowly", "请求传输超时"),
        ("conflict", 409, "Somebody was faster, or the key was used before", "与他人的更改冲突,或幂等键重复"),
        ("refused", 409, "A rule says no", "规则不允许此操作"),
        ("stale", 412, "It has changed since you saw it", "内容已被更新"),
        ("too_large", 413, "The request is too large", "请求内容过大"),
        ("unsupported_media_type", 415, "Send another content type", "不支持此内容类型"),
        ("invalid", 422, "Something in the request is not valid", "请求内容有误"),
        ("too_many_requests", 429, "Too many requests", "请求过于频繁"),
        ("defect", 500, "Something is wrong on our side", "系统内部错误"),
        ("unavailable", 503, "A part of the system does not answer now", "服务暂时不可用"),
        ("timed_out", 504, "No answer came in time", "服务响应超时"),
    )
}


class Problem(Exception):
    """An answer that says no: its code, its reason in both languages, and headers that belong to it."""

    def __init__(
        self,
        code: str,
        en: str = "",
        zh: str = "",
        *,
        clause: str = "",
        details: tuple[dict[str, Any], ...] = (),
        headers: tuple[Header, ...] = (),
    ) -> None:
        super().__init__(code, en, zh)
        self.kind = KINDS[code]
        self.reason = Words(en, zh) if en else self.kind.title
        self.clause = clause
        self.details = details
        self.headers = headers

    def body(self, language: str, instance: str) -> bytes:
        """The problem as JSON; `instance` is the trace id of the request."""
        told: dict[str, Any] = {
            "type": self.kind.type,
            "title": getattr(self.kind.title, language),
            "status": self.kind.status,
            "detail": getattr(self.reason, language),
            "instance": instance,
            "code": self.kind.code,
            "en": self.reason.en,
            "zh": self.reason.zh,
        }
        if self.clause:
            told["clause"] = self.clause
        if self.details:
            told["errors"] = list(self.details)
        return orjson.dumps(told)


def problem_of(error: SansanError, conditional: bool) -> Problem:
    """The problem that tells of an error; `conditional` when the request named the version that it expects."""
    if isinstance(error, NotAuthenticated):
        if seconds := getattr(error, "retry_after_seconds", 0):
            return Problem("too_many_requests", *error.reason, headers=(retry_after(seconds),))
        return not_authenticated(*error.reason)
    code = "stale" if conditional and error.code == "conflict" else error.code
    headers = (retry_after(RETRY_SECONDS),) if code == "unavailable" else ()
    return Problem(code, error.reason.en, error.reason.zh, clause=error.clause, details=error.details, headers=headers)


def not_authenticated(en: str = "", zh: str = "") -> Problem:
    """No token, or one that does not hold (RFC 6750, section 3)."""
    return Problem("not_authenticated", en, zh, headers=((b"www-authenticate", b'Bearer realm="sansan"'),))


def retry_after(seconds: float) -> Header:
    """The header that says when to come back, in whole seconds and at least one."""
    return (b"retry-after", str(max(1, int(seconds + 0.999))).encode())


def language_of(accept_language: bytes) -> str:
    """`en` or `zh`, whichever the caller prefers (RFC 9110, section 12.5.4); `zh` where neither is named."""
    best, found = 0.0, "zh"
    for part in accept_language[:200].decode("latin-1").lower().split(","):
        name, _, weight = part.partition(";")
        name = name.strip().split("-")[0]
        quality = weight_of(weight)
        if name in ("en", "zh") and quality > best:
            best, found = quality, name
    return found


def weight_of(text: str) -> float:
    """The number of a `q=` parameter; 1 where there is none, 0 where it cannot be read."""
    name, _, number = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        return min(max(float(number), 0.0), 1.0) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0

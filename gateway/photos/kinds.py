"""What some bytes are is told by the bytes themselves; what was declared has to agree.

An image must be declared as exactly what it is. The two names of the ISO base media format, MP4 and QuickTime, are taken
for each other, since phones mix them up; such a video is kept under the name that it really has.
"""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.problems import Problem
from services.issues.contract import MediaKind

JPEG, PNG, WEBP, GIF = "image/jpeg", "image/png", "image/webp", "image/gif"
MP4, QUICKTIME, WEBM = "video/mp4", "video/quicktime", "video/webm"
TAKEN: Mapping[str, MediaKind] = MappingProxyType(
    {
        **dict.fromkeys((JPEG, PNG, WEBP, GIF), MediaKind.PHOTO),
        **dict.fromkeys((MP4, QUICKTIME, WEBM), MediaKind.VIDEO),
    }
)
GIVEN = (JPEG, MP4, QUICKTIME, WEBM)
_STILL_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
_OTHERS = (
    (b"PK\x03\x04", "application/zip"),
    (b"%PDF-", "application/pdf"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x1f\x8b", "application/gzip"),
)


def declared_kind(content_type: bytes) -> tuple[str, MediaKind]:
    """The media type that is declared, and whether it is a photo or a video. Errors: Problem 415."""
    media = content_type.partition(b";")[0].strip().lower().decode("latin-1")
    if media not in TAKEN:
        names = ", ".join(TAKEN)
        raise Problem("unsupported_media_type", f"send one of {names}", f"请发送以下类型之一:{names}")
    return media, TAKEN[media]


def checked(declared: str, data: bytes | bytearray) -> str:
    """What the bytes really are. Errors: Problem 415 when that is nothing that is taken, or not what was declared."""
    found = sniffed(data)
    if found == declared or {found, declared} == {MP4, QUICKTIME}:
        return found
    shown = found or "of no known type"
    raise Problem(
        "unsupported_media_type",
        f"the body is declared as {declared} and is {shown}",
        f"请求声明的类型为 {declared},实际内容为 {found or '未知类型'}",
    )


def sniffed(data: bytes | bytearray) -> str:
    """The media type by the first bytes (WHATWG MIME Sniffing, section 6); "" for what is not known here."""
    head = bytes(data[:512])
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"\x1aE\xdf\xa3"):
        return WEBM
    if head[4:8] == b"ftyp":
        return _of_brand(head[8:12])
    if head[4:8] in (b"moov", b"wide", b"mdat"):
        return QUICKTIME
    return _of_others(head)


def _of_brand(brand: bytes) -> str:
    """What the major brand of an ISO base media file says (ISO/IEC 14496-12, section 4.3)."""
    if brand in _STILL_BRANDS:
        return "image/avif" if brand.startswith(b"avi") else "image/heic"
    return QUICKTIME if brand == b"qt  " else MP4


def _of_others(head: bytes) -> str:
    """What is not taken, by its name."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<svg", b"<?xml")):
        return "image/svg+xml"
    if text.startswith((b"<!doctype", b"<html", b"<script")):
        return "text/html"
    return next((media for start, media in _OTHERS if head.startswith(start)), "")

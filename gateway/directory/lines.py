"""Lines of UTF-8 text out of bytes that come in pieces: nothing is kept but the line at hand, and everything has a limit."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress

from services.errors import Invalid, Words

MOST_BYTES = 32_000_000
MOST_LINES = 200_000
MOST_LINE_BYTES = 4_000
_BOM = b"\xef\xbb\xbf"


class Lines:
    """Each line's number (from 1) and its text, or the reason for which it cannot be read.

    `sha256` is the hash of all bytes once they have been read. Errors while reading: Invalid for a file that is too long
    or is in another encoding.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self._digest = hashlib.sha256()
        self._bytes = 0

    @property
    def sha256(self) -> str:
        """The hash of what was read so far."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[tuple[int, str | Words]]:
        for number, line in enumerate(self._lines(), 1):
            if number > MOST_LINES:
                raise Invalid(f"the file has more than {MOST_LINES} lines", f"文件超过 {MOST_LINES} 行", "册-2")
            if line is None:
                yield (
                    number,
                    Words(f"the line has more than {MOST_LINE_BYTES} bytes", f"本行超过 {MOST_LINE_BYTES} 字节"),
                )
            else:
                yield number, _text(number, line)

    def _lines(self) -> Iterator[bytes | None]:
        """The lines without their ends; None for one that is too long, whose bytes are dropped as they come."""
        rest, too_long = b"", False
        for chunk in self._chunks:
            self._digest.update(chunk)
            self._bytes += len(chunk)
            if self._bytes > MOST_BYTES:
                raise Invalid(f"the file has more than {MOST_BYTES} bytes", f"文件超过 {MOST_BYTES} 字节", "册-2")
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield None if too_long or len(line) > MOST_LINE_BYTES else line.removesuffix(b"\r")
                too_long = False
            if len(rest) > MOST_LINE_BYTES:
                rest, too_long = b"", True
        if rest or too_long:
            yield None if too_long else rest.removesuffix(b"\r")


def _text(number: int, line: bytes) -> str:
    if number == 1:
        if line[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise _encoding(number, "UTF-16")
        line = line.removeprefix(_BOM)
    try:
        return line.decode()
    except UnicodeDecodeError:
        with suppress(UnicodeDecodeError):
            line.decode("gb18030")
            raise _encoding(number, "GBK") from None
        raise _encoding(number, "") from None


def _encoding(number: int, looks_like: str) -> Invalid:
    en = f"line {number} is not UTF-8" + (f" but looks like {looks_like}" if looks_like else "")
    zh = f"第 {number} 行不是 UTF-8 编码" + (f",可能是 {looks_like}" if looks_like else "")
    words = Words(f"{en}; save the file as “CSV UTF-8”", f"{zh};请将文件另存为“CSV UTF-8”格式")
    return Invalid(*words, "册-2", ({"line": number, "member": "", "en": words.en, "zh": words.zh},))

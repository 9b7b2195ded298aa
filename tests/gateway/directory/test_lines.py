"""Lines: the same however the bytes are cut, limited in every direction, and clear about encodings."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory import lines
from gateway.directory.lines import Lines
from services.errors import Invalid, Words


def read(*chunks: bytes) -> list[tuple[int, str | Words]]:
    return list(Lines(chunks))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30), st.integers(1, 5))
def test_lines_do_not_depend_on_how_the_bytes_are_cut(text: str, size: int) -> None:
    raw = f"{text}\r\n{text}\n".encode()
    assert read(*(raw[at : at + size] for at in range(0, len(raw), size))) == read(raw)
    assert [line for _, line in read(raw)][1:] == [text]


def test_a_byte_order_mark_and_a_missing_last_line_end_do_not_matter() -> None:
    assert read(b"\xef\xbb\xbfa\nb") == [(1, "a"), (2, "b")]
    assert read() == []


def test_the_hash_is_that_of_all_bytes() -> None:
    found = Lines([b"a\n", b"b"])
    assert list(found)
    assert found.sha256 == hashlib.sha256(b"a\nb").hexdigest()


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("楼栋,单元\n".encode("gbk"), "line 1 is not UTF-8 but looks like GBK"),
        ("building\n1栋".encode("gbk"), "line 2 is not UTF-8 but looks like GBK"),
        ("楼栋".encode("utf-16"), "line 1 is not UTF-8 but looks like UTF-16"),
        (b"a\n\xff\xff", "line 2 is not UTF-8; save"),
    ],
)
def test_another_encoding_is_named(raw: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told) as invalid:
        read(raw)
    assert invalid.value.details[0]["line"] in (1, 2)
    assert "UTF-8" in invalid.value.reason.zh


def test_a_line_of_a_megabyte_is_told_and_the_next_one_is_read() -> None:
    found = read(b"a\n", *[b"x" * 10_000] * 100, b"\nb\n")
    assert found[0] == (1, "a")
    assert isinstance(found[1][1], Words)
    assert found[2] == (3, "b")


def test_a_long_last_line_is_told() -> None:
    assert isinstance(read(b"x" * (lines.MOST_LINE_BYTES + 1))[0][1], Words)


def test_there_is_a_limit_on_lines_and_on_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_LINES", 3)
    with pytest.raises(Invalid, match="more than 3 lines"):
        read(b"\n" * 4)
    monkeypatch.setattr(lines, "MOST_BYTES", 2)
    with pytest.raises(Invalid, match="more than 2 bytes"):
        read(b"abc")

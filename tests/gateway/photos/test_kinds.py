"""What a file is, its bytes say; a name or a declaration that says otherwise is refused with both named."""

import pytest

from gateway.photos.kinds import JPEG, MP4, PNG, QUICKTIME, TAKEN, checked, declared_kind, sniffed
from gateway.problems import Problem
from services.issues.contract import MediaKind
from tests.gateway.photos.files import file_of, mp4, scene, webm

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (file_of(scene()), "image/jpeg"),
        (file_of(scene(), "PNG"), "image/png"),
        (file_of(scene(), "GIF"), "image/gif"),
        (file_of(scene(), "WEBP"), "image/webp"),
        (mp4(), "video/mp4"),
        (mp4(brand=b"qt  "), "video/quicktime"),
        (webm(), "video/webm"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "image/heic"),
        (b"\0\0\0\x18ftypavif" + bytes(20), "image/avif"),
        (SVG, "image/svg+xml"),
        (b"\xef\xbb\xbf\n <svg onload=alert(1)>", "image/svg+xml"),
        (b"<!DOCTYPE html><script>", "text/html"),
        (b"PK\x03\x04" + bytes(30), "application/zip"),
        (b"%PDF-1.7", "application/pdf"),
        (b"hello", ""),
        (b"", ""),
        (b"\xff\xd8", ""),
    ],
)
def test_the_bytes_say_what_a_file_is(data: bytes, media: str) -> None:
    assert sniffed(data) == media


def test_a_gif_that_is_called_jpeg_is_refused_and_both_are_named() -> None:
    with pytest.raises(Problem) as refused:
        checked(JPEG, file_of(scene(), "GIF"))
    assert refused.value.kind.status == 415
    assert "image/gif" in refused.value.reason.en
    assert "image/jpeg" in refused.value.reason.zh


@pytest.mark.parametrize("data", [SVG, b"PK\x03\x04zip", b"", b"GIF8", file_of(scene()), mp4()])
def test_nothing_else_passes_as_a_png(data: bytes) -> None:
    with pytest.raises(Problem):
        checked(PNG, data)


def test_the_two_names_of_one_container_are_taken_for_each_other() -> None:
    assert checked(MP4, mp4(brand=b"qt  ")) == QUICKTIME
    assert checked(QUICKTIME, mp4()) == MP4


def test_only_what_is_taken_can_be_declared() -> None:
    assert declared_kind(b"Image/JPEG; charset=binary") == (JPEG, MediaKind.PHOTO)
    assert declared_kind(b"video/webm")[1] == MediaKind.VIDEO
    for media in (b"", b"image/svg+xml", b"image/heic", b"application/octet-stream", b"image/*", b"\xff"):
        with pytest.raises(Problem) as refused:
            declared_kind(media)
        assert all(each in refused.value.reason.zh for each in TAKEN)

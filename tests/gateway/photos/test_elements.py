"""Of a WebM file pictures and sound stay where they are, and nothing of where it was taken."""

import random

import pytest

from gateway.photos.elements import only_what_plays
from services.errors import Invalid
from tests.gateway.photos.files import SECRET, element, webm


@pytest.mark.parametrize("unknown", [False, True])
@pytest.mark.parametrize("duration", [False, True])
def test_tags_titles_and_attachments_are_gone_and_all_else_is_where_it_was(unknown: bool, duration: bool) -> None:
    data = webm(duration=duration, unknown=unknown)
    made = only_what_plays(data, 60)
    assert SECRET in data
    assert SECRET not in made.data
    assert len(made.data) == len(data)
    assert [at for at in range(len(data)) if made.data.startswith(b"PICTURE", at)] == [
        at for at in range(len(data)) if data.startswith(b"PICTURE", at)
    ]
    assert (made.width, made.height, made.media) == (320, 240, "video/webm")
    assert only_what_plays(made.data, 60).data == made.data


@pytest.mark.parametrize("duration", [False, True])
def test_too_long_is_refused_also_when_only_the_last_picture_tells(duration: bool) -> None:
    with pytest.raises(Invalid, match="longer than 60 seconds"):
        only_what_plays(webm(seconds=62, duration=duration), 60)


def test_what_is_no_webm_or_has_other_tracks_is_refused() -> None:
    subtitles = webm().replace(element(0x83, b"\1"), element(0x83, b"\x11"))
    for data in (webm(doc_type=b"matroska"), subtitles, webm()[:60], b"", b"\x1aE\xdf\xa3", webm() + b"\0"):
        with pytest.raises(Invalid, match="broken"):
            only_what_plays(data, 60)


def test_whatever_is_wrong_with_a_file_it_is_refused_or_taken_and_nothing_breaks() -> None:
    chance, good = random.Random(20220501), webm(unknown=True)
    for _ in range(2000):
        data = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 0xFF, chance.randrange(256)))
        try:
            made = only_what_plays(bytes(data), 60)
        except Invalid:
            continue
        assert len(made.data) == len(data)

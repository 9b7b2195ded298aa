"""Of an MP4 or QuickTime file pictures and sound stay where they are, and nothing of where it was taken."""

import random
import struct

import pytest

from gateway.photos.boxes import only_what_plays
from gateway.photos.kinds import MP4
from services.errors import Invalid
from tests.gateway.photos.files import SECRET, box, mp4


def test_positions_names_and_other_tracks_are_gone_and_all_else_is_where_it_was() -> None:
    data = mp4()
    made = only_what_plays(data, MP4, 60)
    assert SECRET in data
    assert SECRET not in made.data
    assert len(made.data) == len(data)
    for kept in (b"PICTURE-", b"SOUND---", b"vide", b"soun", b"stco"):
        assert [at for at in range(len(data)) if made.data.startswith(kept, at)] == [
            at for at in range(len(data)) if data.startswith(kept, at)
        ][: made.data.count(kept)]
    assert made.data.count(b"PICTURE-") == 4
    for gone in (b"udta", b"\xa9xyz", b"loci", b"uuid", b"keys", b"meta"):
        assert gone not in made.data
    assert (made.width, made.height, made.media) == (320, 240, MP4)
    assert only_what_plays(made.data, MP4, 60).data == made.data, "there is nothing more to remove"


def test_a_video_on_its_side_has_the_size_that_is_seen() -> None:
    upright = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    turned = struct.pack(">9I", 0, 0x10000, 0, 0xFFFF0000, 0, 0, 240 << 16, 0, 0x40000000)
    made = only_what_plays(mp4().replace(upright, turned), MP4, 60)
    assert (made.width, made.height) == (240, 320)


def test_too_long_in_fragments_or_without_pictures_is_refused() -> None:
    with pytest.raises(Invalid, match="longer than 60 seconds"):
        only_what_plays(mp4(seconds=62), MP4, 60)
    with pytest.raises(Invalid, match="fragments"):
        only_what_plays(mp4(extra=box(b"moof", b"")), MP4, 60)
    for data in (mp4(seconds=0), mp4(tracks=0), mp4().replace(b"stsz", b"stsx"), box(b"ftyp", b"isom"), b""):
        with pytest.raises(Invalid, match="broken"):
            only_what_plays(data, MP4, 60)


def test_sizes_and_counts_that_lie_are_refused() -> None:
    data = mp4()
    at = data.index(b"stsz") + 12
    lies = [
        data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :],
        data[:-5],
        data + b"\0\0\0\x04free",
        data + b"\0\0\0\1free",
    ]
    for each in lies:
        with pytest.raises(Invalid):
            only_what_plays(each, MP4, 60)


def test_whatever_is_wrong_with_a_file_it_is_refused_or_taken_and_nothing_breaks() -> None:
    chance, good = random.Random(20220501), mp4()
    for _ in range(2000):
        data = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 0xFF, chance.randrange(256)))
        try:
            made = only_what_plays(bytes(data), MP4, 60)
        except Invalid:
            continue
        assert len(made.data) == len(data)

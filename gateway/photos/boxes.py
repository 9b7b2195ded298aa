"""Videos in the ISO base media format (MP4, QuickTime): only pictures and sound stay, at their places in the file.

What else a phone writes there, first of all where it was (`udta`, `©xyz`, `loci`, `meta`, tracks of positions and motions),
is overwritten with zeros in a `free` box of the same size, so that no offset has to be changed (ISO/IEC 14496-12).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.photos.film import Film, broken, refuse_length
from services.errors import Invalid

MOST_BOXES = 20_000
MOST_SAMPLES = 100_000
_KEPT = {
    b"": {b"ftyp", b"moov", b"mdat"},
    b"moov": {b"mvhd", b"trak"},
    b"trak": {b"tkhd", b"edts", b"mdia", b"tapt"},
    b"edts": {b"elst"},
    b"mdia": {b"mdhd", b"hdlr", b"minf"},
    b"minf": {b"vmhd", b"smhd", b"hdlr", b"dinf", b"stbl"},
    b"stbl": {b"stsd", b"stts", b"ctts", b"cslg", b"stss", b"sdtp", b"stsc", b"stsz", b"stco", b"co64", b"sgpd", b"sbgp"},
}  # fmt: skip
_PLAYED = (b"vide", b"soun")
_NEEDED = {b"tkhd", b"mdhd", b"stsc", b"stsz"}


@dataclass(frozen=True)
class Box:
    """A box: its type, and where in the file it, its content and its end are."""

    kind: bytes
    start: int
    inside: int
    end: int


def only_what_plays(data: bytes | bytearray, media: str, most_seconds: int) -> Film:
    """A video without anything but its pictures and sound. Errors: Invalid for one that is broken, too long or has none."""
    film = bytearray(data)
    try:
        return _Movie(film).cleaned(media, most_seconds)
    except (struct.error, IndexError):
        raise broken() from None


class _Movie:
    """One file while it is worked on."""

    def __init__(self, film: bytearray) -> None:
        self._film = film
        self._boxes = 0
        self._played: list[tuple[int, int]] = []
        self._seconds = 0.0
        self._size = (0, 0)

    def cleaned(self, media: str, most_seconds: int) -> Film:
        """The film without the rest."""
        boxes = list(self._within(0, len(self._film)))
        if {b"moof", b"styp", b"sidx"} & {box.kind for box in boxes}:
            raise Invalid(
                "a video in fragments is not taken; send an ordinary file", "不支持分片视频,请发送普通视频文件"
            )
        for box in boxes:
            if box.kind == b"moov":
                self._movie(box)
            elif box.kind not in _KEPT[b""]:
                self._blank(box)
        refuse_length(self._seconds, most_seconds)
        if not all(self._size) or not self._played:
            raise broken()
        for box in boxes:
            if box.kind == b"mdat":
                self._blank_unplayed(box.inside, box.end)
        return Film(bytes(self._film), media, *self._size)

    def _movie(self, movie: Box) -> None:
        for box in self._of(movie):
            if box.kind == b"mvhd":
                self._last(box)
            elif box.kind == b"trak":
                self._track(box)

    def _track(self, track: Box) -> None:
        parts: dict[bytes, Box] = {}
        for box in self._deep(track):
            parts.setdefault(box.kind, box)  # QuickTime has another handler further inside
        handler = parts.get(b"hdlr")
        kind = self._bytes(handler.inside + 8, 4) if handler else b""
        if handler is None or kind not in _PLAYED:
            self._blank(track)
            return
        if not parts.keys() >= _NEEDED:
            raise broken()
        self._zero(handler.inside + 24, handler.end)  # its name, in the maker's own words
        self._last(parts[b"mdhd"])
        self._played += self._chunks(parts)
        size = self._dimensions(parts[b"tkhd"])
        if kind == b"vide":
            self._size = size

    def _deep(self, box: Box) -> Iterator[Box]:
        """All that is kept inside a box; what is not is blanked."""
        for each in self._of(box):
            yield each
            if each.kind in _KEPT:
                yield from self._deep(each)

    def _of(self, box: Box) -> list[Box]:
        """What is kept of the boxes right inside one."""
        kept = []
        for each in self._within(box.inside, box.end):
            if each.kind in _KEPT[box.kind]:
                kept.append(each)
            else:
                self._blank(each)
        return kept

    def _within(self, at: int, end: int) -> Iterator[Box]:
        """The boxes of a stretch; what is left over, too short for a box, is blanked."""
        while end - at >= 8:
            self._boxes += 1
            size, inside = self._number(at, 4), at + 8
            if size == 1:
                size, inside = self._number(at + 8, 8), at + 16
            elif size == 0:
                size = end - at
            if size < inside - at or at + size > end or self._boxes > MOST_BOXES:
                raise broken()
            yield Box(self._bytes(at + 4, 4), at, inside, at + size)
            at += size
        self._zero(at, end)

    def _last(self, box: Box) -> None:
        """How long it lasts, as a header of the movie or of a track says; the longest counts."""
        wide = self._film[box.inside] == 1
        scale = self._number(box.inside + (20 if wide else 12), 4)
        units = self._number(box.inside + (24 if wide else 16), 8 if wide else 4)
        self._seconds = max(self._seconds, units / scale if scale else 0.0)
        self._zero(box.inside + 4, box.inside + (20 if wide else 12))  # when it was taken

    def _dimensions(self, header: Box) -> tuple[int, int]:
        """Width and height as they are shown, in pixels (16.16 fixed point behind the matrix that may turn them)."""
        wide = self._film[header.inside] == 1
        self._zero(header.inside + 4, header.inside + (20 if wide else 12))
        a, _, _, _, d = (self._number(header.end - 44 + 4 * place, 4) for place in range(5))
        width, height = self._number(header.end - 8, 4) >> 16, self._number(header.end - 4, 4) >> 16
        return (height, width) if a == d == 0 else (width, height)

    def _chunks(self, parts: dict[bytes, Box]) -> Iterator[tuple[int, int]]:
        """Where the samples of a track lie, from and to (ISO/IEC 14496-12, sections 8.7.2-8.7.5)."""
        same, sizes = self._sizes(parts[b"stsz"])
        runs = self._runs(parts[b"stsc"])
        wide = b"co64" in parts
        table = parts.get(b"co64" if wide else b"stco")
        if table is None or not runs:
            raise broken()
        sample = run = 0
        for chunk in range(self._count(table.inside + 4)):
            while run + 1 < len(runs) and runs[run + 1][0] <= chunk + 1:
                run += 1
            held = runs[run][1]
            length = held * same or sum(sizes[sample : sample + held])
            sample += held
            start = self._number(table.inside + 8 + chunk * (8 if wide else 4), 8 if wide else 4)
            yield start, start + length

    def _sizes(self, table: Box) -> tuple[int, tuple[int, ...]]:
        """The bytes of every sample where all have the same, else 0 and those of each."""
        same = self._number(table.inside + 4, 4)
        if same:
            return same, ()
        return 0, struct.unpack_from(f">{self._count(table.inside + 8)}I", self._film, table.inside + 12)

    def _runs(self, table: Box) -> list[tuple[int, int]]:
        """From which chunk on each has how many samples."""
        count = self._count(table.inside + 4)
        found = struct.unpack_from(f">{count * 3}I", self._film, table.inside + 8)
        return list(zip(found[::3], found[1::3], strict=True))

    def _count(self, at: int) -> int:
        count = self._number(at, 4)
        if count > MOST_SAMPLES:
            raise broken()
        return count

    def _blank_unplayed(self, at: int, end: int) -> None:
        """Of the media data nothing stays that no kept track refers to."""
        for start, stop in sorted(self._played):
            if stop > at and start < end:
                self._zero(at, min(max(start, at), end))
                at = max(at, min(stop, end))
        self._zero(at, end)

    def _blank(self, box: Box) -> None:
        self._film[box.start + 4 : box.start + 8] = b"free"
        self._zero(box.inside, box.end)

    def _zero(self, at: int, end: int) -> None:
        if end > at:
            self._film[at:end] = bytes(end - at)

    def _number(self, at: int, length: int) -> int:
        return int.from_bytes(self._bytes(at, length), "big")

    def _bytes(self, at: int, length: int) -> bytes:
        found = bytes(self._film[at : at + length])
        if len(found) < length or at < 0:
            raise broken()
        return found

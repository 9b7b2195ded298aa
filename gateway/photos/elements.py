"""Videos in WebM: only pictures and sound stay, at their places in the file.

Tags (where a phone writes its position), attachments, chapters, titles, dates and whatever is not known here become `Void`
elements of the same size, filled with zeros, so that no position has to be changed (RFC 8794, RFC 9559).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.photos.film import Film, broken, refuse_length
from gateway.photos.kinds import WEBM

MOST_ELEMENTS = 200_000
_EBML, _DOC_TYPE, _SEGMENT, _VOID = 0x1A45DFA3, 0x4282, 0x18538067, 0xEC
_SEEK, _INFO, _TRACKS, _CLUSTER, _CUES = 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1F43B675, 0x1C53BB6B
_SCALE, _DURATION, _MUXER, _WRITER = 0x2AD7B1, 0x4489, 0x4D80, 0x5741
_ENTRY, _KIND, _VIDEO, _WIDTH, _HEIGHT = 0xAE, 0x83, 0xE0, 0xB0, 0xBA
_NAME, _LANGUAGE = 0x536E, 0x22B59C
_TIME, _SIMPLE, _GROUP, _BLOCK = 0xE7, 0xA3, 0xA0, 0xA1
_PICTURE, _SOUND = 1, 2
_OF_SEGMENT = {_SEEK, _INFO, _TRACKS, _CLUSTER, _CUES}
_OF_INFO = {_SCALE, _DURATION, _MUXER, _WRITER}
_OF_CLUSTER = {_TIME, _SIMPLE, _GROUP, 0xA7, 0xAB}
_OF_GROUP = {_BLOCK, 0x9B, 0xFB, 0x75A2}
_UNKNOWN = -1


@dataclass(frozen=True)
class Element:
    """An element: its id, and where in the file it, its content and its end are."""

    id: int
    start: int
    inside: int
    end: int


def only_what_plays(data: bytes | bytearray, most_seconds: int) -> Film:
    """A video without anything but its pictures and sound. Errors: Invalid for one that is broken, too long or has none."""
    film = bytearray(data)
    try:
        return _Segment(film).cleaned(most_seconds)
    except (struct.error, IndexError):
        raise broken() from None


class _Segment:
    """One file while it is worked on."""

    def __init__(self, film: bytearray) -> None:
        self._film = film
        self._elements = 0
        self._scale = 1_000_000
        self._ticks = 0.0
        self._size = (0, 0)

    def cleaned(self, most_seconds: int) -> Film:
        """The film without the rest."""
        top = list(self._within(0, len(self._film), ()))
        if [each.id for each in top[:2]] != [_EBML, _SEGMENT] or self._doc_type(top[0]) != b"webm":
            raise broken()
        for each in top[2:]:
            self._blank(each)
        for each in self._kept(top[1], _OF_SEGMENT):
            if each.id == _INFO:
                self._about(each)
            elif each.id == _TRACKS:
                self._tracks(each)
            elif each.id == _CLUSTER:
                self._cluster(each)
        refuse_length(self._ticks * self._scale / 1e9, most_seconds)
        if not all(self._size):
            raise broken()
        return Film(bytes(self._film), WEBM, *self._size)

    def _doc_type(self, header: Element) -> bytes:
        found = [each for each in self._within(header.inside, header.end, ()) if each.id == _DOC_TYPE]
        return self._content(found[0]).rstrip(b"\0") if found else b""

    def _about(self, info: Element) -> None:
        for each in self._kept(info, _OF_INFO):
            if each.id == _SCALE:
                self._scale = self._number(each)
            elif each.id == _DURATION:
                wide = each.end - each.inside == 8
                (ticks,) = struct.unpack(">d" if wide else ">f", self._content(each))
                self._ticks = max(self._ticks, ticks)
            else:
                self._film[each.inside : each.end] = b" " * (each.end - each.inside)  # which program made it

    def _tracks(self, tracks: Element) -> None:
        for entry in self._kept(tracks, {_ENTRY}):
            parts = {each.id: each for each in self._within(entry.inside, entry.end, ())}
            if _KIND not in parts or self._number(parts[_KIND]) not in (_PICTURE, _SOUND):
                raise broken()
            if _NAME in parts:
                self._blank(parts[_NAME])
            if _VIDEO in parts:
                sizes = {each.id: each for each in self._within(parts[_VIDEO].inside, parts[_VIDEO].end, ())}
                if _WIDTH in sizes and _HEIGHT in sizes:
                    self._size = self._number(sizes[_WIDTH]), self._number(sizes[_HEIGHT])

    def _cluster(self, cluster: Element) -> None:
        begun = 0
        for each in self._kept(cluster, _OF_CLUSTER):
            if each.id == _TIME:
                begun = self._number(each)
            elif each.id == _SIMPLE:
                self._block(each, begun)
            elif each.id == _GROUP:
                for part in self._kept(each, _OF_GROUP):
                    if part.id == _BLOCK:
                        self._block(part, begun)

    def _block(self, block: Element, begun: int) -> None:
        """The time of a block counts from its cluster's; the last one tells how long a film without a duration is."""
        track_bytes = 9 - self._film[block.inside].bit_length()
        (after,) = struct.unpack_from(">h", self._film, block.inside + track_bytes)
        self._ticks = max(self._ticks, float(begun + after))

    def _kept(self, whole: Element, known: set[int]) -> Iterator[Element]:
        """What is kept of the elements right inside one."""
        for each in self._within(whole.inside, whole.end, _OF_SEGMENT if whole.id == _CLUSTER else ()):
            if each.id in known:
                yield each
            else:
                self._blank(each)

    def _within(self, at: int, end: int, ends: set[int] | tuple[()]) -> Iterator[Element]:
        """The elements of a stretch, which ends before the first that is one of `ends`."""
        while at < end:
            self._elements += 1
            id_, at_size = self._vint(at, marked=True)
            if id_ in ends:
                return
            size, inside = self._vint(at_size, marked=False)
            stop = self._unknown_end(id_, inside, end) if size == _UNKNOWN else inside + size
            if stop > end or self._elements > MOST_ELEMENTS:
                raise broken()
            yield Element(id_, at, inside, stop)
            at = stop

    def _unknown_end(self, id_: int, inside: int, end: int) -> int:
        """Where an element that does not tell its size ends: a segment with the file, a cluster before the next part."""
        if id_ == _SEGMENT:
            return end
        if id_ != _CLUSTER:
            raise broken()
        last = inside
        for each in self._within(inside, end, _OF_SEGMENT | {0x1254C367, 0x1941A469, 0x1043A770}):
            last = each.end
        return last

    def _vint(self, at: int, *, marked: bool) -> tuple[int, int]:
        """A number of variable length and where the next thing begins (RFC 8794, section 4)."""
        first = self._film[at]
        length = 9 - first.bit_length()
        if not first or at + length > len(self._film):
            raise broken()
        number = int.from_bytes(self._film[at : at + length], "big")
        if marked:
            return number, at + length
        number &= (1 << 7 * length) - 1
        return (_UNKNOWN if number == (1 << 7 * length) - 1 else number), at + length

    def _blank(self, element: Element) -> None:
        """Make it a `Void` of the same size."""
        total = element.end - element.start
        if total < 2:
            raise broken()
        size = bytes([0x80 | total - 2]) if total < 100 else (1 << 56 | total - 9).to_bytes(8, "big")
        self._film[element.start : element.end] = (bytes([_VOID]) + size).ljust(total, b"\0")

    def _number(self, element: Element) -> int:
        if element.end - element.inside > 8:
            raise broken()
        return int.from_bytes(self._content(element), "big")

    def _content(self, element: Element) -> bytes:
        return bytes(self._film[element.inside : element.end])

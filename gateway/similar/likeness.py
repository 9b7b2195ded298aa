"""How alike two short texts are, by the pairs and triples of characters that they share: it needs no dictionary, so Chinese works.

Everything here is a matter of sets: the same words in another order are still much alike, and two texts are as alike as
they are the other way round.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from operator import add
from zlib import crc32

LONGEST = 400
SKETCHED = 100
SKETCH_BYTES = 128
WHOLE = 1000

_RUN = re.compile(r"[^\W_]+")
_DIGITS = str.maketrans("零〇一二两三四五六七八九", "001223456789")


@dataclass(frozen=True)
class Wording:
    """The n-grams of a title, and those of title and text together."""

    title: frozenset[str]
    whole: frozenset[str]


def wording(title: str, text: str) -> Wording:
    """What of a title and a text is compared: their first `LONGEST` characters."""
    in_title = _grams(_runs(title, LONGEST))
    return Wording(in_title, in_title | _grams(_runs(text, LONGEST)))


def likeness(one: Wording, other: Wording) -> int:
    """0 (nothing in common) to 1000 (the same): Dice's coefficient of the titles or of the whole, whichever is greater."""
    return max(_dice(one.title, other.title), _dice(one.whole, other.whole))


def sketch(title: str, text: str) -> bytes:
    """The pairs of characters of the first `SKETCHED` characters of each as a set of bits, of a fixed size."""
    return sketch_of(pairs(title, text))


def sketch_of(found: Iterable[str]) -> bytes:
    """Some pairs as a set of bits."""
    bits = 0
    for marked in map(mark, found):
        bits |= 1 << (marked & (8 * SKETCH_BYTES - 1))
    return bits.to_bytes(SKETCH_BYTES)


def nearly(one: int, other: int) -> int:
    """What `likeness` will be, roughly, 0 to 1000, from two sketches as numbers: ten million times faster to compare."""
    sizes = one.bit_count() + other.bit_count()
    return 2 * WHOLE * (one & other).bit_count() // sizes if sizes else 0


def pairs(title: str, text: str) -> set[str]:
    """The pairs of characters at the beginning of a title and a text; a character that stands alone is one."""
    return {gram for words in (title, text) if words for run in _runs(words, SKETCHED) for gram in _of(run, 2)}


def mark(pair: str) -> int:
    """The place of a pair in an order that has nothing to do with what it means."""
    return crc32(pair.encode())


def _grams(runs: Iterable[str]) -> frozenset[str]:
    return frozenset(gram for run in runs for size in (2, 3) for gram in _of(run, size))


def _of(run: str, size: int) -> Iterable[str]:
    """The pieces of a run, each a character further than the one before; a shorter run is one."""
    if len(run) <= size:
        return (run,)
    pieces: Iterable[str] = run
    for at in range(1, size):
        pieces = map(add, pieces, run[at:])
    return pieces


def _runs(text: str, longest: int) -> list[str]:
    """The runs of letters, digits and characters, with Chinese digits as digits (三号楼 is 3号楼)."""
    return _RUN.findall(unicodedata.normalize("NFKC", text[:longest]).lower().translate(_DIGITS))


def _dice(one: frozenset[str], other: frozenset[str]) -> int:
    sizes = len(one) + len(other)
    return 2 * WHOLE * len(one & other) // sizes if sizes else 0

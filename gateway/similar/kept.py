"""What is kept of an open issue, beside its view, so that it is found when somebody reports the same again.

Four numbers by which it is looked up, each the hash of a community, an audience, a category and one of: the cell that it
lies in, its building, nothing more, a pair of characters of its title. And its `trace`: place and wording in 144 bytes.
Of an issue that is settled or that only one member may see no number is kept, and nothing in their indexes.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from gateway.similar.cells import Cell, cell_of
from gateway.similar.likeness import SKETCH_BYTES, mark, pairs, sketch_of
from services.declare import AUDIENCES, STAFF
from services.issues.contract import Point, Status

OPEN = frozenset(
    {
        Status.REPORTED,
        Status.ACCEPTED,
        Status.ASSIGNED,
        Status.IN_PROGRESS,
        Status.REOPENED,
        Status.WAITING,
        Status.TRANSFERRED,
        Status.ESCALATED,
    }
)
KEYS = ("cell_key", "building_key", "category_key", "words_key")
FOR_MEMBERS, FOR_STAFF = "members", "staff"
MOST_PAIRS = 60
_STAFF_RANK = AUDIENCES.index(STAFF)
_NOTHING: dict[str, Any] = dict.fromkeys((*KEYS, "trace"))
_PLACE = struct.Struct(">dd")
_NOWHERE = float("inf")


@dataclass(frozen=True)
class Trace:
    """Where an issue is, if that is known, and the sketch of its words as a number."""

    point: Point | None
    sketch: int


def near_columns() -> tuple[sa.Column[Any], ...]:
    """The columns of the table of issues that hold all this."""
    return (*(sa.Column(name, sa.BigInteger) for name in KEYS), sa.Column("trace", sa.LargeBinary))


def index_near(table: sa.Table) -> None:
    """Have the newest open issues with a number found by it."""
    for name in KEYS:
        found = table.c[name].is_not(None)
        newest = table.c.created_at.desc()
        sa.Index(f"{table.name}_{name}", table.c[name], newest, postgresql_where=found, sqlite_where=found)


def kept(known: Mapping[str, Any], rank: int) -> dict[str, Any]:
    """The values of those columns for the state of an issue (plain data) with an audience."""
    if known["status"] not in OPEN:
        return _NOTHING
    title, text, point = known["title"], known["text"], _point(known)
    place = _PLACE.pack(point.lat, point.lon) if point else _PLACE.pack(_NOWHERE, _NOWHERE)
    in_title, in_text = pairs(title, ""), pairs("", text)
    values = _NOTHING | {"trace": place + sketch_of(in_title | in_text)}
    if rank > _STAFF_RANK:
        return values
    where = known["community_id"], FOR_STAFF if rank == _STAFF_RANK else FOR_MEMBERS, known["category"]
    said = min(in_title or in_text, key=mark, default=None)
    building = known["building_id"]
    return values | {
        "cell_key": in_cell(*where, cell_of(point)) if point else None,
        "building_key": in_building(*where, building) if building else None,
        "category_key": in_category(*where),
        "words_key": saying(*where, said) if said else None,
    }


def trace_of(kept_as: bytes) -> Trace:
    """What a trace says."""
    lat, lon = _PLACE.unpack_from(kept_as)
    point = None if lat == _NOWHERE else Point(lat=lat, lon=lon)
    return Trace(point, int.from_bytes(kept_as[-SKETCH_BYTES:]))


def in_cell(community_id: str, audience: str, category: str, cell: Cell) -> int:
    """The number of what lies in a cell."""
    return _number(community_id, audience, category, "cell", *map(str, cell))


def in_building(community_id: str, audience: str, category: str, building_id: str) -> int:
    """The number of what belongs to a building."""
    return _number(community_id, audience, category, "building", building_id)


def in_category(community_id: str, audience: str, category: str) -> int:
    """The number of everything in a category."""
    return _number(community_id, audience, category, "category")


def saying(community_id: str, audience: str, category: str, pair: str) -> int:
    """The number of what has this pair as the first one of its title, in the order of `mark`."""
    return _number(community_id, audience, category, "words", pair)


def first_pairs(title: str, text: str) -> list[str]:
    """The pairs under which an issue like this may have been kept, in the order of `mark`."""
    return sorted(pairs(title, text), key=mark)[:MOST_PAIRS]


def _point(known: Mapping[str, Any]) -> Point | None:
    point = known["place"]["point"]
    return Point(**point) if point else None


def _number(*parts: str) -> int:
    return int.from_bytes(blake2b("\x1f".join(parts).encode(), digest_size=8).digest()) >> 1

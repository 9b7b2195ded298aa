"""Issues as rows of a CSV file or features of a GeoJSON one, piece by piece, in the order of day and id.

CSV: RFC 4180 in UTF-8 with a byte order mark, which Excel needs to read Chinese. A text that a spreadsheet would take for a
formula gets an apostrophe before it (OWASP, CSV injection). GeoJSON: RFC 7946, WGS 84; what has no point has no geometry.
"""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

import sqlalchemy as sa

from gateway.directory.contract import Language
from gateway.numbers.columns import COLUMNS, FACTS
from gateway.numbers.counting import in_span
from gateway.numbers.place import Place
from gateway.reader import Row
from gateway.sight import Sight
from gateway.store import OWN, VIEW_TABLES, issue_facts
from services.issues.contract import IssueState
from services.wire import from_json, to_json

BOM = "\ufeff".encode()
FILTERS = ("status", "category", "building_id")
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # the wide forms count in Chinese spreadsheets


def rows_of(sight: Sight, filters: Sequence[str]) -> sa.Select[Any]:
    """The exported rows in their order, by day and id: the facts, and last the issue's JSON as the caller sees it."""
    shown = _shown(sight)
    facts = [issue_facts.c[name] for name in FACTS]
    return _wanted(sa.select(*facts, shown.label("shown")), sight, filters).order_by(
        issue_facts.c.day, issue_facts.c.issue_id
    )


def number_of_rows(sight: Sight, filters: Sequence[str]) -> sa.Select[Any]:
    """How many they are."""
    return _wanted(sa.select(sa.func.count()), sight, filters)


def _wanted(query: sa.Select[Any], sight: Sight, filters: Sequence[str]) -> sa.Select[Any]:
    view, facts = VIEW_TABLES[IssueState], issue_facts
    same = (view.c.community_id == facts.c.community_id) & (view.c.id == facts.c.issue_id)
    chosen = (facts.c[name] == sa.bindparam(f"is_{name}", type_=sa.String) for name in filters)
    visible = view.c.rank <= sa.literal_column(str(sight.rank))
    if sight.member_id is not None:
        visible |= view.c.member_id == sa.bindparam("member_id", type_=view.c.member_id.type)
    return query.select_from(facts.join(view, same)).where(in_span(), visible, *chosen)


def _shown(sight: Sight) -> sa.ColumnElement[Any]:
    view = VIEW_TABLES[IssueState]
    if sight.member_id is None:
        return view.c[sight.audience]
    own = view.c.member_id == sa.bindparam("member_id", type_=view.c.member_id.type)
    return sa.case((own, view.c[OWN]), else_=view.c[sight.audience])


def names_of(language: Language | None) -> list[str]:
    """What the columns are called: by programs, or by people of a language."""
    return [column.name if language is None else str(getattr(column, language.value)) for column in COLUMNS]


async def csv_of(pieces: AsyncIterator[Sequence[Row]], place: Place, language: Language | None) -> AsyncIterator[bytes]:
    """The file, piece by piece."""
    yield BOM + lines([names_of(language)])
    async for rows in pieces:
        yield lines([[safe(cell) for cell in _cells(row, place)] for row in rows])


async def geojson_of(pieces: AsyncIterator[Sequence[Row]], place: Place) -> AsyncIterator[bytes]:
    """One FeatureCollection, piece by piece."""
    yield b'{"type":"FeatureCollection","features":['
    separator = b""
    async for rows in pieces:
        yield separator + b",".join(to_json(_feature(row, place)) for row in rows)
        separator = b","
    yield b"]}"


def _feature(row: Row, place: Place) -> dict[str, Any]:
    told = dict(zip((column.name for column in COLUMNS), _cells(row, place), strict=True))
    lat, lon = told.pop("latitude"), told.pop("longitude")
    point = None if lat is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": told["id"], "geometry": point, "properties": told}


def _cells(row: Row, place: Place) -> list[Any]:
    fact, seen = dict(zip(FACTS, row, strict=False)), from_json(row[-1])
    return [column.cell(fact, seen, place) for column in COLUMNS]


def lines(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def safe(cell: Any) -> Any:
    """A text that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell

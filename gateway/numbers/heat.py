"""A heat map: issues counted in squares of half a thousandth of a degree (about 55 m from south to north), as GeoJSON.

What was taken back or merged is left out, so that nothing counts twice. Residents see no square with fewer than three
issues, since one alone would show a home, and nothing that only staff may see.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import sqlalchemy as sa

from gateway.meaning import Meaning
from gateway.numbers.counting import in_span
from gateway.numbers.definitions import Count
from gateway.reader import Row
from gateway.sight import Sight
from gateway.store import RANKS, issue_facts
from services.declare import STAFF, Between, Matching, value
from services.issues.contract import Status

CELL_MILLIONTHS = 500
FEWEST_FOR_RESIDENTS = 3
MOST_CELLS = 10_000
_PER_DEGREE = 1_000_000 // CELL_MILLIONTHS
_NOT_THE_MATTER = (Status.WITHDRAWN, Status.MERGED)
_NOT_OPEN = (*_NOT_THE_MATTER, Status.RESOLVED, Status.CONFIRMED, Status.REJECTED, Status.TRANSFERRED)

Position = Annotated[tuple[float, ...], Between(2, 2)]


@value
class Polygon:
    """A square: its corners against the clock, longitude before latitude, the first one again at the end (RFC 7946, 3.1.6)."""

    type: Annotated[str, Matching("^Polygon$")] = "Polygon"
    coordinates: Annotated[tuple[Annotated[tuple[Position, ...], Between(5, 5)], ...], Between(1, 1)]


@value
class Heat:
    """How many issues of the span lie in a square, and how many of them are still open."""

    issues: Count
    open: Count


@value
class HeatCell:
    """A square of the map."""

    type: Annotated[str, Matching("^Feature$")] = "Feature"
    geometry: Polygon
    properties: Heat


@value
class HeatMap:
    """A FeatureCollection (RFC 7946, WGS 84), the hottest squares first, with what the squares do not show."""

    type: Annotated[str, Matching("^FeatureCollection$")] = "FeatureCollection"
    features: Annotated[tuple[HeatCell, ...], Between(0, MOST_CELLS)]
    issues: Annotated[Count, Meaning("Issues in the squares that are shown.", "图中各格的问题合计。")]
    without_point: Annotated[Count, Meaning("Issues that lie nowhere on the map.", "没有坐标、未入图的问题。")]
    not_shown: Annotated[
        Count, Meaning("Issues in squares that have too few of them to be shown.", "所在格数量过少、不予显示的问题。")
    ]


def cells(sight: Sight, one_category: bool) -> sa.Select[Any]:
    """Row and column of each square (None, None: no point), its issues, and those still open; the most first."""
    facts = issue_facts.c
    north = (facts.latitude + 90_000_000) // sa.literal_column(str(CELL_MILLIONTHS), sa.Integer)
    east = (facts.longitude + 180_000_000) // sa.literal_column(str(CELL_MILLIONTHS), sa.Integer)
    square = sa.select(
        north.label("north"),
        east.label("east"),
        sa.case((facts.status.not_in(_literal(_NOT_OPEN)), 1), else_=0).label("is_open"),
    ).where(
        in_span(),
        facts.status.not_in(_literal(_NOT_THE_MATTER)),
        facts.rank <= sa.literal_column(str(sight.rank)),
        *([facts.category == sa.bindparam("category", type_=sa.String)] if one_category else ()),
    )
    each = square.cte("each_issue")
    issues = sa.func.count().label("issues")
    counted = sa.select(each.c.north, each.c.east, issues, sa.func.sum(each.c.is_open)).group_by(
        each.c.north, each.c.east
    )
    return counted.order_by(issues.desc(), each.c.north, each.c.east).limit(sa.literal_column(str(MOST_CELLS + 1)))


def heat_map(found: Sequence[Row], sight: Sight) -> HeatMap:
    """The map of some squares, as this caller may see it."""
    fewest = 1 if sight.rank >= RANKS[STAFF] else FEWEST_FOR_RESIDENTS
    placed = [row for row in found if row[0] is not None]
    shown = [row for row in placed if row[2] >= fewest][:MOST_CELLS]
    issues = sum(row[2] for row in shown)
    return HeatMap(
        features=tuple(_feature(*row) for row in shown),
        issues=issues,
        without_point=sum(row[2] for row in found if row[0] is None),
        not_shown=sum(row[2] for row in placed) - issues,
    )


def _feature(north: int, east: int, issues: int, still_open: int) -> HeatCell:
    south_west, north_east = _corner(north, east), _corner(north + 1, east + 1)
    (west, south), (other_east, other_north) = south_west, north_east
    ring = (south_west, (other_east, south), north_east, (west, other_north), south_west)
    return HeatCell(geometry=Polygon(coordinates=(ring,)), properties=Heat(issues=issues, open=still_open))


def _corner(north: int, east: int) -> tuple[float, float]:
    return round(east / _PER_DEGREE - 180, 4), round(north / _PER_DEGREE - 90, 4)


def _literal(statuses: Sequence[Status]) -> list[sa.ColumnElement[Any]]:
    return [sa.literal_column(f"'{status}'") for status in statuses]

"""Distances, boxes and outlines on the earth, exact enough for a town: a sphere for what is near, a plane for an outline."""

from collections.abc import Sequence
from math import asin, cos, degrees, radians, sin, sqrt
from typing import Protocol

EARTH_RADIUS_METRES = 6_371_008.8  # the mean radius (IUGG); distances are right to half a percent
_SLACK_DEGREES = 1e-9  # a tenth of a millimetre: what rounding may move a point by

_Flat = tuple[float, float]


class HasPoint(Protocol):
    """Anything with a latitude and a longitude in degrees (WGS 84)."""

    @property
    def lat(self) -> float: ...

    @property
    def lon(self) -> float: ...


def metres(a: HasPoint, b: HasPoint) -> float:
    """How far it is between two points, over the ground, in metres (haversine)."""
    half = sin(radians(b.lat - a.lat) / 2) ** 2
    half += cos(radians(a.lat)) * cos(radians(b.lat)) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_METRES * asin(min(1.0, sqrt(half)))


def box(point: HasPoint, radius: float) -> tuple[float, float, float, float]:
    """A box that holds every point within `radius` metres: least latitude and longitude, greatest latitude and longitude.

    It goes round the whole earth where it would reach over a pole or over the antimeridian, so that the least is never
    above the greatest.
    """
    angle = radius / EARTH_RADIUS_METRES
    high = degrees(angle) + _SLACK_DEGREES
    south, north = point.lat - high, point.lat + high
    if south <= -90 or north >= 90:
        return max(south, -90.0), -180.0, min(north, 90.0), 180.0
    wide = degrees(asin(min(1.0, sin(angle) / cos(radians(point.lat))))) + _SLACK_DEGREES
    west, east = point.lon - wide, point.lon + wide
    if west < -180 or east > 180:
        return south, -180.0, north, 180.0
    return south, west, north, east


def inside(outline: Sequence[HasPoint], point: HasPoint) -> bool:
    """Whether a point lies in an outline (ray casting); its sides and corners belong to it.

    The last point is joined to the first; fewer than three enclose nothing. The outline may lie across the antimeridian,
    as long as all of it is within 180 degrees of longitude of its first point; it may not hold a pole.
    """
    if len(outline) < 3:
        return False
    *corners, here = _flat((*outline, point))
    sides = list(zip(corners, (*corners[1:], corners[0]), strict=True))
    return any(_is_on(side, here) for side in sides) or sum(_is_left_of(here, side) for side in sides) % 2 == 1


def square_metres(outline: Sequence[HasPoint]) -> float:
    """How much ground an outline encloses, in square metres, on a plane: right to a percent for a town."""
    corners = _flat(outline)
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, (*corners[1:], *corners[:1]), strict=True))
    middle = sum(each.lat for each in outline) / max(1, len(outline))
    return abs(twice) / 2 * radians(EARTH_RADIUS_METRES) ** 2 * cos(radians(middle))


def crosses_itself(outline: Sequence[HasPoint]) -> bool:
    """Whether two sides of an outline cross, touch, or run back over each other, or a side has no length."""
    corners = _flat(outline)
    count = len(corners)
    sides = [(corners[i], corners[(i + 1) % count]) for i in range(count)]
    if any(a == b or _turns_back(a, b, corners[(i + 2) % count]) for i, (a, b) in enumerate(sides)):
        return True
    return any(
        _meet(sides[i], sides[j])
        for i in range(count)
        for j in range(i + 2, count)
        if (i, j) != (0, count - 1)  # the last side begins where the first one does
    )


def _flat(points: Sequence[HasPoint]) -> list[_Flat]:
    """The points on a plane: degrees east of the first one (the short way round), and degrees of latitude."""
    return [((each.lon - points[0].lon + 180) % 360 - 180, each.lat - points[0].lat) for each in points]


def _turn(a: _Flat, b: _Flat, c: _Flat) -> float:
    """Above zero when the way from a over b to c turns left, zero when the three lie on a line."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _turns_back(a: _Flat, b: _Flat, c: _Flat) -> bool:
    onward = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1])
    return onward < 0 and _turn(a, b, c) == 0


def _is_left_of(here: _Flat, side: tuple[_Flat, _Flat]) -> bool:
    """Whether a ray from here to the east crosses the side; a corner belongs to the side above it only."""
    low, high = sorted(side, key=lambda corner: corner[1])
    return low[1] <= here[1] < high[1] and _turn(low, high, here) > 0


def _is_on(side: tuple[_Flat, _Flat], here: _Flat) -> bool:
    a, b = side
    length = sqrt((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2)
    return abs(_turn(a, b, here)) <= _SLACK_DEGREES * length and all(
        min(a[axis], b[axis]) - _SLACK_DEGREES <= here[axis] <= max(a[axis], b[axis]) + _SLACK_DEGREES
        for axis in (0, 1)
    )


def _meet(one: tuple[_Flat, _Flat], other: tuple[_Flat, _Flat]) -> bool:
    (a, b), (c, d) = one, other
    if _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0:
        return True
    return _is_on(one, c) or _is_on(one, d) or _is_on(other, a) or _is_on(other, b)

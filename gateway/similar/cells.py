"""The earth in cells of a thousandth of a degree (111 m from south to north): a place is looked for in those that it may be in."""

from math import floor

from services.earth import HasPoint, box

PER_DEGREE = 1000
MOST_CELLS = 36
Cell = tuple[int, int]


def cell_of(point: HasPoint) -> Cell:
    """The cell of a point; the two edges of the map are one."""
    return floor(point.lat * PER_DEGREE), floor(point.lon * PER_DEGREE) % (360 * PER_DEGREE)


def cells_around(point: HasPoint, radius: float) -> list[Cell] | None:
    """Every cell that has a point within `radius` metres, the nearest first; None when they are more than `MOST_CELLS`."""
    south, west, north, east = (floor(edge * PER_DEGREE) for edge in box(point, radius))
    if (north - south + 1) * (east - west + 1) > MOST_CELLS:
        return None
    middle = floor(point.lat * PER_DEGREE), floor(point.lon * PER_DEGREE)
    found = [(lat, lon) for lat in range(south, north + 1) for lon in range(west, east + 1)]
    found.sort(key=lambda cell: abs(cell[0] - middle[0]) + abs(cell[1] - middle[1]))
    return [(lat, lon % (360 * PER_DEGREE)) for lat, lon in found]

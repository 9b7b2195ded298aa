"""Distances, boxes and outlines are right to a percent, and hold near the poles and across the antimeridian too."""

from dataclasses import dataclass
from itertools import pairwise
from math import asin, atan2, cos, degrees, pi, radians, sin

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.earth import EARTH_RADIUS_METRES, box, crosses_itself, inside, metres, square_metres


@dataclass(frozen=True)
class At:
    """A place."""

    lat: float
    lon: float


WUHAN = At(30.60, 114.30)
SQUARE = (At(30.0, 114.0), At(30.0, 114.1), At(30.1, 114.1), At(30.1, 114.0))
U = (At(0, 0), At(0, 3), At(3, 3), At(3, 2), At(1, 2), At(1, 1), At(3, 1), At(3, 0))

places = st.builds(At, st.floats(-90, 90), st.floats(-180, 180))
temperate = st.builds(At, st.floats(-80, 80), st.floats(-180, 180))


def moved(place: At, bearing: float, distance: float) -> At:
    """Where one is after so many metres in a direction (radians from north, clockwise): the destination formula."""
    angle, lat = distance / EARTH_RADIUS_METRES, radians(place.lat)
    north = asin(sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(bearing))
    east = atan2(sin(bearing) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sin(north))
    return At(degrees(north), (place.lon + degrees(east) + 180) % 360 - 180)


def turned(outline: tuple[At, ...], by: float) -> tuple[At, ...]:
    """The same outline further east, its longitudes within 180 degrees."""
    return tuple(At(each.lat, (each.lon + by + 180) % 360 - 180) for each in outline)


def test_distances_are_those_of_the_map() -> None:
    assert metres(At(0, 0), At(1, 0)) == pytest.approx(111_195, abs=1)
    assert metres(At(60, 10), At(60, 11)) == pytest.approx(55_597, abs=3)
    beijing, shanghai = At(39.9042, 116.4074), At(31.2304, 121.4737)
    assert metres(beijing, shanghai) == pytest.approx(1_067_000, rel=0.005)
    assert metres(At(-16.5, 179.9), At(-16.5, -179.9)) == pytest.approx(21_323, abs=5)
    assert metres(At(90, 0), At(-90, 123)) == pytest.approx(pi * EARTH_RADIUS_METRES)


@given(places, places, places)
def test_a_distance_is_the_same_both_ways_and_no_detour_is_shorter(a: At, b: At, c: At) -> None:
    assert metres(a, b) == pytest.approx(metres(b, a))
    assert 0 <= metres(a, b) <= pi * EARTH_RADIUS_METRES
    assert metres(a, a) == 0
    assert metres(a, c) <= metres(a, b) + metres(b, c) + 1


@given(temperate, st.floats(0, 2 * pi), st.floats(0, 1), st.floats(0, 10_000))
def test_a_box_holds_everything_within_its_radius(place: At, bearing: float, part: float, radius: float) -> None:
    other = moved(place, bearing, part * radius)
    assume(metres(place, other) <= radius)
    south, west, north, east = box(place, radius)
    assert south <= other.lat <= north
    assert west <= other.lon <= east


@given(temperate, st.floats(1, 10_000))
def test_a_box_is_no_larger_than_it_must_be(place: At, radius: float) -> None:
    south, west, north, east = box(place, radius)
    assert metres(place, At(north, place.lon)) == pytest.approx(radius, rel=1e-3)
    assert metres(place, At(south, place.lon)) == pytest.approx(radius, rel=1e-3)
    if (west, east) != (-180, 180):
        assert metres(place, At(place.lat, east)) == pytest.approx(radius, rel=1e-2)
        assert metres(place, At(place.lat, west)) == pytest.approx(radius, rel=1e-2)


@given(places, st.floats(0, 30_000_000))
def test_a_box_can_always_be_searched_by_least_and_greatest(place: At, radius: float) -> None:
    south, west, north, east = box(place, radius)
    assert -90 <= south <= place.lat <= north <= 90
    assert -180 <= west <= place.lon <= east <= 180


def test_a_box_over_a_pole_or_the_antimeridian_goes_round_the_earth() -> None:
    assert box(At(89.99, 20), 5_000)[1::2] == (-180, 180)
    assert box(At(-90, 20), 1)[:2] == (-90, -180)
    assert box(At(0, 179.999), 1_000)[1::2] == (-180, 180)
    assert box(At(0, 179.9), 1_000)[3] < 180


def test_what_lies_in_an_outline_is_inside_of_it() -> None:
    assert inside(SQUARE, At(30.05, 114.05))
    assert not inside(SQUARE, WUHAN)
    assert not inside(SQUARE, At(30.05, 113.99))
    assert inside(U, At(2, 0.5))
    assert not inside(U, At(2, 1.5))
    assert inside(U, At(2, 2.5))


def test_sides_and_corners_belong_to_an_outline() -> None:
    for corner, following in pairwise((*U, U[0])):
        assert inside(U, corner)
        assert inside(U, At((corner.lat + following.lat) / 2, (corner.lon + following.lon) / 2))
    assert not inside(U, At(4, 0))
    assert not inside(U, At(0, 3.001))


def test_fewer_than_three_points_enclose_nothing() -> None:
    for count in range(3):
        assert not inside(SQUARE[:count], SQUARE[0])
        assert square_metres(SQUARE[:count]) == 0


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-360, 360), st.integers(0, 7), st.booleans())
def test_inside_does_not_depend_on_where_the_outline_lies_or_begins(
    lat: float, lon: float, by: float, first: int, backwards: bool
) -> None:
    assume(all(abs(number - round(number)) > 1e-6 for number in (lat, lon)))
    expected = 0 < lat < 3 and 0 < lon < 3 and not (lat > 1 and 1 < lon < 2)
    outline = (*U[first:], *U[:first])[:: -1 if backwards else 1]
    assert inside(outline, At(lat, lon)) is expected
    assert inside(turned(outline, by), turned((At(lat, lon),), by)[0]) is expected


def test_the_other_side_of_the_earth_is_outside() -> None:
    fiji = (At(-17, 179), At(-17, -179), At(-16, -179), At(-16, 179))
    assert inside(fiji, At(-16.5, 179.5))
    assert inside(fiji, At(-16.5, -180))
    for lon in range(-178, 179):
        assert not inside(fiji, At(-16.5, lon))


def test_an_area_is_right_to_a_percent_however_it_is_drawn() -> None:
    by_hand = 0.1 * 111_195 * 0.1 * 111_195 * cos(radians(30.05))
    assert square_metres(SQUARE) == pytest.approx(by_hand, rel=0.01)
    assert square_metres(SQUARE[::-1]) == square_metres(SQUARE)
    assert square_metres(turned(SQUARE, 65.95)) == pytest.approx(square_metres(SQUARE))
    assert square_metres((At(1, 1), At(2, 2), At(3, 3))) == 0


def test_outlines_that_cross_touch_or_run_back_are_known() -> None:
    assert not crosses_itself(SQUARE)
    assert not crosses_itself(U)
    assert not crosses_itself(SQUARE[:3])
    assert crosses_itself((SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]))  # a bow tie
    assert crosses_itself((*SQUARE, SQUARE[0]))  # the first point again at the end
    assert crosses_itself((SQUARE[0], SQUARE[0], *SQUARE[1:]))
    assert crosses_itself((At(0, 0), At(0, 2), At(0, 1), At(1, 1)))  # back over itself
    assert crosses_itself((At(0, 0), At(2, 2), At(0, 4), At(4, 4), At(2, 2), At(4, 0)))  # two that touch in a point
    assert crosses_itself((At(0, 0), At(0, 4), At(2, 4), At(0, 2), At(2, 0)))  # a corner on another side
    assert crosses_itself((At(0, 0), At(1, 1), At(2, 2)))  # there and back on a line
    assert crosses_itself(SQUARE[:1])
    assert not crosses_itself(())


@given(st.lists(st.floats(0.1, 1), min_size=3, max_size=30), st.floats(-360, 360))
def test_a_star_round_its_middle_never_crosses_itself(radii: list[float], by: float) -> None:
    star = tuple(
        At(radius * sin(2 * pi * i / len(radii)), radius * cos(2 * pi * i / len(radii)))
        for i, radius in enumerate(radii)
    )
    assert not crosses_itself(turned(star, by))
    assert inside(turned(star, by), turned((At(0, 0),), by)[0])

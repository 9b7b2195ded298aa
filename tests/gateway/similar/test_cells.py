"""Whatever is within a radius lies in one of the cells that are looked into."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.similar.cells import MOST_CELLS, cell_of, cells_around
from services.earth import metres
from services.issues.contract import Point

HOME = Point(lat=30.6225, lon=114.3125)


@given(
    st.floats(-89.9, 89.9),
    st.floats(-180, 180),
    st.floats(-0.002, 0.002),
    st.floats(-0.002, 0.002),
    st.integers(0, 200),
)
def test_every_neighbour_within_the_radius_is_in_a_cell_around(
    lat: float, lon: float, north: float, east: float, radius: int
) -> None:
    here, there = Point(lat=lat, lon=lon), Point(lat=lat + north, lon=min(180.0, max(-180.0, lon + east)))
    cells = cells_around(here, radius)
    if cells is not None and metres(here, there) <= radius:
        assert cell_of(there) in cells


def test_the_cell_of_the_place_itself_comes_first() -> None:
    cells = cells_around(HOME, 50)
    assert cells is not None
    assert cells[0] == cell_of(HOME)
    assert len(cells) <= 6


def test_a_radius_that_takes_too_many_cells_has_none() -> None:
    assert cells_around(HOME, 10_000) is None
    assert cells_around(Point(lat=90.0, lon=0.0), 50) is None
    near = cells_around(HOME, 200)
    assert near is not None
    assert len(near) <= MOST_CELLS


def test_the_two_edges_of_the_map_are_one() -> None:
    assert cell_of(Point(lat=0.0, lon=180.0)) == cell_of(Point(lat=0.0, lon=-180.0))

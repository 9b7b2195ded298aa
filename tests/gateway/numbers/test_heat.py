"""Squares lie where they should, also south and west, and hide what stands alone."""

import json
from itertools import pairwise

from gateway.numbers.heat import HeatMap, heat_map
from gateway.sight import Sight
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import STAFF
from services.schemas import load
from services.wire import to_data

FOUND = [(241_220, 588_620, 5, 2), (112_262, 218_800, 2, 2), (None, None, 4, 1)]


def test_a_square_is_closed_and_goes_against_the_clock() -> None:
    told = heat_map(FOUND, Sight(STAFF))
    (ring,) = told.features[0].geometry.coordinates
    assert ring[0] == ring[-1] == (114.31, 30.61)
    area = sum(one[0] * two[1] - two[0] * one[1] for one, two in pairwise(ring))
    assert area > 0
    (south,) = told.features[1].geometry.coordinates
    assert south[0] == (-70.6, -33.869)


def test_what_is_not_shown_is_counted() -> None:
    staff, resident = heat_map(FOUND, Sight(STAFF)), heat_map(FOUND, Sight(FOR_COMMUNITY))
    assert (staff.issues, staff.not_shown, staff.without_point) == (7, 0, 4)
    assert (resident.issues, resident.not_shown, resident.without_point) == (5, 2, 4)


def test_it_is_what_its_description_says() -> None:
    told = heat_map(FOUND, Sight(STAFF))
    assert to_data(load(HeatMap, to_data(told))) == json.loads(json.dumps(to_data(told)))

"""The examples in the documentation are what the services would take."""

import pytest

from gateway.endpoints import ENDPOINTS
from gateway.examples import EXAMPLES
from gateway.shapes import path_names, taken_by
from services.ids import derived_id
from services.schemas import load

ROWS = [row for rows in ENDPOINTS.values() for row in rows]


@pytest.mark.parametrize("cls", EXAMPLES, ids=lambda cls: cls.__name__)
def test_an_example_is_valid(cls: type) -> None:
    row = next(row for row in ROWS if taken_by(row) is cls)
    given = {name: "wuhan-caochang" if name == "community_id" else derived_id(name) for name in path_names(row)}
    load(cls, {**given, **EXAMPLES[cls]})

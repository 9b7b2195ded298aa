"""What a member means stands beside it and in the description of the API."""

from typing import Annotated

from gateway.meaning import Meaning, describe, meaning_of
from services.declare import Between, value

COLOUR = Meaning("What it looks like.", "颜色。")


@value
class _Shed:
    colour: Annotated[str | None, COLOUR] = None
    places: Annotated[int, Between(1, 9)]


def test_a_meaning_is_found_among_other_marks() -> None:
    assert meaning_of(Annotated[int, Between(1, 9), COLOUR]) == COLOUR
    assert meaning_of(Annotated[int, Between(1, 9)]) is None
    assert meaning_of(int) is None


def test_a_schema_tells_the_meanings_that_are_declared() -> None:
    schema = {"properties": {"colour": {"type": "string"}, "places": {"type": "integer"}}}
    describe(_Shed, schema)
    assert schema["properties"]["colour"]["description"] == "What it looks like. 颜色。"
    assert "description" not in schema["properties"]["places"]

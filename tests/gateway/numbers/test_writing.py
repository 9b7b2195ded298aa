"""A file is valid from its first byte to its last, whatever stands in it."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.contract import Language
from gateway.numbers.columns import COLUMNS, FACTS
from gateway.numbers.place import Place
from gateway.numbers.writing import BOM, csv_of, geojson_of, lines, names_of, safe
from services.wire import to_json

FACT = dict.fromkeys(FACTS) | {"day": "2024-05-20", "status": "reported", "category": "noise", "escalated": 0}


async def pieces(*sizes: int) -> AsyncIterator[Sequence[Any]]:
    for size in sizes:
        yield [(*FACT.values(), to_json({"id": str(number), "title": "=x"})) for number in range(size)]


def whole(made: AsyncIterator[bytes]) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in made])

    return asyncio.run(read())


def test_any_number_of_pieces_makes_one_valid_file() -> None:
    for sizes in ((), (1,), (2, 3), (200, 200, 1)):
        told = json.loads(whole(geojson_of(pieces(*sizes), Place())))
        assert len(told["features"]) == sum(sizes)
        text = whole(csv_of(pieces(*sizes), Place(), None)).removeprefix(BOM).decode()
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert [row["title"] for row in rows] == ["'=x"] * sum(sizes)


def test_the_head_speaks_to_programs_or_to_people() -> None:
    assert names_of(None)[:2] == ["id", "day"]
    assert names_of(Language.ZH)[:2] == ["编号", "上报日"]
    assert len(names_of(Language.EN)) == len(COLUMNS)


@given(st.text())
def test_no_text_begins_like_a_formula_and_none_is_lost(text: str) -> None:
    made = safe(text)
    assert made.removeprefix("'") == text.removeprefix("'")
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_stay_numbers() -> None:
    assert [safe(each) for each in (-1, -1.5, None, 0)] == [-1, -1.5, None, 0]


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=2, max_size=2)
    )
)
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    assert list(csv.reader(io.StringIO(lines(rows).decode(), newline=""))) == rows

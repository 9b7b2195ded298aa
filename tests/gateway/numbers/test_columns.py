"""Each column says what it is, and tells a time as the community's clocks show it."""

from datetime import UTC, datetime

from sqlalchemy import MetaData

from gateway.numbers.columns import COLUMNS, FACTS
from gateway.numbers.place import Place
from gateway.numbers.tables import fact_tables
from services.errors import Words

FACT = dict.fromkeys(FACTS) | {
    "day": "2024-05-20", "status": "resolved", "category": "noise", "escalated": 1, "building_id": "b",
    "created_at": "2024-05-20T04:00:00.000000+00:00", "resolved_at": datetime(2024, 5, 20, 4, tzinfo=UTC),
    "latitude": -33_868_800, "longitude": 114_310_000,
}  # fmt: skip
PLACE = Place(buildings={"b": "1栋"}, categories={"noise": Words("Noise", "噪音")})


def cells(place: Place = PLACE) -> dict[str, object]:
    return {column.name: column.cell(FACT, {"id": "1", "urgency": "danger"}, place) for column in COLUMNS}


def test_every_column_has_its_names_and_its_meaning() -> None:
    names = [(column.name, column.zh, column.en) for column in COLUMNS]
    for position in range(3):
        assert len({name[position] for name in names}) == len(COLUMNS)
    assert all(column.meaning.zh and column.meaning.en for column in COLUMNS)


def test_what_is_read_of_the_facts_is_there() -> None:
    assert set(FACTS) <= set(fact_tables(MetaData()).c.keys())


def test_both_databases_tell_the_same() -> None:
    told = cells()
    assert told["created_at"] == told["resolved_at"] == "2024-05-20T12:00:00+08:00"
    assert (told["latitude"], told["longitude"], told["escalated"]) == (-33.8688, 114.31, 1)
    assert (told["status_zh"], told["category_zh"], told["urgency_zh"], told["building"]) == (
        "已办结",
        "噪音",
        "险情",
        "1栋",
    )


def test_what_nobody_named_stays_empty() -> None:
    told = cells(Place())
    assert (told["category_zh"], told["building"], told["title"], told["spot"]) == (None, None, None, None)

"""Many rows written at once are the same rows as one by one, on both kinds of database."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import URL, Engine

from gateway.search import Words
from services.database import Choice, Instant, Json, key, open_engine
from services.ids import new_id
from services.issues.contract import Place, Status
from services.many import insert_all, look_up, one_of, update_all
from tests.shared.made_up import instants
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, NOON

METADATA = sa.MetaData()

THINGS = sa.Table(
    "many_things",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("large", sa.BigInteger),
    sa.Column("text", sa.Text),
    sa.Column("at", Instant),
    sa.Column("place", Json(Place), nullable=False),
    sa.Column("status", Choice(Status)),
    sa.Column("raw", sa.LargeBinary),
    sa.Column("sure", sa.Boolean),
    sa.Column("words", Words),
)

AGAIN = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@pytest.fixture
def engine(database_url: URL) -> Iterator[Engine]:
    """An engine on a database with one table."""
    opened = open_engine(database_url)
    METADATA.create_all(opened)
    yield opened
    opened.dispose()


def thing(**values: Any) -> dict[str, Any]:
    """A row."""
    nothing = {column.name: None for column in THINGS.columns}
    return {**nothing, "community_id": COMMUNITY, "id": new_id(), "version": 1, "place": Place(), **values}


def kept(engine: Engine) -> list[dict[str, Any]]:
    """All rows, in the order of their ids."""
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(THINGS).order_by(THINGS.c.id)).mappings()]


@AGAIN
@given(
    TEXTS,
    st.binary(max_size=40) | st.none(),
    st.integers(-(2**63), 2**63 - 1) | st.none(),
    instants() | st.none(),
    st.booleans() | st.none(),
)
def test_every_value_comes_back_as_it_went_in(
    engine: Engine, text: str, raw: bytes | None, large: int | None, at: datetime | None, sure: bool | None
) -> None:
    row = thing(text=text, raw=raw, large=large, at=at, sure=sure, place=Place(spot=text), status=Status.ACCEPTED)
    with engine.begin() as connection:
        connection.execute(sa.delete(THINGS))
        insert_all(connection, THINGS, [row])
    assert kept(engine) == [row]
    with engine.begin() as connection:
        connection.execute(sa.delete(THINGS))
        connection.execute(sa.insert(THINGS), [row])
    assert kept(engine) == [row]


def test_words_are_searched_after_they_were_written_at_once(engine: Engine) -> None:
    with engine.begin() as connection:
        insert_all(connection, THINGS, [thing(words="漏 漏水 don't")])
        found = connection.execute(sa.select(sa.cast(THINGS.c.words, sa.Text))).scalar_one()
    assert {"漏", "漏水", "don't"} == {word.strip("'").replace("''", "'") for word in found.split()}


def test_a_time_without_a_zone_is_a_defect_and_nothing_is_written(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises((AssertionError, sa.exc.StatementError)):
        insert_all(connection, THINGS, [thing(at=NOON.replace(tzinfo=None))])
    assert kept(engine) == []


def test_a_row_that_is_there_already_refuses_all_of_them(engine: Engine) -> None:
    rows = [thing(), thing()]
    with engine.begin() as connection:
        insert_all(connection, THINGS, rows[:1])
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        insert_all(connection, THINGS, rows[::-1])
    assert kept(engine) == rows[:1]


def test_only_what_is_given_is_changed_and_only_of_those_rows(engine: Engine) -> None:
    mine, theirs, other = thing(text="a"), thing(text="b", community_id=ANOTHER_COMMUNITY), thing(text="c")
    with engine.begin() as connection:
        insert_all(connection, THINGS, [mine, theirs, other])
        keys = [{name: row[name] for name in ("community_id", "id")} for row in (mine, other)]
        strays = {"community_id": COMMUNITY, "id": theirs["id"]}
        update_all(connection, THINGS, [{**each, "at": NOON, "large": n} for n, each in enumerate([*keys, strays])])
    changed = [{**mine, "at": NOON, "large": 0}, theirs, {**other, "at": NOON, "large": 1}]
    assert kept(engine) == sorted(changed, key=lambda row: str(row["id"]))


def test_only_what_is_still_at_its_version_is_changed(engine: Engine) -> None:
    things = [thing(version=number) for number in (1, 2, 3)]
    with engine.begin() as connection:
        insert_all(connection, THINGS, things)
        changes = [{**row, "version": 9, "text": "new"} for row in things]
        assert update_all(connection, THINGS, changes, [1, 1, 3]) == 2
        assert update_all(connection, THINGS, changes, [1, 1, 3]) == 0
        assert update_all(connection, THINGS, changes[1:2]) == 1
    assert [row["version"] for row in kept(engine)] == [9, 9, 9]


def test_each_row_is_paired_with_its_own_version(engine: Engine) -> None:
    things = [thing(version=number % 7, large=number) for number in range(60)]
    with engine.begin() as connection:
        insert_all(connection, THINGS, things)
        changes = [{**row, "version": 100, "large": -int(row["large"])} for row in reversed(things)]
        assert update_all(connection, THINGS, changes, [row["version"] for row in reversed(things)]) == 60
    assert [row["large"] for row in kept(engine)] == [-number for number in range(60)]


def test_keys_are_found_as_they_are_paired(engine: Engine) -> None:
    rows = [thing(), thing(), thing(community_id=ANOTHER_COMMUNITY)]
    with engine.begin() as connection:
        insert_all(connection, THINGS, rows)
        columns = [THINGS.c.community_id, THINGS.c.id]

        def found(*keys: tuple[str, str]) -> set[str]:
            asked = sa.select(THINGS.c.id).where(one_of(connection, columns, keys))
            there = set(connection.execute(asked).scalars())
            assert {row.id for row in look_up(connection, [THINGS.c.id], columns, keys)} == there
            return there

        first, second, third = (row["id"] for row in rows)
        assert found((COMMUNITY, first), (COMMUNITY, second), (COMMUNITY, third)) == {first, second}
        assert found((ANOTHER_COMMUNITY, third), (ANOTHER_COMMUNITY, first)) == {third}
        assert found() == set()


def test_on_postgresql_the_statement_does_not_grow_with_its_keys(postgres_url: URL) -> None:
    engine = open_engine(postgres_url.set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        texts = {
            str(sa.select(THINGS.c.id).where(one_of(connection, [THINGS.c.id], [(new_id(),)] * n)).compile(connection))
            for n in (1, 2, 50)
        }
    engine.dispose()
    assert len(texts) == 1

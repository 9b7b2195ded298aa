"""What goes into a database comes out the same on both kinds, and a reader never waits for a writer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from sqlalchemy.engine import URL, Engine

from services.database import Choice, Instant, Json, Store, answers, insert_ignoring, is_away, key, open_engine, reading
from services.ids import new_id
from services.issues.contract import Place, Turn
from tests.shared.made_up import instances, instants
from tests.shared.samples import COMMUNITY, NOON

METADATA = sa.MetaData()


class Colour(StrEnum):
    """Some colours."""

    RED = "red"


THINGS = sa.Table(
    "things",
    METADATA,
    *key(),
    sa.Column("at", Instant),
    sa.Column("place", Json(Place)),
    sa.Column("turns", Json(tuple[Turn, ...])),
    sa.Column("colour", Choice(Colour)),
)


@pytest.fixture
def engine(database_url: URL) -> Iterator[Engine]:
    """An engine on a database with one table."""
    opened = open_engine(database_url)
    METADATA.create_all(opened)
    yield opened
    opened.dispose()


def put(engine: Engine, **values: Any) -> Any:
    """Keep a row; it as it comes back."""
    id_ = new_id()
    row = {"community_id": COMMUNITY, "id": id_, "at": None, "place": Place(), "turns": (), "colour": None, **values}
    with engine.begin() as connection:
        connection.execute(sa.insert(THINGS).values(row))
    with reading(engine) as connection:
        return connection.execute(sa.select(THINGS).where(THINGS.c.id == id_)).one()


AGAIN = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@AGAIN
@given(at=instants())
def test_an_instant_comes_back_the_same_and_in_utc(engine: Engine, at: datetime) -> None:
    row = put(engine, at=at)
    assert row.at == at
    assert row.at.utcoffset() == timedelta(0)


@AGAIN
@given(place=instances(Place))
def test_a_part_comes_back_as_the_contract_that_it_is(engine: Engine, place: Place) -> None:
    assert put(engine, place=place).place == place


@AGAIN
@given(turn=instances(Turn))
def test_a_list_of_parts_comes_back_as_a_tuple(engine: Engine, turn: Turn) -> None:
    assert put(engine, turns=(turn, turn)).turns == (turn, turn)


def test_a_choice_comes_back_as_the_member_that_it_is(engine: Engine) -> None:
    assert put(engine, colour=Colour.RED).colour is Colour.RED
    assert put(engine, colour=None).colour is None


def test_an_id_comes_back_as_text(engine: Engine) -> None:
    row = put(engine)
    assert isinstance(row.id, str)
    assert row.id == row.id.lower()
    assert len(row.id) == 36


def test_instants_are_sorted_by_time_in_whatever_zone_they_were_given(engine: Engine) -> None:
    east, west = timezone(timedelta(hours=8)), timezone(timedelta(hours=-8))
    later = NOON + timedelta(microseconds=1)
    for at in (later.astimezone(west), NOON.astimezone(east), NOON - timedelta(microseconds=1)):
        put(engine, at=at)
    with reading(engine) as connection:
        found = connection.execute(sa.select(THINGS.c.at).order_by(THINGS.c.at)).scalars().all()
        assert found == sorted(found)
        assert connection.execute(sa.select(THINGS.c.at).where(THINGS.c.at > NOON.astimezone(west))).all() == [(later,)]


def test_a_naive_time_is_a_defect(engine: Engine) -> None:
    with pytest.raises(sa.exc.StatementError, match="naive"):
        put(engine, at=datetime(2024, 5, 20))  # noqa: DTZ001


def test_a_reader_does_not_wait_for_a_writer_and_sees_only_what_was_committed(engine: Engine) -> None:
    with engine.begin() as writer:
        row = {"community_id": COMMUNITY, "id": new_id(), "place": Place(), "turns": ()}
        writer.execute(sa.insert(THINGS).values(row))
        with reading(engine) as reader:
            assert reader.execute(sa.select(THINGS)).all() == []
    with reading(engine) as reader:
        assert len(reader.execute(sa.select(THINGS)).all()) == 1


def test_what_is_there_already_is_left_alone(engine: Engine) -> None:
    row = {"community_id": COMMUNITY, "id": new_id(), "place": Place(spot="first"), "turns": ()}
    for spot in ("first", "second"):
        with engine.begin() as connection:
            connection.execute(insert_ignoring(connection, THINGS), [row | {"place": Place(spot=spot)}])
    with reading(engine) as connection:
        assert connection.execute(sa.select(THINGS.c.place)).scalars().all() == [Place(spot="first")]


def test_every_key_begins_with_the_community() -> None:
    assert [column.name for column in THINGS.primary_key.columns] == ["community_id", "id"]
    assert [column.name for column in key("account_id", "version_id")] == ["community_id", "account_id", "version_id"]


def test_a_store_knows_its_tables() -> None:
    assert Store("things", METADATA, {}).table("things") is THINGS


def test_on_sqlite_what_was_committed_survives_a_power_cut(tmp_path: Any) -> None:
    engine = open_engine(URL.create("sqlite", database=str(tmp_path / "test.db")))
    with reading(engine) as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2}
    engine.dispose()


def test_a_database_that_is_away_is_told_from_one_that_says_no(engine: Engine, postgres_url: URL) -> None:
    nowhere = open_engine(postgres_url.set(drivername="postgresql+psycopg", port=1))
    with pytest.raises(sa.exc.OperationalError) as away:
        nowhere.connect()
    assert is_away(away.value)
    row = put(engine)
    with pytest.raises(sa.exc.IntegrityError) as says_no, engine.begin() as connection:
        connection.execute(sa.insert(THINGS).values(community_id=COMMUNITY, id=row.id, place=Place(), turns=()))
    assert not is_away(says_no.value)
    assert not is_away(ValueError())


def test_two_who_wait_for_each_other_in_a_circle_are_no_outage() -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    assert not is_away(sa.exc.OperationalError("UPDATE", {}, Deadlock()))
    assert is_away(sa.exc.OperationalError("UPDATE", {}, Exception("server closed the connection")))


def test_the_time_zone_of_an_instant_is_utc_itself(engine: Engine) -> None:
    assert put(engine, at=NOON).at.tzinfo in (UTC, UTC)


def test_whether_a_database_answers_is_asked_anew_each_time(engine: Engine, postgres_url: URL) -> None:
    assert answers(engine)
    nowhere = open_engine(postgres_url.set(drivername="postgresql+psycopg", port=1))
    assert not answers(nowhere)


def test_what_people_wrote_stands_in_no_error(database_url: URL) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as wrong:
        connection.execute(sa.text("SELECT * FROM no_such_table WHERE name = :name"), {"name": "张伟"})
    engine.dispose()
    assert "张伟" not in str(wrong.value)

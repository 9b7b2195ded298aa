"""Green threads that wait for PostgreSQL: nobody else stands still, nothing is mixed up, and a lost session is noticed."""

from collections.abc import Iterator
from typing import Any

import eventlet
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine

from services.database import open_engine
from services.green import GreenConnection
from tests import servers

pytestmark = pytest.mark.filterwarnings("ignore::eventlet.EventletDeprecationWarning")

NUMBERS = sa.Table("numbers", sa.MetaData(), sa.Column("n", sa.Integer), sa.Column("text", sa.Text))


@pytest.fixture
def engine(postgres_url: URL) -> Iterator[Engine]:
    """An engine whose connections wait in the hub, on a database with one table."""
    with servers.fresh_database(postgres_url) as url:
        opened = open_engine(url.set(drivername="postgresql+psycopg"), pool_size=2, connect=GreenConnection.connect)
        NUMBERS.metadata.create_all(opened)
        yield opened
        opened.dispose()


def ask(engine: Engine, question: str) -> Any:
    """The one value that answers a question."""
    with engine.connect() as connection:
        return connection.exec_driver_sql(question).scalar()


def test_others_go_on_while_one_waits(engine: Engine) -> None:
    waiting, turns = eventlet.spawn(ask, engine, "SELECT 'done' FROM pg_sleep(0.3)"), 0
    while not waiting.dead:
        eventlet.sleep(0.01)
        turns += 1
    assert (waiting.wait(), turns > 5) == ("done", True)


def test_two_at_once_get_their_own_answers(engine: Engine) -> None:
    asked = [eventlet.spawn(ask, engine, f"SELECT {n} FROM pg_sleep({0.1 - n / 20})") for n in (0, 1)]
    assert [each.wait() for each in asked] == [0, 1]


def test_more_than_a_socket_takes_goes_out_and_comes_back(engine: Engine) -> None:
    rows = [{"n": n, "text": f"{n}漏水" * 2000} for n in range(400)]
    with engine.begin() as connection:
        connection.execute(sa.insert(NUMBERS), rows)
        found = connection.execute(sa.select(NUMBERS).order_by(NUMBERS.c.n)).mappings().all()
    assert [dict(row) for row in found] == rows


def test_a_session_that_ends_while_it_is_waited_for_is_an_error_and_the_next_one_works(engine: Engine) -> None:
    waiting = eventlet.spawn(ask, engine, "SELECT 1 FROM pg_sleep(30)")
    sleepers = "pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
    while not ask(engine, f"SELECT bool_or(pg_terminate_backend(pid)) FROM {sleepers}"):
        eventlet.sleep(0.01)
    with pytest.raises(sa.exc.OperationalError):
        waiting.wait()
    assert ask(engine, "SELECT 2") == 2


def test_who_gives_up_waiting_leaves_no_answer_for_the_next(engine: Engine) -> None:
    with pytest.raises(eventlet.Timeout), eventlet.Timeout(0.1):
        ask(engine, "SELECT 'late' FROM pg_sleep(30)")
    assert [ask(engine, f"SELECT {n}") for n in range(3)] == [0, 1, 2]


def test_a_wait_with_a_limit_ends_in_time(engine: Engine) -> None:
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, GreenConnection)
        assert list(driver.notifies(timeout=0.05)) == []

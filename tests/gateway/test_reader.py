"""A database that goes away is told at once, and comes back by itself."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from gateway import postgres
from gateway.postgres import Connections, Postgres
from gateway.reader import Prepared, is_among, open_reader
from gateway.sight import Sight
from gateway.store import METADATA
from gateway.views import Views
from services.database import open_engine
from services.errors import Unavailable
from services.issues.contract import IssueState
from services.wire import to_data
from tests import servers
from tests.gateway.wire import wired
from tests.gateway.world import World, numbered, sight, world_on
from tests.shared.samples import COMMUNITY, GRID_OFFICER, ISSUE, issue_state

STAFF_SIGHT = sight(GRID_OFFICER)


@pytest.fixture
def world(database_url: URL) -> Iterator[World]:
    with world_on(database_url) as world:
        yield world


@pytest.fixture
def postgres_world(postgres_url: URL) -> Iterator[World]:
    with (
        servers.fresh_database(postgres_url) as url,
        world_on(url.set(drivername="postgresql+psycopg")) as world,
    ):
        yield world


async def eventually(true: Callable[[], Any], seconds: float = 10) -> None:
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < until, "it never came true"
        await asyncio.sleep(0.02)


async def answers(views: Views) -> bool:
    try:
        return await views.get(IssueState, COMMUNITY, ISSUE, STAFF_SIGHT) is not None
    except Unavailable:
        return False


async def is_in(word: str, heard: set[str]) -> bool:
    return word in heard


def test_a_lost_connection_is_unavailable_at_once_and_heals_by_itself(postgres_world: World) -> None:
    postgres_world.report(issue_state())

    async def story() -> None:
        async with wired(postgres_world) as (wire, views):
            assert await answers(views)
            await wire.cut()
            begun = time.monotonic()
            for _ in range(100):
                with pytest.raises(Unavailable):
                    await views.get(IssueState, COMMUNITY, ISSUE, STAFF_SIGHT)
                with pytest.raises(Unavailable):
                    await views.put([(IssueState, to_data(issue_state(version=9)))])
            assert time.monotonic() - begun < 2
            await wire.connect()
            await eventually(lambda: answers(views))
            await views.put([(IssueState, to_data(issue_state(version=10)))])

    postgres_world.run(story())


def test_a_server_that_restarts_under_load_is_answered_unavailable_and_nothing_else(postgres_world: World) -> None:
    postgres_world.report(issue_state())

    async def story() -> None:
        async with wired(postgres_world) as (wire, views):
            heard: set[str] = set()
            going_on = True

            async def ask() -> None:
                while going_on:
                    try:
                        found = await views.list(IssueState, COMMUNITY, STAFF_SIGHT)
                        heard.add(f"{found.count} found")
                    except Unavailable:
                        heard.add("unavailable")
                    await asyncio.sleep(0)

            asking = [asyncio.create_task(ask()) for _ in range(20)]
            for _ in range(3):
                await eventually(lambda: answers(views))
                heard.discard("unavailable")
                await wire.cut()
                await eventually(lambda: is_in("unavailable", heard))
                await wire.connect()
            await eventually(lambda: answers(views))
            going_on = False
            await asyncio.gather(*asking)
            assert heard == {"1 found", "unavailable"}

    postgres_world.run(story())


def test_nobody_notices_that_the_server_ended_some_sessions(postgres_world: World) -> None:
    postgres_world.report(issue_state())

    async def story() -> None:
        views, going_on, versions = postgres_world.views, True, count(2)

        async def read() -> None:
            while going_on:
                assert await answers(views)
                await asyncio.sleep(0)

        async def write() -> None:
            while going_on:
                await views.put([(IssueState, to_data(issue_state(version=next(versions))))])

        living = [asyncio.create_task(each()) for each in (read, read, read, read, read, read, write)]
        for _ in range(10):
            await asyncio.sleep(0.05)
            assert await asyncio.to_thread(end_sessions, postgres_world) > 0
        going_on = False
        await asyncio.gather(*living)

    postgres_world.run(story())


def end_sessions(world: World) -> int:
    """End every session of the web process with its database; returns how many there were."""
    ended = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'sansan web' AND datname = current_database()"
    )
    with world.engine.begin() as connection:
        return len(connection.execute(sa.text(ended)).all())


def test_a_server_that_does_not_answer_is_given_up(postgres_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "ANSWER_SECONDS", 0.2)

    async def story() -> None:
        async with wired(postgres_world) as (wire, views):
            await views.get(IssueState, COMMUNITY, ISSUE, STAFF_SIGHT)
            wire.silent = True
            with pytest.raises(Unavailable):
                await views.get(IssueState, COMMUNITY, ISSUE, STAFF_SIGHT)
            wire.silent = False
            await eventually(lambda: asked(views))

    async def asked(views: Views) -> bool:
        try:
            return await views.get(IssueState, COMMUNITY, ISSUE, STAFF_SIGHT) is None
        except Unavailable:
            return False

    postgres_world.run(story())


def test_whoever_stops_waiting_for_a_connection_leaves_none_lost(postgres_world: World) -> None:
    async def story() -> None:
        connections = Connections(
            postgres_world.engine.url.set(drivername="postgresql").render_as_string(hide_password=False), 1
        )
        asked = [
            asyncio.create_task(connections.use(lambda each: each.fetchval("SELECT pg_sleep(0.01)"))) for _ in range(20)
        ]
        await asyncio.sleep(0.02)
        for task in asked[::2]:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        assert await connections.use(lambda each: each.fetchval("SELECT 1")) == 1
        await connections.close()

    postgres_world.run(story())


def test_too_many_who_wait_are_turned_away(postgres_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "MOST_WAITING", 3)

    async def story() -> list[Any]:
        asked = (postgres_world.views.get(IssueState, COMMUNITY, ISSUE, STAFF_SIGHT) for _ in range(10))
        return await asyncio.gather(*asked, return_exceptions=True)

    heard = postgres_world.run(story())
    assert sum(isinstance(each, Unavailable) for each in heard) == 3
    assert heard.count(None) == 7


def test_a_file_that_is_not_there_yet_is_unavailable_and_answers_once_it_is(tmp_path: Path) -> None:
    url = URL.create("sqlite", database=str(tmp_path / "late.db"))
    views = Views.open(url)
    with asyncio.Runner() as runner:
        assert not runner.run(answers(views))
        with pytest.raises(Unavailable):
            runner.run(views.put([(IssueState, to_data(issue_state()))]))
        engine = open_engine(url)
        METADATA.create_all(engine)
        engine.dispose()
        runner.run(views.put([(IssueState, to_data(issue_state()))]))
        assert runner.run(answers(views))
        runner.run(views.close())


def test_a_list_of_texts_is_one_value_whatever_is_in_it(world: World) -> None:
    reader = world.views.reader
    table = METADATA.tables["view_issue"]
    question = sa.select(table.c.status).where(is_among(table.c.status, "wanted", reader.dialect))
    prepared = Prepared(question, reader.dialect)
    world.report(*(numbered(i) for i in range(3)))

    def asked(values: Mapping[str, Any]) -> int:
        return len(world.run(reader.fetch(prepared, values)))

    assert asked({"wanted": ["resolved", "x"]}) == 3
    assert asked({"wanted": []}) == 0
    assert asked({"wanted": ["'", '"', "{}", "[]", "resolved'"]}) == 0


def test_the_reader_is_the_one_of_the_url(database_url: URL) -> None:
    reader = open_reader(database_url)
    assert isinstance(reader, Postgres) == (database_url.get_backend_name() == "postgresql")
    assert Sight().member_id is None

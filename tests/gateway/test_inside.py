"""The directory answers from threads: its errors come as they are, and what is away or too much is said at once."""

import asyncio
import threading
from typing import cast

import pytest
import sqlalchemy as sa

from gateway.directory.facade import Directory
from gateway.inside import MOST_WAITING, Inside
from services.errors import Forbidden, Unavailable


class Closed:
    """Stands where the directory stands: only that it is closed in the end matters here."""

    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def inside() -> Inside:
    return Inside(cast(Directory, Closed()))


def raise_(error: Exception) -> None:
    raise error


def test_a_call_gives_what_the_directory_gives_or_its_own_error(inside: Inside) -> None:
    assert asyncio.run(inside.do(divmod, 7, 2)) == (3, 1)
    with pytest.raises(Forbidden):
        asyncio.run(inside.do(raise_, Forbidden("no", "不行")))


def test_a_database_that_is_away_is_unavailable_and_a_defect_stays_one(inside: Inside) -> None:
    with pytest.raises(Unavailable):
        asyncio.run(inside.do(raise_, sa.exc.OperationalError("SELECT", {}, Exception("no connection"))))
    with pytest.raises(sa.exc.ProgrammingError):
        asyncio.run(inside.do(raise_, sa.exc.ProgrammingError("SELEC", {}, Exception("syntax"))))


def test_some_wait_and_too_many_are_turned_away(inside: Inside) -> None:
    async def story() -> None:
        free = threading.Event()
        waiting = [asyncio.create_task(inside.do(free.wait, 10)) for _ in range(MOST_WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await inside.do(free.wait, 10)
        free.set()
        assert await asyncio.gather(*waiting) == [True] * MOST_WAITING
        assert await inside.do(divmod, 1, 1) == (1, 0)

    asyncio.run(story())


def test_in_the_end_the_directory_is_closed(inside: Inside) -> None:
    inside.close()
    assert cast(Closed, inside.directory).closed

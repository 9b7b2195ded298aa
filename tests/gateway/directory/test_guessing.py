"""Guessing gets slower and slower, for one login and for one source, however many try at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory import guessing
from gateway.directory.answers import TooManyAttempts
from gateway.directory.guessing import Patience, name_of
from tests.gateway.directory.world import World

PATIENCE = Patience(free=3, first=2, longest=60, forgotten=3600)


@given(st.integers(1, 10_000), st.integers(0, 60))
def test_the_wait_never_gets_shorter_and_never_endless(number: int, free: int) -> None:
    patience = Patience(free)
    assert patience.wait(number) <= patience.wait(number + 1) <= patience.longest
    assert (patience.wait(number) == 0) == (number < free)


def try_once(world: World, *names: str) -> None:
    with world.directory.desk.engine.begin() as connection:
        guessing.count(connection, dict.fromkeys(names, PATIENCE), world.clock())


def test_each_further_attempt_doubles_the_wait(world: World) -> None:
    for _ in range(3):
        try_once(world, "a")
    for wait in (2, 4, 8):
        with pytest.raises(TooManyAttempts) as slow:
            try_once(world, "a")
        assert slow.value.retry_after_seconds == wait
        assert str(wait) in slow.value.reason.zh
        world.clock.forward(seconds=wait)
        try_once(world, "a")


def test_asking_while_one_has_to_wait_does_not_make_it_longer(world: World) -> None:
    for _ in range(3):
        try_once(world, "a")
    for _ in range(20):
        with pytest.raises(TooManyAttempts):
            try_once(world, "a")
    world.clock.forward(seconds=2)
    try_once(world, "a")


def test_one_name_that_has_to_wait_holds_up_the_attempt_and_the_other_is_not_counted(world: World) -> None:
    for _ in range(3):
        try_once(world, "a")
    for _ in range(9):
        with pytest.raises(TooManyAttempts):
            try_once(world, "a", "b")
    try_once(world, "b")


def test_what_is_long_past_is_forgotten(world: World) -> None:
    for _ in range(3):
        try_once(world, "a")
    world.clock.forward(hours=2)
    for _ in range(3):
        try_once(world, "a")
    world.clock.forward(days=2)
    with world.directory.desk.engine.begin() as connection:
        assert guessing.forget(connection, world.clock()) == 1
    assert world.all("attempts") == []


def test_a_good_attempt_begins_anew_for_the_login_and_takes_itself_back_for_the_source(world: World) -> None:
    for _ in range(2):
        try_once(world, "login", "source")
    with world.directory.desk.engine.begin() as connection:
        guessing.forgive(connection, "login", "source", world.clock())
    assert [(row["name"], row["number"]) for row in world.all("attempts")] == [("source", 1)]


def test_many_at_once_do_not_outrun_the_count(world: World) -> None:
    def attempt(_: int) -> bool:
        try:
            try_once(world, "a", "b")
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(40))) == PATIENCE.free


def test_no_login_and_no_address_stands_in_the_table() -> None:
    assert name_of("login", "li.guihua") != name_of("source", "li.guihua")
    assert "li" not in name_of("login", "li.guihua").split("-")
    assert len(name_of("login", "x" * 1000)) == 64

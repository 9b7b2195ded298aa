"""Sessions: each refresh token is good once, a used one ends the session, and everything ends some day."""

from concurrent.futures import ThreadPoolExecutor

from gateway.directory import sessions
from gateway.directory.sessions import LONGEST_DAYS, MOST_PER_MEMBER, Opened
from services.actor import SYSTEM, Actor, Role
from tests.gateway.directory.world import World
from tests.shared.samples import COMMUNITY, DISTRICT, NEIGHBOUR, REPORTER


def opened(world: World, member_id: str = REPORTER, source: str = "10.0.0.1") -> Opened:
    with world.directory.desk.engine.begin() as connection:
        return sessions.open_session(connection, member_id, source, 30, world.clock())


def refreshed(world: World, token: str) -> Opened | None:
    with world.directory.desk.engine.begin() as connection:
        return sessions.go_on(connection, token, 30, world.clock())


def of(world: World, member_id: str) -> int:
    return sum(row["member_id"] == member_id for row in world.all("sessions"))


def test_a_session_goes_on_with_a_new_token_each_time(world: World) -> None:
    token = opened(world).refresh_token
    for _ in range(3):
        following = refreshed(world, token)
        assert following is not None
        assert following.member_id == REPORTER
        assert following.refresh_token != token
        token = following.refresh_token
    assert token not in str(world.all("sessions"))


def test_a_token_that_was_used_before_ends_the_session_for_everybody(world: World) -> None:
    first = opened(world).refresh_token
    second = refreshed(world, first)
    assert second is not None
    assert refreshed(world, first) is None
    assert refreshed(world, second.refresh_token) is None
    assert of(world, REPORTER) == 0


def test_of_many_who_use_a_token_at_once_one_at_most_gets_on(world: World) -> None:
    token = opened(world).refresh_token
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: refreshed(world, token), range(8)))
    assert sum(each is not None for each in found) == 1


def test_what_is_no_token_is_nothing(world: World) -> None:
    opened(world)
    for token in ("", ".", "x", "x.y", "é.é", "0" * 32, "a" * 200, f"{'f' * 32}.secret"):
        assert refreshed(world, token) is None
        with world.directory.desk.engine.begin() as connection:
            sessions.log_out(connection, token)
    assert of(world, REPORTER) == 1


def test_a_session_that_is_not_used_ends(world: World) -> None:
    token = opened(world).refresh_token
    world.clock.forward(days=30)
    assert refreshed(world, token) is None


def test_no_session_lasts_for_ever(world: World) -> None:
    token = opened(world).refresh_token
    for day in range(29, LONGEST_DAYS, 29):
        world.clock.forward(days=29)
        following = refreshed(world, token)
        assert following is not None, day
        token = following.refresh_token
    world.clock.forward(days=29)
    assert refreshed(world, token) is None


def test_a_member_has_a_limited_number_of_sessions_and_loses_the_oldest(world: World) -> None:
    first = opened(world)
    for _ in range(MOST_PER_MEMBER):
        world.clock.forward(seconds=1)
        newest = opened(world)
    opened(world, NEIGHBOUR)
    assert of(world, REPORTER) == MOST_PER_MEMBER
    assert refreshed(world, first.refresh_token) is None
    assert refreshed(world, newest.refresh_token)


def test_sessions_that_have_ended_are_cleared_away(world: World) -> None:
    opened(world, NEIGHBOUR)
    world.clock.forward(days=31)
    opened(world)
    assert of(world, NEIGHBOUR) == 0


def test_log_out_ends_one_session_and_end_all_every_one(world: World) -> None:
    one, two = opened(world), opened(world)
    with world.directory.desk.engine.begin() as connection:
        sessions.log_out(connection, one.refresh_token)
        sessions.log_out(connection, one.refresh_token)
    assert refreshed(world, one.refresh_token) is None
    assert of(world, REPORTER) == 1
    with world.directory.desk.engine.begin() as connection:
        sessions.end_all(connection, REPORTER)
    assert refreshed(world, two.refresh_token) is None


def test_it_is_known_from_where_a_member_is_logged_in(world: World) -> None:
    opened(world, source="10.0.0.9")
    with world.directory.desk.engine.connect() as connection:
        assert sessions.is_from(connection, REPORTER, "10.0.0.9")
        assert not sessions.is_from(connection, REPORTER, "10.0.0.8")
        assert not sessions.is_from(connection, NEIGHBOUR, "10.0.0.9")


def test_roles_in_a_district_are_told_apart_from_roles_in_a_community(world: World) -> None:
    officer = world.official(Role.GRID_OFFICER)
    assert officer.roles == {COMMUNITY: frozenset({Role.GRID_OFFICER})}
    assert world.admin.districts == {DISTRICT: frozenset({Role.DISTRICT_ADMIN})}
    assert world.admin.roles == {}


def test_of_the_roles_in_a_token_those_count_that_still_hold(world: World) -> None:
    officer = world.official(Role.GRID_OFFICER)
    forged = Actor(officer.member_id, {COMMUNITY: frozenset(Role)}, {DISTRICT: frozenset(Role)})
    with world.directory.desk.engine.connect() as connection:
        fresh = sessions.fresh(connection, forged)
        assert fresh.roles_in(COMMUNITY, DISTRICT) == {Role.GRID_OFFICER}
        assert sessions.fresh(connection, Actor(officer.member_id)).roles == {}
        assert sessions.fresh(connection, SYSTEM) is SYSTEM

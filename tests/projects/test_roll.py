"""A roll counts when all of it was told; nobody votes twice for a home, and the database itself sees to that."""

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from gateway.directory.contract import RollHome, RollListed, RollState
from services.database import reading
from services.projects.contract import Choice
from services.projects.roll import (
    cast_up_to,
    homes_in_roll,
    keep_cast,
    keep_pages,
    keep_totals,
    voted_before,
    whole_roll,
)
from services.projects.tally import Cast, Weight
from services.projects.votes import CastHome, WholeRoll
from services.work import Desk
from tests.projects.made import VOTE, home, id_of, pages, roll
from tests.shared.desks import counts
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY

HOMES = [home("1", 9_000, "a"), home("2", 11_000, "a"), home("3", 10_000), home("4", 10_000), home("5", 10_000)]


def tell(desk: Desk, *told: RollState | RollListed) -> None:
    """Keep what was told, together."""
    with desk.engine.begin() as connection:
        keep_totals(connection, desk.store, [each.roll if isinstance(each, RollListed) else each for each in told])
        keep_pages(connection, desk.store, [each for each in told if isinstance(each, RollListed)])


def whole(desk: Desk, community_id: str = COMMUNITY) -> WholeRoll | None:
    """The roll that counts."""
    with reading(desk.engine) as connection:
        return whole_roll(connection, community_id)


def ballot(number: int, homes: Sequence[RollHome], choice: Choice = Choice.YES) -> list[CastHome]:
    """A ballot for some homes."""
    return [
        CastHome(COMMUNITY, VOTE, each.home_id, number, choice, each.area, each.person_id, id_of("one"), False)
        for each in homes
    ]


def test_a_roll_counts_when_all_of_it_was_told_in_whatever_order_and_however_often(desk: Desk) -> None:
    assert whole(desk) is None
    first, second, third = pages(HOMES, page=2)
    tell(desk, roll(HOMES))
    assert whole(desk) is None
    tell(desk, third, third)
    tell(desk, first, third)
    assert whole(desk) is None
    tell(desk, second, first)
    assert whole(desk) == WholeRoll(1, roll(HOMES).hash, Weight(50_000, 4))
    assert whole(desk, ANOTHER_COMMUNITY) is None
    assert counts(desk, "rolls", "roll_homes") == [1, 5]

    newer = [home("1", 9_500, "b"), *HOMES[1:]]
    tell(desk, *pages(newer, version=2, page=3)[:1])
    assert whole(desk) is None, "a newer roll counts as soon as anything of it is known"
    tell(desk, *pages(newer, version=2, page=3))
    assert whole(desk) == WholeRoll(2, roll(newer, 2).hash, Weight(50_500, 5))
    with reading(desk.engine) as connection:
        wanted = [newer[0].home_id, newer[2].home_id, id_of("nowhere")]
        found = homes_in_roll(connection, COMMUNITY, 1, wanted)
        assert found == sorted([HOMES[0], HOMES[2]], key=lambda each: each.home_id)
        assert newer[0] in homes_in_roll(connection, COMMUNITY, 2, wanted)
        assert homes_in_roll(connection, ANOTHER_COMMUNITY, 2, wanted) == []
        assert homes_in_roll(connection, COMMUNITY, 2, []) == []


def test_pages_that_do_not_add_up_to_the_totals_are_no_roll_but_an_empty_roll_is_one(desk: Desk) -> None:
    tell(desk, roll([*HOMES[:4], home("5", 10_001)]))
    tell(desk, *pages(HOMES))
    assert whole(desk) is None
    tell(desk, roll([], version=2))
    assert whole(desk) == WholeRoll(2, roll([], 2).hash, Weight())


def test_what_was_cast_is_found_again(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        keep_cast(connection, desk.store, [*ballot(1, HOMES[:1]), *ballot(2, HOMES[2:4], Choice.NO)])
    with reading(desk.engine) as connection:
        nobody = frozenset[str]()
        cast, took_part = voted_before(connection, COMMUNITY, VOTE, HOMES)
        assert cast == {HOMES[0].home_id, HOMES[2].home_id, HOMES[3].home_id}
        assert took_part == {HOMES[0].person_id, HOMES[2].person_id, HOMES[3].person_id}
        assert voted_before(connection, COMMUNITY, VOTE, HOMES[1:2]) == (nobody, frozenset({HOMES[1].person_id}))
        assert voted_before(connection, COMMUNITY, id_of("another vote"), HOMES) == (nobody, nobody)
        assert voted_before(connection, ANOTHER_COMMUNITY, VOTE, HOMES) == (nobody, nobody)
        assert cast_up_to(connection, COMMUNITY, VOTE, 1) == [Cast(1, Choice.YES, 9_000, HOMES[0].person_id)]
        assert len(cast_up_to(connection, COMMUNITY, VOTE, 2)) == 3
        assert cast_up_to(connection, COMMUNITY, id_of("another vote"), 2) == []


def test_the_database_itself_refuses_a_second_ballot_for_a_home(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        keep_cast(connection, desk.store, ballot(1, HOMES[:2]))
    again = ballot(2, HOMES[1:3], Choice.NO)
    with pytest.raises(sa.exc.IntegrityError), desk.engine.begin() as connection:
        keep_cast(connection, desk.store, again)
    assert counts(desk, "ballot_homes") == [2]

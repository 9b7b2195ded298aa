"""Experts, conflicts and draws come out of their tables as they went in; of the pool exactly those who can be drawn are found."""

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from services.database import reading
from services.experts.contract import ConflictState, DrawState, ExpertState, ExpertStatus
from services.experts.draw import expert_of
from services.experts.model import Draw
from services.experts.pool import ConflictOfInterest, Expert
from services.experts.store import STORE, conflicts, draws, experts, who_can_be_drawn
from services.ids import new_id
from services.wire import hints_of
from services.work import Desk
from tests.experts.drawn import GROUP, drawn, frozen, person
from tests.shared.desks import rows
from tests.shared.made_up import instances
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, NOON, PROJECT, REPORTER

AGAIN = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def put(desk: Desk, *things: Any) -> None:
    """Put some things into their tables."""
    with desk.engine.begin() as connection:
        for thing in things:
            table = STORE.aggregates[type(thing)]
            connection.execute(sa.insert(table).values(vars(thing)))


def kept(desk: Desk, thing: Any) -> Any:
    """Put it into its table and take it out again."""
    put(desk, thing)
    table = STORE.aggregates[type(thing)]
    with reading(desk.engine) as connection:
        return type(thing)(**connection.execute(sa.select(table).where(table.c.id == thing.id)).mappings().one())


def expert(
    number: int, *groups: str, community_id: str = COMMUNITY, status: ExpertStatus = ExpertStatus.VERIFIED
) -> Expert:
    """One of the pool."""
    member_id = person(number).member_id
    id_ = expert_of(community_id, member_id)
    return Expert(community_id, id_, 2, status, member_id, "lawyer", "执业十年", groups or (GROUP,), NOON, NOON)


def conflict(number: int, project_id: str = PROJECT, community_id: str = COMMUNITY) -> ConflictOfInterest:
    """One of the pool is too close to a project."""
    who = expert(number, community_id=community_id)
    return ConflictOfInterest(community_id, new_id(), 1, project_id, who.id, who.member_id, "亲属", NOON, NOON)


def found(desk: Desk, excluded: tuple[str, ...] = (), most: int = 100, group: str = GROUP) -> list[int]:
    """The numbers of those who can be drawn, in order."""
    numbers = {person(number).member_id: number for number in range(20)}
    with reading(desk.engine) as connection:
        listed = who_can_be_drawn(connection, COMMUNITY, PROJECT, group, excluded, most)
    assert listed == sorted(listed)
    assert all(expert_id == expert_of(COMMUNITY, member_id) for expert_id, member_id in listed)
    return [numbers[member_id] for _, member_id in listed]


def test_a_draw_comes_back_as_it_went(desk: Desk) -> None:
    for draw in (frozen(draw_id=new_id()), frozen(3, draw_id=new_id()), drawn(declining=[2], draw_id=new_id())):
        assert kept(desk, draw) == draw


@AGAIN
@given(expert=instances(ExpertState), conflict=instances(ConflictState), draw=instances(DrawState))
def test_whatever_a_contract_allows_can_be_kept(
    desk: Desk, expert: ExpertState, conflict: ConflictState, draw: DrawState
) -> None:
    for kind, state in ((Expert, expert), (ConflictOfInterest, conflict), (Draw, draw)):
        members = {name: getattr(state, name) for name in hints_of(type(state))}
        thing = kind(**{**members, "id": new_id(), "audience": "community", "community_id": f"c-{new_id()}"})
        assert kept(desk, thing) == thing


def test_only_verified_experts_of_the_group_here_can_be_drawn(desk: Desk) -> None:
    put(
        desk,
        *(expert(number) for number in range(4)),
        expert(4, "mediation"),
        expert(5, "mediation", GROUP),
        expert(6, status=ExpertStatus.REGISTERED),
        expert(7, community_id=ANOTHER_COMMUNITY),
        expert(8, f"{GROUP}s"),
        expert(9, GROUP.replace("_", "x")),
    )
    assert sorted(found(desk)) == [0, 1, 2, 3, 5]
    assert sorted(found(desk, group="mediation")) == [4, 5]
    assert found(desk, group="legal_advice") == []


def test_whoever_is_excluded_or_too_close_is_left_out(desk: Desk) -> None:
    put(desk, *(expert(number) for number in range(8)), expert(0, community_id=ANOTHER_COMMUNITY))
    put(desk, conflict(1), conflict(2, project_id=REPORTER), conflict(0, community_id=ANOTHER_COMMUNITY))
    assert sorted(found(desk, (person(3).member_id, REPORTER, expert(4).id))) == [0, 2, 4, 5, 6, 7]


def test_at_most_so_many_are_found_by_the_order_of_their_ids(desk: Desk) -> None:
    put(desk, *(expert(number) for number in range(8)))
    assert found(desk, most=3) == found(desk)[:3]


def test_the_database_itself_keeps_an_expert_and_a_conflict_once(desk: Desk) -> None:
    for one, again in ((expert(0), expert(0)), (conflict(0), conflict(0))):
        again.id = new_id()
        with pytest.raises(sa.exc.IntegrityError):
            put(desk, one, again)
        assert rows(desk, STORE.aggregates[type(one)].name) == []


def test_the_store_holds_the_pool_the_draws_and_what_every_service_has() -> None:
    assert STORE.service == "experts"
    assert STORE.aggregates == {Expert: experts, ConflictOfInterest: conflicts, Draw: draws}
    own = {"experts", "conflicts", "draws"}
    assert set(STORE.metadata.tables) == own | {"journal", "chain", "lease", "inbox", "due", "communities"}

"""Where a command happens: in a community, in a district, or nowhere."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.directory.contract import ADMINS
from gateway.directory.given import here_of, is_taken, only
from services.actor import NOBODY, SYSTEM, Actor, Role
from services.errors import Forbidden, NotFound
from services.ids import new_id
from services.work import Context, Job, Work
from tests.gateway.directory.world import World
from tests.shared.samples import COMMUNITY, DISTRICT


def in_work(world: World, place: str, actor: Actor, do: Callable[[Work], Any]) -> Any:
    found: list[Any] = []
    job = Job("test", new_id(), Context(place, actor), lambda work: found.append(do(work)))
    outcome = world.directory.desk.perform([job])[0]
    if wrong := outcome.refusal or outcome.failure:
        raise wrong
    return found[0]


def test_an_admin_of_the_district_is_one_in_each_of_its_communities(world: World) -> None:
    here = in_work(world, COMMUNITY, world.admin, here_of)
    assert (here.held, here.in_district, here.at.zone) == ({Role.DISTRICT_ADMIN}, False, "Asia/Shanghai")
    here = in_work(world, DISTRICT, world.admin, here_of)
    assert (here.held, here.in_district) == ({Role.DISTRICT_ADMIN}, True)


def test_a_role_named_like_a_district_but_held_in_a_community_is_none(world: World) -> None:
    actor = Actor(new_id(), {DISTRICT: frozenset(Role)})
    assert in_work(world, DISTRICT, actor, here_of).held == frozenset()


def test_nowhere_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        in_work(world, "wuhan-nowhere", world.admin, here_of)
    assert in_work(world, COMMUNITY, NOBODY, is_taken)
    assert in_work(world, DISTRICT, NOBODY, is_taken)
    assert not in_work(world, "wuhan-nowhere", NOBODY, is_taken)


def test_who_is_not_meant_is_told_who_is(world: World) -> None:
    in_work(world, COMMUNITY, SYSTEM, lambda work: only(ADMINS, work, frozenset(), "册-7"))
    with pytest.raises(Forbidden, match="community admin, district admin") as forbidden:
        in_work(world, COMMUNITY, NOBODY, lambda work: only(ADMINS, work, frozenset(), "册-7"))
    assert forbidden.value.clause == "册-7"

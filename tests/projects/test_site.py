"""Who doubts is invited, nobody accepts what they supervised, and works that were stopped go on only after a look at them."""

from datetime import timedelta
from typing import Any

import pytest

from services.clock import Moment
from services.errors import Forbidden, Refused
from services.experts.contract import COMPLETION_ACCEPTANCE, CONSTRUCTION_SUPERVISION, PLAN_EVALUATION
from services.projects import site
from services.projects.contract import Doubt, DoubtVoiced, ProjectStatus, StopOrder, WorksStopped
from services.projects.model import Project
from tests.projects.building import (
    COMMITTEE,
    DELEGATE,
    DOUBTER,
    ENGINEER,
    MANAGER,
    PASSER_BY,
    SECRETARY,
    held,
    no,
    project,
    who,
)
from tests.shared.samples import NOON

S = ProjectStatus
SUPERVISION, ACCEPTANCE = (CONSTRUCTION_SUPERVISION,), (COMPLETION_ACCEPTANCE,)
LATER = Moment(NOON + timedelta(hours=1))


def supervised(status: S = S.BUILDING, **changed: Any) -> Project:
    """A project that the engineer supervises."""
    engineer = (ENGINEER.member_id,)
    return project(status, **{"supervisors": engineer, "experts_supervising": engineer, **changed})


def doubt(member_id: str, **changed: Any) -> Doubt:
    """A doubt voiced at noon."""
    return Doubt(**{"member_id": member_id, "words": "回填土不达标", "at": NOON, **changed})


def test_a_doubt_waits_for_an_invitation() -> None:
    thing = project(S.CONTRACTED)
    told = site.voice_doubt(thing, "回填土不达标", *who(DOUBTER))
    assert thing.doubts == (doubt(DOUBTER.member_id),)
    assert told == DoubtVoiced(project=thing.state(), member_id=DOUBTER.member_id)


def test_a_member_doubts_once() -> None:
    thing = project(S.CONTRACTED)
    site.voice_doubt(thing, "回填土不达标", *who(DOUBTER))
    no(Refused, "关-2", "已对该项目提出过疑问", site.voice_doubt, thing, "还有疑问", *who(DOUBTER))


@pytest.mark.parametrize("group", ["supervisors", "acceptors"])
def test_who_looks_on_already_needs_no_invitation(group: str) -> None:
    thing = project(S.CONTRACTED, **{group: (DOUBTER.member_id,)})
    site.voice_doubt(thing, "回填土不达标", *who(DOUBTER))
    assert thing.doubts[0].invited_at == NOON


def test_as_many_doubts_as_can_be_told_are_kept() -> None:
    thing = project(S.CONTRACTED, doubts=(doubt(ENGINEER.member_id),) * 500)
    no(Refused, "关-2", "上限", site.voice_doubt, thing, "回填土不达标", *who(DOUBTER))


def test_an_expert_of_supervision_supervises() -> None:
    thing = project(S.CONTRACTED)
    told = site.appoint_supervisor(thing, ENGINEER.member_id, SUPERVISION, *who(SECRETARY))
    assert thing.supervisors == thing.experts_supervising == (ENGINEER.member_id,)
    assert (told.project, told.member_id) == (thing.state(), ENGINEER.member_id)


def test_who_voiced_a_doubt_supervises_and_is_invited_by_that() -> None:
    others = doubt(PASSER_BY.member_id)
    thing = project(S.BUILDING, doubts=(others, doubt(DOUBTER.member_id)))
    site.appoint_supervisor(thing, DOUBTER.member_id, (), COMMITTEE, held(COMMITTEE), LATER)
    assert (thing.supervisors, thing.experts_supervising) == ((DOUBTER.member_id,), ())
    assert thing.doubts == (others, doubt(DOUBTER.member_id, invited_at=LATER.now))


def test_an_expert_who_doubts_counts_as_both() -> None:
    thing = project(S.CONTRACTED, doubts=(doubt(ENGINEER.member_id),))
    site.appoint_supervisor(thing, ENGINEER.member_id, SUPERVISION, *who(SECRETARY))
    assert thing.experts_supervising == (ENGINEER.member_id,)
    assert thing.doubts[0].invited_at == NOON


@pytest.mark.parametrize("groups", [(), (PLAN_EVALUATION,), ACCEPTANCE])
def test_others_do_not_supervise(groups: tuple[str, ...]) -> None:
    thing = project(S.CONTRACTED, doubts=(doubt(DOUBTER.member_id),))
    no(Refused, "关-2", "疑问", site.appoint_supervisor, thing, PASSER_BY.member_id, groups, *who(SECRETARY))


@pytest.mark.parametrize("groups", [(), (PLAN_EVALUATION,), SUPERVISION])
def test_others_do_not_accept(groups: tuple[str, ...]) -> None:
    no(Refused, "关-3", "专家", site.appoint_acceptor, project(), PASSER_BY.member_id, groups, *who(SECRETARY))


def test_an_expert_of_acceptance_accepts_and_is_invited_by_that() -> None:
    thing = project(S.DECIDED, doubts=(doubt(DELEGATE.member_id),))
    told = site.appoint_acceptor(thing, DELEGATE.member_id, ACCEPTANCE, *who(SECRETARY))
    assert thing.acceptors == (DELEGATE.member_id,)
    assert thing.doubts[0].invited_at == NOON
    assert (told.project, told.member_id) == (thing.state(), DELEGATE.member_id)


def test_nobody_is_appointed_twice_or_accepts_what_they_supervise() -> None:
    both = (*SUPERVISION, *ACCEPTANCE)
    thing = supervised(acceptors=(DELEGATE.member_id,))
    for appoint, clause in ((site.appoint_supervisor, "关-2"), (site.appoint_acceptor, "关-3")):
        no(Refused, clause, "已在施工监督组", appoint, thing, ENGINEER.member_id, both, *who(SECRETARY))
        no(Refused, clause, "已在竣工验收组", appoint, thing, DELEGATE.member_id, both, *who(SECRETARY))


def test_groups_take_as_many_as_can_be_told() -> None:
    full = project(S.CONTRACTED, supervisors=("",) * 600, acceptors=("",) * 20)
    no(Refused, "关-2", "600", site.appoint_supervisor, full, ENGINEER.member_id, SUPERVISION, *who(SECRETARY))
    no(Refused, "关-3", "20", site.appoint_acceptor, full, DELEGATE.member_id, ACCEPTANCE, *who(SECRETARY))


def test_works_begin_through_the_construction_gate() -> None:
    start = site.start_works
    no(Refused, "关-2", "尚无专家", start, project(S.CONTRACTED, supervisors=(DOUBTER.member_id,)), *who(MANAGER))
    doubted = supervised(S.CONTRACTED, doubts=(doubt(DOUBTER.member_id),))
    no(Refused, "关-2", "1 名", start, doubted, *who(MANAGER))
    site.appoint_supervisor(doubted, DOUBTER.member_id, (), *who(SECRETARY))
    assert start(doubted, *who(MANAGER)).project == doubted.state()
    assert doubted.status is S.BUILDING
    no(Forbidden, "关-2", "物业经理", start, supervised(S.CONTRACTED), *who(ENGINEER))


def test_only_a_supervisor_stops_the_works_and_at_once() -> None:
    thing = supervised()
    for outsider in (PASSER_BY, MANAGER, SECRETARY):
        no(Forbidden, "关-2", "施工监督组成员", site.stop_works, thing, "回填土不达标", *who(outsider))
    told = site.stop_works(thing, "回填土不达标", *who(ENGINEER))
    order = StopOrder(number=1, reason="回填土不达标", by=ENGINEER.member_id, at=NOON)
    assert (thing.status, thing.stop_orders) == (S.STOPPED, (order,))
    assert told == WorksStopped(project=thing.state(), reason="回填土不达标", member_id=ENGINEER.member_id)
    no(Refused, "关-2", "已停工", site.stop_works, thing, "再停", *who(ENGINEER))


def test_stopped_works_go_on_after_rectification_and_a_look() -> None:
    thing = supervised()
    site.stop_works(thing, "回填土不达标", *who(ENGINEER))
    no(Refused, "关-2", "尚未整改", site.resume_works, thing, *who(ENGINEER))
    assert site.rectify(thing, "已换填", MANAGER, held(MANAGER), LATER).project == thing.state()
    no(Refused, "关-2", "第 1 号", site.rectify, thing, "又换填", *who(MANAGER))
    no(Forbidden, "关-2", "施工监督组成员", site.resume_works, thing, *who(MANAGER))
    assert site.resume_works(thing, ENGINEER, held(ENGINEER), LATER).project == thing.state()
    (order,) = thing.stop_orders
    assert (thing.status, order.rectification, order.rectified_at) == (S.BUILDING, "已换填", LATER.now)
    assert (order.lifted_by, order.lifted_at) == (ENGINEER.member_id, LATER.now)


def test_a_second_stop_needs_a_rectification_of_its_own() -> None:
    thing = supervised()
    for number in (1, 2):
        site.stop_works(thing, "回填土不达标", *who(ENGINEER))
        no(Refused, "关-2", "尚未整改", site.resume_works, thing, *who(ENGINEER))
        site.rectify(thing, "已换填", *who(MANAGER))
        site.resume_works(thing, *who(ENGINEER))
        assert [order.number for order in thing.stop_orders] == list(range(1, number + 1))


def test_as_many_stop_orders_as_can_be_told_are_kept() -> None:
    order = StopOrder(number=1, reason="回填土不达标", by=ENGINEER.member_id, at=NOON)
    no(Refused, "关-2", "100", site.stop_works, supervised(stop_orders=(order,) * 100), "再停", *who(ENGINEER))

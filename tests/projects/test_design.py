"""Alternatives are numbered, whoever is close to one is no juror, each juror judges once, and the gate says why it is shut."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from services.actor import SYSTEM, Actor
from services.errors import Forbidden, Refused, SansanError
from services.projects import design
from services.projects.contract import (
    AlternativeProposed,
    DesignJudged,
    DesignPassed,
    DiscussedAgain,
    JudgeDesign,
    JurySeated,
    ProjectStatus,
    ProposeAlternative,
)
from services.projects.model import Project
from tests.projects.made import (
    CHAIR,
    DESIGNER,
    DRAW,
    JURORS,
    SECRETARY,
    alternative,
    at_noon,
    draw,
    held,
    id_of,
    judgement,
    juror,
    project,
)
from tests.shared.samples import COMMUNITY, NOON, PROJECT, moment

PROPOSE = ProposeAlternative(community_id=COMMUNITY, project_id=PROJECT, title="膜结构", text="膜结构。", cost=1)
FEASIBLE = JudgeDesign(community_id=COMMUNITY, project_id=PROJECT, feasible=True, reason="可行")
S = ProjectStatus


def who(actor: Actor) -> tuple[Any, ...]:
    """Somebody who acts at noon."""
    return actor, held(actor), at_noon()


def refused(thing: Project, act: Callable[[], object], clause: str = "关-1", kind: type[SansanError] = Refused) -> str:
    """Why an act is refused; the project stays as it was."""
    before = dict(vars(thing))
    with pytest.raises(kind) as no:
        act()
    assert no.value.clause == clause
    assert vars(thing) == before
    return no.value.reason.en


def test_anybody_here_proposes_and_plans_are_numbered_from_one() -> None:
    thing = project(S.DISCUSSING, alternatives=())
    told = [design.propose(thing, PROPOSE, *who(somebody)) for somebody in (DESIGNER, CHAIR)]
    assert [each.number for each in told] == [1, 2]
    assert told[1] == AlternativeProposed(project=thing.state(), number=2)
    assert [(each.number, each.proposed_by) for each in thing.alternatives] == [
        (1, DESIGNER.member_id),
        (2, CHAIR.member_id),
    ]
    refused(thing, lambda: design.propose(thing, PROPOSE, Actor("x"), frozenset(), at_noon()), "例-4", Forbidden)


def test_there_are_at_most_fifty_plans() -> None:
    thing = project(S.DISCUSSING, alternatives=tuple(alternative(number) for number in range(1, 51)))
    refused(thing, lambda: design.propose(thing, PROPOSE, *who(DESIGNER)), "例-4")


def test_a_jury_is_asked_for_without_whoever_is_close() -> None:
    plans = (alternative(), alternative(2, CHAIR.member_id), alternative(3))
    thing = project(S.DISCUSSING, alternatives=plans)
    told = design.request_jury(thing, 2, id_of("draw"), *who(SECRETARY))
    assert (told.draw_id, told.group, told.seats) == (id_of("draw"), "plan_evaluation", 5)
    assert set(told.excluded) == {SECRETARY.member_id, CHAIR.member_id, DESIGNER.member_id}
    assert len(told.excluded) == 3
    assert told.reveal_by == NOON + timedelta(hours=72)
    assert told.project == thing.state()
    assert (thing.status, thing.chosen, thing.draw_id, thing.draw_version) == (S.JUDGING, 2, id_of("draw"), 0)
    assert (thing.jurors, thing.judgements) == ((), ())


def test_seats_and_hours_are_the_communitys() -> None:
    day = date(2024, 1, 1)
    at = moment(projects__jury_seats=[(day, 7)], projects__reveal_hours=[(day, 24)])
    told = design.request_jury(project(S.DISCUSSING), 1, DRAW, SECRETARY, held(SECRETARY), at)
    assert (told.seats, told.reveal_by) == (7, NOON + timedelta(hours=24))


def test_a_jury_judges_a_plan_that_there_is() -> None:
    thing = project(S.DISCUSSING)
    assert "no such alternative" in refused(thing, lambda: design.request_jury(thing, 2, DRAW, *who(SECRETARY)))
    refused(thing, lambda: design.request_jury(thing, 2, DRAW, *who(DESIGNER)), kind=Forbidden)


@pytest.mark.parametrize(
    ("changed", "told", "awaited"),
    [
        ({}, {}, True),
        ({}, {"version": 3}, False),
        ({}, {"draw_id": id_of("an earlier draw")}, False),
        ({"status": S.DISCUSSING}, {}, False),
        ({"status": S.DESIGNED}, {}, False),
    ],
)
def test_only_news_of_the_draw_that_is_waited_for_counts(
    changed: dict[str, Any], told: dict[str, Any], awaited: bool
) -> None:
    assert design.is_awaited(project(**{"status": S.JUDGING, **changed}), draw(**told)) == awaited


def test_a_jury_takes_its_seats() -> None:
    thing = project(S.JUDGING, jurors=(), draw_version=0)
    told = design.seat_jury(thing, draw(), JURORS, at_noon())
    assert told == JurySeated(project=thing.state())
    assert (thing.jurors, thing.draw_version, thing.status) == (JURORS, 4, S.JUDGING)


def test_a_seated_juror_judges_once() -> None:
    thing = project(S.JUDGING, judgements=())
    told = design.judge(thing, FEASIBLE, *who(juror(1)))
    assert told == DesignJudged(project=thing.state(), member_id=JURORS[1])
    assert [(each.member_id, each.feasible, each.reason) for each in thing.judgements] == [(JURORS[1], True, "可行")]
    assert "once" in refused(thing, lambda: design.judge(thing, FEASIBLE, *who(juror(1))))
    for nobody in (DESIGNER, SECRETARY):
        refused(thing, lambda nobody=nobody: design.judge(thing, FEASIBLE, *who(nobody)), kind=Forbidden)  # type: ignore[misc]


def test_a_design_passes_its_gate_or_is_told_why_not() -> None:
    thing = project(S.JUDGING)
    told = design.pass_gate(thing, *who(CHAIR))
    assert told == DesignPassed(project=thing.state())
    assert thing.status is S.DESIGNED
    shut = project(S.JUDGING, jurors=(), judgements=())
    assert "no jury" in refused(shut, lambda: design.pass_gate(shut, *who(CHAIR)))
    refused(shut, lambda: design.pass_gate(shut, *who(DESIGNER)), kind=Forbidden)


def test_whoever_goes_back_says_why_and_the_judgements_stay_to_be_read() -> None:
    against = tuple(judgement(number, feasible=False) for number in range(3))
    thing = project(S.JUDGING, judgements=against)
    told = design.discuss_again(thing, *who(CHAIR))
    assert (told.project, thing.status, thing.judgements) == (thing.state(), S.DISCUSSING, against)
    assert "多数评审专家认为设计不可行" in told.reason
    assert "most of the jury" in told.reason
    wish = design.discuss_again(project(S.JUDGING), *who(CHAIR))
    assert wish.reason == design.line(design.THE_PARTIES_WISH)
    refused(thing, lambda: design.discuss_again(thing, *who(CHAIR)), "例-4")


def test_a_void_draw_takes_the_project_back() -> None:
    thing = project(S.JUDGING, jurors=(), judgements=())
    told = design.void_draw(thing, draw(), "专家人数不足", SYSTEM, at_noon())
    assert told == DiscussedAgain(project=thing.state(), reason="专家人数不足")
    assert (thing.status, thing.draw_id, thing.jurors) == (S.DISCUSSING, None, ())

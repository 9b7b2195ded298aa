"""A hearing owes every question one answer, and a resident says what they think once before and once after."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.actor import Actor, Role
from services.clock import Moment
from services.errors import Forbidden, Refused
from services.ids import new_id
from services.parties import THREE_PARTIES
from services.projects.contract import (
    HearingClosed,
    HearingOpened,
    HearingStatus,
    OpinionCounted,
    OpinionGiven,
    ProjectStatus,
    Question,
    QuestionAnswered,
    QuestionAsked,
    Satisfaction,
)
from services.projects.hearing import HEARING_LIFECYCLE, Hearing, Opinion
from tests.projects.building import (
    DELEGATE,
    DOUBTER,
    MANAGER,
    PASSER_BY,
    SECRETARY,
    STEWARD,
    STRANGER,
    held,
    no,
    person,
    project,
    who,
)
from tests.shared.samples import COMMUNITY, NOON, PROJECT

HEARING = new_id()
LATER = Moment(NOON + timedelta(hours=1))


def hearing(**changed: Any) -> Hearing:
    """A hearing about the sheds that has just opened."""
    return Hearing(
        **{
            "community_id": COMMUNITY,
            "id": HEARING,
            "version": 1,
            "status": HearingStatus.OPEN,
            "project_ids": (PROJECT,),
            "created_at": NOON,
            "updated_at": NOON,
            **changed,
        }
    )


def asked(number: int = 1) -> Hearing:
    """A hearing in which some questions were asked."""
    thing = hearing()
    for _ in range(number):
        thing.ask("钱花在哪里?", *who(DOUBTER))
    return thing


def test_the_three_parties_open_a_hearing_about_each_project_once() -> None:
    opened, told = Hearing.open(HEARING, [project(), project()], *who(SECRETARY))
    assert opened == hearing()
    assert told == HearingOpened(hearing=opened.state())


@pytest.mark.parametrize("role", sorted(set(Role) - THREE_PARTIES.roles))
def test_nobody_else_opens_answers_or_closes(role: Role) -> None:
    other = person("somebody", role)
    no(Forbidden, "听-1", "业委会", Hearing.open, HEARING, [project()], *who(other))
    no(Forbidden, "听-2", "业委会", asked().answer, 1, "见公示", *who(other))
    no(Forbidden, "听-2", "业委会", hearing().close, *who(other))


def test_every_member_asks() -> None:
    thing = hearing()
    for number, member in enumerate((PASSER_BY, STEWARD, SECRETARY), 1):
        told = thing.ask("何时完工?", *who(member))
        assert told == QuestionAsked(hearing=thing.state(), number=number)
    assert thing.questions[0] == Question(number=1, asked_by=PASSER_BY.member_id, text="何时完工?", at=NOON)
    no(Forbidden, "听-1", "社区成员", thing.ask, "何时完工?", *who(STRANGER))


def test_as_many_questions_as_can_be_told_are_asked() -> None:
    question = Question(number=1, asked_by=PASSER_BY.member_id, text="何时完工?", at=NOON)
    no(Refused, "听-1", "500", hearing(questions=(question,) * 500).ask, "何时?", *who(PASSER_BY))


def test_a_question_is_answered_once() -> None:
    thing = asked(2)
    told = thing.answer(2, "见公示", MANAGER, held(MANAGER), LATER)
    assert told == QuestionAnswered(hearing=thing.state(), number=2)
    first, second = thing.questions
    assert (first.answer, second.answer) == (None, "见公示")
    assert (second.answered_by, second.answered_at) == (MANAGER.member_id, LATER.now)
    no(Refused, "听-2", "第 2 个问题已答复", thing.answer, 2, "另一答复", *who(SECRETARY))
    no(Refused, "听-2", "没有第 3 个问题", thing.answer, 3, "见公示", *who(SECRETARY))


def test_a_hearing_stays_open_while_an_answer_is_owed_and_says_how_many() -> None:
    thing = asked(3)
    thing.answer(2, "见公示", *who(MANAGER))
    no(Refused, "听-2", "尚有 2 个问题未答复", thing.close, *who(SECRETARY))
    for number in (1, 3):
        thing.answer(number, "见公示", *who(MANAGER))
    assert thing.close(*who(SECRETARY)) == HearingClosed(hearing=thing.state())


def test_after_closing_nothing_is_asked_or_answered() -> None:
    thing = asked()
    thing.answer(1, "见公示", *who(MANAGER))
    thing.close(*who(SECRETARY))
    for do, clause in ((thing.ask, "听-1"), (thing.close, "听-2")):
        no(Refused, clause, "", do, *(["何时?"] if clause == "听-1" else []), *who(SECRETARY))
    no(Refused, "听-2", "", thing.answer, 1, "见公示", *who(SECRETARY))
    assert {move.clause for move in HEARING_LIFECYCLE} == {"听-1", "听-2"}


@given(deeds=st.lists(st.one_of(st.none(), st.integers(1, 5)), max_size=20))
def test_whatever_is_asked_and_answered_a_closed_hearing_owes_nothing(deeds: list[int | None]) -> None:
    thing = hearing()
    for deed in deeds:
        owed = [question.number for question in thing.questions if question.answer is None]
        if deed is None:
            thing.ask("何时?", *who(DOUBTER))
        elif deed in owed:
            thing.answer(deed, "见公示", *who(MANAGER))
        else:
            no(Refused, "听-2", "", thing.answer, deed, "见公示", *who(MANAGER))
    owed = [question.number for question in thing.questions if question.answer is None]
    if owed:
        no(Refused, "听-2", f"{len(owed)} 个", thing.close, *who(SECRETARY))
    else:
        thing.close(*who(SECRETARY))


@pytest.mark.parametrize("status", ProjectStatus)
@pytest.mark.parametrize("satisfied", [True, False])
def test_an_opinion_counts_before_or_after_the_acceptance(status: ProjectStatus, satisfied: bool) -> None:
    thing = project(status, before=Satisfaction(asked=3, satisfied=2), after=Satisfaction(asked=7, satisfied=7))
    opinion, given_, counted = Opinion.give(thing, satisfied, *who(PASSER_BY))
    assert (given_, counted) == (OpinionGiven(opinion=opinion.state()), OpinionCounted(project=thing.state()))
    if status in (ProjectStatus.ACCEPTED, ProjectStatus.CLOSED):
        assert (thing.before.asked, thing.after) == (3, Satisfaction(asked=8, satisfied=7 + satisfied))
    else:
        assert (thing.before, thing.after.asked) == (Satisfaction(asked=4, satisfied=2 + satisfied), 7)
    assert (thing.status, thing.version) == (status, 6)


def test_an_opinion_is_the_same_one_for_a_member_a_project_and_a_time() -> None:
    def id_(status: ProjectStatus, by: Actor, **changed: Any) -> str:
        return Opinion.give(project(status, **changed), True, *who(by))[0].id

    building, stopped, accepted = ProjectStatus.BUILDING, ProjectStatus.STOPPED, ProjectStatus.ACCEPTED
    assert id_(building, PASSER_BY) == id_(stopped, PASSER_BY)
    others = {id_(accepted, PASSER_BY), id_(building, DELEGATE), id_(building, PASSER_BY, id=new_id())}
    assert len({id_(building, PASSER_BY), *others}) == 4


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.RESIDENT, Role.OWNER}))
def test_only_who_lives_there_is_asked(role: Role) -> None:
    no(Forbidden, "评-1", "居民、业主", Opinion.give, project(), True, *who(person("somebody", role)))

"""Works are accepted by those appointed for it, residents are asked twice, and a project ends when all of that is done."""

from services.errors import Forbidden, Refused
from services.projects.accepting import ACCEPT
from services.projects.carrying_out import CARRY_OUT
from services.projects.contract import (
    AnswerQuestion,
    AskQuestion,
    CheckClause,
    CloseHearing,
    CloseProject,
    ConfirmPayment,
    GiveOpinion,
    InstructPayment,
    OpenHearing,
    OrderRework,
    PaymentKind,
    ProjectStatus,
    ReportCompletion,
    ReportRework,
    Satisfaction,
    SignAcceptance,
)
from services.work import Desk
from tests.projects.building import (
    BANK,
    DELEGATE,
    DOUBTER,
    ENGINEER,
    MANAGER,
    PASSER_BY,
    SECRETARY,
    STEWARD,
    SURVEYOR,
)
from tests.projects.carried import Works
from tests.shared.desks import job, rows
from tests.shared.samples import PROJECT


def test_what_is_forbidden_about_the_acceptance_changes_nothing(desk: Desk) -> None:
    works = Works(desk)
    works.building()
    works.refuse(Forbidden, "关-3", "物业经理", SECRETARY, ReportCompletion)
    opened = works.do(MANAGER, ReportCompletion)
    assert (opened["clauses"], opened["acceptors"]) == ([1, 2, 3], [DELEGATE.member_id, SURVEYOR.member_id])
    assert works.now.acceptance_id == opened["id"]
    works.refuse(Refused, "关-3", "验收中", MANAGER, ReportCompletion)

    works.refuse(Forbidden, "关-3", "竣工验收组成员", ENGINEER, CheckClause)
    works.refuse(Refused, "关-3", "没有第 9 条", DELEGATE, CheckClause, clause=9)
    works.refuse(Refused, "关-3", "第 1 条尚未验收", DELEGATE, SignAcceptance)
    for clause in (1, 2, 3):
        works.do(SURVEYOR, CheckClause, clause=clause)
    works.refuse(Refused, "关-3", "没有验收不合格的条款", DELEGATE, OrderRework)
    works.refuse(Forbidden, "关-3", "竣工验收组成员", MANAGER, SignAcceptance)
    works.do(DELEGATE, SignAcceptance)
    works.refuse(Refused, "关-3", "已签字", DELEGATE, SignAcceptance)

    works.do(SURVEYOR, CheckClause, clause=3, passed=False)
    works.refuse(Forbidden, "关-3", "竣工验收组成员", PASSER_BY, OrderRework)
    works.refuse(Refused, "关-3", "", MANAGER, ReportRework)
    works.do(SURVEYOR, OrderRework)
    works.refuse(Refused, "关-3", "", DELEGATE, CheckClause, clause=3)
    works.refuse(Refused, "关-3", "", SURVEYOR, SignAcceptance)
    works.refuse(Forbidden, "关-3", "物业经理", SURVEYOR, ReportRework)
    (row,) = rows(desk, "acceptances")
    assert (row.signed, row.signatures, works.now.status) == (False, (), ProjectStatus.ACCEPTING)


def test_residents_are_asked_once_before_and_once_after_and_are_answered(desk: Desk) -> None:
    works = Works(desk)
    works.checked()
    works.do(PASSER_BY, GiveOpinion, satisfied=False)
    works.refuse(Refused, "评-1", "您已评价过", PASSER_BY, GiveOpinion)
    works.refuse(Forbidden, "评-1", "居民、业主", STEWARD, GiveOpinion)
    works.do(DOUBTER, GiveOpinion)
    twice = [job(works.wish(GiveOpinion), DELEGATE, does=CARRY_OUT) for _ in range(2)]
    assert [outcome.refusal is None for outcome in desk.perform(twice)] == [True, False]
    for acceptor in (DELEGATE, SURVEYOR):
        works.do(acceptor, SignAcceptance)
    works.do(MANAGER, InstructPayment, kind=PaymentKind.FINAL)
    works.do(BANK, ConfirmPayment)
    works.do(PASSER_BY, GiveOpinion)
    works.refuse(Refused, "评-1", "您已评价过", PASSER_BY, GiveOpinion, satisfied=False)
    works.refuse(Forbidden, "评-1", "社区党委", PASSER_BY, CloseProject)
    works.do(SECRETARY, CloseProject)
    works.do(DOUBTER, GiveOpinion, satisfied=False)
    assert works.now.before == Satisfaction(asked=3, satisfied=2)
    assert works.now.after == Satisfaction(asked=2, satisfied=1)
    assert len(rows(desk, "opinions")) == 5
    works.refuse(Refused, "评-1", "已办结", SECRETARY, CloseProject)
    a_hearing_answers_everybody(works)


def a_hearing_answers_everybody(works: Works) -> None:
    """Residents ask about the project, and are answered before the hearing closes."""
    works.refuse(Forbidden, "听-1", "社区党委", PASSER_BY, OpenHearing)
    opened = works.do(SECRETARY, OpenHearing, project_ids=(PROJECT, PROJECT))
    assert opened["project_ids"] == [PROJECT]
    for asker in (PASSER_BY, DOUBTER):
        works.do(asker, AskQuestion)
    works.refuse(Forbidden, "听-2", "社区党委", PASSER_BY, AnswerQuestion)
    works.refuse(Refused, "听-2", "没有第 3 个问题", MANAGER, AnswerQuestion, number=3)
    works.do(MANAGER, AnswerQuestion)
    works.refuse(Refused, "听-2", "已答复", SECRETARY, AnswerQuestion)
    works.refuse(Refused, "听-2", "尚有 1 个问题未答复", MANAGER, CloseHearing)
    works.do(MANAGER, AnswerQuestion, number=2)
    works.refuse(Forbidden, "听-2", "社区党委", PASSER_BY, CloseHearing)
    works.do(MANAGER, CloseHearing)
    works.refuse(Refused, "听-1", "", PASSER_BY, AskQuestion)
    works.refuse(Refused, "听-2", "", MANAGER, AnswerQuestion)


def test_every_row_of_it_is_in_the_whole_table() -> None:
    assert ACCEPT.items() <= CARRY_OUT.items()

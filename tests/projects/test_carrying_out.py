"""A project is carried out from its contract to its end, and whatever a rule forbids on the way changes nothing."""

from services.actor import Actor, Role
from services.declare import COMMANDS
from services.errors import Forbidden, NotFound, Refused
from services.projects.carrying_out import CARRY_OUT
from services.projects.contract import (
    AnswerQuestion,
    AppointAcceptor,
    AppointSupervisor,
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
    ReportRectification,
    ReportRework,
    ResumeWorks,
    SignAcceptance,
    SignContract,
    StartWorks,
    StopWorks,
    VoiceDoubt,
    WriteDiary,
)
from services.projects.use_cases import DOES
from services.work import Desk
from tests.projects.building import (
    AMOUNT,
    BANK,
    CLAUSES,
    COMMITTEE,
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
from tests.projects.made import everything, told
from tests.shared.desks import SetClock, job, rows
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY

FINAL = PaymentKind.FINAL
REST = AMOUNT // 10
NEEDS_SIGNATURES = (Refused, "关-3", "验收组签字前不得支付尾款")


def test_the_sheds_from_their_contract_to_their_end(desk: Desk, clock: SetClock) -> None:
    works = Works(desk)
    works.do(DOUBTER, VoiceDoubt)
    works.do(PASSER_BY, GiveOpinion, satisfied=False)
    works.do(COMMITTEE, SignContract)
    works.do(MANAGER, InstructPayment, amount=AMOUNT - REST)
    works.do(BANK, ConfirmPayment)
    for supervisor in (ENGINEER, DOUBTER):
        works.do(SECRETARY, AppointSupervisor, member_id=supervisor.member_id)
    for acceptor in (DELEGATE, SURVEYOR):
        works.do(SECRETARY, AppointAcceptor, member_id=acceptor.member_id)
    works.do(MANAGER, StartWorks)
    works.do(STEWARD, WriteDiary)
    works.do(ENGINEER, StopWorks)
    works.refuse(*NEEDS_SIGNATURES, MANAGER, InstructPayment, kind=FINAL, amount=REST)
    works.do(DOUBTER, WriteDiary)
    works.do(MANAGER, ReportRectification)
    works.do(DOUBTER, ResumeWorks)
    works.do(MANAGER, ReportCompletion)
    for clause in CLAUSES:
        works.do(DELEGATE, CheckClause, clause=clause.number, passed=clause.number != 2)
    works.refuse(Refused, "关-3", "第 2 条验收不合格", DELEGATE, SignAcceptance)
    works.do(SURVEYOR, OrderRework)
    clock.forward(hours=1)
    works.do(MANAGER, ReportRework)
    works.refuse(Refused, "关-3", "第 2 条尚未验收或返工后尚未复验", DELEGATE, SignAcceptance)
    works.do(SURVEYOR, CheckClause, clause=2)
    works.do(DELEGATE, SignAcceptance)
    works.refuse(*NEEDS_SIGNATURES, MANAGER, InstructPayment, kind=FINAL, amount=REST)
    works.do(SURVEYOR, SignAcceptance)
    assert works.now.status is ProjectStatus.ACCEPTED
    works.do(COMMITTEE, InstructPayment, kind=FINAL, amount=REST)
    works.refuse(Refused, "评-1", "尾款尚未确认", SECRETARY, CloseProject)
    works.do(BANK, ConfirmPayment)
    works.refuse(Refused, "评-1", "尚未进行居民满意度评价", SECRETARY, CloseProject)
    works.do(PASSER_BY, GiveOpinion)
    works.do(MANAGER, OpenHearing)
    works.do(DOUBTER, AskQuestion)
    works.refuse(Refused, "听-2", "尚有 1 个问题未答复", SECRETARY, CloseHearing)
    works.do(MANAGER, AnswerQuestion)
    works.do(SECRETARY, CloseHearing)
    works.refuse(Refused, "听-1", "", DOUBTER, AskQuestion)
    closed = works.do(SECRETARY, CloseProject)

    assert (closed["status"], closed["before"], closed["after"]) == (
        "closed",
        {"asked": 1, "satisfied": 0},
        {"asked": 1, "satisfied": 1},
    )
    (order,) = works.now.stop_orders
    assert (order.by, order.lifted_by, order.rectification) == (ENGINEER.member_id, DOUBTER.member_id, "已换填并压实")
    (paid,) = rows(desk, "contracts")
    assert (paid.instructed, paid.paid) == (AMOUNT, AMOUNT)
    (accepted,) = rows(desk, "acceptances")
    assert sorted((row.kind, row.amount, row.acceptance_id) for row in rows(desk, "payments")) == [
        ("advance", AMOUNT - REST, None),
        ("final", REST, accepted.id),
    ]
    assert told(desk) == STORY.split()


STORY = """
    project.doubted opinion.given project.opinion_counted project.contracted contract.signed
    payment.instructed contract.charged payment.confirmed contract.charged
    project.supervisor_appointed project.supervisor_appointed project.acceptor_appointed project.acceptor_appointed
    project.works_started diary_entry.written project.works_stopped diary_entry.written project.rectified project.works_resumed
    project.completed acceptance.opened acceptance.checked acceptance.checked acceptance.checked
    acceptance.rework_ordered acceptance.reworked acceptance.checked acceptance.signed acceptance.signed project.accepted
    payment.instructed contract.charged payment.confirmed contract.charged project.paid opinion.given
    project.opinion_counted hearing.opened hearing.asked hearing.answered hearing.closed project.closed
"""


def test_what_is_forbidden_about_contract_money_and_works_changes_nothing(desk: Desk) -> None:
    works = Works(desk)
    works.refuse(Refused, "行-1", "超出预算", COMMITTEE, SignContract, amount=AMOUNT + 1)
    works.refuse(Refused, "行-1", "依次编号", COMMITTEE, SignContract, clauses=CLAUSES[::-1])
    works.refuse(Forbidden, "行-1", "业委会", MANAGER, SignContract)
    works.contracted()
    works.refuse(Refused, "行-1", "已签合同", COMMITTEE, SignContract)

    works.refuse(Refused, "关-3", "10%", MANAGER, InstructPayment, amount=AMOUNT - REST + 1)
    works.refuse(Refused, "关-3", "余款仅", MANAGER, InstructPayment, amount=AMOUNT + 1)
    works.refuse(Forbidden, "关-3", "物业经理", SECRETARY, InstructPayment, amount=1)
    works.refuse(*NEEDS_SIGNATURES, MANAGER, InstructPayment, kind=FINAL, amount=1)
    works.do(MANAGER, InstructPayment, amount=1)
    works.refuse(Forbidden, "行-2", "物业系统", COMMITTEE, ConfirmPayment)
    works.do(BANK, ConfirmPayment)
    works.refuse(Refused, "行-2", "", BANK, ConfirmPayment)

    works.refuse(Refused, "关-2", "尚无专家", MANAGER, StartWorks)
    works.refuse(Refused, "关-2", "疑问", SECRETARY, AppointSupervisor, member_id=DOUBTER.member_id)
    works.do(DOUBTER, VoiceDoubt)
    works.refuse(Refused, "关-2", "已对该项目提出过疑问", DOUBTER, VoiceDoubt)
    works.do(SECRETARY, AppointSupervisor)
    works.refuse(Refused, "关-2", "已在施工监督组", SECRETARY, AppointSupervisor)
    works.refuse(Refused, "关-2", "1 名", MANAGER, StartWorks)
    works.do(SECRETARY, AppointSupervisor, member_id=DOUBTER.member_id)
    works.do(SECRETARY, AppointSupervisor, member_id=SURVEYOR.member_id)
    works.refuse(Refused, "关-3", "已在施工监督组", SECRETARY, AppointAcceptor, member_id=SURVEYOR.member_id)
    works.refuse(Refused, "关-3", "竣工验收组专家", SECRETARY, AppointAcceptor, member_id=PASSER_BY.member_id)
    works.refuse(Refused, "关-2", "已签合同", ENGINEER, WriteDiary)

    works.do(MANAGER, StartWorks)
    works.refuse(Forbidden, "关-2", "施工监督组成员", PASSER_BY, WriteDiary)
    works.refuse(Forbidden, "关-2", "施工监督组成员", PASSER_BY, StopWorks)
    works.refuse(Forbidden, "关-2", "施工监督组成员", MANAGER, StopWorks)
    works.refuse(Refused, "关-3", "尚未组成竣工验收组", MANAGER, ReportCompletion)
    works.do(ENGINEER, StopWorks)
    works.refuse(Refused, "关-2", "尚未整改", ENGINEER, ResumeWorks)
    works.refuse(Refused, "关-3", "已停工", MANAGER, ReportCompletion)
    works.do(MANAGER, ReportRectification)
    works.refuse(Refused, "关-2", "第 1 号停工令", MANAGER, ReportRectification)
    works.refuse(Forbidden, "关-2", "施工监督组成员", MANAGER, ResumeWorks)


def test_the_last_signature_and_the_final_payment_may_come_in_one_batch_but_only_one_payment(desk: Desk) -> None:
    works = Works(desk)
    works.checked()
    works.do(DELEGATE, SignAcceptance)
    pay = works.wish(InstructPayment, kind=FINAL)
    sign = job(works.wish(SignAcceptance), SURVEYOR, does=CARRY_OUT)
    early, signed, first, second = desk.perform(
        [job(pay, MANAGER, does=CARRY_OUT), sign, *(job(pay, by, does=CARRY_OUT) for by in (MANAGER, COMMITTEE))]
    )
    assert early.refusal is not None
    assert early.refusal.reason.zh == "验收组签字前不得支付尾款"
    assert (signed.refusal, first.refusal) == (None, None)
    assert second.refusal is not None
    assert "尾款已下达" in second.refusal.reason.zh
    assert [row.amount for row in rows(desk, "payments")] == [AMOUNT]


def test_what_is_another_communitys_is_not_found(desk: Desk) -> None:
    works = Works(desk)
    works.checked()
    works.do(MANAGER, InstructPayment, amount=1)
    works.do(SECRETARY, OpenHearing)
    works.do(PASSER_BY, AskQuestion)
    roles = frozenset(Role) - {Role.PROPERTY_SYSTEM}
    able = Actor(DELEGATE.member_id, {ANOTHER_COMMUNITY: roles, COMMUNITY: roles})
    before = everything(desk)
    jobs = [job(works.wish(command, community_id=ANOTHER_COMMUNITY), able, does=CARRY_OUT) for command in CARRY_OUT]
    outcomes = desk.perform(jobs)
    assert [type(outcome.refusal) for outcome in outcomes] == [NotFound] * len(CARRY_OUT)
    assert everything(desk) == before


def test_it_does_all_that_comes_after_the_decision() -> None:
    names = {"ReportCompletion", "SignContract", "GiveOpinion", "CloseHearing", "CloseProject"}
    assert names <= {command.__name__ for command in CARRY_OUT}
    assert len(CARRY_OUT) == 22
    assert set(CARRY_OUT) <= set(COMMANDS)
    assert {command: DOES[command] for command in CARRY_OUT} == CARRY_OUT

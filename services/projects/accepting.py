"""Accepting and judging what was built (关-3, 评): completion, checks, rework and signatures; opinions, hearings and the end."""

from services.actor import SYSTEM
from services.errors import Refused
from services.ids import new_id
from services.projects.acceptance import Acceptance
from services.projects.contract import (
    AcceptanceState,
    AnswerQuestion,
    AskQuestion,
    CheckClause,
    CloseHearing,
    CloseProject,
    GiveOpinion,
    HearingState,
    OpenHearing,
    OpinionState,
    OrderRework,
    ProjectAccepted,
    ProjectClosed,
    ProjectState,
    ReportCompletion,
    ReportRework,
    SignAcceptance,
    WorksCompleted,
)
from services.projects.hearing import Hearing, Opinion
from services.projects.model import Project
from services.projects.works import Contract
from services.work import Does, Work


def report_completion(work: Work, command: ReportCompletion) -> AcceptanceState:
    """The works are complete: their acceptance begins, over every clause of the contract (关-3)."""
    project = work.load(Project, command.project_id)
    acceptance_id = new_id()
    project.move("complete", work.actor, work.held, work.moment, acceptance_id=acceptance_id)
    assert project.contract_id is not None, "nothing is built without a contract"
    contract = work.load(Contract, project.contract_id)
    acceptance, opened = Acceptance.open(acceptance_id, contract, project.acceptors, work.actor, work.held, work.moment)
    work.add(acceptance)
    work.record(WorksCompleted(project=project.state()), opened)
    return acceptance.state()


def check_clause(work: Work, command: CheckClause) -> AcceptanceState:
    """Keep what was measured for a clause (关-3)."""
    acceptance = work.load(Acceptance, command.acceptance_id)
    clause, passed, measured = command.clause, command.passed, command.measured
    work.record(acceptance.check(clause, passed, measured, work.actor, work.held, work.moment))
    return acceptance.state()


def order_rework(work: Work, command: OrderRework) -> AcceptanceState:
    """Have the failed clauses done again (关-3)."""
    acceptance = work.load(Acceptance, command.acceptance_id)
    work.record(acceptance.order_rework(command.reason, work.actor, work.held, work.moment))
    return acceptance.state()


def report_rework(work: Work, command: ReportRework) -> AcceptanceState:
    """Keep what was done again (关-3)."""
    acceptance = work.load(Acceptance, command.acceptance_id)
    work.record(acceptance.report_rework(command.note, work.actor, work.held, work.moment))
    return acceptance.state()


def sign_acceptance(work: Work, command: SignAcceptance) -> AcceptanceState:
    """Sign; with the last signature the project is accepted (关-3)."""
    acceptance = work.load(Acceptance, command.acceptance_id)
    work.record(acceptance.sign(work.actor, work.held, work.moment))
    if acceptance.signed:
        project = work.load(Project, acceptance.project_id)
        project.move("accept", SYSTEM, frozenset(), work.moment)
        work.record(ProjectAccepted(project=project.state()))
    return acceptance.state()


def give_opinion(work: Work, command: GiveOpinion) -> OpinionState:
    """Count a resident's opinion, once before and once after the project's acceptance (评-1)."""
    project = work.load(Project, command.project_id)
    opinion, *told = Opinion.give(project, command.satisfied, work.actor, work.held, work.moment)
    if work.find(Opinion, opinion.id):
        raise Refused("you have given your opinion already", "您已评价过", "评-1")
    work.add(opinion)
    work.record(*told)
    return opinion.state()


def open_hearing(work: Work, command: OpenHearing) -> HearingState:
    """Open a hearing about projects of this community (听-1)."""
    projects = [work.load(Project, project_id) for project_id in command.project_ids]
    hearing, opened = Hearing.open(new_id(), projects, work.actor, work.held, work.moment)
    work.add(hearing)
    work.record(opened)
    return hearing.state()


def ask_question(work: Work, command: AskQuestion) -> HearingState:
    """Keep a question (听-1)."""
    hearing = work.load(Hearing, command.hearing_id)
    work.record(hearing.ask(command.text, work.actor, work.held, work.moment))
    return hearing.state()


def answer_question(work: Work, command: AnswerQuestion) -> HearingState:
    """Keep the answer to a question (听-2)."""
    hearing = work.load(Hearing, command.hearing_id)
    work.record(hearing.answer(command.number, command.answer, work.actor, work.held, work.moment))
    return hearing.state()


def close_hearing(work: Work, command: CloseHearing) -> HearingState:
    """Close a hearing in which everybody was answered (听-2)."""
    hearing = work.load(Hearing, command.hearing_id)
    work.record(hearing.close(work.actor, work.held, work.moment))
    return hearing.state()


def close_project(work: Work, command: CloseProject) -> ProjectState:
    """Close a project that is paid and that residents have judged (评-1)."""
    project = work.load(Project, command.project_id)
    project.move("close", work.actor, work.held, work.moment)
    work.record(ProjectClosed(project=project.state()))
    return project.state()


ACCEPT: Does = {
    ReportCompletion: report_completion,
    CheckClause: check_clause,
    OrderRework: order_rework,
    ReportRework: report_rework,
    SignAcceptance: sign_acceptance,
    GiveOpinion: give_opinion,
    OpenHearing: open_hearing,
    AskQuestion: ask_question,
    AnswerQuestion: answer_question,
    CloseHearing: close_hearing,
    CloseProject: close_project,
}

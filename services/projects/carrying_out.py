"""Carrying out a project (行): its contract, what is paid out of it, its works under supervision; then what `accepting` does."""

from services.ids import derived_id, new_id
from services.projects import site
from services.projects.acceptance import Acceptance
from services.projects.accepting import ACCEPT
from services.projects.acts import permit_act
from services.projects.contract import (
    AppointAcceptor,
    AppointSupervisor,
    ConfirmPayment,
    ContractState,
    DiaryEntryState,
    DiaryWritten,
    InstructPayment,
    PaymentKind,
    PaymentState,
    ProjectContracted,
    ProjectPaid,
    ProjectState,
    ReportRectification,
    ResumeWorks,
    SignContract,
    StartWorks,
    StopWorks,
    VoiceDoubt,
    WriteDiary,
)
from services.projects.known import KnownExpert
from services.projects.model import Project
from services.projects.payments import Payment
from services.projects.works import Contract, DiaryEntry
from services.work import Does, Work


def sign_contract(work: Work, command: SignContract) -> ContractState:
    """Sign the contract for the works (行-1)."""
    project = work.load(Project, command.project_id)
    contract_id = new_id()
    project.move("sign_contract", work.actor, work.held, work.moment, contract_id=contract_id)
    contract, signed = Contract.sign(contract_id, command, project.budget, work.now)
    work.add(contract)
    work.record(ProjectContracted(project=project.state()), signed)
    return contract.state()


def instruct_payment(work: Work, command: InstructPayment) -> PaymentState:
    """Have a payment made; the final one only after everybody of the acceptance group has signed (关-3)."""
    contract = work.load(Contract, command.contract_id)
    project = work.load(Project, contract.project_id)
    acceptance = work.load(Acceptance, project.acceptance_id) if project.acceptance_id else None
    signed = acceptance.id if acceptance and acceptance.signed else None
    payment, *told = contract.instruct(
        new_id(), command.kind, command.amount, signed, work.actor, work.held, work.moment
    )
    work.add(payment)
    work.record(*told)
    return payment.state()


def confirm_payment(work: Work, command: ConfirmPayment) -> PaymentState:
    """Keep that it was paid; after the final payment the project is paid (行-2)."""
    payment = work.load(Payment, command.payment_id)
    confirmed = payment.confirm(command.reference, work.actor, work.held, work.moment)
    charged = work.load(Contract, payment.contract_id).confirmed(payment, work.moment)
    work.record(confirmed, charged)
    if payment.kind is PaymentKind.FINAL:
        project = work.load(Project, payment.project_id)
        project.change(work.moment, final_paid=True)
        work.record(ProjectPaid(project=project.state()))
    return payment.state()


def voice_doubt(work: Work, command: VoiceDoubt) -> ProjectState:
    """Keep a doubt about the works (关-2)."""
    project = work.load(Project, command.project_id)
    work.record(site.voice_doubt(project, command.words, work.actor, work.held, work.moment))
    return project.state()


def appoint_supervisor(work: Work, command: AppointSupervisor) -> ProjectState:
    """Take somebody into the supervision group (关-2)."""
    project, member_id = work.load(Project, command.project_id), command.member_id
    groups = _groups_of(work, member_id)
    work.record(site.appoint_supervisor(project, member_id, groups, work.actor, work.held, work.moment))
    return project.state()


def appoint_acceptor(work: Work, command: AppointAcceptor) -> ProjectState:
    """Take an expert into the acceptance group (关-3)."""
    project, member_id = work.load(Project, command.project_id), command.member_id
    groups = _groups_of(work, member_id)
    work.record(site.appoint_acceptor(project, member_id, groups, work.actor, work.held, work.moment))
    return project.state()


def start_works(work: Work, command: StartWorks) -> ProjectState:
    """Begin to build, through the construction gate (关-2)."""
    project = work.load(Project, command.project_id)
    work.record(site.start_works(project, work.actor, work.held, work.moment))
    return project.state()


def write_diary(work: Work, command: WriteDiary) -> DiaryEntryState:
    """Publish an entry of the site diary (关-2)."""
    project = work.load(Project, command.project_id)
    permit_act("write_diary", project, work.actor, work.held, work.moment)
    by, now = work.actor.member_id, work.now
    entry = DiaryEntry(work.community_id, new_id(), 1, project.id, by, command.text, now, now)
    work.add(entry)
    work.record(DiaryWritten(entry=entry.state()))
    return entry.state()


def stop_works(work: Work, command: StopWorks) -> ProjectState:
    """Stop the works at once (关-2)."""
    project = work.load(Project, command.project_id)
    work.record(site.stop_works(project, command.reason, work.actor, work.held, work.moment))
    return project.state()


def report_rectification(work: Work, command: ReportRectification) -> ProjectState:
    """Keep what was put right (关-2)."""
    project = work.load(Project, command.project_id)
    work.record(site.rectify(project, command.note, work.actor, work.held, work.moment))
    return project.state()


def resume_works(work: Work, command: ResumeWorks) -> ProjectState:
    """Let the works go on (关-2)."""
    project = work.load(Project, command.project_id)
    work.record(site.resume_works(project, work.actor, work.held, work.moment))
    return project.state()


def _groups_of(work: Work, member_id: str) -> tuple[str, ...]:
    """The groups that a member was verified for as an expert; none for whoever is no expert."""
    expert = work.find(KnownExpert, derived_id(work.community_id, "expert", member_id))
    return expert.groups if expert else ()


CARRY_OUT: Does = {
    SignContract: sign_contract,
    InstructPayment: instruct_payment,
    ConfirmPayment: confirm_payment,
    VoiceDoubt: voice_doubt,
    AppointSupervisor: appoint_supervisor,
    AppointAcceptor: appoint_acceptor,
    StartWorks: start_works,
    WriteDiary: write_diary,
    StopWorks: stop_works,
    ReportRectification: report_rectification,
    ResumeWorks: resume_works,
    **ACCEPT,
}

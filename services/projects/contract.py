"""All that anyone else may know of the projects service: its views, commands and events. Money is in fen (0.01 yuan)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from services.actor import MEMBER, Role, holders
from services.declare import COMMUNITY, ONE_MEMBER, Between, Matching, command, event, value, view
from services.fields import Code, Id, Label, Labelled, Line, Note, Prose, Slug, Version
from services.parties import THREE_PARTIES, Party

OWNERS_COMMITTEE = holders(Role.OWNERS_COMMITTEE)
PROPERTY_MANAGER = holders(Role.PROPERTY_MANAGER)
PROPERTY_COMPANY = holders(Role.PROPERTY_SYSTEM, Role.PROPERTY_MANAGER)
PAYERS = holders(Role.PROPERTY_MANAGER, Role.OWNERS_COMMITTEE)
OWNER = holders(Role.OWNER)
RESIDENTS = holders(Role.RESIDENT, Role.OWNER)

Fen = Annotated[int, Between(1, 100_000_000_000)]
Total = Annotated[int, Between(0, 9_007_199_254_740_991)]
Count = Annotated[int, Between(0, 1_000_000)]
Number = Annotated[int, Between(1, 1000)]
Sha256 = Annotated[str, Matching(r"^[0-9a-f]{64}$")]


class Step(Labelled):
    """The five steps (五步议事): raise, discuss, decide, carry out, evaluate."""

    RAISE = "raise", "提"
    DISCUSS = "discuss", "议"
    DECIDE = "decide", "决"
    CARRY_OUT = "carry_out", "行"
    EVALUATE = "evaluate", "评"


class TopicStatus(Labelled):
    """Whether a topic became a project."""

    RAISED = "raised", "已提出"
    ADOPTED = "adopted", "已立项"


class MeetingStatus(Labelled):
    """Whether a meeting still sits."""

    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"


class ProjectStatus(Labelled):
    """Where a project stands."""

    DISCUSSING = "discussing", "征集方案"
    JUDGING = "judging", "设计评审"
    DESIGNED = "designed", "设计关已过"
    VOTING = "voting", "业主表决"
    DECIDED = "decided", "已决定"
    CONTRACTED = "contracted", "已签合同"
    BUILDING = "building", "施工中"
    STOPPED = "stopped", "已停工"
    ACCEPTING = "accepting", "验收中"
    ACCEPTED = "accepted", "已验收"
    CLOSED = "closed", "已办结"

    @property
    def step(self) -> Step:
        """The step of the five in which it is."""
        return _STEPS.get(self, Step.CARRY_OUT)


_STEPS = {
    ProjectStatus.DISCUSSING: Step.DISCUSS,
    ProjectStatus.JUDGING: Step.DISCUSS,
    ProjectStatus.DESIGNED: Step.DECIDE,
    ProjectStatus.VOTING: Step.DECIDE,
    ProjectStatus.ACCEPTED: Step.EVALUATE,
    ProjectStatus.CLOSED: Step.EVALUATE,
}


class VoteStatus(Labelled):
    """Whether a vote is open, and how it ended."""

    OPEN = "open", "表决中"
    PASSED = "passed", "已通过"
    FAILED = "failed", "未通过"


class Choice(StrEnum):
    """What an owner says; abstaining is taking part without consenting."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class PaymentKind(StrEnum):
    """What a payment is: an advance, one for progress, or the final payment (尾款)."""

    ADVANCE = "advance"
    PROGRESS = "progress"
    FINAL = "final"


class PaymentStatus(Labelled):
    """Whether the property company's system has paid."""

    INSTRUCTED = "instructed", "待付款"
    CONFIRMED = "confirmed", "已付款"


class AcceptanceStatus(Labelled):
    """How far the acceptance has come."""

    OPEN = "open", "查验中"
    REWORK = "rework", "返工中"
    SIGNED = "signed", "已签字"


class HearingStatus(Labelled):
    """Whether a hearing still sits."""

    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"


@value
class PaperBallot:
    """What a home's owners chose on paper."""

    home_id: Id
    choice: Choice


@value
class Attendance:
    """Who sat for which party."""

    party: Party
    member_id: Id
    at: datetime


@value
class Resolution:
    """A motion to make a project of a topic, with its purpose, its budget and the parties that agreed."""

    number: Number
    topic_id: Id
    title: Label
    purpose: Prose
    budget: Fen
    moved_by: Party
    agreed: Annotated[tuple[Party, ...], Between(0, 3)]
    project_id: Id | None = None


@value
class Alternative:
    """One of several plans for the same purpose."""

    number: Number
    title: Label
    text: Prose
    cost: Fen
    proposed_by: Id


@value
class Judgement:
    """What a juror found: feasible or not, and why."""

    member_id: Id
    feasible: bool
    reason: Note
    at: datetime


@value
class Doubt:
    """A resident's doubt about the works; who has one is invited to supervise (关-2)."""

    member_id: Id
    words: Note
    at: datetime
    invited_at: datetime | None = None


@value
class StopOrder:
    """A stop-work order (停工令): why, what put it right, and when supervision let the works go on."""

    number: Number
    reason: Note
    by: Id
    at: datetime
    rectification: Note | None = None
    rectified_at: datetime | None = None
    lifted_by: Id | None = None
    lifted_at: datetime | None = None


@value
class Clause:
    """One clause of the contract, as it will be checked: what, and how it is measured."""

    number: Number
    text: Line
    measure: Line


@value
class ClauseCheck:
    """One check of one clause on the spot: what was measured, and whether it passed; a later one counts instead."""

    clause: Number
    passed: bool
    measured: Line
    by: Id
    at: datetime


@value
class ReworkOrder:
    """A rework order (返工单): the clauses that failed, and what was done about it."""

    number: Number
    clauses: Annotated[tuple[int, ...], Between(1, 100)]
    reason: Note
    by: Id
    at: datetime
    done: Note | None = None
    done_at: datetime | None = None


@value
class Signature:
    """A signature of the acceptance group."""

    member_id: Id
    at: datetime


@value
class Question:
    """A question of a hearing, which is owed an answer."""

    number: Number
    asked_by: Id
    text: Note
    at: datetime
    answer: Note | None = None
    answered_by: Id | None = None
    answered_at: datetime | None = None


@value
class Satisfaction:
    """How many residents were asked at a time, and how many were satisfied."""

    asked: Count = 0
    satisfied: Count = 0


@view("topic", filters=("status",), text=("title", "text"))
class TopicState:
    """A topic (议题) of the weekly meeting, and the escalated issues behind it."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    status: TopicStatus
    title: Label
    text: Prose
    issue_ids: Annotated[tuple[Id, ...], Between(1, 200)]
    project_id: Id | None = None
    created_at: datetime
    updated_at: datetime


@view("meeting", filters=("status",))
class MeetingState:
    """A meeting of the three parties (三方例会): who sat, what was moved, who agreed."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    status: MeetingStatus
    topic_ids: Annotated[tuple[Id, ...], Between(1, 50)]
    attendance: Annotated[tuple[Attendance, ...], Between(0, 100)] = ()
    resolutions: Annotated[tuple[Resolution, ...], Between(0, 50)] = ()
    created_at: datetime
    updated_at: datetime


@view("project", filters=("status",), text=("title", "purpose"))
class ProjectState:
    """A project, from its resolution to its result."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    status: ProjectStatus
    step: Step
    title: Label
    purpose: Prose
    budget: Fen
    topic_id: Id
    issue_ids: Annotated[tuple[Id, ...], Between(1, 200)]
    alternatives: Annotated[tuple[Alternative, ...], Between(0, 50)] = ()
    chosen: Number | None = None
    draw_id: Id | None = None
    jurors: Annotated[tuple[Id, ...], Between(0, 50)] = ()
    judgements: Annotated[tuple[Judgement, ...], Between(0, 50)] = ()
    vote_id: Id | None = None
    contract_id: Id | None = None
    doubts: Annotated[tuple[Doubt, ...], Between(0, 500)] = ()
    supervisors: Annotated[tuple[Id, ...], Between(0, 600)] = ()
    stop_orders: Annotated[tuple[StopOrder, ...], Between(0, 100)] = ()
    acceptors: Annotated[tuple[Id, ...], Between(0, 20)] = ()
    acceptance_id: Id | None = None
    before: Satisfaction = Satisfaction()
    after: Satisfaction = Satisfaction()
    created_at: datetime
    updated_at: datetime


@view("vote", filters=("status", "project_id"))
class VoteState:
    """A vote of the owners (业主表决, Civil Code art. 278) over a frozen roll; how many consented is told when it has closed.

    Areas are in 0.01 m². `matter` is the number of the matter in art. 278.
    """

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    status: VoteStatus
    project_id: Id
    matter: Annotated[int, Between(1, 9)]
    roll_hash: Sha256
    area: Total
    headcount: Count
    participating_area: Total = 0
    participating_headcount: Count = 0
    yes_area: Total | None = None
    yes_headcount: Count | None = None
    closes_at: datetime
    created_at: datetime
    updated_at: datetime


@view("contract", filters=("project_id",))
class ContractState:
    """A contract for works, clause by clause, with what was paid of it so far (confirmed or not)."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    project_id: Id
    contractor: Label
    amount: Fen
    clauses: Annotated[tuple[Clause, ...], Between(1, 100)]
    instructed: Total = 0
    paid: Total = 0
    created_at: datetime
    updated_at: datetime


@view("payment", filters=("status", "project_id"))
class PaymentState:
    """A payment out of a contract; a final one names the signed acceptance without which it could not be."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    status: PaymentStatus
    project_id: Id
    contract_id: Id
    kind: PaymentKind
    amount: Fen
    acceptance_id: Id | None = None
    reference: Line | None = None
    created_at: datetime
    updated_at: datetime


@view("diary_entry", filters=("project_id",))
class DiaryEntryState:
    """An entry of the site diary (施工日志), published at once to everybody in the community."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    project_id: Id
    written_by: Id
    text: Note
    created_at: datetime
    updated_at: datetime


@view("acceptance", filters=("status", "project_id"))
class AcceptanceState:
    """The acceptance of a project's works against the clauses of its contract."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    status: AcceptanceStatus
    project_id: Id
    contract_id: Id
    clauses: Annotated[tuple[int, ...], Between(1, 100)]
    acceptors: Annotated[tuple[Id, ...], Between(1, 20)]
    checks: Annotated[tuple[ClauseCheck, ...], Between(0, 1000)] = ()
    rework_orders: Annotated[tuple[ReworkOrder, ...], Between(0, 100)] = ()
    signatures: Annotated[tuple[Signature, ...], Between(0, 20)] = ()
    created_at: datetime
    updated_at: datetime


@view("hearing", filters=("status",))
class HearingState:
    """A sunshine hearing (阳光听证会) about some projects; it closes only when every question was answered."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    status: HearingStatus
    project_ids: Annotated[tuple[Id, ...], Between(1, 50)]
    questions: Annotated[tuple[Question, ...], Between(0, 500)] = ()
    created_at: datetime
    updated_at: datetime


@view("opinion", concerns="member_id")
class OpinionState:
    """What one resident said of a project before or after it; only they see it, everybody sees the count."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = ONE_MEMBER
    project_id: Id
    member_id: Id
    satisfied: bool
    created_at: datetime
    updated_at: datetime


@view("ballot", concerns="member_id")
class BallotState:
    """A ballot: for which homes a member voted; only they see what they chose."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = ONE_MEMBER
    vote_id: Id
    member_id: Id
    choice: Choice
    homes: Annotated[tuple[Id, ...], Between(1, 500)]
    created_at: datetime
    updated_at: datetime


@command("projects.raise_topic", returns=TopicState, by=THREE_PARTIES)
class RaiseTopic:
    """Raise escalated issues as a topic of the weekly meeting."""

    community_id: Slug
    title: Label
    text: Prose
    issue_ids: Annotated[tuple[Id, ...], Between(1, 200)]


@command("projects.convene_meeting", returns=MeetingState, by=THREE_PARTIES)
class ConveneMeeting:
    """Open a meeting of the three parties about some topics."""

    community_id: Slug
    topic_ids: Annotated[tuple[Id, ...], Between(1, 50)]


@command("projects.attend_meeting", returns=MeetingState, by=THREE_PARTIES, subject="meeting_id")
class AttendMeeting:
    """Sit down for one's party."""

    community_id: Slug
    meeting_id: Id
    party: Party


@command("projects.move_resolution", returns=MeetingState, by=THREE_PARTIES, subject="meeting_id")
class MoveResolution:
    """Move to make a project of a topic; one's own party agrees by that."""

    community_id: Slug
    meeting_id: Id
    party: Party
    topic_id: Id
    title: Label
    purpose: Prose
    budget: Fen


@command("projects.agree_to_resolution", returns=MeetingState, by=THREE_PARTIES, subject="meeting_id")
class AgreeToResolution:
    """Agree for one's party."""

    community_id: Slug
    meeting_id: Id
    number: Number
    party: Party


@command("projects.adopt_resolution", returns=ProjectState, by=THREE_PARTIES, subject="meeting_id")
class AdoptResolution:
    """Adopt a resolution: all three parties sit and all three agreed. The project begins."""

    community_id: Slug
    meeting_id: Id
    number: Number


@command("projects.close_meeting", returns=MeetingState, by=THREE_PARTIES, subject="meeting_id")
class CloseMeeting:
    """Close the meeting; nothing can be moved in it any more."""

    community_id: Slug
    meeting_id: Id


@command("projects.propose_alternative", returns=ProjectState, by=MEMBER, subject="project_id")
class ProposeAlternative:
    """Propose a plan for the project's purpose; whoever proposed one is never drawn as its juror."""

    community_id: Slug
    project_id: Id
    title: Label
    text: Prose
    cost: Fen


@command("projects.request_jury", returns=ProjectState, by=THREE_PARTIES, subject="project_id")
class RequestJury:
    """Have a jury drawn that judges whether an alternative is feasible (关-1)."""

    community_id: Slug
    project_id: Id
    alternative: Number


@command("projects.judge_design", returns=ProjectState, by=MEMBER, subject="project_id")
class JudgeDesign:
    """Say as a drawn juror whether the design is feasible, and why."""

    community_id: Slug
    project_id: Id
    feasible: bool
    reason: Note


@command("projects.pass_design_gate", returns=ProjectState, by=THREE_PARTIES, subject="project_id")
class PassDesignGate:
    """Take the design through its gate (设计关): a drawn jury, enough answers, most of them feasible."""

    community_id: Slug
    project_id: Id


@command("projects.discuss_again", returns=ProjectState, by=THREE_PARTIES, subject="project_id")
class DiscussAgain:
    """Go back to the alternatives: the jury did not find the design feasible, or could not be drawn."""

    community_id: Slug
    project_id: Id


@command("projects.open_vote", returns=VoteState, by=OWNERS_COMMITTEE, subject="project_id")
class OpenVote:
    """Let the owners decide (art. 278): the roll, its areas and headcount are frozen with its hash."""

    community_id: Slug
    project_id: Id
    matter: Annotated[int, Between(1, 9)]
    closes_at: datetime


@command("projects.cast_ballot", returns=BallotState, by=OWNER)
class CastBallot:
    """Vote for all homes that one is known to own; a ballot that was cast stays."""

    community_id: Slug
    vote_id: Id
    choice: Choice


@command("projects.enter_paper_ballots", returns=VoteState, by=OWNERS_COMMITTEE, subject="vote_id")
class EnterPaperBallots:
    """Enter ballots that owners handed in on paper, a pack at a time; who entered each is on record."""

    community_id: Slug
    vote_id: Id
    ballots: Annotated[tuple[PaperBallot, ...], Between(1, 500)]


@command("projects.close_vote", returns=VoteState, by=OWNERS_COMMITTEE, subject="vote_id")
class CloseVote:
    """Count the vote after its time, or earlier when every owner has voted."""

    community_id: Slug
    vote_id: Id


@command("projects.sign_contract", returns=ContractState, by=OWNERS_COMMITTEE, subject="project_id")
class SignContract:
    """Sign the contract for the works, with the clauses that they will be accepted by; at most the budget."""

    community_id: Slug
    project_id: Id
    contractor: Label
    amount: Fen
    clauses: Annotated[tuple[Clause, ...], Between(1, 100)]


@command("projects.instruct_payment", returns=PaymentState, by=PAYERS, subject="contract_id")
class InstructPayment:
    """Have the property company's system pay; the final payment only after the acceptance group has signed (关-3)."""

    community_id: Slug
    contract_id: Id
    kind: PaymentKind
    amount: Fen


@command("projects.confirm_payment", returns=PaymentState, by=PROPERTY_COMPANY, subject="payment_id")
class ConfirmPayment:
    """Say that it was paid, with the bank's reference."""

    community_id: Slug
    payment_id: Id
    reference: Line


@command("projects.voice_doubt", returns=ProjectState, by=MEMBER, subject="project_id")
class VoiceDoubt:
    """Say what one doubts about the works; one is then to be invited to supervise them."""

    community_id: Slug
    project_id: Id
    words: Note


@command("projects.appoint_supervisor", returns=ProjectState, by=THREE_PARTIES, subject="project_id")
class AppointSupervisor:
    """Take somebody into the supervision group (施工监督组): an expert of that group, or a resident who voiced a doubt."""

    community_id: Slug
    project_id: Id
    member_id: Id


@command("projects.start_works", returns=ProjectState, by=PROPERTY_MANAGER, subject="project_id")
class StartWorks:
    """Begin to build (施工关): a supervision group with an expert, and every doubter invited."""

    community_id: Slug
    project_id: Id


@command("projects.write_diary", returns=DiaryEntryState, by=MEMBER)
class WriteDiary:
    """Tell everybody what happens on the site, as a supervisor or the property steward."""

    community_id: Slug
    project_id: Id
    text: Note


@command("projects.stop_works", returns=ProjectState, by=MEMBER, subject="project_id")
class StopWorks:
    """Stop the works at once, as a supervisor who found something wrong (停工令)."""

    community_id: Slug
    project_id: Id
    reason: Note


@command("projects.report_rectification", returns=ProjectState, by=PROPERTY_MANAGER, subject="project_id")
class ReportRectification:
    """Say what was done to put right what the works were stopped for."""

    community_id: Slug
    project_id: Id
    note: Note


@command("projects.resume_works", returns=ProjectState, by=MEMBER, subject="project_id")
class ResumeWorks:
    """Let the works go on, as a supervisor who has inspected what was put right."""

    community_id: Slug
    project_id: Id


@command("projects.appoint_acceptor", returns=ProjectState, by=THREE_PARTIES, subject="project_id")
class AppointAcceptor:
    """Take an expert into the acceptance group (竣工验收组)."""

    community_id: Slug
    project_id: Id
    member_id: Id


@command("projects.report_completion", returns=AcceptanceState, by=PROPERTY_MANAGER, subject="project_id")
class ReportCompletion:
    """Say that the works are complete; the acceptance group begins (验收关)."""

    community_id: Slug
    project_id: Id


@command("projects.check_clause", returns=AcceptanceState, by=MEMBER, subject="acceptance_id")
class CheckClause:
    """Check one clause on the spot, as one of the acceptance group."""

    community_id: Slug
    acceptance_id: Id
    clause: Number
    passed: bool
    measured: Line


@command("projects.order_rework", returns=AcceptanceState, by=MEMBER, subject="acceptance_id")
class OrderRework:
    """Order rework of the clauses that failed, as one of the acceptance group (返工单)."""

    community_id: Slug
    acceptance_id: Id
    reason: Note


@command("projects.report_rework", returns=AcceptanceState, by=PROPERTY_MANAGER, subject="acceptance_id")
class ReportRework:
    """Say what was done; the clauses are checked again."""

    community_id: Slug
    acceptance_id: Id
    note: Note


@command("projects.sign_acceptance", returns=AcceptanceState, by=MEMBER, subject="acceptance_id")
class SignAcceptance:
    """Sign as one of the acceptance group, when every clause has passed; the last signature accepts the project."""

    community_id: Slug
    acceptance_id: Id


@command("projects.give_opinion", returns=OpinionState, by=RESIDENTS)
class GiveOpinion:
    """Say whether one is satisfied: before a project is accepted with how things are, after it with what became of them."""

    community_id: Slug
    project_id: Id
    satisfied: bool


@command("projects.open_hearing", returns=HearingState, by=THREE_PARTIES)
class OpenHearing:
    """Open the monthly hearing (每月一听证) about some projects."""

    community_id: Slug
    project_ids: Annotated[tuple[Id, ...], Between(1, 50)]


@command("projects.ask_question", returns=HearingState, by=MEMBER, subject="hearing_id")
class AskQuestion:
    """Ask about progress, money or quality; an answer is owed."""

    community_id: Slug
    hearing_id: Id
    text: Note


@command("projects.answer_question", returns=HearingState, by=THREE_PARTIES, subject="hearing_id")
class AnswerQuestion:
    """Answer a question, for everybody to read."""

    community_id: Slug
    hearing_id: Id
    number: Number
    answer: Note


@command("projects.close_hearing", returns=HearingState, by=THREE_PARTIES, subject="hearing_id")
class CloseHearing:
    """Close the hearing, when no question is owed an answer."""

    community_id: Slug
    hearing_id: Id


@command("projects.close_project", returns=ProjectState, by=THREE_PARTIES, subject="project_id")
class CloseProject:
    """Close an accepted project, once the final payment was confirmed and residents were asked."""

    community_id: Slug
    project_id: Id


@event("projects.topic.raised.v1")
class TopicRaised:
    """Escalated issues were raised as a topic."""

    topic: TopicState


@event("projects.topic.adopted.v1")
class TopicAdopted:
    """A topic became a project."""

    topic: TopicState


@event("projects.meeting.convened.v1")
class MeetingConvened:
    """A meeting of the three parties opened."""

    meeting: MeetingState


@event("projects.meeting.attended.v1")
class MeetingAttended:
    """Somebody sat down for a party."""

    meeting: MeetingState
    party: Party


@event("projects.meeting.moved.v1")
class ResolutionMoved:
    """A resolution was moved."""

    meeting: MeetingState
    number: Number


@event("projects.meeting.agreed.v1")
class ResolutionAgreed:
    """A party agreed to a resolution."""

    meeting: MeetingState
    number: Number
    party: Party


@event("projects.meeting.resolved.v1")
class ResolutionAdopted:
    """All three parties agreed: a project begins."""

    meeting: MeetingState
    number: Number


@event("projects.meeting.closed.v1")
class MeetingClosed:
    """The meeting closed."""

    meeting: MeetingState


@event("projects.project.begun.v1")
class ProjectBegun:
    """A project began by a resolution of the three parties."""

    project: ProjectState


@event("projects.project.alternative_proposed.v1")
class AlternativeProposed:
    """A plan was proposed."""

    project: ProjectState
    number: Number


@event("projects.project.jury_requested.v1")
class JuryRequested:
    """A jury is to be drawn: the experts service answers with the draw of this id."""

    project: ProjectState
    draw_id: Id
    group: Code
    seats: Annotated[int, Between(1, 50)]
    excluded: Annotated[tuple[Id, ...], Between(0, 1000)]
    reveal_by: datetime


@event("projects.project.jury_seated.v1")
class JurySeated:
    """The experts service told who was drawn, or who replaces whom."""

    project: ProjectState


@event("projects.project.design_judged.v1")
class DesignJudged:
    """A juror judged the design."""

    project: ProjectState
    member_id: Id


@event("projects.project.design_passed.v1")
class DesignPassed:
    """The design went through its gate."""

    project: ProjectState


@event("projects.project.discussed_again.v1")
class DiscussedAgain:
    """The project went back to its alternatives."""

    project: ProjectState
    reason: Line


@event("projects.project.put_to_vote.v1")
class ProjectPutToVote:
    """The owners are asked."""

    project: ProjectState


@event("projects.project.decided.v1")
class ProjectDecided:
    """The owners agreed by the double majority."""

    project: ProjectState


@event("projects.vote.opened.v1")
class VoteOpened:
    """A vote of the owners opened over a frozen roll."""

    vote: VoteState


@event("projects.vote.counted_in.v1")
class BallotCountedIn:
    """One more ballot came in; it does not say which."""

    vote: VoteState


@event("projects.vote.paper_entered.v1")
class PaperBallotsEntered:
    """A pack of paper ballots was entered; it does not say what they chose."""

    vote: VoteState
    homes: Annotated[int, Between(1, 500)]


@event("projects.vote.closed.v1")
class VoteClosed:
    """A vote was counted."""

    vote: VoteState


@event("projects.ballot.cast.v1")
class BallotCast:
    """An owner voted."""

    ballot: BallotState


@event("projects.project.contracted.v1")
class ProjectContracted:
    """The contract for the works was signed."""

    project: ProjectState


@event("projects.contract.signed.v1")
class ContractSigned:
    """A contract was signed."""

    contract: ContractState


@event("projects.contract.charged.v1")
class ContractCharged:
    """A payment out of a contract was instructed or confirmed."""

    contract: ContractState


@event("projects.payment.instructed.v1")
class PaymentInstructed:
    """The property company's system is to pay."""

    payment: PaymentState


@event("projects.payment.confirmed.v1")
class PaymentConfirmed:
    """The property company's system has paid."""

    payment: PaymentState


@event("projects.project.doubted.v1")
class DoubtVoiced:
    """A resident voiced a doubt about the works."""

    project: ProjectState
    member_id: Id


@event("projects.project.supervisor_appointed.v1")
class SupervisorAppointed:
    """Somebody joined the supervision group."""

    project: ProjectState
    member_id: Id


@event("projects.project.works_started.v1")
class WorksStarted:
    """The works began under supervision."""

    project: ProjectState


@event("projects.diary_entry.written.v1")
class DiaryWritten:
    """Something happened on the site."""

    entry: DiaryEntryState


@event("projects.project.works_stopped.v1")
class WorksStopped:
    """A supervisor stopped the works at once."""

    project: ProjectState
    reason: Note
    member_id: Id


@event("projects.project.rectified.v1")
class WorksRectified:
    """What the works were stopped for was put right; supervision is to look at it."""

    project: ProjectState


@event("projects.project.works_resumed.v1")
class WorksResumed:
    """A supervisor let the works go on."""

    project: ProjectState


@event("projects.project.acceptor_appointed.v1")
class AcceptorAppointed:
    """Somebody joined the acceptance group."""

    project: ProjectState
    member_id: Id


@event("projects.project.completed.v1")
class WorksCompleted:
    """The works are said to be complete; acceptance begins."""

    project: ProjectState


@event("projects.acceptance.opened.v1")
class AcceptanceOpened:
    """The acceptance began."""

    acceptance: AcceptanceState


@event("projects.acceptance.checked.v1")
class ClauseChecked:
    """A clause was checked on the spot."""

    acceptance: AcceptanceState
    clause: Number


@event("projects.acceptance.rework_ordered.v1")
class ReworkOrdered:
    """Rework was ordered."""

    acceptance: AcceptanceState


@event("projects.acceptance.reworked.v1")
class ReworkReported:
    """The rework is said to be done."""

    acceptance: AcceptanceState


@event("projects.acceptance.signed.v1")
class AcceptanceSigned:
    """One of the acceptance group signed."""

    acceptance: AcceptanceState
    member_id: Id


@event("projects.project.accepted.v1")
class ProjectAccepted:
    """The acceptance group has signed: the final payment may be made."""

    project: ProjectState


@event("projects.project.opinion_counted.v1")
class OpinionCounted:
    """One more resident said whether they are satisfied."""

    project: ProjectState


@event("projects.opinion.given.v1")
class OpinionGiven:
    """A resident said whether they are satisfied."""

    opinion: OpinionState


@event("projects.hearing.opened.v1")
class HearingOpened:
    """A hearing opened."""

    hearing: HearingState


@event("projects.hearing.asked.v1")
class QuestionAsked:
    """A question was asked; an answer is owed."""

    hearing: HearingState
    number: Number


@event("projects.hearing.answered.v1")
class QuestionAnswered:
    """A question was answered."""

    hearing: HearingState
    number: Number


@event("projects.hearing.closed.v1")
class HearingClosed:
    """The hearing closed with every question answered."""

    hearing: HearingState


@event("projects.project.paid.v1")
class ProjectPaid:
    """The final payment was confirmed."""

    project: ProjectState


@event("projects.project.closed.v1")
class ProjectClosed:
    """The project is done, paid and judged."""

    project: ProjectState

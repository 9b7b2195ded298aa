"""What residents ask and say: the sunshine hearing (阳光听证会), which owes every question an answer, and their opinions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.actor import MEMBER, Actor, Role
from services.clock import Moment
from services.errors import Refused, Words
from services.ids import derived_id
from services.lifecycle import Move, permit
from services.parties import THREE_PARTIES
from services.projects.acts import permit_act
from services.projects.contract import (
    HearingClosed,
    HearingOpened,
    HearingState,
    HearingStatus,
    OpinionCounted,
    OpinionGiven,
    OpinionState,
    ProjectStatus,
    Question,
    QuestionAnswered,
    QuestionAsked,
    Satisfaction,
)
from services.projects.limits import room_in
from services.projects.model import Project


def every_question_was_answered(hearing: "Hearing", at: Moment) -> Words | None:
    """听-2: a hearing ends when everybody was answered."""
    owed = sum(question.answered_at is None for question in hearing.questions)
    if owed:
        return Words(f"{owed} questions are still owed an answer", f"尚有 {owed} 个问题未答复")
    return None


S = HearingStatus
AFTER_ACCEPTANCE = (ProjectStatus.ACCEPTED, ProjectStatus.CLOSED)

HEARING_LIFECYCLE = (
    #    move     by             from    to        clause  only if
    Move("open",   THREE_PARTIES, None,   S.OPEN,   "听-1"),
    Move("ask",    MEMBER,        S.OPEN, S.OPEN,   "听-1"),
    Move("answer", THREE_PARTIES, S.OPEN, S.OPEN,   "听-2"),
    Move("close",  THREE_PARTIES, S.OPEN, S.CLOSED, "听-2", (every_question_was_answered,)),
)  # fmt: skip


@dataclass
class Hearing:
    """The aggregate: one row of the table `hearings`."""

    community_id: str
    id: str
    version: int
    status: HearingStatus
    project_ids: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    questions: tuple[Question, ...] = ()

    @classmethod
    def open(
        cls, id_: str, projects: Sequence[Project], by: Actor, held: frozenset[Role], at: Moment
    ) -> tuple["Hearing", HearingOpened]:
        """A hearing about some projects, each named once (听-1). Errors: Forbidden."""
        permit(HEARING_LIFECYCLE, "open", None, by, held, at)
        hearing = cls(
            community_id=projects[0].community_id,
            id=id_,
            version=1,
            status=HearingStatus.OPEN,
            project_ids=tuple(dict.fromkeys(project.id for project in projects)),
            created_at=at.now,
            updated_at=at.now,
        )
        return hearing, HearingOpened(hearing=hearing.state())

    def ask(self, text: str, by: Actor, held: frozenset[Role], at: Moment) -> QuestionAsked:
        """One more question, which is owed an answer (听-1). Errors: Forbidden, Refused."""
        move = permit(HEARING_LIFECYCLE, "ask", self, by, held, at)
        room_in(HearingState, "questions", self.questions, "听-1")
        number = len(self.questions) + 1
        question = Question(number=number, asked_by=by.member_id, text=text, at=at.now)
        self._change(move, at, (*self.questions, question))
        return QuestionAsked(hearing=self.state(), number=number)

    def answer(self, number: int, answer: str, by: Actor, held: frozenset[Role], at: Moment) -> QuestionAnswered:
        """Answer a question, once (听-2). Errors: Forbidden, Refused."""
        move = permit(HEARING_LIFECYCLE, "answer", self, by, held, at)
        question = next((each for each in self.questions if each.number == number), None)
        if question is None:
            raise Refused(f"nobody has asked a question {number} here", f"没有第 {number} 个问题", "听-2")
        if question.answered_at is not None:
            raise Refused(f"question {number} was answered already", f"第 {number} 个问题已答复", "听-2")
        answered = replace(question, answer=answer, answered_by=by.member_id, answered_at=at.now)
        self._change(move, at, tuple(answered if each is question else each for each in self.questions))
        return QuestionAnswered(hearing=self.state(), number=number)

    def close(self, by: Actor, held: frozenset[Role], at: Moment) -> HearingClosed:
        """The end, when no question is owed an answer (听-2). Errors: Forbidden, Refused."""
        self._change(permit(HEARING_LIFECYCLE, "close", self, by, held, at), at, self.questions)
        return HearingClosed(hearing=self.state())

    def _change(self, move: Move, at: Moment, questions: tuple[Question, ...]) -> None:
        self.status = HearingStatus(move.target)
        self.questions = questions
        self.version += 1
        self.updated_at = at.now

    def state(self) -> HearingState:
        """Its visible state."""
        return HearingState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            status=self.status,
            project_ids=self.project_ids,
            questions=self.questions,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


@dataclass
class Opinion:
    """The aggregate: one row of the table `opinions`, whose id is the same for a project, a member and a time."""

    community_id: str
    id: str
    version: int
    project_id: str
    member_id: str
    satisfied: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def give(
        cls, project: Project, satisfied: bool, by: Actor, held: frozenset[Role], at: Moment
    ) -> tuple["Opinion", OpinionGiven, OpinionCounted]:
        """What a resident says of how things are, or, once the project was accepted, of what became of them (评-1).

        Whether they have said it already is for the caller to look up by the id. Errors: Forbidden.
        """
        permit_act("give_opinion", project, by, held, at)
        time = "after" if project.status in AFTER_ACCEPTANCE else "before"
        opinion = cls(
            community_id=project.community_id,
            id=derived_id(project.community_id, "opinion", project.id, by.member_id, time),
            version=1,
            project_id=project.id,
            member_id=by.member_id,
            satisfied=satisfied,
            created_at=at.now,
            updated_at=at.now,
        )
        counted: Satisfaction = getattr(project, time)
        more = Satisfaction(asked=counted.asked + 1, satisfied=counted.satisfied + satisfied)
        project.change(at, **{time: more})
        return opinion, OpinionGiven(opinion=opinion.state()), OpinionCounted(project=project.state())

    def state(self) -> OpinionState:
        """What its author sees."""
        return OpinionState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            project_id=self.project_id,
            member_id=self.member_id,
            satisfied=self.satisfied,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

"""A decided project at a desk: people carry it out by commands, and each refusal is seen to change nothing."""

from typing import Any

from services.actor import Actor
from services.errors import SansanError
from services.experts.contract import COMPLETION_ACCEPTANCE, CONSTRUCTION_SUPERVISION
from services.ids import derived_id, new_id
from services.projects.contract import (
    AppointAcceptor,
    AppointSupervisor,
    CheckClause,
    PaymentKind,
    ReportCompletion,
    SignContract,
    StartWorks,
)
from services.projects.known import KnownExpert
from services.wire import hints_of
from services.work import Desk
from tests.projects.building import (
    AMOUNT,
    CLAUSES,
    COMMITTEE,
    DELEGATE,
    ENGINEER,
    MANAGER,
    SECRETARY,
    SURVEYOR,
    project,
)
from tests.projects.made import do, kept, refusal
from tests.shared.desks import rows
from tests.shared.samples import COMMUNITY, PROJECT

EXPERTS = {
    ENGINEER.member_id: (CONSTRUCTION_SUPERVISION,),
    DELEGATE.member_id: (COMPLETION_ACCEPTANCE,),
    SURVEYOR.member_id: (COMPLETION_ACCEPTANCE, CONSTRUCTION_SUPERVISION),
}
USUAL: dict[str, Any] = {
    "community_id": COMMUNITY,
    "project_id": PROJECT,
    "project_ids": (PROJECT,),
    "contractor": "江岸建设",
    "amount": AMOUNT,
    "clauses": CLAUSES,
    "kind": PaymentKind.ADVANCE,
    "reference": "ICBC-20240520-1",
    "words": "回填土看着不达标",
    "text": "今日回填",
    "reason": "回填土不达标",
    "note": "已换填并压实",
    "clause": 1,
    "passed": True,
    "measured": "0.6%",
    "satisfied": True,
    "number": 1,
    "answer": "见公示栏",
    "member_id": ENGINEER.member_id,
}

# The member of its state by which each thing is known.
TELLING = {
    "contract_id": "contractor",
    "payment_id": "reference",
    "acceptance_id": "checks",
    "hearing_id": "questions",
}


class Works:
    """A project that the owners decided, three experts, and the ids of what comes into being."""

    def __init__(self, desk: Desk, **changed: Any) -> None:
        self.desk = desk
        self.ids = {name: new_id() for name in ("contract_id", "payment_id", "acceptance_id", "hearing_id")}
        kept(desk, project(**changed))
        for member_id, groups in EXPERTS.items():
            id_ = derived_id(COMMUNITY, "expert", member_id)
            kept(desk, KnownExpert(COMMUNITY, id_, 1, member_id, groups))

    def wish(self, command: type, /, **members: Any) -> Any:
        """A command whose members are the usual ones but for these."""
        given = {**USUAL, **self.ids, **members}
        return command(**{name: given[name] for name in hints_of(command)})

    def do(self, by: Actor, command: type, /, **members: Any) -> Any:
        """What the command answers; what it brought into being is the usual one from then on."""
        answer = do(self.desk, self.wish(command, **members), by)
        for name, member in TELLING.items():
            if member in answer:
                self.ids[name] = answer["id"]
        return answer

    def refuse(
        self, error: type[SansanError], clause: str, zh: str, by: Actor, command: type, /, **members: Any
    ) -> None:
        """The command is refused with this error under this clause for this reason, and changes nothing."""
        no = refusal(self.desk, self.wish(command, **members), by)
        assert (type(no), no.clause, zh in no.reason.zh) == (error, clause, True), no

    def contracted(self) -> None:
        """The owners' committee signs the contract."""
        self.do(COMMITTEE, SignContract)

    def building(self) -> None:
        """The works begin, supervised by the engineer, to be accepted by two others."""
        self.contracted()
        self.do(SECRETARY, AppointSupervisor)
        for acceptor in (DELEGATE, SURVEYOR):
            self.do(SECRETARY, AppointAcceptor, member_id=acceptor.member_id)
        self.do(MANAGER, StartWorks)

    def completed(self) -> None:
        """The works are complete; nothing was checked yet."""
        self.building()
        self.do(MANAGER, ReportCompletion)

    def checked(self) -> None:
        """Every clause has passed; nobody has signed yet."""
        self.completed()
        for clause in CLAUSES:
            self.do(DELEGATE, CheckClause, clause=clause.number)

    @property
    def now(self) -> Any:
        """The project's row."""
        (row,) = rows(self.desk, "projects")
        return row

"""The acceptance of works, clause by clause (验收关): nobody signs before every clause holds; the last signature accepts them."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.actor import SYSTEM, THE_SYSTEM, Actor, Role, concerned
from services.clock import Moment
from services.errors import Refused, Words
from services.lifecycle import Gate, Move, permit
from services.projects.contract import (
    PROPERTY_MANAGER,
    AcceptanceOpened,
    AcceptanceSigned,
    AcceptanceState,
    AcceptanceStatus,
    ClauseCheck,
    ClauseChecked,
    ProjectStatus,
    ReworkOrder,
    ReworkOrdered,
    ReworkReported,
    Signature,
)
from services.projects.limits import room_in
from services.projects.works import Contract


def some_clause_failed(acceptance: "Acceptance", at: Moment) -> Words | None:
    """关-3: rework is ordered for what was found wanting."""
    if not acceptance.failed():
        return Words("no clause has failed the last time that it was checked", "没有验收不合格的条款")
    return None


def everybody_signed(acceptance: "Acceptance", at: Moment) -> Words | None:
    """关-3: the acceptance group answers for the works as a whole."""
    if {signature.member_id for signature in acceptance.signatures} != set(acceptance.acceptors):
        return Words("some of the acceptance group have not signed yet", "验收组尚有成员未签字")
    return None


def every_clause_was_checked(acceptance: "Acceptance", at: Moment) -> Words | None:
    """关-3: what nobody measured, or nobody measured again after its rework, is not accepted."""
    for clause in acceptance.clauses:
        if acceptance.counting(clause) is None:
            return Words(
                f"clause {clause} was not checked yet, or not since its rework",
                f"第 {clause} 条尚未验收或返工后尚未复验",
            )
    return None


def every_clause_passed(acceptance: "Acceptance", at: Moment) -> Words | None:
    """关-3: what failed is put right first."""
    for clause in acceptance.failed():
        return Words(f"clause {clause} has failed", f"第 {clause} 条验收不合格")
    return None


S = AcceptanceStatus
ACCEPTOR = concerned("acceptors", "member of the acceptance group", "竣工验收组成员")

ACCEPTANCE_LIFECYCLE = (
    #    move             by                from       to         clause  only if
    Move("open",          PROPERTY_MANAGER, None,      S.OPEN,    "关-3"),
    Move("check_clause",  ACCEPTOR,         S.OPEN,    S.OPEN,    "关-3"),
    Move("order_rework",  ACCEPTOR,         S.OPEN,    S.REWORK,  "关-3", (some_clause_failed,)),
    Move("report_rework", PROPERTY_MANAGER, S.REWORK,  S.OPEN,    "关-3"),
    Move("sign",          ACCEPTOR,         S.OPEN,    S.OPEN,    "关-3"),
    Move("conclude",      THE_SYSTEM,       S.OPEN,    S.SIGNED,  "关-3", (everybody_signed,)),
)  # fmt: skip

ACCEPTANCE_GATE = Gate(
    after=ProjectStatus.ACCEPTING,
    question=Words("Does every clause hold?", "合同各条款是否均已达标?"),
    clause="关-3",
    checks=(every_clause_was_checked, every_clause_passed),
)


@dataclass
class Acceptance:
    """The aggregate: one row of the table `acceptances`; `signed` is what a final payment refers to in the database."""

    community_id: str
    id: str
    version: int
    status: AcceptanceStatus
    signed: bool
    project_id: str
    contract_id: str
    clauses: tuple[int, ...]
    acceptors: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    checks: tuple[ClauseCheck, ...] = ()
    rework_orders: tuple[ReworkOrder, ...] = ()
    signatures: tuple[Signature, ...] = ()

    @classmethod
    def open(
        cls, id_: str, contract: Contract, acceptors: tuple[str, ...], by: Actor, held: frozenset[Role], at: Moment
    ) -> tuple["Acceptance", AcceptanceOpened]:
        """An acceptance over all clauses of a contract by these members. Errors: Forbidden."""
        permit(ACCEPTANCE_LIFECYCLE, "open", None, by, held, at)
        acceptance = cls(
            community_id=contract.community_id,
            id=id_,
            version=1,
            status=AcceptanceStatus.OPEN,
            signed=False,
            project_id=contract.project_id,
            contract_id=contract.id,
            clauses=tuple(clause.number for clause in contract.clauses),
            acceptors=acceptors,
            created_at=at.now,
            updated_at=at.now,
        )
        return acceptance, AcceptanceOpened(acceptance=acceptance.state())

    def check(
        self, clause: int, passed: bool, measured: str, by: Actor, held: frozenset[Role], at: Moment
    ) -> ClauseChecked:
        """Check one clause; of several checks the latest counts."""
        status = self._permit("check_clause", by, held, at)
        if clause not in self.clauses:
            raise Refused(f"the contract has no clause {clause}", f"合同没有第 {clause} 条", "关-3")
        room_in(AcceptanceState, "checks", self.checks, "关-3")
        done = ClauseCheck(clause=clause, passed=passed, measured=measured, by=by.member_id, at=at.now)
        self.checks = (*self.checks, done)
        self._change(status, at)
        return ClauseChecked(acceptance=self.state(), clause=clause)

    def order_rework(self, reason: str, by: Actor, held: frozenset[Role], at: Moment) -> ReworkOrdered:
        """Have the failed clauses done again; whoever signed before is to sign again what then stands there."""
        status = self._permit("order_rework", by, held, at)
        room_in(AcceptanceState, "rework_orders", self.rework_orders, "关-3")
        number = len(self.rework_orders) + 1
        order = ReworkOrder(number=number, clauses=self.failed(), reason=reason, by=by.member_id, at=at.now)
        self.rework_orders = (*self.rework_orders, order)
        self.signatures = ()
        self._change(status, at)
        return ReworkOrdered(acceptance=self.state())

    def report_rework(self, note: str, by: Actor, held: frozenset[Role], at: Moment) -> ReworkReported:
        """Say what was done; the clauses of the order have to be checked again."""
        self._change(self._permit("report_rework", by, held, at), at)
        last = replace(self.rework_orders[-1], done=note, done_at=at.now)
        self.rework_orders = (*self.rework_orders[:-1], last)
        return ReworkReported(acceptance=self.state())

    def sign(self, by: Actor, held: frozenset[Role], at: Moment) -> AcceptanceSigned:
        """Sign, once, when every clause holds; the last signature concludes the acceptance (`signed`)."""
        status = self._permit("sign", by, held, at)
        if any(signature.member_id == by.member_id for signature in self.signatures):
            raise Refused("you have signed this acceptance already", "您已签字", "关-3")
        ACCEPTANCE_GATE.pass_through(self, at)
        self.signatures = (*self.signatures, Signature(member_id=by.member_id, at=at.now))
        self.signed = everybody_signed(self, at) is None
        self._change(self._permit("conclude", SYSTEM, frozenset(), at) if self.signed else status, at)
        return AcceptanceSigned(acceptance=self.state(), member_id=by.member_id)

    def counting(self, clause: int) -> ClauseCheck | None:
        """The check of a clause that counts: the latest, unless the clause was done again since."""
        latest = next((check for check in reversed(self.checks) if check.clause == clause), None)
        reworked = [order.done_at for order in self.rework_orders if clause in order.clauses and order.done_at]
        return None if latest and reworked and latest.at < max(reworked) else latest

    def failed(self) -> tuple[int, ...]:
        """The clauses whose counting check did not pass."""
        return tuple(clause for clause in self.clauses if (check := self.counting(clause)) and not check.passed)

    def _permit(self, name: str, by: Actor, held: frozenset[Role], at: Moment) -> AcceptanceStatus:
        """The status to which the move leads. Errors: Forbidden, Refused."""
        return AcceptanceStatus(permit(ACCEPTANCE_LIFECYCLE, name, self, by, held, at).target)

    def _change(self, status: AcceptanceStatus, at: Moment) -> None:
        self.status = status
        self.version += 1
        self.updated_at = at.now

    def state(self) -> AcceptanceState:
        """Its visible state."""
        return AcceptanceState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            status=self.status,
            project_id=self.project_id,
            contract_id=self.contract_id,
            clauses=self.clauses,
            acceptors=self.acceptors,
            checks=self.checks,
            rework_orders=self.rework_orders,
            signatures=self.signatures,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

"""The contract for the works, and what is paid of it, in fen: never more than its amount, and a share only after acceptance."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.actor import Actor, Role
from services.clock import Moment
from services.errors import Refused, Words
from services.lifecycle import permit
from services.projects.contract import (
    Clause,
    ContractCharged,
    ContractSigned,
    ContractState,
    DiaryEntryState,
    PaymentInstructed,
    PaymentKind,
    PaymentStatus,
    SignContract,
)
from services.projects.payments import PAYMENT_LIFECYCLE, Payment
from services.projects.policy import FINAL_PAYMENT_PERCENT


@dataclass
class Contract:
    """The aggregate: one row of the table `contracts`; `instructed` counts every payment, `paid` those that were confirmed."""

    community_id: str
    id: str
    version: int
    project_id: str
    contractor: str
    amount: int
    clauses: tuple[Clause, ...]
    created_at: datetime
    updated_at: datetime
    instructed: int = 0
    paid: int = 0

    @classmethod
    def sign(cls, id_: str, command: SignContract, budget: int, now: datetime) -> tuple["Contract", ContractSigned]:
        """A contract of at most the budget (fen), its clauses numbered from 1 on, in order (行-1). Errors: Refused."""
        if command.amount > budget:
            raise Refused(
                f"{command.amount} fen are more than the budget of {budget} fen",
                f"合同价款 {command.amount} 分超出预算 {budget} 分",
                "行-1",
            )
        if [clause.number for clause in command.clauses] != list(range(1, len(command.clauses) + 1)):
            raise Refused("the clauses are to be numbered from 1 on, in order", "合同条款须从 1 起依次编号", "行-1")
        contract = cls(
            community_id=command.community_id,
            id=id_,
            version=1,
            project_id=command.project_id,
            contractor=command.contractor,
            amount=command.amount,
            clauses=command.clauses,
            created_at=now,
            updated_at=now,
        )
        return contract, ContractSigned(contract=contract.state())

    @property
    def rest(self) -> int:
        """What no payment was instructed for yet, in fen; nothing once the final payment was."""
        return self.amount - self.instructed

    def instruct(
        self,
        id_: str,
        kind: PaymentKind,
        amount: int,
        signed_acceptance: str | None,
        by: Actor,
        held: frozenset[Role],
        at: Moment,
    ) -> tuple[Payment, PaymentInstructed, ContractCharged]:
        """A payment of so many fen (关-3); `signed_acceptance` is the id of this contract's acceptance, if everybody signed it.

        Errors: Forbidden, Refused.
        """
        permit(PAYMENT_LIFECYCLE, "instruct", None, by, held, at)
        final = kind is PaymentKind.FINAL
        reason = self._against_final(amount, signed_acceptance) if final else self._against_earlier(kind, amount, at)
        if reason:
            raise Refused.because(reason, "关-3")
        payment = Payment(
            community_id=self.community_id,
            id=id_,
            version=1,
            status=PaymentStatus.INSTRUCTED,
            project_id=self.project_id,
            contract_id=self.id,
            kind=kind,
            amount=amount,
            created_at=at.now,
            updated_at=at.now,
            acceptance_id=signed_acceptance if final else None,
            acceptance_signed=True if final else None,
        )
        return payment, PaymentInstructed(payment=payment.state()), self._charge(at, instructed=amount)

    def confirmed(self, payment: Payment, at: Moment) -> ContractCharged:
        """One of its payments was confirmed."""
        return self._charge(at, paid=payment.amount)

    def _against_final(self, amount: int, signed_acceptance: str | None) -> Words | None:
        if signed_acceptance is None:
            return Words(
                "the final payment cannot be made before the acceptance group has signed", "验收组签字前不得支付尾款"
            )
        if not self.rest:
            return Words("the final payment was instructed already", "尾款已下达支付")
        if amount != self.rest:
            return Words(
                f"the final payment is exactly the rest of the contract, {self.rest} fen",
                f"尾款须等于合同余款 {self.rest} 分",
            )
        return None

    def _against_earlier(self, kind: PaymentKind, amount: int, at: Moment) -> Words | None:
        if kind is PaymentKind.ADVANCE and self.instructed:
            return Words("the advance is the first payment of a contract", "预付款须为合同的首笔付款,且只付一次")
        if amount > self.rest:
            return Words(f"only {self.rest} fen of the contract are left", f"合同余款仅 {self.rest} 分")
        percent = replace(at, now=self.created_at).value(FINAL_PAYMENT_PERCENT)  # the rule of the day of its signing
        if 100 * (self.rest - amount) < percent * self.amount:
            return Words(
                f"at least {percent} % of the contract are kept back as the final payment",
                f"须预留不低于合同价款 {percent}% 的尾款",
            )
        return None

    def _charge(self, at: Moment, instructed: int = 0, paid: int = 0) -> ContractCharged:
        self.instructed += instructed
        self.paid += paid
        assert self.paid <= self.instructed <= self.amount, "more was paid than the contract is worth"
        self.version += 1
        self.updated_at = at.now
        return ContractCharged(contract=self.state())

    def state(self) -> ContractState:
        """Its visible state."""
        return ContractState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            project_id=self.project_id,
            contractor=self.contractor,
            amount=self.amount,
            clauses=self.clauses,
            instructed=self.instructed,
            paid=self.paid,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


@dataclass
class DiaryEntry:
    """The aggregate: one row of the table `diary_entries`, which nobody changes afterwards."""

    community_id: str
    id: str
    version: int
    project_id: str
    written_by: str
    text: str
    created_at: datetime
    updated_at: datetime

    def state(self) -> DiaryEntryState:
        """Its visible state."""
        return DiaryEntryState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            project_id=self.project_id,
            written_by=self.written_by,
            text=self.text,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

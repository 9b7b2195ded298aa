"""A payment out of a contract: instructed by those who hold the money, confirmed by the property company that paid it, in fen."""

from dataclasses import dataclass
from datetime import datetime

from services.actor import Actor, Role
from services.clock import Moment
from services.lifecycle import Move, permit
from services.projects.contract import (
    PAYERS,
    PROPERTY_COMPANY,
    PaymentConfirmed,
    PaymentKind,
    PaymentState,
    PaymentStatus,
)

PAYMENT_LIFECYCLE = (
    #    move        by                from                      to                        clause
    Move("instruct", PAYERS,           None,                     PaymentStatus.INSTRUCTED, "关-3"),
    Move("confirm",  PROPERTY_COMPANY, PaymentStatus.INSTRUCTED, PaymentStatus.CONFIRMED,  "行-2"),
)  # fmt: skip


@dataclass
class Payment:
    """The aggregate: one row of the table `payments`; a final one names the acceptance, which the database knows to be signed."""

    community_id: str
    id: str
    version: int
    status: PaymentStatus
    project_id: str
    contract_id: str
    kind: PaymentKind
    amount: int
    created_at: datetime
    updated_at: datetime
    acceptance_id: str | None = None
    acceptance_signed: bool | None = None
    reference: str | None = None

    def confirm(self, reference: str, by: Actor, held: frozenset[Role], at: Moment) -> PaymentConfirmed:
        """It was paid, with the bank's reference (行-2). Errors: Forbidden; Refused when it was confirmed before."""
        permit(PAYMENT_LIFECYCLE, "confirm", self, by, held, at)
        self.status = PaymentStatus.CONFIRMED
        self.reference = reference
        self.version += 1
        self.updated_at = at.now
        return PaymentConfirmed(payment=self.state())

    def state(self) -> PaymentState:
        """Its visible state."""
        return PaymentState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            status=self.status,
            project_id=self.project_id,
            contract_id=self.contract_id,
            kind=self.kind,
            amount=self.amount,
            acceptance_id=self.acceptance_id,
            reference=self.reference,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

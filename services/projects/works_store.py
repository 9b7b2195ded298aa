"""The tables of carrying out; the database itself refuses a final payment without the signed acceptance of its contract."""

import sqlalchemy as sa

from services.database import Choice, Instant, Json, key
from services.projects.acceptance import Acceptance
from services.projects.contract import (
    AcceptanceStatus,
    Clause,
    ClauseCheck,
    HearingStatus,
    PaymentKind,
    PaymentStatus,
    Question,
    ReworkOrder,
    Signature,
)
from services.projects.hearing import Hearing, Opinion
from services.projects.payments import Payment
from services.projects.works import Contract, DiaryEntry


def add_tables(metadata: sa.MetaData) -> dict[type, sa.Table]:
    """Add the tables to the service's; which of them holds which kind of aggregate. Money is in fen."""
    return {
        Contract: _contracts(metadata),
        Acceptance: _acceptances(metadata),
        Payment: _payments(metadata),
        DiaryEntry: _diary_entries(metadata),
        Hearing: _hearings(metadata),
        Opinion: _opinions(metadata),
    }


def _contracts(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "contracts",
        metadata,
        *key(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contractor", sa.String(80), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("clauses", Json(tuple[Clause, ...]), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("instructed", sa.BigInteger, nullable=False),
        sa.Column("paid", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("community_id", "project_id", name="contracts_project"),
        sa.CheckConstraint("0 <= paid AND paid <= instructed AND instructed <= amount", name="contracts_amount"),
    )


def _acceptances(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "acceptances",
        metadata,
        *key(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", Choice(AcceptanceStatus), nullable=False),
        sa.Column("signed", sa.Boolean, nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contract_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("clauses", Json(tuple[int, ...]), nullable=False),
        sa.Column("acceptors", Json(tuple[str, ...]), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("checks", Json(tuple[ClauseCheck, ...]), nullable=False),
        sa.Column("rework_orders", Json(tuple[ReworkOrder, ...]), nullable=False),
        sa.Column("signatures", Json(tuple[Signature, ...]), nullable=False),
        sa.UniqueConstraint("community_id", "project_id", name="acceptances_project"),
        sa.UniqueConstraint("community_id", "id", "contract_id", "signed", name="acceptances_signed"),
        sa.CheckConstraint("signed = (status = 'signed')", name="acceptances_signed_status"),
    )


def _payments(metadata: sa.MetaData) -> sa.Table:
    payments = sa.Table(
        "payments",
        metadata,
        *key(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", Choice(PaymentStatus), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contract_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", Choice(PaymentKind), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("acceptance_id", sa.Uuid(as_uuid=False)),
        sa.Column("acceptance_signed", sa.Boolean),
        sa.Column("reference", sa.String(200)),
        sa.CheckConstraint("amount > 0", name="payments_amount"),
        sa.CheckConstraint("kind <> 'final' OR acceptance_id IS NOT NULL", name="payments_final_accepted"),
        sa.CheckConstraint("acceptance_id IS NULL OR acceptance_signed IS TRUE", name="payments_final_signed"),
        sa.ForeignKeyConstraint(
            ["community_id", "acceptance_id", "contract_id", "acceptance_signed"],
            ["acceptances.community_id", "acceptances.id", "acceptances.contract_id", "acceptances.signed"],
            name="payments_acceptance",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    final = payments.c.kind == sa.text("'final'")
    sa.Index(
        "payments_one_final",
        payments.c.community_id,
        payments.c.contract_id,
        unique=True,
        postgresql_where=final,
        sqlite_where=final,
    )
    return payments


def _diary_entries(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "diary_entries",
        metadata,
        *key(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("written_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
    )


def _hearings(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "hearings",
        metadata,
        *key(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", Choice(HearingStatus), nullable=False),
        sa.Column("project_ids", Json(tuple[str, ...]), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("questions", Json(tuple[Question, ...]), nullable=False),
    )


def _opinions(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "opinions",
        metadata,
        *key(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("satisfied", sa.Boolean, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
    )

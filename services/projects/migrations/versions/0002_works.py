"""The tables of carrying out: contracts, acceptances, payments, diary, hearings, opinions."""

import sqlalchemy as sa
from alembic import op

from services import database

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create them; a final payment refers to the signed acceptance of its contract."""
    op.create_table(
        "contracts",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contractor", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("clauses", database.Json(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.Column("instructed", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
        sa.UniqueConstraint("community_id", "project_id", name="contracts_project"),
        sa.CheckConstraint("0 <= paid AND paid <= instructed AND instructed <= amount", name="contracts_amount"),
    )
    op.create_table(
        "acceptances",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contract_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("clauses", database.Json(), nullable=False),
        sa.Column("acceptors", database.Json(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.Column("checks", database.Json(), nullable=False),
        sa.Column("rework_orders", database.Json(), nullable=False),
        sa.Column("signatures", database.Json(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
        sa.UniqueConstraint("community_id", "project_id", name="acceptances_project"),
        sa.UniqueConstraint("community_id", "id", "contract_id", "signed", name="acceptances_signed"),
        sa.CheckConstraint("signed = (status = 'signed')", name="acceptances_signed_status"),
    )
    op.create_table(
        "payments",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contract_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", database.Choice(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.Column("acceptance_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("acceptance_signed", sa.Boolean(), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "id"),
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
    op.create_index(
        "payments_one_final",
        "payments",
        ["community_id", "contract_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'final'"),
        sqlite_where=sa.text("kind = 'final'"),
    )
    op.create_table(
        "diary_entries",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("written_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "hearings",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("project_ids", database.Json(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.Column("questions", database.Json(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "opinions",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("satisfied", sa.Boolean(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )

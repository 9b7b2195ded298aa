"""The first tables of the points service."""

import sqlalchemy as sa
from alembic import op

from services import database
from services.foundation import create_foundation

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create what every service has, then this one's own tables."""
    create_foundation(op)
    op.create_table(
        "accounts",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=True),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.CheckConstraint("minimum IS NULL OR balance >= minimum", name="accounts_minimum"),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "entries",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_version", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
        sa.UniqueConstraint("community_id", "account_id", "account_version", name="entries_account_version"),
    )
    op.create_table(
        "transfers",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("clause", sa.String(length=40), nullable=False),
        sa.Column("debit_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("credit_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.CheckConstraint("amount > 0", name="transfers_amount"),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )

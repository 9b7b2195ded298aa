"""Holds on accounts, the rewards that points are spent on, and the redemptions."""

import sqlalchemy as sa
from alembic import op

from services import database

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """What was there before holds nothing."""
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("held", sa.BigInteger(), nullable=False, server_default="0"))
        accounts.create_check_constraint("accounts_held", "held >= 0")
        accounts.create_check_constraint("accounts_available", "minimum IS NULL OR balance - held >= minimum")
    with op.batch_alter_table("transfers") as transfers:
        transfers.add_column(sa.Column("hold_id", sa.Uuid(as_uuid=False), nullable=True))
        transfers.create_check_constraint(
            "transfers_end", "(kind IN ('post', 'void', 'expire')) = (hold_id IS NOT NULL)"
        )
        transfers.create_unique_constraint("transfers_end_once", ["community_id", "hold_id"])
    with op.batch_alter_table("entries") as entries:
        entries.add_column(sa.Column("held_amount", sa.BigInteger(), nullable=False, server_default="0"))
        entries.add_column(sa.Column("held", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "rewards",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.CheckConstraint("price > 0", name="rewards_price"),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_table(
        "redemptions",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", database.Choice(), nullable=False),
        sa.Column("reward_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("home_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", database.Instant(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("updated_at", database.Instant(), nullable=False),
        sa.CheckConstraint("points > 0", name="redemptions_points"),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )


def downgrade() -> None:
    """Points that were held are free again; every step stays on record, those that moved none, too."""
    op.drop_table("redemptions")
    op.drop_table("rewards")
    with op.batch_alter_table("entries") as entries:
        entries.drop_column("held")
        entries.drop_column("held_amount")
    with op.batch_alter_table("transfers") as transfers:
        transfers.drop_constraint("transfers_end_once", type_="unique")
        transfers.drop_constraint("transfers_end", type_="check")
        transfers.drop_column("hold_id")
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_constraint("accounts_available", type_="check")
        accounts.drop_constraint("accounts_held", type_="check")
        accounts.drop_column("held")

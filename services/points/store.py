"""The tables of the points service; the database itself refuses a balance below its minimum and a second entry of a version."""

import sqlalchemy as sa

from services.database import Instant, Store, key
from services.points.model import Account, Entry, Transfer
from services.work import kit_tables

METADATA = kit_tables(sa.MetaData())

accounts = sa.Table(
    "accounts",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("member_id", sa.Uuid(as_uuid=False)),
    sa.Column("balance", sa.BigInteger, nullable=False),
    sa.Column("minimum", sa.BigInteger),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.CheckConstraint("minimum IS NULL OR balance >= minimum", name="accounts_minimum"),
)

transfers = sa.Table(
    "transfers",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("clause", sa.String(40), nullable=False),
    sa.Column("debit_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("credit_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("cause", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.CheckConstraint("amount > 0", name="transfers_amount"),
)

entries = sa.Table(
    "entries",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("transfer_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("account_version", sa.Integer, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("balance", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("community_id", "account_id", "account_version", name="entries_account_version"),
)

STORE = Store("points", METADATA, {Account: accounts, Transfer: transfers, Entry: entries})

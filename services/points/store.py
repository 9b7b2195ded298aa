"""The tables of the points service; the database itself refuses a debt, more held than there is, and a second end of a hold."""

import sqlalchemy as sa

from services.database import Choice, Instant, Store, key
from services.points.contract import RedemptionStatus
from services.points.model import Account, Entry, Transfer
from services.points.redemptions import Redemption, Reward
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
    sa.Column("held", sa.BigInteger, nullable=False, server_default="0"),
    sa.CheckConstraint("minimum IS NULL OR balance >= minimum", name="accounts_minimum"),
    sa.CheckConstraint("held >= 0", name="accounts_held"),
    sa.CheckConstraint("minimum IS NULL OR balance - held >= minimum", name="accounts_available"),
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
    sa.Column("hold_id", sa.Uuid(as_uuid=False)),
    sa.CheckConstraint("amount > 0", name="transfers_amount"),
    sa.CheckConstraint("(kind IN ('post', 'void', 'expire')) = (hold_id IS NOT NULL)", name="transfers_end"),
    sa.UniqueConstraint("community_id", "hold_id", name="transfers_end_once"),
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
    sa.Column("held_amount", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("held", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("community_id", "account_id", "account_version", name="entries_account_version"),
)

rewards = sa.Table(
    "rewards",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("title", sa.String(80), nullable=False),
    sa.Column("price", sa.BigInteger, nullable=False),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.CheckConstraint("price > 0", name="rewards_price"),
)

redemptions = sa.Table(
    "redemptions",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", Choice(RedemptionStatus), nullable=False),
    sa.Column("reward_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("home_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("points", sa.BigInteger, nullable=False),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Column("valid_until", Instant, nullable=False),
    sa.Column("reference", sa.String(200)),
    sa.Column("reason", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.CheckConstraint("points > 0", name="redemptions_points"),
)

STORE = Store(
    "points",
    METADATA,
    {Account: accounts, Transfer: transfers, Entry: entries, Reward: rewards, Redemption: redemptions},
)

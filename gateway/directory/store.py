"""The tables of the directory: the only place for names, phones, addresses, hashes of passwords and secrets of webhooks."""

from datetime import datetime

import sqlalchemy as sa

from gateway.directory.answers import OwnerKind
from gateway.directory.contract import Estate, MemberStatus, NoticePreferences, ParameterSetting, Tie
from gateway.directory.member import Member
from gateway.directory.model import ApiClient, District, Place, RollTotals, Webhook
from gateway.directory.preferences import Preferences
from services.actor import Role
from services.database import Choice, Instant, Json, Store, key
from services.work import kit_tables

METADATA = kit_tables(sa.MetaData())


def _lived() -> list[sa.Column[datetime]]:
    return [sa.Column("created_at", Instant, nullable=False), sa.Column("updated_at", Instant, nullable=False)]


districts = sa.Table(
    "districts",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    *_lived(),
)

places = sa.Table(
    "places",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("district_id", sa.String(64), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("estates", Json(tuple[Estate, ...]), nullable=False),
    sa.Column("parameters", Json(tuple[ParameterSetting, ...]), nullable=False),
    *_lived(),
)

homes = sa.Table(
    "homes",
    METADATA,
    *key(),
    sa.Column("building_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("entrance_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
)
sa.Index("homes_entrance", homes.c.community_id, homes.c.entrance_id, homes.c.position)

rolls = sa.Table(
    "rolls",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("homes", sa.Integer, nullable=False),
    sa.Column("area", sa.BigInteger, nullable=False),
    sa.Column("headcount", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    *_lived(),
)

parts = sa.Table(
    "parts",
    METADATA,
    *key("home_id"),
    sa.Column("area", sa.Integer, nullable=False),
    sa.CheckConstraint("area > 0", name="parts_area"),
)

owners = sa.Table(
    "owners",
    METADATA,
    *key(),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("kind", Choice(OwnerKind), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("phone", sa.String(32), nullable=False),
    sa.Column("member_id", sa.Uuid(as_uuid=False)),
)
sa.Index("owners_member", owners.c.community_id, owners.c.member_id)

shares = sa.Table(
    "shares",
    METADATA,
    *key("home_id", "owner_id"),
    sa.Column("numerator", sa.Integer, nullable=False),
    sa.Column("denominator", sa.Integer, nullable=False),
    sa.CheckConstraint("numerator > 0 AND numerator <= denominator", name="shares_fraction"),
)
sa.Index("shares_owner", shares.c.community_id, shares.c.owner_id)

people = sa.Table(
    "people",
    METADATA,
    *key(),
    sa.Column("login", sa.String(40), nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("phone", sa.String(32), nullable=False),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("handed_over", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("login", name="people_login"),
    sa.UniqueConstraint("id", name="people_id"),
)

members = sa.Table(
    "members",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", Choice(MemberStatus), nullable=False),
    sa.Column("roles", Json(tuple[Role, ...]), nullable=False),
    sa.Column("homes", Json(tuple[Tie, ...]), nullable=False),
    sa.Column("claim", Json(Tie | None), nullable=False),
    sa.Column("in_district", sa.Boolean, nullable=False),
    *_lived(),
)
sa.Index("members_id", members.c.id)
sa.Index("members_status", members.c.community_id, members.c.status)

api_clients = sa.Table(
    "api_clients",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("label", sa.String(80), nullable=False),
    sa.Column("key_hash", sa.String(64), nullable=False),
    sa.Column("revoked", sa.Boolean, nullable=False),
    *_lived(),
    sa.UniqueConstraint("id", name="api_clients_id"),
)

webhooks = sa.Table(
    "webhooks",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("client_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("url", sa.String(500), nullable=False),
    sa.Column("types", Json(tuple[str, ...]), nullable=False),
    sa.Column("secret", sa.String(100), nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False),
    *_lived(),
)

notice_preferences = sa.Table(
    "notice_preferences",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("preferences", Json(NoticePreferences), nullable=False),
    *_lived(),
    sa.UniqueConstraint("id", name="notice_preferences_id"),
)

sessions = sa.Table(
    "sessions",
    METADATA,
    sa.Column("id", sa.Uuid(as_uuid=False), primary_key=True),
    sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("token_hash", sa.String(64), nullable=False),
    sa.Column("source", sa.String(64), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
)
sa.Index("sessions_member", sessions.c.member_id, sessions.c.created_at)
sa.Index("sessions_until", sessions.c.until)

attempts = sa.Table(
    "attempts",
    METADATA,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
)
sa.Index("attempts_at", attempts.c.at)

AGGREGATES = {
    District: districts,
    Place: places,
    RollTotals: rolls,
    Member: members,
    ApiClient: api_clients,
    Webhook: webhooks,
    Preferences: notice_preferences,
}
STORE = Store("directory", METADATA, AGGREGATES)

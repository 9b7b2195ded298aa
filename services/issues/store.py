"""The tables of the issues service."""

import sqlalchemy as sa

from services.database import Choice, Instant, Json, Store, key
from services.issues.contract import Place, Status, Turn
from services.issues.model import Issue
from services.work import kit_tables

METADATA = kit_tables(sa.MetaData())

issues = sa.Table(
    "issues",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", Choice(Status), nullable=False),
    sa.Column("category", sa.String(40), nullable=False),
    sa.Column("title", sa.String(80), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("place", Json(Place), nullable=False),
    sa.Column("audience", sa.String(16), nullable=False),
    sa.Column("reporter_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("handler_id", sa.Uuid(as_uuid=False)),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("resolved_at", Instant),
    sa.Column("reopenings", sa.Integer, nullable=False),
    sa.Column("history", Json(tuple[Turn, ...]), nullable=False),
)

STORE = Store("issues", METADATA, {Issue: issues})

"""The first schema of what every service has, for the first migration of each: journal, inbox, due work, communities.

The journal is append-only in the database itself: triggers refuse to delete a row or to change what it tells.
A later change of these tables is a function of its own here, called by a new migration of each service.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from services import database

_TOLD = (
    "community_id",
    "id",
    "type",
    "subject",
    "version",
    "audience",
    "member_id",
    "actor",
    "at",
    "causation_id",
    "traceparent",
    "data",
)


def _guard(dialect: str) -> Iterable[str]:
    """The statements that create the triggers."""
    if dialect == "postgresql":
        changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _TOLD)
        yield f"""CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'TRUNCATE' THEN
                    RAISE EXCEPTION 'the journal is append-only';
                END IF;
                IF TG_OP = 'DELETE' OR OLD.hash IS NOT NULL OR {changed} THEN
                    RAISE EXCEPTION 'the journal is append-only';
                END IF;
                RETURN NEW;
            END $$"""
        yield """CREATE TRIGGER journal_guard BEFORE UPDATE OR DELETE ON journal
            FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()"""
        yield """CREATE TRIGGER journal_guard_truncate BEFORE TRUNCATE ON journal
            FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()"""
        return
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _TOLD)
    yield f"""CREATE TRIGGER journal_guard_update BEFORE UPDATE ON journal WHEN OLD.hash IS NOT NULL OR {changed}
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""
    yield """CREATE TRIGGER journal_guard_delete BEFORE DELETE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""


def create_foundation(op: Any) -> None:
    """Create the tables and the guard of the journal with Alembic's operations."""
    op.create_table(
        "chain",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("community_id"),
    )
    op.create_table(
        "communities",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.String(length=64), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("parameters", database.Json(), nullable=False),
        sa.Column("buildings", database.Json(), nullable=False),
        sa.PrimaryKeyConstraint("community_id"),
    )
    op.create_table(
        "due",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("due_at", database.Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "id"),
    )
    op.create_index("due_at", "due", ["due_at"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("consumer", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "consumer", "id"),
    )
    op.create_index("inbox_at", "inbox", ["at"], unique=False)
    op.create_table(
        "journal",
        sa.Column("community_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("type", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.Column("causation_id", sa.String(length=64), nullable=False),
        sa.Column("traceparent", sa.String(length=64), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("sent_at", database.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "id"),
        sa.UniqueConstraint("community_id", "sequence", name="journal_sequence"),
    )
    op.create_index(
        "journal_unsent",
        "journal",
        ["id"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL"),
        sqlite_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    for statement in _guard(op.get_bind().dialect.name):
        op.execute(statement)

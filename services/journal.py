"""The journal is outbox and audit trail in one: written with the state, published by the relay, chained by hashes, never changed.

The chain runs per community in the order of publishing: each hash is SHA-256 over the one before it and the row's text.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from services.database import Instant, Store, key
from services.envelope import Envelope
from services.many import insert_all, update_all
from services.wire import to_json

FIRST_HASH = "0" * 64


def journal_tables(metadata: sa.MetaData) -> None:
    """Add the journal, the heads of its chains and the relay's lease to a service's tables."""
    journal = sa.Table(
        "journal",
        metadata,
        *key(),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("member_id", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("causation_id", sa.String(64), nullable=False),
        sa.Column("traceparent", sa.String(64), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger),
        sa.Column("hash", sa.String(64)),
        sa.Column("sent_at", Instant),
        sa.UniqueConstraint("community_id", "sequence", name="journal_sequence"),
    )
    unsent = journal.c.sent_at.is_(None)
    sa.Index("journal_unsent", journal.c.id, postgresql_where=unsent, sqlite_where=unsent)
    sa.Table(
        "chain",
        metadata,
        sa.Column("community_id", sa.String(64), primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    sa.Table(
        "lease",
        metadata,
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until", Instant, nullable=False),
    )


def envelope_of(service: str, row: Any) -> Envelope:
    """The envelope of a journal row."""
    return Envelope(
        id=row.id,
        type=row.type,
        source=f"/sansan/{service}",
        subject=row.subject,
        time=row.at,
        community_id=row.community_id,
        audience=row.audience,
        actor=row.actor,
        sequence=row.version,
        member_id=row.member_id,
        causation_id=row.causation_id,
        traceparent=row.traceparent,
    )


def row_hash(previous: str, row: Any) -> str:
    """The hash of a journal row after the hash before it."""
    told = [
        previous,
        row.community_id,
        row.id,
        row.type,
        row.subject,
        row.version,
        row.audience,
        row.member_id,
        row.actor,
        row.at,
        row.causation_id,
        row.traceparent,
        row.data,
    ]
    return hashlib.sha256(to_json(told)).hexdigest()


def chain(connection: Connection, store: Store, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The next links for some rows, in their order; the heads of the chains are moved along.

    Whoever calls this holds the relay's lease in the same transaction. Returns `community_id`, `id`, `sequence`, `hash`.
    """
    heads = store.table("chain")
    communities = {row.community_id for row in rows}
    found = connection.execute(sa.select(heads).where(heads.c.community_id.in_(communities)))
    last = {head.community_id: (head.sequence, head.hash) for head in found}
    known = set(last)
    links = []
    for row in rows:
        sequence, previous = last.get(row.community_id, (0, FIRST_HASH))
        last[row.community_id] = (sequence + 1, row_hash(previous, row))
        links.append(
            {
                "community_id": row.community_id,
                "id": row.id,
                "sequence": sequence + 1,
                "hash": last[row.community_id][1],
            }
        )
    moved = [{"community_id": name, "sequence": at, "hash": text} for name, (at, text) in last.items()]
    if new := [head for head in moved if head["community_id"] not in known]:
        insert_all(connection, heads, new)
    if old := [head for head in moved if head["community_id"] in known]:
        update_all(connection, heads, old)
    return links


@dataclass(frozen=True)
class Audit:
    """What an audit of one chain found: how many rows hold, and the first fault if there is one."""

    community_id: str
    rows: int
    head: str
    fault: str = ""


def audit(connection: Connection, store: Store) -> Iterator[Audit]:
    """Walk every chain of a service: rows altered, removed, put in between or cut off at the end are found."""
    journal, heads = store.table("journal"), store.table("chain")
    chained = sa.select(journal.c.community_id).where(journal.c.sequence.is_not(None))
    known = {head.community_id: head for head in connection.execute(sa.select(heads))}
    for community_id in sorted({*known, *connection.execute(chained.distinct()).scalars()}):
        yield _audit_chain(connection, journal, community_id, known.get(community_id))


def _audit_chain(connection: Connection, journal: sa.Table, community_id: str, head: Any) -> Audit:
    query = (
        sa.select(journal)
        .where(journal.c.community_id == community_id, journal.c.sequence.is_not(None))
        .order_by(journal.c.sequence)
    )
    count, previous = 0, FIRST_HASH
    with connection.execute(query, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            count += 1
            if row.sequence != count:
                return Audit(community_id, count - 1, previous, f"row {count} is missing")
            before, previous = previous, row_hash(previous, row)
            if previous != row.hash:
                return Audit(community_id, count - 1, before, f"row {count} ({row.id}) was altered")
    if head is None:
        return Audit(community_id, count, previous, "the head of its chain is missing")
    if count > head.sequence:
        return Audit(community_id, count, previous, f"rows after {head.sequence} were put there by somebody else")
    fault = "" if (count, previous) == (head.sequence, head.hash) else f"rows after {count} are missing"
    return Audit(community_id, count, previous, fault)

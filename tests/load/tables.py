"""The two rows that a report is, the same for every rival: the issue and its entry in the journal."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

COMMUNITY = "wuhan-caochang"
REPORT = {
    "category": "road",
    "title": "Manhole cover broken in front of building 12",
    "text": "The cover of the manhole between buildings 12 and 13 is broken in two; somebody could fall in after dark.",
    "place": {"estate_id": "dongli", "building": "12", "note": "on the footpath"},
}


class Base(DeclarativeBase):
    """The tables of the rivals."""


class Issue(Base):
    """An issue; listed by community from the newest on."""

    __tablename__ = "issue"

    community_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    category: Mapped[str] = mapped_column(sa.String(32))
    title: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    place: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(sa.String(16), default="reported")
    reporter_id: Mapped[str] = mapped_column(sa.String(64))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), default=lambda: datetime.now(UTC))

    __table_args__ = (sa.Index("issue_newest", "community_id", sa.desc("created_at"), sa.desc("id")),)


class Journal(Base):
    """An event that tells of an issue, to be published."""

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    community_id: Mapped[str] = mapped_column(sa.String(64))
    type: Mapped[str] = mapped_column(sa.String(64))
    subject: Mapped[UUID]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), default=lambda: datetime.now(UTC))


def state(issue: Issue) -> dict[str, Any]:
    """An issue as JSON tells it."""
    return {
        "community_id": issue.community_id,
        "id": str(issue.id),
        "category": issue.category,
        "title": issue.title,
        "text": issue.text,
        "place": issue.place,
        "status": issue.status,
        "reporter_id": issue.reporter_id,
        "version": issue.version,
        "created_at": issue.created_at.isoformat(),
    }


def seed(connection: sa.Connection, issues: int) -> list[str]:
    """Fill the issue table with so many rows of one community, one a second; returns 1,000 ids spread over them."""
    connection.execute(
        sa.text(
            "INSERT INTO issue (community_id, id, category, title, text, place, status, reporter_id, version, created_at)"
            " SELECT :community, gen_random_uuid(), 'road', :title || ' ' || n, :text, cast(:place AS jsonb), 'reported',"
            " 'member-' || n % 1000, 1, timestamptz '2024-01-01 00:00Z' + n * interval '1 second'"
            " FROM generate_series(1, :issues) AS n"
        ),
        {
            "community": COMMUNITY,
            "title": REPORT["title"],
            "text": REPORT["text"],
            "place": '{"estate_id": "dongli", "building": "12", "note": "on the footpath"}',
            "issues": issues,
        },
    )
    step = max(1, issues // 1000)
    spread = sa.text(
        "SELECT id FROM (SELECT id, row_number() OVER () AS n FROM issue) AS s WHERE n % :step = 0 LIMIT 1000"
    )
    return [str(found) for found in connection.execute(spread, {"step": step}).scalars()]

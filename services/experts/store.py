"""The tables of the experts service, and who on them can be drawn."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from services.database import Choice, Instant, Json, Store, key
from services.experts.contract import Candidate, Commitment, DrawStatus, ExpertStatus, Seat
from services.experts.model import Draw
from services.experts.pool import ConflictOfInterest, Expert
from services.work import kit_tables

METADATA = kit_tables(sa.MetaData())

experts = sa.Table(
    "experts",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", Choice(ExpertStatus), nullable=False),
    sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("profession", sa.String(40), nullable=False),
    sa.Column("qualification", sa.Text, nullable=False),
    sa.Column("groups", Json(tuple[str, ...]), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("audience", sa.String(16), nullable=False),
    sa.UniqueConstraint("community_id", "member_id", name="experts_member"),
)

conflicts = sa.Table(
    "conflicts",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("expert_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("audience", sa.String(16), nullable=False),
    sa.UniqueConstraint("community_id", "project_id", "expert_id", name="conflicts_expert"),
)

draws = sa.Table(
    "draws",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", Choice(DrawStatus), nullable=False),
    sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("group", sa.String(40), nullable=False),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("candidates", Json(tuple[Candidate, ...]), nullable=False),
    sa.Column("list_hash", sa.String(64), nullable=False),
    sa.Column("reveal_by", Instant, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("commitments", Json(tuple[Commitment, ...]), nullable=False),
    sa.Column("key", sa.String(400), nullable=False),
    sa.Column("picks", Json(tuple[Seat, ...]), nullable=False),
    sa.Column("void_because", sa.String(200)),
    sa.Column("audience", sa.String(16), nullable=False),
)

STORE = Store("experts", METADATA, {Expert: experts, ConflictOfInterest: conflicts, Draw: draws})


def who_can_be_drawn(
    connection: Connection, community_id: str, project_id: str, group: str, excluded: Collection[str], most: int
) -> list[tuple[str, str]]:
    """抽-1: the expert ids and member ids of a group's verified experts, by expert id, at most `most` of them.

    Left out are the excluded members, and who declared a conflict for the project.
    """
    too_close = sa.exists().where(
        conflicts.c.community_id == experts.c.community_id,
        conflicts.c.project_id == project_id,
        conflicts.c.expert_id == experts.c.id,
    )
    query = (
        sa.select(experts.c.id, experts.c.member_id)
        .where(
            experts.c.community_id == community_id,
            experts.c.status == ExpertStatus.VERIFIED,
            sa.type_coerce(experts.c.groups, sa.Text).contains(f'"{group}"', autoescape=True),
            experts.c.member_id.not_in(excluded),
            ~too_close,
        )
        .order_by(experts.c.id)
        .limit(most)
    )
    return [(row.id, row.member_id) for row in connection.execute(query)]

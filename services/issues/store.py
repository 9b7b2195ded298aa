"""The tables of the issues service."""

import sqlalchemy as sa

from services.database import Choice, Instant, Json, Store, key
from services.issues import rounds_store
from services.issues.catalogue import Catalogue
from services.issues.contract import (
    Alarm,
    Bond,
    Category,
    Exposure,
    GivenAnswer,
    OutsideTransfer,
    Photo,
    Place,
    Point,
    Rating,
    Status,
    Turn,
    Urgency,
)
from services.issues.following import Following
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
    sa.Column("urgency", Choice(Urgency), nullable=False),
    sa.Column("title", sa.String(80), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("place", Json(Place), nullable=False),
    sa.Column("audience", sa.String(16), nullable=False),
    sa.Column("exposure", Choice(Exposure), nullable=False),
    sa.Column("reporter_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("entered_by", sa.Uuid(as_uuid=False)),
    sa.Column("handler_id", sa.Uuid(as_uuid=False)),
    sa.Column("grid_id", sa.Uuid(as_uuid=False)),
    sa.Column("photos", Json(tuple[Photo, ...]), nullable=False),
    sa.Column("answers", Json(tuple[GivenAnswer, ...]), nullable=False),
    sa.Column("warnings", Json(tuple[str, ...]), nullable=False),
    sa.Column("patrol_id", sa.Uuid(as_uuid=False)),
    sa.Column("occurred_at", Instant),
    sa.Column("day", sa.Date),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("respond_by", Instant),
    sa.Column("responded_at", Instant),
    sa.Column("settle_by", Instant),
    sa.Column("watch_at", Instant),
    sa.Column("first_resolved_at", Instant),
    sa.Column("resolved_at", Instant),
    sa.Column("waiting_until", sa.Date),
    sa.Column("instead", sa.Text),
    sa.Column("reopenings", sa.Integer, nullable=False),
    sa.Column("overnight", sa.Boolean, nullable=False),
    sa.Column("overnights", sa.Integer, nullable=False),
    sa.Column("alarm", Choice(Alarm)),
    sa.Column("transfer", Json(OutsideTransfer | None), nullable=False),
    sa.Column("merged_into", sa.Uuid(as_uuid=False)),
    sa.Column("original_status", Choice(Status)),
    sa.Column("copies", Json(tuple[str, ...]), nullable=False),
    sa.Column("me_toos", sa.Integer, nullable=False),
    sa.Column("followers", sa.Integer, nullable=False),
    sa.Column("topic_id", sa.Uuid(as_uuid=False)),
    sa.Column("project_id", sa.Uuid(as_uuid=False)),
    sa.Column("rating", Json(Rating | None), nullable=False),
    sa.Column("history", Json(tuple[Turn, ...]), nullable=False),
)
sa.Index(
    "issues_watch_at",
    issues.c.watch_at,
    postgresql_where=issues.c.watch_at.is_not(None),
    sqlite_where=issues.c.watch_at.is_not(None),
)
sa.Index(  # all that a huddle's list is chosen and ordered by, so that only what is listed is read
    "issues_grid",
    *(issues.c[name] for name in ("community_id", "grid_id", "status", "settle_by", "overnight")),
    *(issues.c[name] for name in ("created_at", "urgency", "topic_id", "id")),
)

followings = sa.Table(
    "followings",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("issue_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("bond", Choice(Bond), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("through", sa.Uuid(as_uuid=False)),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)
sa.Index("followings_issue", followings.c.community_id, followings.c.issue_id)

catalogues = sa.Table(
    "catalogues",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("own", Json(tuple[Category, ...]), nullable=False),
    sa.Column("outline", Json(tuple[Point, ...]), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

STORE = Store(
    "issues",
    METADATA,
    {Issue: issues, Following: followings, Catalogue: catalogues, **rounds_store.add_tables(METADATA)},
)

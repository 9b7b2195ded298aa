"""The facts: one flat row an issue with everything that is counted, written by the edge together with the views.

Nobody reads a view's JSON to count. Times that went by are kept as whole minutes and local days, so that the same SQL
counts on both databases; places are kept in millionths of a degree (about 0.1 m), since whole numbers divide alike everywhere.
"""

import sqlalchemy as sa

from services.database import Instant, key

NAME = "issue_facts"
MILLIONTHS = 1_000_000
LONGEST_SPOT = 200


def fact_tables(metadata: sa.MetaData) -> sa.Table:
    """Add the table of the facts; besides its key it has one index, which is also the order of every export."""
    table = sa.Table(
        NAME,
        metadata,
        *key("issue_id"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("rank", sa.SmallInteger, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("building_id", sa.String(36)),
        sa.Column("grid_id", sa.String(36)),
        sa.Column("handler_id", sa.String(36)),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("respond_by", Instant),
        sa.Column("responded_at", Instant),
        sa.Column("settle_by", Instant),
        sa.Column("first_resolved_at", Instant),
        sa.Column("resolved_at", Instant),
        sa.Column("resolved_day", sa.Date),
        sa.Column("respond_minutes", sa.Integer),
        sa.Column("settle_minutes", sa.Integer),
        sa.Column("escalated", sa.Boolean, nullable=False),
        sa.Column("confirmed", sa.String(10)),
        sa.Column("reopenings", sa.Integer, nullable=False),
        sa.Column("overnights", sa.Integer, nullable=False),
        sa.Column("stars", sa.SmallInteger),
        sa.Column("me_toos", sa.Integer, nullable=False),
        sa.Column("topic_id", sa.String(36)),
        sa.Column("spot", sa.String(LONGEST_SPOT)),
        sa.Column("latitude", sa.Integer),
        sa.Column("longitude", sa.Integer),
        postgresql_with={"fillfactor": 80},  # a new version of a row finds room beside the old one
    )
    sa.Index(f"{NAME}_day", table.c.community_id, table.c.day, table.c.issue_id)
    return table

"""The table of photos: whose each is, what it is, and under which names its files lie.

The id follows from the uploader and the bytes that were sent, so that what is sent twice is one photo.
"""

import sqlalchemy as sa

from services.database import Instant, key


def photo_tables(metadata: sa.MetaData) -> sa.Table:
    """Add the table to the gateway's. `request_id` is the Idempotency-Key's, `bytes` counts the whole without the thumbnail."""
    table = sa.Table(
        "photos",
        metadata,
        *key(),
        sa.Column("uploader_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("request_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("media", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("thumbnail_sha256", sa.String(64)),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
    )
    sa.Index("photos_uploader", table.c.community_id, table.c.uploader_id, table.c.created_at)
    sa.Index("photos_request", table.c.community_id, table.c.request_id)
    return table

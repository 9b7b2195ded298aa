"""Who holds which post of the staff, as the view of members has it: so that whoever a ladder calls is found by an index."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.notices import known
from gateway.store import notice_posts
from services.actor import STAFF
from services.many import insert_all, one_of


def keep_posts(connection: Connection, members: Sequence[Mapping[str, Any]]) -> None:
    """Enter the posts of some members (states of the contract, of which the view has the newest)."""
    keys = sorted({(each["community_id"], each["id"]) for each in members})
    if not keys:
        return
    held = known.roles(connection, keys)
    columns = [notice_posts.c.community_id, notice_posts.c.member_id]
    connection.execute(sa.delete(notice_posts).where(one_of(connection, columns, keys)))
    rows = [
        {"community_id": place, "role": str(role), "member_id": member_id}
        for (place, member_id), roles in held.items()
        for role in sorted(roles & STAFF)
    ]
    if rows:
        insert_all(connection, notice_posts, rows)

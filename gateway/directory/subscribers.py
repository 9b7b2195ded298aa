"""Where and when people want to be told, with their addresses: for the edge, which sends the messages, and for nobody else."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.directory.contract import NoticePreferences
from gateway.directory.store import notice_preferences


def preferences_of(connection: Connection, member_ids: Iterable[str]) -> dict[str, NoticePreferences]:
    """What some people said, by their ids; who said nothing is left out."""
    table = notice_preferences.c
    query = sa.select(table.id, table.preferences).where(table.id.in_(list(member_ids)))
    return {row.id: row.preferences for row in connection.execute(query)}

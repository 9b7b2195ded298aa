"""What is to be sent of new notices: a row for each channel that its member named, with the time at which it may go out.

It happens a moment after a notice was written, since the directory alone knows who wants what; the inbox waits for nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from gateway.directory.contract import Digest, NoticeKind, NoticePreferences
from gateway.directory.subscribers import preferences_of
from gateway.notices import known
from gateway.notices.channels import NOT_CONFIGURED, Channels
from gateway.notices.hours import due_at
from gateway.notices.tables import DeliveryState
from gateway.store import notice_deliveries, notices
from services.clock import zone_of
from services.database import reading
from services.many import insert_all, one_of

PLANNED_AT_ONCE = 200


def plan(gateway: Engine, directory: Engine, channels: Channels, now: datetime) -> int:
    """Plan the oldest notices that nobody planned yet; how many they were. Errors: DBAPIError."""
    with gateway.begin() as connection:
        found = _unplanned(connection)
        if not found:
            return 0
        with reading(directory) as asked:
            wanted = preferences_of(asked, {row.member_id for row in found})
        places = known.places(connection, {row.community_id for row in found if row.member_id in wanted})
        planned = [
            each for row in found if row.member_id in wanted for each in _deliveries(row, wanted, places, channels, now)
        ]
        if planned:
            insert_all(connection, notice_deliveries, planned)
        keys = [(row.community_id, row.id) for row in found]
        mine = one_of(connection, [notices.c.community_id, notices.c.id], keys)
        connection.execute(sa.update(notices).where(mine).values(planned=True))
        return len(found)


def wants(preferences: NoticePreferences, kind: str) -> bool:
    """Whether somebody wants notices of a kind sent at all, urgent ones too: who turned them off is not called."""
    return preferences.digest is not Digest.NONE and NoticeKind(kind) not in preferences.muted


def _unplanned(connection: Connection) -> list[Any]:
    """Some of them, held until the end of this transaction; what another process holds is passed over."""
    columns = (notices.c.community_id, notices.c.id, notices.c.member_id, notices.c.kind, notices.c.urgent)
    query = sa.select(*columns).where(notices.c.planned.is_(False)).order_by(notices.c.id).limit(PLANNED_AT_ONCE)
    return list(connection.execute(query.with_for_update(skip_locked=True)))


def _deliveries(
    row: Any,
    wanted: Mapping[str, NoticePreferences],
    places: Mapping[str, known.KnownPlace],
    channels: Channels,
    now: datetime,
) -> Iterator[dict[str, Any]]:
    preferences = wanted[row.member_id]
    if not wants(preferences, row.kind):
        return
    zone = zone_of(places.get(row.community_id, known.KnownPlace()).zone)
    at = due_at(preferences, row.urgent, now, zone)
    waits = at > now and preferences.digest is not Digest.DAILY
    for number, channel in enumerate(preferences.channels, 1):
        possible = channels.takes(channel.kind)
        state = DeliveryState.WAITING_QUIET_HOURS if waits else DeliveryState.QUEUED
        yield {
            "community_id": row.community_id,
            "notice_id": row.id,
            "number": number,
            "member_id": row.member_id,
            "kind": str(channel.kind),
            "state": state if possible else DeliveryState.FAILED,
            "attempts": 0,
            "error": "" if possible else NOT_CONFIGURED,
            "next_at": at if possible else None,
            "sent_at": None,
        }

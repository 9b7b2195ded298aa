"""What staff, and the client itself, can see of how far a webhook has been served."""

from typing import Any

import sqlalchemy as sa

from gateway.call import Answer, Call
from gateway.directory.contract import WebhookState
from gateway.districts import Districts
from gateway.handlers import PRIVATE, Handlers, known_place, no_query
from gateway.questions import WebhookDelivery
from gateway.reader import Prepared, instant
from gateway.store import feed, webhook_cursors
from gateway.views import Views
from services.errors import NotFound
from services.wire import to_json

MOST_BEHIND = 1000


class Progress:
    """The handler of the endpoint for a webhook's delivery."""

    def __init__(self, handlers: Handlers, districts: Districts, views: Views) -> None:
        self._handlers = handlers
        self._districts = districts
        self._views = views
        self._cursor = Prepared(_cursor(), views.reader.dialect)
        self._behind = Prepared(_behind(), views.reader.dialect)

    async def webhook_delivery(self, call: Call) -> Answer:
        """How far one webhook has been served, for those who may see the webhook itself."""
        actor = self._handlers.admit(call)
        no_query(call)
        here, id_ = known_place(call), call.path["webhook_id"]
        sight = await self._districts.sight(actor, here)
        if await self._views.get(WebhookState, here, id_, sight) is None:
            raise NotFound("there is no such thing here", "本社区没有此项内容")
        return Answer(200, to_json(await self._of(here, id_)), PRIVATE)

    async def _of(self, community_id: str, id_: str) -> WebhookDelivery:
        reader = self._views.reader
        rows = await reader.fetch(self._cursor, {"community_id": community_id, "id_": id_})
        if not rows:
            return WebhookDelivery(behind=0)
        position, failures, disabled, error, next_at, updated_at = rows[0]
        found = await reader.fetch(self._behind, {"community_id": community_id, "position": position})
        return WebhookDelivery(
            behind=found[0][0],
            failures=failures,
            disabled=bool(disabled),
            error=error,
            next_at=instant(next_at) if failures and not disabled else None,
            updated_at=instant(updated_at),
        )


def _cursor() -> sa.Select[Any]:
    columns = webhook_cursors.c
    return sa.select(
        columns.position, columns.failures, columns.disabled, columns.error, columns.next_at, columns.updated_at
    ).where(
        columns.community_id == sa.bindparam("community_id", type_=columns.community_id.type),
        columns.id == sa.bindparam("id_", type_=columns.id.type),
    )


def _behind() -> sa.Select[Any]:
    before = (
        sa.select(feed.c.position)
        .where(
            feed.c.community_id == sa.bindparam("community_id", type_=feed.c.community_id.type),
            feed.c.position > sa.bindparam("position", type_=sa.BigInteger),
        )
        .limit(sa.literal_column(str(MOST_BEHIND)))
    )
    return sa.select(sa.func.count()).select_from(before.subquery())

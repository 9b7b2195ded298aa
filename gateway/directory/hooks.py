"""The webhooks that are to be served, with their secrets: for the edge, which sends the events, and for nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.directory.store import webhooks
from services.actor import Actor, Role

_COLUMNS = ("community_id", "id", "version", "client_id", "url", "types", "secret", "updated_at")


@dataclass(frozen=True)
class Hook:
    """A webhook that holds now; `updated_at` is when it was set."""

    community_id: str
    id: str
    version: int
    client_id: str
    url: str
    types: tuple[str, ...]
    secret: str
    updated_at: datetime

    @property
    def actor(self) -> Actor:
        """The client as its own token would prove it: it is sent what it could read."""
        return client(self.client_id, self.community_id)


def client(client_id: str, community_id: str) -> Actor:
    """An API client as an actor."""
    return Actor(client_id, {community_id: frozenset({Role.PROPERTY_SYSTEM})}, kind="client")


def hooks(connection: Connection) -> Sequence[Hook]:
    """All that hold now."""
    return [Hook(*row) for row in connection.execute(_hooks())]


def hook_of(connection: Connection, community_id: str, id_: str) -> Hook | None:
    """One of them, as it is now; None when it was removed."""
    which = (webhooks.c.community_id == community_id, webhooks.c.id == id_)
    row = connection.execute(_hooks().where(*which)).one_or_none()
    return Hook(*row) if row else None


def _hooks() -> sa.Select[Any]:
    return sa.select(*(webhooks.c[name] for name in _COLUMNS)).where(webhooks.c.removed.is_(False))

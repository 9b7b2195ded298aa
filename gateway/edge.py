"""The edge on the bus: it hears everything, keeps views and feed, serves webhooks, and runs the directory's relay and schedule."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from gateway.directory.store import STORE as DIRECTORY
from gateway.directory.use_cases import DUE as DIRECTORY_DUE
from gateway.store import STORE
from gateway.told import Told, purge_feed, write_told
from gateway.webhooks.delivery import Delivery
from gateway.webhooks.guard import Guard
from services import inbox
from services.bus import Chore, Office, Subscriptions
from services.clock import utc_now
from services.database import Store
from services.envelope import Envelope
from services.intake import everything
from services.settings import settings
from services.work import Desk, Work

WEBHOOKS_AT_ONCE = 4


def keep(work: Work, envelope: Envelope, cls: type, data: Any) -> None:
    """Put an event into the views and the feed, with the batch it came in."""
    work.stage(write_told, Told(envelope, cls, data))


def keep_feed_short(connection: Connection, _store: Store, now: datetime) -> int:
    """Delete what the feed need not keep any longer."""
    return purge_feed(connection, now, settings().feed_days)


def serve_webhooks(desks: Mapping[str, Desk]) -> Callable[[], float]:
    """What the hands of the webhooks do."""
    guard = Guard(settings().webhook_networks)
    return Delivery(desks["office"].engine, desks["directory"].engine, guard, utc_now).turn


class EdgeService:
    """Hears every event of every service; several may run at once."""

    name = "edge"

    office = Office(STORE, tells=False, keep_house=(inbox.purge, keep_feed_short))
    subscriptions = Subscriptions(told=keep, sources=everything())
    directory = Office(DIRECTORY, DIRECTORY_DUE)
    webhooks = Chore(serve_webhooks, WEBHOOKS_AT_ONCE)

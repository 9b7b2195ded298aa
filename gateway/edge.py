"""The edge on the bus: it hears everything, keeps what is shown, tells members and webhooks, and runs the directory's relay."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from gateway.directory.store import STORE as DIRECTORY
from gateway.directory.use_cases import DUE as DIRECTORY_DUE
from gateway.notices.channels import Channels
from gateway.notices.sending import Sender
from gateway.notices.writing import is_told, purge_notices, write_notices
from gateway.numbers.facts import Facts
from gateway.store import STORE
from gateway.told import Told, purge_feed, write_told
from gateway.webhooks.delivery import Delivery
from gateway.webhooks.guard import Guard
from services import inbox
from services.bus import Office, Subscriptions
from services.chore import Chore
from services.clock import utc_now
from services.database import Store
from services.envelope import Envelope
from services.intake import everything
from services.settings import settings
from services.work import Desk, Work

WEBHOOKS_AT_ONCE = 4
MESSAGES_AT_ONCE = 4
FACTS = Facts()


def keep(work: Work, envelope: Envelope, cls: type, data: Any) -> None:
    """Put an event into the facts, the views, the feed and the inboxes, with the batch it came in: always in this order."""
    told = Told(envelope, cls, data)
    work.stage(FACTS.write, told)
    work.stage(write_told, told)
    if is_told(cls):
        work.stage(write_notices, told)


def keep_feed_short(connection: Connection, _store: Store, now: datetime) -> int:
    """Delete what the feed need not keep any longer."""
    return purge_feed(connection, now, settings().feed_days)


def keep_inboxes_short(connection: Connection, _store: Store, now: datetime) -> int:
    """Delete notices that nobody looks at any longer."""
    return purge_notices(connection, now, settings().notice_days)


def serve_webhooks(desks: Mapping[str, Desk]) -> Callable[[], float]:
    """What the hands of the webhooks do."""
    guard = Guard(settings().webhook_networks)
    return Delivery(desks["office"].engine, desks["directory"].engine, guard, utc_now).turn


def send_notices(desks: Mapping[str, Desk]) -> Callable[[], float]:
    """What the hands of the notices do."""
    chosen = settings()
    guard = Guard(chosen.webhook_networks)
    channels = Channels(guard, utc_now, chosen.notice_email, chosen.notice_sms, chosen.notice_web)
    return Sender(desks["office"].engine, desks["directory"].engine, channels, utc_now).turn


class EdgeService:
    """Hears every event of every service; several may run at once."""

    name = "edge"

    office = Office(STORE, tells=False, keep_house=(inbox.purge, keep_feed_short, keep_inboxes_short))
    subscriptions = Subscriptions(told=keep, sources=everything())
    directory = Office(DIRECTORY, DIRECTORY_DUE)
    webhooks = Chore(serve_webhooks, WEBHOOKS_AT_ONCE)
    notices = Chore(send_notices, MESSAGES_AT_ONCE)

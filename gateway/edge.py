"""The edge on the bus: it hears everything, keeps the views and the feed, and runs the directory's relay."""

from typing import Any

from gateway.directory.store import STORE as DIRECTORY
from gateway.store import STORE
from gateway.views import Told, write_told
from services.bus import Office, Subscriptions
from services.envelope import Envelope
from services.intake import everything
from services.work import Work


def keep(work: Work, envelope: Envelope, cls: type, data: Any) -> None:
    """Put an event into the views and the feed, with the batch it came in."""
    work.stage(write_told, Told(envelope, cls, data))


class EdgeService:
    """Hears every event of every service; several may run at once."""

    name = "edge"

    office = Office(STORE)
    subscriptions = Subscriptions(told=keep, sources=everything())
    directory = Office(DIRECTORY)

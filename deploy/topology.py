"""Every queue is there before an event is published: one that nobody could hear would be confirmed and lost.

Each process declares what it consumes when it starts. A relay may be faster than a process that is to hear it, and faster
than that process is back after the broker was away; therefore it declares all of this whenever it connects.
"""

from typing import Any

from deploy import parts
from services import broker


def declare_topology(url: str) -> None:
    """Declare the exchanges and queues of all services. Errors: one of `broker.AWAY`; WrongTopology."""
    link = broker.Link(url)
    try:
        declare_on(link.channel)
    finally:
        link.close()


def declare_on(channel: Any) -> None:
    """The same on a channel that is open."""
    broker.declare_common(channel)
    for path in parts.SERVICES.values():
        service = parts.named(path)
        broker.declare_commands(channel, service.name)
        for source, keys in service.subscriptions.sources.items():
            broker.declare_subscription(channel, f"{service.name}.on.{source}", source, keys)

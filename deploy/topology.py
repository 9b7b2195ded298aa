"""Every queue is there before the first event is published: one that nobody could hear yet would be lost.

Each process declares what it consumes when it starts; a relay may be faster than a process that is to hear it.
"""

from deploy import parts
from services import broker


def declare_topology(url: str) -> None:
    """Declare the exchanges and queues of all services. Errors: one of `broker.AWAY`; WrongTopology."""
    link = broker.Link(url)
    try:
        broker.declare_common(link.channel)
        for path in parts.SERVICES.values():
            service = parts.named(path)
            broker.declare_commands(link.channel, service.name)
            for source, keys in service.subscriptions.sources.items():
                broker.declare_subscription(link.channel, f"{service.name}.on.{source}", source, keys)
    finally:
        link.close()

"""Every queue is there before an event is published: one that nobody could hear would be confirmed and lost.

Each process declares what it consumes when it starts. A relay may be faster than a process that is to hear it, and faster
than that process is back after the broker was away; therefore it declares all of this whenever it connects.

Who hears what is generated into `topology.json` from the services' tables, so that no process has to load all services.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from services import broker

HEARD = Path(__file__).with_name("topology.json")


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
    for service, sources in heard().items():
        broker.declare_commands(channel, service)
        for source, keys in sources.items():
            broker.declare_subscription(channel, f"{service}.on.{source}", source, keys)


@cache
def heard() -> dict[str, dict[str, list[str]]]:
    """Of each service: the services that it listens to, and the binding keys of what it hears."""
    found: dict[str, dict[str, list[str]]] = json.loads(HEARD.read_text())
    return found

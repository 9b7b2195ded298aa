"""Dead letters: messages that nobody could handle, kept with their reason until an operator replays or drops them."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from time import monotonic
from typing import Any

from services import broker
from services.broker import DEAD_LETTERS, Link, Outgoing, Publisher

MOST_LOOKED_AT = 10_000
GIVEN_BACK_SECONDS = 5.0


@dataclass(frozen=True)
class DeadLetter:
    """One message that was given up; `number` is its place in the queue, `id` the event's or command's id if it has one."""

    number: int
    id: str
    type: str
    queue: str
    reason: str
    at: str
    headers: dict[str, Any]
    body: bytes
    content_type: str


def dead_letters(url: str) -> list[DeadLetter]:
    """Every dead letter, oldest first, at most 10,000; all of them stay where they are."""
    with _looking(url) as channel:
        found = [letter for letter, _ in _taken(channel)]
        _give_back(channel, len(found))
    return found


def replay(url: str, wanted: Callable[[DeadLetter], bool]) -> list[DeadLetter]:
    """Send the wanted ones back to the queues they came from; each leaves the dead letters when the broker has it there.

    One whose queue is gone stays. One that is put aside again meanwhile is not sent back a second time.
    """
    replayed, seen = [], 0
    exists = cache(partial(broker.exists, url))
    with _looking(url) as channel, closing(Publisher(url, confirms=True)) as publisher:
        for letter, tag in _taken(channel):
            seen += 1
            if letter.queue and wanted(letter) and exists(letter.queue):
                publisher.send([_back(letter)])
                channel.basic_ack(tag)
                replayed.append(letter)
        _give_back(channel, seen - len(replayed))
    return replayed


@contextmanager
def _looking(url: str) -> Iterator[Any]:
    with closing(Link(url)) as link:
        broker.declare_common(link.channel)
        yield link.channel


def _give_back(channel: Any, count: int) -> None:
    """Return when the broker has so many letters again, so that whoever looks next sees them; another may take some first."""
    channel.basic_recover(requeue=True)
    deadline = monotonic() + GIVEN_BACK_SECONDS
    while broker.queue_depth(channel, DEAD_LETTERS) < count and monotonic() < deadline:
        pass


def _taken(channel: Any) -> Iterator[tuple[DeadLetter, int]]:
    for number in range(1, min(broker.queue_depth(channel, DEAD_LETTERS), MOST_LOOKED_AT) + 1):
        message = channel.basic_get(DEAD_LETTERS)
        if message is None:
            return
        yield _letter(number, message), message.delivery_tag


def _letter(number: int, message: Any) -> DeadLetter:
    sent = message.properties.get("application_headers") or {}
    headers = {name: found for name, found in sent.items() if isinstance(name, str)}
    return DeadLetter(
        number=number,
        id=str(headers.get("ce-id", message.properties.get("message_id", ""))),
        type=str(headers.get("ce-type", headers.get("sansan-routing-key", ""))),
        queue=str(headers.get("sansan-queue", headers.get("x-first-death-queue", ""))),
        reason=str(headers.get("sansan-reason", headers.get("x-first-death-reason", "unknown"))),
        at=str(headers.get("sansan-at", "")),
        headers=headers,
        body=broker.text_body(message),
        content_type=str(message.properties.get("content_type", "")),
    )


def _back(letter: DeadLetter) -> Outgoing:
    headers = {name: found for name, found in letter.headers.items() if not name.startswith(("sansan-", "x-"))}
    properties = {"content_type": letter.content_type, "delivery_mode": 2}
    return Outgoing("", letter.queue, letter.body, headers, properties)

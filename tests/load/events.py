"""Events raw: pipelined publisher confirms into one quorum queue, and a subscriber that counts what it gets and how old it is.

Both run as processes (`python -m tests.load.events publish|subscribe ...`) and print one line of JSON, the subscriber
after a line "ready". The subscriber takes our relay's events as well as the raw publisher's: a message's age is the time
since its `ce-time` header.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from amqp import Message
from kombu.connection import Connection

WINDOW = 500
PREFETCH = 1000
ACK_EVERY = 200
BODY = json.dumps(
    {"issue": {"title": "3栋门口井盖破损", "text": "井盖裂了。" * 40, "status": "reported", "version": 1}}
)
HEADERS = {
    "ce-specversion": "1.0",
    "ce-id": "01935f3e-8a3c-7c1e-9d55-2f6a4b1c7d90",
    "ce-type": "issues.issue.reported.v1",
    "ce-source": "/sansan/issues",
    "ce-subject": "01935f3e-8a3c-7c1e-9d55-2f6a4b1c7d91",
    "ce-dataschema": "/v1/schemas/issues.issue.reported.v1.json",
    "ce-community": "wuhan-caochang",
    "ce-audience": "community",
    "ce-actor": "01935f3e-8a3c-7c1e-9d55-2f6a4b1c7d92",
    "ce-sequence": "1",
    "ce-traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}


@dataclass(frozen=True)
class Flow:
    """Events that passed: from the first to the last in seconds, and their age in milliseconds where it was looked at."""

    count: int
    seconds: float
    p50_ms: float = 0.0
    p99_ms: float = 0.0

    @property
    def per_second(self) -> float:
        """Events a second."""
        return self.count / self.seconds if self.seconds else 0.0


def publish(amqp: str, exchange: str, count: int) -> Flow:
    """Publish so many events in a process of its own; it returns when the broker has confirmed all of them."""
    command = [sys.executable, "-m", "tests.load.events", "publish", amqp, exchange, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60 + count / 100, check=True)
    return Flow(**json.loads(done.stdout))


class Subscriber:
    """A subscriber in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def result(self, seconds: float = 120.0) -> Flow:
        """What it got, when it has had enough or heard nothing for a while."""
        printed, _ = self._process.communicate(timeout=seconds)
        return Flow(**json.loads(printed))


@contextmanager
def subscriber(amqp: str, exchange: str, count: int, quiet_seconds: float = 5.0) -> Iterator[Subscriber]:
    """Subscribe to all of an exchange by a quorum queue; ends after `count` events, or `quiet_seconds` after the last one."""
    command = [sys.executable, "-m", "tests.load.events", "subscribe", amqp, exchange, str(count), str(quiet_seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield Subscriber(process)
        finally:
            process.kill()


def _publish(connection: Any, exchange: str, count: int) -> Flow:
    channel = connection.channel()
    channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
    channel.confirm_select()
    waiting: set[int] = set()

    def on_ack(tag: int, multiple: bool) -> None:
        waiting.difference_update([each for each in waiting if each <= tag] if multiple else [tag])

    channel.events["basic_ack"].add(on_ack)
    begun = time.perf_counter()
    for number in range(1, count + 1):
        now = datetime.now(UTC).isoformat()
        message = Message(
            BODY, content_type="application/json", delivery_mode=2, application_headers=HEADERS | {"ce-time": now}
        )
        channel.basic_publish(message, exchange, "wuhan-caochang.issue.reported")
        waiting.add(number)
        while len(waiting) >= WINDOW:
            connection.drain_events(timeout=10)
    while waiting:
        connection.drain_events(timeout=10)
    return Flow(count, time.perf_counter() - begun)


def _subscribe(connection: Any, exchange: str, count: int, quiet_seconds: float) -> Flow:
    channel = connection.channel()
    channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
    queue = f"bench.on.{exchange}"
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
    channel.queue_bind(queue, exchange, "#")
    channel.basic_qos(0, PREFETCH, False)
    arrivals: list[tuple[float, str]] = []

    def on_message(message: Any) -> None:
        arrivals.append((time.time(), message.headers["ce-time"]))
        if len(arrivals) % ACK_EVERY == 0 or len(arrivals) == count:
            channel.basic_ack(message.delivery_tag, multiple=True)

    channel.basic_consume(queue, callback=on_message)
    print("ready", flush=True)
    with suppress(TimeoutError):
        while not count or len(arrivals) < count:
            connection.drain_events(timeout=quiet_seconds if arrivals else 60)
    channel.queue_delete(queue)
    ages = sorted(at - datetime.fromisoformat(sent).timestamp() for at, sent in arrivals) or [0.0]
    seconds = arrivals[-1][0] - arrivals[0][0] if arrivals else 0.0
    return Flow(len(arrivals), seconds, ages[len(ages) // 2] * 1000, ages[len(ages) * 99 // 100] * 1000)


def main() -> None:
    """Publish or subscribe as told."""
    does, amqp, exchange, *numbers = sys.argv[1:]
    with Connection(amqp, connect_timeout=10) as connection:
        connection.connect()
        if does == "publish":
            flow = _publish(connection.connection, exchange, int(numbers[0]))
        else:
            flow = _subscribe(connection.connection, exchange, int(numbers[0]), float(numbers[1]))
    print(json.dumps(asdict(flow)), flush=True)


if __name__ == "__main__":
    main()

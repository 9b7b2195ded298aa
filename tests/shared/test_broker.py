"""Publishing is confirmed or said not to be, the topology is declared clearly, and nothing that arrives breaks a consumer."""

from collections.abc import Iterator
from typing import Any

import amqp
import pytest

from deploy.machine import tries
from deploy.private_node import PrivateNode
from services import broker
from services.broker import (
    AWAY,
    DEAD_LETTERS,
    RETRIES,
    Blocked,
    Link,
    Outgoing,
    Publisher,
    Unconfirmed,
    WrongTopology,
    declare_commands,
    declare_common,
    declare_events,
    declare_subscription,
    events_exchange,
    queue_depth,
    text_body,
)

QUEUE = "points.on.issues"


@pytest.fixture
def link(fresh_amqp_url: str) -> Iterator[Link]:
    """A connection on which everything is declared."""
    opened = Link(fresh_amqp_url)
    declare_common(opened.channel)
    declare_subscription(opened.channel, QUEUE, "issues", ["*.issue.confirmed"])
    yield opened
    opened.close()


@pytest.fixture
def publisher(fresh_amqp_url: str) -> Iterator[Publisher]:
    """A publisher that waits for confirms."""
    opened = Publisher(fresh_amqp_url, confirms=True)
    yield opened
    opened.close()


def told(body: bytes, key: str = "wuhan-caochang.issue.confirmed", **headers: Any) -> Outgoing:
    """An event on its way."""
    return Outgoing(events_exchange("issues"), key, body, headers, {"delivery_mode": 2})


def waiting(link: Link, queue: str, number: int, seconds: float = 10) -> list[Any]:
    """The messages of a queue, when so many have come; they are acknowledged."""
    found: list[Any] = []
    for _ in tries(seconds):
        while message := link.channel.basic_get(queue, no_ack=True):
            found.append(message)
        if len(found) >= number:
            return found
    raise AssertionError(f"{len(found)} of {number} messages came to {queue}")


def test_what_was_sent_arrives_whole_and_in_order(link: Link, publisher: Publisher) -> None:
    bodies = [f"{number}".encode() * 7 for number in range(1000)]
    publisher.send(told(body, number=number) for number, body in enumerate(bodies))
    arrived = waiting(link, QUEUE, 1000)
    assert [text_body(message) for message in arrived] == bodies
    assert [message.properties["application_headers"]["number"] for message in arrived] == list(range(1000))


def test_large_and_empty_bodies_arrive_beside_each_other(link: Link, publisher: Publisher) -> None:
    bodies = [b"", b"x" * 1_000_000, b"{}", b"\x00\xff" * 200_000, b""]
    publisher.send(told(body) for body in bodies)
    assert [text_body(message) for message in waiting(link, QUEUE, 5)] == bodies


def test_nothing_to_send_needs_no_broker() -> None:
    Publisher("amqp://127.0.0.1:1/", confirms=True).close()


def test_what_nobody_listens_to_is_confirmed(link: Link, publisher: Publisher) -> None:
    publisher.send([told(b"{}", "wuhan-caochang.issue.sung")])
    assert queue_depth(link.channel, QUEUE) == 0


def test_what_the_broker_refuses_is_not_taken_for_sent(link: Link, publisher: Publisher) -> None:
    arguments = {"x-max-length": 2, "x-overflow": "reject-publish"}
    link.channel.queue_declare("small", durable=True, auto_delete=False, arguments=arguments)
    with pytest.raises(Unconfirmed, match="refused"):
        publisher.send(Outgoing("", "small", b"{}", {}) for _ in range(50))
    link.channel.queue_purge("small")
    publisher.send([Outgoing("", "small", b"{}", {})])
    assert queue_depth(link.channel, "small") == 1


def test_an_exchange_that_does_not_exist_is_said_and_the_publisher_recovers(link: Link, publisher: Publisher) -> None:
    with pytest.raises(AWAY):
        publisher.send([Outgoing("no.such.exchange", "x", b"{}", {})])
    publisher.send([told(b"{}")])
    assert len(waiting(link, QUEUE, 1)) == 1


def test_a_broker_that_is_away_is_said() -> None:
    publisher = Publisher("amqp://guest:guest@127.0.0.1:1/", confirms=True)
    with pytest.raises(AWAY):
        publisher.send([told(b"{}")])
    assert publisher.blocked is False


def test_declaring_again_changes_nothing(link: Link) -> None:
    for _ in range(2):
        declare_common(link.channel)
        declare_events(link.channel, "issues")
        assert declare_commands(link.channel, "issues") == "rpc-issues"
        declare_subscription(link.channel, QUEUE, "issues", ["*.issue.confirmed"])


def test_a_queue_with_other_arguments_is_said_once_and_clearly(fresh_amqp_url: str) -> None:
    other = Link(fresh_amqp_url)
    other.channel.queue_declare("rpc-issues", durable=False, auto_delete=False)
    other.channel.exchange_declare("issues.events", "fanout", durable=True, auto_delete=False)
    for name, declare in (
        ("queue rpc-issues", lambda channel: declare_commands(channel, "issues")),
        ("exchange issues.events", lambda channel: declare_events(channel, "issues")),
    ):
        fresh = Link(fresh_amqp_url)
        declare_common(fresh.channel)
        with pytest.raises(WrongTopology, match=f"{name} exists with other arguments; delete it or rename it"):
            declare(fresh.channel)
        fresh.drop()
    other.close()


def test_a_message_to_be_tried_again_comes_back_to_its_queue_with_its_headers(link: Link, publisher: Publisher) -> None:
    name, milliseconds = RETRIES[0]
    assert milliseconds == 1000
    publisher.send([Outgoing(name, QUEUE, b"{}", {"sansan-attempts": 1}, {"delivery_mode": 2})])
    assert queue_depth(link.channel, QUEUE) == 0
    (message,) = waiting(link, QUEUE, 1)
    assert message.properties["application_headers"]["sansan-attempts"] == 1


def test_retries_wait_for_1_s_10_s_1_min_and_10_min() -> None:
    assert [milliseconds for _, milliseconds in RETRIES] == [1_000, 10_000, 60_000, 600_000]


def test_what_is_rejected_too_often_ends_in_the_dead_letters(
    link: Link, publisher: Publisher, fresh_amqp_url: str
) -> None:
    publisher.send([told(b"poison")])
    for _ in range(broker.DELIVERY_LIMIT + 1):
        for _ in tries(10):
            if message := link.channel.basic_get(QUEUE):
                break
        else:
            raise AssertionError("the message did not come back")
        link.channel.basic_reject(message.delivery_tag, requeue=True)
    (letter,) = waiting(link, DEAD_LETTERS, 1)
    assert text_body(letter) == b"poison"


def test_what_was_not_acknowledged_comes_back_when_the_socket_breaks(
    link: Link, publisher: Publisher, fresh_amqp_url: str
) -> None:
    publisher.send([told(b"1"), told(b"2")])
    got: list[Any] = []
    consumer = Link(fresh_amqp_url)
    consumer.channel.basic_consume(QUEUE, callback=got.append)
    for _ in tries(10):
        consumer.drain(0.1)
        if len(got) == 2:
            break
    consumer.channel.basic_ack(got[0].delivery_tag)
    consumer.close()
    assert [text_body(message) for message in waiting(link, QUEUE, 1)] == [b"2"]


def test_a_silent_link_waits_no_longer_than_it_was_told(link: Link) -> None:
    assert link.drain(0) is False
    assert link.drain(0.05) is False


BAD = b"\xff\xfe"


@pytest.mark.parametrize(
    "properties",
    [
        {"correlation_id": BAD},
        {"reply_to": BAD},
        {"content_type": BAD},
        {"message_id": BAD, "correlation_id": "x", "content_type": "application/json", "content_encoding": "utf-8"},
        {"application_headers": {"a": BAD, b"\xff": "b", "c": "\ud800"}},
        {"timestamp": 2**63},
        {"content_encoding": "no-such-encoding"},
    ],
    ids=lambda properties: "-".join(properties),
)
def test_a_message_that_is_no_utf_8_arrives_and_breaks_nothing(link: Link, properties: dict[str, Any]) -> None:
    link.channel.queue_declare("any", durable=False, auto_delete=False)
    sent = {"application_headers": {"kept": "yes"}, **properties}
    link.channel.basic_publish(amqp.Message(b'{"a": 1}', **sent), "", "any")
    link.channel.basic_publish(amqp.Message(b"next", correlation_id="next"), "", "any")
    got = consumed(link, "any", 2)
    assert text_body(got[0]) == b'{"a": 1}'
    assert got[1].properties["correlation_id"] == "next"
    if BAD in properties.values():
        assert got[0].properties == {"content_type": "unreadable", "application_headers": {"kept": "yes"}}


@pytest.mark.parametrize("key", [b"issues.\xff", b"issues.\xed\xa0\x80", b"issues." + b"\xff" * 240, b"\xff"])
def test_a_routing_key_that_is_no_utf_8_arrives_as_far_as_it_can_be_read(link: Link, key: bytes) -> None:
    link.channel.queue_declare("any", durable=False, auto_delete=False)
    link.channel.queue_bind("any", broker.RPC_EXCHANGE, "#")
    link.channel.basic_publish(amqp.Message(b"{}"), broker.RPC_EXCHANGE, key)
    link.channel.basic_publish(amqp.Message(b"{}"), broker.RPC_EXCHANGE, "issues.井盖")
    got = consumed(link, "any", 2)
    assert got[0].delivery_info["routing_key"] in ("issues.", "")
    assert got[1].delivery_info["routing_key"] == "issues.井盖"


def test_such_a_message_can_be_taken_by_itself(link: Link) -> None:
    link.channel.queue_declare("any", durable=False, auto_delete=False)
    link.channel.queue_bind("any", broker.RPC_EXCHANGE, "#")
    for key in (b"issues.\xff", b"plain"):
        link.channel.basic_publish(amqp.Message(b"{}", correlation_id=BAD), broker.RPC_EXCHANGE, key)
    got = waiting(link, "any", 2)
    assert [message.delivery_info["routing_key"] for message in got] == ["issues.", "plain"]
    assert [message.delivery_info["message_count"] for message in got] == [1, 0]


def consumed(link: Link, queue: str, number: int) -> list[Any]:
    """Messages as a consumer is given them."""
    got: list[Any] = []
    link.channel.basic_consume(queue, callback=got.append, no_ack=True)
    for _ in tries(10):
        link.drain(0.1)
        if len(got) == number:
            return got
    raise AssertionError(f"{len(got)} of {number} messages came")


def test_bytes_that_the_client_library_decoded_are_bytes_again() -> None:
    assert text_body(amqp.Message("井盖")) == "井盖".encode()
    assert text_body(amqp.Message(b"\xff")) == b"\xff"
    assert text_body(amqp.Message(b"\xff".decode("utf-8", "surrogateescape"))) == b"\xff"


def send_for(publisher: Publisher, body: bytes, seconds: float) -> None:
    """Send the same again and again for some time."""
    for _ in tries(seconds):
        publisher.send([told(body)])


def send_until_confirmed(publisher: Publisher, body: bytes) -> None:
    """Send it as the relay does: until it was confirmed once."""
    for _ in tries(40):
        try:
            publisher.send([told(body)])
        except (*AWAY, Unconfirmed):
            continue
        return
    raise AssertionError("it was never confirmed")


def test_a_broker_that_takes_no_messages_is_noticed_and_used_again_afterwards(private_broker: PrivateNode) -> None:
    link = Link(private_broker.url)
    declare_common(link.channel)
    declare_subscription(link.channel, QUEUE, "issues", ["#"])
    confirmed, fast = (Publisher(private_broker.url, confirms=confirms) for confirms in (True, False))
    confirmed.send([told(b"before")])
    fast.send([told(b"before")])
    private_broker.block()
    for publisher, expected in ((confirmed, Unconfirmed), (fast, Blocked)):
        with pytest.raises(expected):
            send_for(publisher, b"during", seconds=10)
    private_broker.unblock()
    for _ in tries(10):
        if not fast.blocked:
            break
    for publisher in (confirmed, fast):
        publisher.send([told(b"after")])
    for _ in tries(10):
        if [text_body(message) for message in waiting(link, QUEUE, 1)][-1] == b"after":
            break
    for each in (confirmed, fast, link):
        each.close()


def await_registration(node: PrivateNode) -> None:
    """Return when the queue's name is on the disk: RabbitMQ 3.10 writes it up to a second after the queue was declared."""
    for _ in tries(10):
        if any(QUEUE.encode() in file.read_bytes() for file in node.directory.glob("data/*/quorum/*/names.dets")):
            return
    raise AssertionError("the queue was never registered")


def test_a_publisher_finds_its_broker_again_after_it_was_killed(private_broker: PrivateNode) -> None:
    link = Link(private_broker.url)
    declare_common(link.channel)
    declare_subscription(link.channel, QUEUE, "issues", ["#"])
    publisher = Publisher(private_broker.url, confirms=True)
    publisher.send([told(b"before")])
    await_registration(private_broker)
    private_broker.kill()
    with pytest.raises(AWAY):
        publisher.send([told(b"lost")])
    link.drop()
    private_broker.start()
    again = Link(private_broker.url)
    send_until_confirmed(publisher, b"after")
    arrived = [text_body(message) for message in waiting(again, QUEUE, 2)]
    assert arrived[0] == b"before"
    assert set(arrived[1:]) == {b"after"}
    publisher.close()
    again.close()

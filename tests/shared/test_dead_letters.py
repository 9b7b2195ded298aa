"""A dead letter is kept with its reason until it is sent back to where it came from, and is never lost on the way."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.broker import DEAD_LETTERS, Link, Outgoing, Publisher, declare_common, queue_depth, text_body
from services.dead_letters import DeadLetter, dead_letters, replay
from services.ids import new_id
from tests.shared.test_broker import waiting

QUEUE = "points.on.issues"


@pytest.fixture
def link(fresh_amqp_url: str) -> Iterator[Link]:
    """A connection on which the dead letters and one queue are declared."""
    opened = Link(fresh_amqp_url)
    declare_common(opened.channel)
    opened.channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
    yield opened
    opened.close()


def bury(url: str, *letters: dict[str, Any], queue: str = QUEUE) -> None:
    """Put some messages aside, as a service does."""
    publisher = Publisher(url, confirms=True)
    publisher.send(
        Outgoing(
            DEAD_LETTERS,
            queue,
            b'{"issue": {}}',
            {
                "ce-id": new_id(),
                "ce-type": "issues.issue.confirmed.v1",
                "sansan-queue": queue,
                "sansan-reason": "nobody understands it",
                "sansan-at": "2024-05-20T04:00:00+00:00",
                "sansan-attempts": 4,
                **letter,
            },
            {"content_type": "application/json", "delivery_mode": 2},
        )
        for letter in letters
    )
    publisher.close()


def test_a_letter_says_what_it_is_where_it_comes_from_and_why(link: Link, fresh_amqp_url: str) -> None:
    bury(fresh_amqp_url, {"ce-id": "first"}, {"ce-id": "second"})
    first, second = dead_letters(fresh_amqp_url)
    assert (first.number, first.id, first.type, first.queue) == (1, "first", "issues.issue.confirmed.v1", QUEUE)
    assert (first.reason, first.at) == ("nobody understands it", "2024-05-20T04:00:00+00:00")
    assert (first.body, first.content_type) == (b'{"issue": {}}', "application/json")
    assert (second.number, second.id) == (2, "second")


def test_looking_takes_nothing_away_however_often(link: Link, fresh_amqp_url: str) -> None:
    bury(fresh_amqp_url, {}, {})
    for _ in range(100):
        assert len(dead_letters(fresh_amqp_url)) == 2
        assert queue_depth(link.channel, DEAD_LETTERS) == 2, "the broker does not have them back yet"


def test_a_message_without_any_header_can_be_looked_at(link: Link, fresh_amqp_url: str) -> None:
    publisher = Publisher(fresh_amqp_url, confirms=True)
    publisher.send([Outgoing(DEAD_LETTERS, "x", b"\xff", {})])
    publisher.close()
    (letter,) = dead_letters(fresh_amqp_url)
    assert (letter.id, letter.queue, letter.reason, letter.body) == ("", "", "unknown", b"\xff")
    assert replay(fresh_amqp_url, lambda _: True) == []
    assert len(dead_letters(fresh_amqp_url)) == 1


def test_what_is_wanted_goes_back_as_it_first_came_and_the_rest_stays(link: Link, fresh_amqp_url: str) -> None:
    bury(fresh_amqp_url, {"ce-id": "a"}, {"ce-id": "b"}, {"ce-id": "c"})
    assert [letter.id for letter in replay(fresh_amqp_url, lambda letter: letter.id == "b")] == ["b"]
    (message,) = waiting(link, QUEUE, 1)
    headers = {
        name: each for name, each in message.properties["application_headers"].items() if name != "x-delivery-count"
    }
    assert headers == {"ce-id": "b", "ce-type": "issues.issue.confirmed.v1"}
    assert (text_body(message), message.properties["content_type"]) == (b'{"issue": {}}', "application/json")
    assert [letter.id for letter in dead_letters(fresh_amqp_url)] == ["a", "c"]


def test_what_is_put_aside_again_meanwhile_is_not_sent_back_a_second_time(link: Link, fresh_amqp_url: str) -> None:
    def wanted_and_put_aside_again(letter: DeadLetter) -> bool:
        bury(fresh_amqp_url, {"ce-id": letter.id})
        return True

    bury(fresh_amqp_url, {"ce-id": "a"}, {"ce-id": "b"})
    assert [letter.id for letter in replay(fresh_amqp_url, wanted_and_put_aside_again)] == ["a", "b"]
    assert [letter.id for letter in dead_letters(fresh_amqp_url)] == ["a", "b"]


def test_a_letter_whose_queue_is_gone_stays_where_it_is(link: Link, fresh_amqp_url: str) -> None:
    bury(fresh_amqp_url, {"ce-id": "homeless"}, queue="no.such.queue")
    bury(fresh_amqp_url, {"ce-id": "at home"})
    assert [letter.id for letter in replay(fresh_amqp_url, lambda _: True)] == ["at home"]
    assert [letter.id for letter in dead_letters(fresh_amqp_url)] == ["homeless"]
    assert queue_depth(link.channel, QUEUE) == 1


def test_odd_headers_do_not_stop_the_others(link: Link, fresh_amqp_url: str) -> None:
    bury(fresh_amqp_url, {b"\xff": "x", "ce-id": "odd", "deep": {"a": [1]}, "none": None}, {"ce-id": "plain"})  # type: ignore[dict-item]
    assert [letter.id for letter in replay(fresh_amqp_url, lambda _: True)] == ["odd", "plain"]
    assert len(waiting(link, QUEUE, 2)) == 2
    assert dead_letters(fresh_amqp_url) == []


def test_an_empty_queue_has_no_letters(fresh_amqp_url: str) -> None:
    assert dead_letters(fresh_amqp_url) == []
    assert replay(fresh_amqp_url, lambda _: True) == []

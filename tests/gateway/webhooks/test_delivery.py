"""Every event that a client may see arrives, in order, however often its receiver fails; nobody holds up anybody else."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from gateway.feed import FeedPage
from gateway.happening import scope_of
from gateway.sight import sight_of
from gateway.told import purge_feed
from gateway.webhooks import delivery
from gateway.webhooks.signing import signature_of
from services.declare import ONE_MEMBER
from services.issues.contract import IssueConfirmed, IssueReported
from services.wire import from_json
from tests.gateway.webhooks.hall import SECRET, Hall
from tests.gateway.webhooks.receiver import Receiver, receiver
from tests.gateway.world import numbered, world_as_it_is
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, NOON

REPORTED = "issues.issue.reported.v1"


def url(company: Receiver) -> str:
    return f"http://{company.address}/events"


def test_every_event_arrives_once_in_order_and_signed(hall: Hall, company: Receiver) -> None:
    id_ = hall.subscribe("erp", url(company))
    issues = hall.report(*range(150))
    hall.serve()
    assert company.subjects() == issues
    for _, headers, body in company.got:
        event = from_json(body)
        assert headers["webhook-id"] == event["id"]
        assert headers["webhook-signature"] == signature_of(SECRET, event["id"], int(NOON.timestamp()), body)
    assert (hall.cursor(id_).position, hall.delivery.turn()) == (151, delivery.PAUSE_SECONDS)


def test_what_arrives_is_what_the_pull_feed_gives_this_client(hall: Hall, company: Receiver) -> None:
    id_ = hall.subscribe("erp", url(company))
    hall.report(1, 2)
    hall.serve()
    scope = scope_of({COMMUNITY: sight_of(hall.hook(id_).actor, COMMUNITY)})
    with world_as_it_is(hall.engine.url) as world:
        page: FeedPage = world.run(world.feed.read(scope, 1))
    assert [body for _, _, body in company.got] == [event for _, event in page.events]


def test_a_client_gets_nothing_that_it_may_not_see_or_did_not_ask_for(hall: Hall, company: Receiver) -> None:
    id_ = hall.subscribe("erp", url(company), "issues.issue.reported.*", "points.*")
    hall.tell(IssueReported(issue=numbered(1, audience=ONE_MEMBER)))
    hall.tell(IssueReported(issue=numbered(2, community_id=ANOTHER_COMMUNITY)))
    hall.tell(IssueConfirmed(issue=numbered(3)))
    (seen,) = hall.report(4)
    hall.tell(IssueConfirmed(issue=numbered(5)))
    hall.serve()
    assert company.subjects() == [seen]
    assert hall.cursor(id_).position == 6, "what is not for it is passed over, up to the end"


def test_what_failed_comes_again_under_the_same_id_before_anything_else(hall: Hall, company: Receiver) -> None:
    id_ = hall.subscribe("erp", url(company))
    first, second = hall.report(1, 2)
    company.will(503, 302, 404, 204)
    for seconds in (1, 2, 4):
        hall.serve()
        assert company.subjects()[-1] == first
        assert hall.cursor(id_).next_at == hall.clock() + timedelta(seconds=seconds)
        hall.clock.forward(seconds=seconds - 0.5)
        hall.serve()
        hall.clock.forward(seconds=0.5)
    assert hall.cursor(id_).error == "HTTP 404"
    hall.serve()
    assert company.subjects() == [first] * 4 + [second]
    assert len(set(company.ids()[:4])) == 1
    assert (hall.cursor(id_).failures, hall.cursor(id_).error) == (0, "")


def test_what_arrived_before_a_failure_does_not_come_again(hall: Hall, company: Receiver) -> None:
    hall.subscribe("erp", url(company))
    first, second, third = hall.report(1, 2, 3)
    company.will(200, 500)
    hall.serve()
    hall.clock.forward(seconds=1)
    hall.serve()
    assert company.subjects() == [first, second, second, third]


def test_the_longest_wait_is_ten_minutes_unless_the_receiver_asks_for_up_to_an_hour(
    hall: Hall, company: Receiver
) -> None:
    id_ = hall.subscribe("erp", url(company))
    hall.report(1)
    company.will(*[500] * 12)
    for _ in range(12):
        hall.serve()
        hall.clock.now = hall.cursor(id_).next_at
    assert hall.cursor(id_).failures == 12
    for asked, granted in (("5", 600), ("1800", 1800), ("86400", 3600)):
        company.will(429, retry_after=asked)
        hall.serve()
        assert hall.cursor(id_).next_at == hall.clock() + timedelta(seconds=granted)
        hall.clock.now = hall.cursor(id_).next_at
    hall.serve()
    assert len(set(company.ids())) == 1


def test_gone_disables_until_it_is_set_again_and_then_nothing_is_missing(hall: Hall, company: Receiver) -> None:
    id_ = hall.subscribe("erp", url(company), "issues.*")
    company.will(204, 410)
    issues = hall.report(1, 2, 3)
    hall.serve()
    hall.clock.forward(days=1)
    hall.serve()
    assert (hall.cursor(id_).disabled, company.subjects()) == (True, issues[:2])
    hall.subscribe("erp", url(company), "issues.*")
    hall.serve()
    assert company.subjects() == [issues[0], issues[1], issues[1], issues[2]]


def test_a_removed_webhook_is_sent_nothing_more(hall: Hall, company: Receiver) -> None:
    id_ = hall.subscribe("erp", url(company))
    (first,) = hall.report(1)
    hall.serve()
    hall.remove(id_)
    hall.report(2)
    hall.delivery.turn()
    assert (company.subjects(), hall.cursors()) == ([first], set())


def test_a_receiver_that_is_off_gets_everything_when_it_is_on_again(hall: Hall) -> None:
    with receiver() as before:
        port = before.port
    id_ = hall.subscribe("erp", f"http://127.0.0.1:{port}/")
    issues = hall.report(1, 2)
    hall.serve()
    assert "refused" in hall.cursor(id_).error.lower()
    with receiver() as after:
        hall.subscribe("erp", url(after))
        hall.serve()
        assert [each for each in after.subjects() if each != id_] == issues


def test_an_address_that_leads_inside_by_now_is_not_called(hall: Hall, company: Receiver) -> None:
    id_ = hall.subscribe("erp", f"http://10.0.0.1:{company.port}/")
    hall.report(1)
    hall.serve()
    assert (hall.cursor(id_).failures, company.got) == (1, [])
    assert "not on the public Internet" in hall.cursor(id_).error


def test_types_that_this_process_does_not_know_yet_are_waited_for(hall: Hall, company: Receiver) -> None:
    id_ = hall.subscribe("erp", url(company), "weather.*")
    hall.report(1)
    hall.serve()
    assert "no event has the type" in hall.cursor(id_).error
    assert hall.cursor(id_).position == 1


def test_one_who_fails_holds_up_nobody_else(hall: Hall, company: Receiver) -> None:
    hall.subscribe("dead", "http://127.0.0.1:1/")
    hall.subscribe("erp", url(company), "issues.*")
    issues = hall.report(1, 2, 3)
    hall.serve()
    assert company.subjects() == issues


def test_a_turn_is_short_and_goes_on_behind_the_others(
    hall: Hall, company: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "TURN_SECONDS", -1.0)
    id_ = hall.subscribe("erp", url(company))
    hall.report(1)
    assert hall.delivery.turn() == 0.0
    assert (company.got, hall.cursor(id_).failures) == ([], 0)


def test_many_hands_send_everything_once_and_in_order(hall: Hall) -> None:
    with receiver() as one, receiver() as two:
        hall.subscribe("one", url(one), "issues.*")
        hall.subscribe("two", url(two), "issues.*")
        issues = hall.report(*range(60))
        hands = [hall.another() for _ in range(4)]

        def take_turns(hand: Any) -> None:
            for _ in range(30):
                hand.turn()

        threads = [threading.Thread(target=take_turns, args=(hand,)) for hand in hands]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        hall.serve()
        assert (one.subjects(), two.subjects()) == (issues, issues)


def test_events_that_were_deleted_before_they_were_sent_do_not_stop_the_rest(hall: Hall, company: Receiver) -> None:
    hall.subscribe("erp", url(company))
    company.will(500)
    hall.report(1)
    hall.serve()
    with hall.engine.begin() as connection:
        assert purge_feed(connection, NOON + timedelta(days=100), 90) == 2
    (later,) = hall.report(2)
    hall.clock.forward(seconds=1)
    hall.serve()
    assert company.subjects()[1:] == [later]

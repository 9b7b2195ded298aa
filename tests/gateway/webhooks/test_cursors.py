"""A cursor begins where its webhook was set, is served by one at a time, and obeys only whoever has it now."""

from datetime import timedelta

from gateway.webhooks import cursors
from gateway.webhooks.cursors import LEASE, PATIENCE
from tests.gateway.webhooks.hall import Hall
from tests.shared.samples import ANOTHER_COMMUNITY

URL = "http://127.0.0.1:1/"


def test_a_new_webhook_begins_after_the_event_that_tells_of_it(hall: Hall) -> None:
    hall.report(1, 2)
    id_ = hall.subscribe("erp", URL)
    assert hall.cursor(id_).position == 3


def test_it_waits_for_that_event_and_misses_nothing_after_it(hall: Hall) -> None:
    id_ = hall.subscribe("erp", URL, tell=False)
    hall.report(1)
    hall.delivery.follow()
    assert hall.cursors() == set()
    hall.subscribe("erp", URL)
    hall.report(2)
    hall.delivery.follow()
    assert hall.cursor(id_).position == 2


def test_an_event_that_never_comes_is_not_waited_for_for_ever(hall: Hall) -> None:
    id_ = hall.subscribe("erp", URL, tell=False)
    hall.report(1, 2)
    hall.clock.now += PATIENCE + timedelta(seconds=1)
    hall.delivery.follow()
    assert hall.cursor(id_).position == 2


def test_one_is_due_when_its_time_has_come_and_its_own_community_has_news(hall: Hall) -> None:
    first, second = hall.subscribe("erp", URL), hall.subscribe("crm", URL, community_id=ANOTHER_COMMUNITY)
    with hall.engine.begin() as connection:
        assert cursors.due(connection, hall.clock(), 9) == []
    hall.report(1)
    with hall.engine.begin() as connection:
        assert [each.id for each in cursors.due(connection, hall.clock(), 9)] == [first]
        assert cursors.due(connection, hall.clock() - timedelta(seconds=1), 9) == []
    hall.report(2, community_id=ANOTHER_COMMUNITY)
    with hall.engine.begin() as connection:
        assert {each.id for each in cursors.due(connection, hall.clock(), 9)} == {first, second}
        assert len(cursors.due(connection, hall.clock(), 1)) == 1


def test_only_one_takes_it_and_whoever_was_too_slow_changes_nothing(hall: Hall) -> None:
    id_ = hall.subscribe("erp", URL)
    seen = hall.cursor(id_)
    with hall.engine.begin() as connection:
        slow = cursors.taken(connection, seen, hall.clock())
        assert slow is not None
        assert cursors.taken(connection, seen, hall.clock()) is None
    hall.clock.now += LEASE
    with hall.engine.begin() as connection:
        quick = cursors.taken(connection, hall.cursor(id_), hall.clock())
        assert quick is not None
        assert cursors.changed(connection, slow, position=99) is None
        assert cursors.changed(connection, quick, position=7) is not None
    assert hall.cursor(id_).position == 7


def test_setting_it_again_takes_it_from_whoever_has_it_and_goes_on_where_it_stood(hall: Hall) -> None:
    id_ = hall.subscribe("erp", URL)
    with hall.engine.begin() as connection:
        mine = cursors.taken(connection, hall.cursor(id_), hall.clock())
        assert mine is not None
        mine = cursors.changed(connection, mine, position=5, failures=3, disabled=True, error="HTTP 410")
        assert mine is not None
    hall.subscribe("erp", URL)
    now = hall.cursor(id_)
    assert (now.position, now.failures, now.disabled, now.error, now.version) == (5, 0, False, "", 2)
    with hall.engine.begin() as connection:
        assert cursors.changed(connection, mine, position=6) is None


def test_a_removed_ones_cursor_is_forgotten(hall: Hall) -> None:
    id_, other = hall.subscribe("erp", URL), hall.subscribe("crm", URL)
    hall.remove(id_)
    hall.delivery.follow()
    assert hall.cursors() == {other}
    with hall.engine.begin() as connection:
        assert cursors.known(connection).keys() == {(hall.hook(other).community_id, other)}

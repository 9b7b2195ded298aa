"""What is due on a channel is taken together and by one alone, for a minute; who was too slow changes nothing more."""

from datetime import timedelta

import pytest

from gateway.notices import deliveries
from gateway.notices.deliveries import LEASE, Group, due, give_up, mark, take
from gateway.notices.tables import DeliveryState
from services.issues.contract import IssueResolved
from tests.gateway.notices.house import FOLLOWER, House, webhook
from tests.shared.samples import COMMUNITY, NOON, REPORTER, issue_state

HOOK = webhook("127.0.0.1:9")
MINE = Group(COMMUNITY, REPORTER, 1)


@pytest.fixture
def waiting(house: House) -> House:
    """Three messages for one member, and as many for another."""
    for member_id in (REPORTER, FOLLOWER):
        house.wish(member_id, HOOK)
    for version in (6, 7, 8):
        house.tell(IssueResolved(issue=issue_state(version=version, title=f"井盖 {version}"), note="已更换"))
    house.sender.plan()
    return house


def test_what_is_due_is_found_by_channel(waiting: House) -> None:
    with waiting.engine.begin() as connection:
        assert set(due(connection, NOON)) == {MINE, Group(COMMUNITY, FOLLOWER, 1)}
        assert due(connection, NOON - timedelta(seconds=1)) == []


def test_it_is_taken_together_in_its_order_and_by_nobody_else_for_a_minute(waiting: House) -> None:
    with waiting.engine.begin() as connection:
        taken = take(connection, MINE, NOON)
        assert [each.item.zh for each in taken] == [f"您反映的“井盖 {number}”已办结:已更换。" for number in (6, 7, 8)]
        assert (taken[0].attempts, taken[0].kind, taken[0].urgent, taken[0].until) == (
            0,
            "webhook",
            False,
            NOON + LEASE,
        )
        assert take(connection, MINE, NOON) == []
        assert due(connection, NOON) == [Group(COMMUNITY, FOLLOWER, 1)]
        assert len(take(connection, MINE, NOON + LEASE)) == 3, "who died lets it go"


def test_a_great_many_are_taken_in_parts(waiting: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "MOST_TOGETHER", 2)
    with waiting.engine.begin() as connection:
        assert [len(take(connection, MINE, NOON)) for _ in range(3)] == [2, 1, 0]


def test_who_was_too_slow_changes_nothing_more(waiting: House) -> None:
    with waiting.engine.begin() as connection:
        slow = take(connection, MINE, NOON)
        fast = take(connection, MINE, NOON + LEASE)
        mark(connection, MINE, slow, **give_up("too slow"))
        mark(connection, MINE, fast[:1], state=DeliveryState.SENT, next_at=None, sent_at=NOON)
    assert [row.state for row in waiting.deliveries(REPORTER)] == ["sent", "queued", "queued"]
    assert [row.state for row in waiting.deliveries(FOLLOWER)] == ["queued"] * 3

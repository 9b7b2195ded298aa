"""The minutes count every issue of the list once, and say in both languages what residents want to know."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.actor import Role
from services.issues.contract import HuddleAttendance, Item, Minutes, Status
from services.issues.minutes import NO_REASON, Fate, Outcome, minutes_of
from services.schemas import load
from services.wire import to_data
from tests.issues.rounds import LEADER, STEWARD, TODAY, item
from tests.shared.made_up import instances
from tests.shared.samples import ISSUE, NOON, OFFICER

TOMORROW = date(2024, 5, 21)


def minutes(*told: tuple[Item, Fate], more: int = 0, by_itself: bool = False, roles: tuple[Role, ...] = ()) -> Minutes:
    """The minutes of some items."""
    attendance = [HuddleAttendance(member_id=OFFICER, role=role, at=NOON) for role in roles]
    return minutes_of(TODAY, [one for one, _ in told], [fate for _, fate in told], more, attendance, by_itself)


@pytest.mark.parametrize(
    ("outcome", "fate"),
    [
        (Outcome(Status.RESOLVED), Fate.SETTLED),
        (Outcome(Status.CONFIRMED), Fate.SETTLED),
        (Outcome(Status.TRANSFERRED), Fate.TRANSFERRED),
        (Outcome(Status.WAITING, waiting_until=TOMORROW), Fate.POSTPONED),
        (Outcome(Status.WAITING, waiting_until=TODAY), Fate.CARRIED_OVER),
        (Outcome(Status.ESCALATED), Fate.ESCALATED),
        (Outcome(Status.ESCALATED, overnight=True), Fate.CARRIED_OVER),
        (Outcome(Status.ESCALATED, overnight=True, topic_id=ISSUE), Fate.ESCALATED),
        (Outcome(Status.REJECTED), Fate.REJECTED),
        (Outcome(Status.MERGED), Fate.MERGED),
        (Outcome(Status.WITHDRAWN), Fate.WITHDRAWN),
        *(
            (Outcome(status), Fate.CARRIED_OVER)
            for status in (Status.REPORTED, Status.ACCEPTED, Status.ASSIGNED, Status.IN_PROGRESS, Status.REOPENED)
        ),
    ],
)
def test_an_issue_is_carried_over_unless_something_became_of_it(outcome: Outcome, fate: Fate) -> None:
    assert outcome.fate(TODAY) is fate


def test_every_status_has_a_fate() -> None:
    assert {Outcome(status).fate(TODAY) for status in Status} == set(Fate) - {Fate.POSTPONED}


def test_why_something_is_left_is_its_last_note_else_what_was_said_else_that_nothing_was() -> None:
    assert Outcome(Status.ACCEPTED, note="缺配件").why("明天去看") == "缺配件"
    assert Outcome(Status.ACCEPTED).why("明天去看") == "明天去看"
    assert Outcome(Status.ACCEPTED).why() == NO_REASON
    assert "未说明原因" in NO_REASON
    assert "no reason was given" in NO_REASON


def test_the_minutes_of_a_morning() -> None:
    told = minutes(
        (item(), Fate.SETTLED),
        (item(), Fate.SETTLED),
        (item(), Fate.TRANSFERRED),
        (item(title="楼道灯不亮", why="缺配件,\n周三到货"), Fate.CARRIED_OVER),
        more=7,
        roles=(Role.BUILDING_LEADER, Role.GRID_OFFICER, Role.BUILDING_LEADER),
    )
    assert (told.listed, told.settled, told.transferred, told.carried_over, told.rejected) == (4, 2, 1, 1, 0)
    assert told.text.splitlines() == [
        "2024年5月20日碰头会:共 4 件,其中办结 2 件,转办 1 件,遗留 1 件。",
        "另有 7 件未列入清单。",
        "到会:网格员 1 人、楼栋长 2 人。",
        "遗留事项:",
        "1. 楼道灯不亮:缺配件, 周三到货",
        "",
        "Huddle of 2024-05-20: 4 listed (2 settled, 1 transferred, 1 carried over). "
        "7 more found no place on the list. 3 attended.",
    ]


def test_an_empty_huddle_has_minutes_too_and_they_say_that_nobody_closed_it() -> None:
    text = minutes(by_itself=True).text
    assert "今日清单为空。" in text
    assert "无人签到。" in text
    assert "由系统自动结束" in text
    assert "Nobody closed it" in text
    assert "Nobody" not in minutes().text


def test_the_minutes_name_nobody() -> None:
    left = (item(by=OFFICER, why="缺配件"), Fate.CARRIED_OVER)
    text = minutes(left, roles=(Role.GRID_OFFICER,)).text
    assert not any(each in text for each in (OFFICER, LEADER.member_id, STEWARD.member_id))


@given(st.lists(st.tuples(instances(Item), st.sampled_from(Fate)), max_size=30), st.integers(0, 1_000_000))
def test_the_counts_add_up_to_the_list_whatever_is_on_it(told: list[tuple[Item, Fate]], more: int) -> None:
    made = minutes(*told, more=more)
    assert made.listed == sum(getattr(made, fate) for fate in Fate) == len(told)
    assert load(Minutes, to_data(made)) == made


def test_the_longest_list_fits_into_the_text() -> None:
    longest = item(title="事" * 80, why="因" * 1000)
    made = minutes(*[(longest, Fate.CARRIED_OVER)] * 500, more=1_000_000, by_itself=True, roles=tuple(Role))
    assert len(made.text) <= 20_000
    assert "……等共 500 件。" in made.text
    assert load(Minutes, to_data(made)) == made

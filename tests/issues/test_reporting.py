"""What is reported is kept in the reporter's words; what cannot be is refused with its reason, and what is odd is warned of."""

from datetime import timedelta
from typing import Any

import pytest

from services.actor import Role
from services.errors import Conflict, Forbidden, Refused, SansanError
from services.ids import derived_id, new_id
from services.issues.contract import AmendIssue, Category, Exposure, GivenAnswer, Place, Point, SetCategory, SetOutline
from services.work import Desk
from tests.shared.desks import job, perform, rows
from tests.shared.samples import (
    ANOTHER_RESIDENT,
    BUILDING,
    COMMUNITY,
    GRID_OFFICER,
    NOON,
    OFFICER,
    REPORTER,
    member,
    report,
)

ADMIN = member(derived_id("member", "admin"), Role.COMMUNITY_ADMIN)
SQUARE = (
    Point(lat=30.0, lon=114.0),
    Point(lat=30.0, lon=114.01),
    Point(lat=30.01, lon=114.01),
    Point(lat=30.01, lon=114.0),
)


def refusal(desk: Desk, command: Any, actor: Any = None) -> SansanError:
    """Why a command is refused."""
    (outcome,) = desk.perform([job(command, actor) if actor else job(command)])
    assert outcome.refusal is not None, outcome
    return outcome.refusal


def test_a_building_of_the_community_can_be_named_and_no_other(desk: Desk) -> None:
    for place in (Place(), Place(spot="小广场"), Place(building_id=BUILDING)):
        perform(desk, job(report(place=place)))
    elsewhere = desk.perform([job(report(place=Place(building_id=new_id())))])[0]
    assert isinstance(elsewhere.refusal, Refused)
    assert elsewhere.refusal.clause == "日-1"
    assert len(rows(desk, "issues")) == 3


def test_whoever_is_no_member_here_cannot_report(desk: Desk) -> None:
    for somebody in (member(REPORTER), member(REPORTER, Role.RESIDENT, community_id="wuhan-elsewhere")):
        assert isinstance(desk.perform([job(report(), somebody)])[0].refusal, Forbidden)
    assert rows(desk, "issues") == []


@pytest.mark.parametrize(
    ("changed", "clause"),
    [
        ({"category": "no_such_thing"}, "日-1"),
        ({"answers": (GivenAnswer(question="no_such_question", values=("x",)),)}, "日-1"),
        ({"place": Place(home_id=BUILDING)}, "日-1"),
        ({"place": Place(entrance_id=BUILDING, spot="门口")}, "日-1"),
        ({"occurred_at": NOON + timedelta(minutes=6)}, "日-1"),
        ({"occurred_at": NOON - timedelta(days=367)}, "日-1"),
        ({"photos": (BUILDING, BUILDING)}, "日-1"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(desk: Desk, changed: dict[str, Any], clause: str) -> None:
    refused = refusal(desk, report(**changed))
    assert isinstance(refused, Refused)
    assert refused.clause == clause
    assert rows(desk, "issues") == []
    assert rows(desk, "journal") == []


@pytest.mark.parametrize("text", ["🔥🔥 着火了", "\u202e倒着写\u202c", "مرحبا", "e\u0301" * 50, "👨‍👩‍👧‍👦" * 20])
def test_whatever_people_write_is_kept_as_they_wrote_it(desk: Desk, text: str) -> None:
    assert perform(desk, job(report(title=text[:80], text=text)))[0]["text"] == text


def test_a_report_written_offline_is_kept_once_however_often_it_is_sent(desk: Desk) -> None:
    command = report(report_id=new_id(), occurred_at=NOON - timedelta(hours=3))
    first, again = perform(desk, job(command)), perform(desk, job(command))
    assert first == again
    assert first[0]["occurred_at"] == "2024-05-20T01:00:00Z"
    assert len(rows(desk, "issues")) == 1
    assert isinstance(refusal(desk, report(report_id=command.report_id, text="别的事")), Conflict)
    theirs = perform(desk, job(command, ANOTHER_RESIDENT))[0]
    assert theirs["id"] != first[0]["id"]


def test_staff_report_on_behalf_of_a_member_and_nobody_else_does(desk: Desk) -> None:
    made = perform(desk, job(report(on_behalf_of=REPORTER), GRID_OFFICER))[0]
    assert (made["reporter_id"], made["entered_by"]) == (REPORTER, OFFICER)
    assert isinstance(refusal(desk, report(on_behalf_of=REPORTER), ANOTHER_RESIDENT), Forbidden)


def test_what_lies_outside_the_ground_is_warned_of_and_kept(desk: Desk) -> None:
    perform(desk, job(SetOutline(community_id=COMMUNITY, outline=SQUARE), ADMIN))
    inside = perform(desk, job(report(place=Place(point=Point(lat=30.005, lon=114.005)))))[0]
    outside = perform(desk, job(report(place=Place(point=Point(lat=31.0, lon=114.005)))))[0]
    assert (inside["warnings"], outside["warnings"]) == ([], ["outside_the_community"])


def test_a_category_of_the_communitys_own_counts_from_its_change_on(desk: Desk) -> None:
    mine = Category(code="koi_pond", en="Koi pond", zh="锦鲤池", private=True)
    assert isinstance(refusal(desk, SetCategory(community_id=COMMUNITY, category=mine), GRID_OFFICER), Forbidden)
    assert isinstance(refusal(desk, report(category="koi_pond")), Refused)
    perform(desk, job(SetCategory(community_id=COMMUNITY, category=mine), ADMIN))
    assert perform(desk, job(report(category="koi_pond")))[0]["audience"] == "staff"


def test_the_reporter_is_asked_how_they_want_to_be_named(desk: Desk) -> None:
    for exposure in Exposure:
        assert perform(desk, job(report(exposure=exposure)))[0]["exposure"] == exposure


def test_a_change_of_nothing_is_refused(desk: Desk) -> None:
    issue_id = perform(desk, job(report()))[0]["id"]
    assert isinstance(refusal(desk, AmendIssue(community_id=COMMUNITY, issue_id=issue_id)), Refused)
    changed = perform(desk, job(AmendIssue(community_id=COMMUNITY, issue_id=issue_id, title="井盖碎了")))[0]
    assert (changed["title"], changed["version"]) == ("井盖碎了", 2)

"""Who an event is meant for is decided by what is known around it, without asking anybody."""

from gateway.notices.hearers import Heard, candidates, is_urgent, may_hear, posts_for
from gateway.notices.known import Follower, Known, KnownIssue, KnownPlace, Matter
from gateway.notices.wording import Ear
from gateway.store import RANKS
from services.actor import Role
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import STAFF
from services.ids import derived_id
from services.issues.contract import Alarm, Bond, IssueAlarmed, IssueResolved, RatingAppealed, Urgency
from tests.shared.samples import COMMUNITY, DISTRICT, ISSUE, NEIGHBOUR, OFFICER, REPORTER, issue_state

ADMIN, RULER = derived_id("member", "admin"), derived_id("member", "ruler")
MATTERS = (Matter("井盖破损", (ISSUE,)),)


def around(rank: str = FOR_COMMUNITY) -> Known:
    return Known(
        issues={(COMMUNITY, ISSUE): KnownIssue(REPORTER, RANKS[rank])},
        followers={(COMMUNITY, ISSUE): [Follower(NEIGHBOUR, Bond.ME_TOO), Follower(REPORTER, Bond.FOLLOWER)]},
        holders={(COMMUNITY, Role.COMMUNITY_ADMIN): [ADMIN], (DISTRICT, Role.DISTRICT_ADMIN): [RULER]},
        places={COMMUNITY: KnownPlace(DISTRICT)},
        roles={(COMMUNITY, NEIGHBOUR): frozenset({Role.OWNER})},
    )


def test_the_strongest_tie_counts() -> None:
    found = candidates(IssueResolved(issue=issue_state(), note="x"), COMMUNITY, MATTERS, OFFICER, around())
    assert found == {REPORTER: Heard(Ear.REPORTER, ISSUE, "井盖破损"), NEIGHBOUR: Heard(Ear.ME_TOO, ISSUE, "井盖破损")}


def test_who_did_it_is_not_meant() -> None:
    assert list(candidates(IssueResolved(issue=issue_state(), note="x"), COMMUNITY, MATTERS, REPORTER, around())) == [
        NEIGHBOUR
    ]


def test_who_has_to_decide_about_an_appeal_hears_of_it() -> None:
    found = candidates(RatingAppealed(issue=issue_state()), COMMUNITY, MATTERS, OFFICER, around())
    assert {id_: heard.ear for id_, heard in found.items()} == {REPORTER: Ear.REPORTER, ADMIN: Ear.ADMIN}


def test_the_highest_rung_is_the_districts() -> None:
    alarm = IssueAlarmed(issue=issue_state(), alarm=Alarm.DISTRICT)
    assert list(posts_for(alarm, COMMUNITY, around())) == [(DISTRICT, Role.DISTRICT_ADMIN)]
    assert list(candidates(alarm, COMMUNITY, MATTERS, "", around())) == [RULER]


def test_only_staff_and_the_reporter_may_hear_of_what_is_for_staff() -> None:
    known = around(STAFF)
    assert may_hear(REPORTER, Heard(Ear.REPORTER, ISSUE, "x"), COMMUNITY, None, known)
    assert not may_hear(NEIGHBOUR, Heard(Ear.ME_TOO, ISSUE, "x"), COMMUNITY, None, known)
    assert may_hear(NEIGHBOUR, Heard(Ear.ME_TOO, ISSUE, "x"), COMMUNITY, None, around())
    assert not may_hear(REPORTER, Heard(Ear.REPORTER, ISSUE, "x"), COMMUNITY, RANKS[FOR_COMMUNITY], known), (
        "no role here"
    )


def test_an_alarm_is_urgent_when_it_is_about_a_danger() -> None:
    for urgency in Urgency:
        alarm = IssueAlarmed(issue=issue_state(urgency=urgency), alarm=Alarm.HANDLER)
        assert is_urgent(alarm) == (urgency is Urgency.DANGER)
    assert not is_urgent(IssueResolved(issue=issue_state(urgency=Urgency.DANGER), note="x"))

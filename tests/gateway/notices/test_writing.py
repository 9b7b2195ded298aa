"""Who is told what: everybody whose matter it is, once, nobody of their own doing, and nobody of what they may not see."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.directory.contract import MemberExpired, MemberStatus, RoleRevoked
from gateway.notices.wording import WORDING
from gateway.notices.writing import is_told, purge_notices
from gateway.store import notice_deliveries, notices
from services.actor import Role
from services.declare import EVENTS, STAFF
from services.ids import derived_id, new_id
from services.issues.contract import (
    Alarm,
    Bond,
    Exposure,
    FollowingEnded,
    GridDefined,
    GridState,
    IssueAccepted,
    IssueAlarmed,
    IssueConfirmed,
    IssueReported,
    IssueResolved,
    IssueSeconded,
    OriginalMoved,
    Status,
    Urgency,
)
from services.projects.contract import HearingOpened, ProjectBegun, TopicRaised, VoteOpened
from tests.gateway.notices import happenings
from tests.gateway.notices.house import (
    ADMIN,
    FOLLOWER,
    PEOPLE,
    RULER,
    SECONDER,
    House,
    following,
    member_state,
    verified,
)
from tests.gateway.world import community
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, ISSUE, NOON, OFFICER, PROJECT, REPORTER, issue_state

ORIGINAL = derived_id("issue", "original")
FOLLOWING = {"reporter", "follower", "seconder"}
HEARD = {
    "IssueAmended": {"officer"},
    "IssueAssigned": FOLLOWING | {"officer"},
    "IssueStayedOvernight": FOLLOWING | {"officer"},
    "IssueEscalated": FOLLOWING | {"officer"},
    "IssueAlarmed": {"officer"},
    "IssueMerged": FOLLOWING | {"officer"},
    "IssueUnmerged": FOLLOWING | {"officer"},
    "OriginalMoved": {"reporter"},
    "IssueConfirmed": FOLLOWING | {"officer"},
    "IssueReopened": {"follower", "seconder", "officer"},
    "IssueWithdrawn": {"follower", "seconder", "officer"},
    "IssueRated": {"officer"},
    "RatingAppealed": {"reporter", "admin"},
    "AppealDecided": {"reporter", "officer"},
}
EVERY = happenings.every()


def name_of(event: Any) -> str:
    return type(event).__name__


def resolved(**changed: Any) -> IssueResolved:
    return IssueResolved(issue=issue_state(**{"version": 6, **changed}), note="已更换")


def test_there_is_an_event_here_for_every_row_of_the_table() -> None:
    assert {type(event) for event in EVERY} == set(WORDING)


@pytest.mark.parametrize("event", EVERY, ids=name_of)
def test_who_hears_of_it(house: House, event: Any) -> None:
    house.tell(TopicRaised(topic=happenings.topic()), ProjectBegun(project=happenings.project(version=1)))
    house.forget()
    house.tell(event)
    assert house.heard() == HEARD.get(name_of(event), FOLLOWING)
    for row in house.inbox():
        assert (row.type, row.issue_id, row.read_at, row.planned) == (
            next(name for name, spec in EVENTS.items() if spec.cls is type(event)), ISSUE, None, False,
        )  # fmt: skip


def test_a_report_and_what_is_nobodys_business_cost_nothing(house: House) -> None:
    assert not is_told(IssueReported)
    assert not is_told(IssueSeconded)
    assert is_told(IssueAccepted)
    assert is_told(RoleRevoked)
    house.tell(IssueSeconded(issue=issue_state(version=7, me_toos=2)))
    assert house.inbox() == []


def test_each_is_spoken_to_as_what_they_are(house: House) -> None:
    house.tell(resolved(), by=OFFICER)
    told = {row.member_id: (row.zh, row.en) for row in house.inbox()}
    assert told == {
        REPORTER: ("您反映的“井盖破损”已办结:已更换。", "“井盖破损”, which you reported, was settled: 已更换."),
        FOLLOWER: ("您关注的“井盖破损”已办结:已更换。", "“井盖破损”, which you follow, was settled: 已更换."),
        SECONDER: ("您附议的“井盖破损”已办结:已更换。", "“井盖破损”, which you seconded, was settled: 已更换."),
    }


def test_nobody_hears_of_what_they_did_themselves(house: House) -> None:
    house.tell(resolved(), by=FOLLOWER)
    assert house.heard() == {"reporter", "seconder"}


def test_who_is_several_things_hears_once(house: House) -> None:
    house.follow(REPORTER, Bond.FOLLOWER)
    house.follow(OFFICER, Bond.ME_TOO)
    house.tell(IssueConfirmed(issue=issue_state(version=6), by_silence=True))
    assert sorted(row.member_id for row in house.inbox()) == sorted((REPORTER, FOLLOWER, SECONDER, OFFICER))
    assert house.inbox(OFFICER)[0].zh.startswith("您经办的")


def test_who_confirms_hears_nothing_of_it_even_if_nobody_knows_them(house: House) -> None:
    house.tell(IssueConfirmed(issue=issue_state(version=6, exposure=Exposure.ANONYMOUS)), by=new_id())
    assert house.heard() == {"follower", "seconder", "officer"}


def test_who_follows_no_longer_hears_no_longer(house: House) -> None:
    house.tell(FollowingEnded(following=following(FOLLOWER, version=2, active=False)))
    house.tell(resolved())
    assert house.heard() == {"reporter", "seconder"}


def test_an_event_that_comes_again_makes_no_second_notice(house: House) -> None:
    once = new_id()
    for _ in range(2):
        house.tell(resolved(), event_id=once)
    assert len(house.inbox()) == 3
    house.tell(resolved(version=7))
    assert len(house.inbox()) == 6


def test_the_database_itself_refuses_a_second_notice_of_an_event(house: House) -> None:
    house.tell(resolved())
    (row,) = house.inbox(REPORTER)
    with pytest.raises(sa.exc.IntegrityError), house.engine.begin() as connection:
        connection.execute(sa.insert(notices).values(**{**row._mapping, "id": new_id()}))


def test_of_a_private_issue_only_staff_and_its_reporter_hear(house: House) -> None:
    house.follow(ADMIN)
    house.tell(resolved(audience=STAFF))
    assert house.heard() == {"reporter", "admin"}
    house.forget()
    house.tell(TopicRaised(topic=happenings.topic()))
    assert house.heard() == {"reporter", "admin"}, "nor by what came of it"


def test_who_has_left_the_community_hears_no_more_but_of_their_own_report(house: House) -> None:
    house.tell(MemberExpired(member=member_state(FOLLOWER, version=2, status=MemberStatus.EXPIRED)))
    house.tell(RoleRevoked(member=member_state(SECONDER, version=2), role=Role.OWNER))
    house.tell(RoleRevoked(member=member_state(REPORTER, version=2), role=Role.RESIDENT))
    house.tell(resolved())
    assert house.heard() == {"reporter"}
    house.forget()
    house.tell(TopicRaised(topic=happenings.topic()))
    assert house.heard() == set()


def test_followers_of_a_merged_issue_hear_of_the_original_and_once(house: House) -> None:
    """The issues service moves the followers of a copy, and its reporter, to the original (`through`)."""
    copy = issue_state(version=4, merged_into=ORIGINAL, status=Status.MERGED)
    house.report(id=ORIGINAL, reporter_id=ADMIN, title="井盖碎裂")
    for member_id in (REPORTER, FOLLOWER):
        house.follow(member_id, issue_id=ORIGINAL, through=ISSUE)
    house.tell(
        resolved(id=ORIGINAL, reporter_id=ADMIN, title="井盖碎裂"),
        OriginalMoved(issue=replace(copy, version=7, original_status=Status.RESOLVED)),
        by=OFFICER,
    )
    assert sorted(row.member_id for row in house.inbox()) == sorted((ADMIN, REPORTER, FOLLOWER))
    assert house.inbox(FOLLOWER)[0].zh == "您关注的“井盖碎裂”已办结:已更换。"


def test_who_reported_both_hears_of_the_original_only(house: House) -> None:
    house.report(id=ORIGINAL)
    house.tell(OriginalMoved(issue=issue_state(version=7, merged_into=ORIGINAL, original_status=Status.RESOLVED)))
    assert house.inbox() == []


def test_who_may_not_see_the_original_hears_of_their_copy(house: House) -> None:
    house.report(id=ORIGINAL, reporter_id=ADMIN, audience=STAFF)
    house.follow(REPORTER, issue_id=ORIGINAL, through=ISSUE)
    house.tell(resolved(id=ORIGINAL, reporter_id=ADMIN, audience=STAFF), by=OFFICER)
    house.tell(OriginalMoved(issue=issue_state(version=7, merged_into=ORIGINAL, original_status=Status.RESOLVED)))
    assert [(row.member_id, row.issue_id) for row in house.inbox()] == [(ADMIN, ORIGINAL), (REPORTER, ISSUE)]


def test_the_reporter_of_a_copy_who_was_not_moved_hears_of_the_original_by_the_copy(house: House) -> None:
    house.tell(OriginalMoved(issue=issue_state(version=7, merged_into=ORIGINAL, original_status=Status.RESOLVED)))
    assert [row.zh for row in house.inbox()] == ["您反映的“井盖破损”所并入的问题有进展:已办结。"]


def test_of_a_project_behind_which_there_are_several_issues_each_hears_once_through_their_own(house: House) -> None:
    house.report(id=ORIGINAL, reporter_id=FOLLOWER, title="飞线充电")
    project = happenings.project(issue_ids=(ISSUE, ORIGINAL))
    house.tell(ProjectBegun(project=project))
    assert {row.member_id: row.issue_id for row in house.inbox()} == {
        REPORTER: ISSUE,
        FOLLOWER: ORIGINAL,
        SECONDER: ISSUE,
    }
    assert house.inbox(FOLLOWER)[0].zh == "“新建充电车棚”经三方同意,已立项(源自您反映的问题)。"


def test_of_a_hearing_about_several_projects_each_hears_of_theirs(house: House) -> None:
    other = derived_id("project", "paths")
    house.report(id=ORIGINAL, reporter_id=FOLLOWER)
    house.tell(
        ProjectBegun(project=happenings.project()),
        ProjectBegun(project=happenings.project(id=other, title="人车分流", issue_ids=(ORIGINAL,))),
    )
    house.forget()
    house.tell(HearingOpened(hearing=replace(happenings.hearing(), project_ids=(PROJECT, other))))
    assert {row.member_id: row.title for row in house.inbox()} == {
        REPORTER: "新建充电车棚", SECONDER: "新建充电车棚", FOLLOWER: "人车分流",
    }  # fmt: skip


def test_what_the_views_do_not_know_yet_is_told_to_nobody(house: House) -> None:
    house.tell(VoteOpened(vote=happenings.vote()))
    house.tell(TopicRaised(topic=replace(happenings.topic(), issue_ids=(ORIGINAL,))))
    assert house.inbox() == []


@pytest.mark.parametrize(
    ("alarm", "heard"),
    [
        (Alarm.HANDLER, {"officer"}),
        (Alarm.GRID_OFFICER, {"officer"}),
        (Alarm.COMMUNITY, {"admin"}),
        (Alarm.DISTRICT, {"ruler"}),
    ],
)
def test_an_alarm_calls_whoever_stands_on_the_rung(house: House, alarm: Alarm, heard: set[str]) -> None:
    house.tell(verified(REPORTER, Role.GRID_OFFICER, place=ANOTHER_COMMUNITY), community(ANOTHER_COMMUNITY))
    house.tell(IssueAlarmed(issue=issue_state(version=8), alarm=alarm))
    assert house.heard() == heard
    assert not any(row.urgent for row in house.inbox())


def test_of_an_issue_without_a_handler_the_officer_of_its_micro_grid_is_called(house: House) -> None:
    grid = GridState(
        community_id=COMMUNITY, id=derived_id("grid"), version=1, name="一网格", building_ids=(), officer_id=ADMIN,
        created_at=NOON, updated_at=NOON,
    )  # fmt: skip
    house.tell(GridDefined(grid=grid))
    for alarm in (Alarm.HANDLER, Alarm.GRID_OFFICER):
        house.forget()
        house.tell(IssueAlarmed(issue=issue_state(version=8, handler_id=None, grid_id=grid.id), alarm=alarm))
        assert house.heard() == {"admin"}
    house.forget()
    house.tell(IssueAlarmed(issue=issue_state(version=9, handler_id=None), alarm=Alarm.HANDLER))
    assert house.heard() == {"officer"}


def test_only_an_alarm_about_a_danger_is_urgent(house: House) -> None:
    danger = issue_state(version=8, urgency=Urgency.DANGER)
    house.tell(IssueAlarmed(issue=danger, alarm=Alarm.HANDLER), IssueAccepted(issue=danger))
    assert {row.type: row.urgent for row in house.inbox()} == {
        "issues.issue.alarmed.v1": True,
        "issues.issue.accepted.v1": False,
    }


def test_another_community_hears_nothing(house: House) -> None:
    house.tell(community(ANOTHER_COMMUNITY), *(verified(id_, Role.RESIDENT, place=ANOTHER_COMMUNITY) for id_ in PEOPLE))
    house.tell(resolved(community_id=ANOTHER_COMMUNITY, reporter_id=derived_id("member", "stranger")))
    assert {row.member_id for row in house.inbox()} == {derived_id("member", "stranger")}
    assert {row.community_id for row in house.inbox()} == {ANOTHER_COMMUNITY}


def test_a_district_admin_who_follows_sees_what_staff_see(house: House) -> None:
    house.follow(RULER)
    house.tell(resolved(audience=STAFF))
    assert house.heard() == {"reporter", "ruler"}


def test_three_hundred_followers_are_told_in_one_go(house: House) -> None:
    crowd = [derived_id("member", str(number)) for number in range(300)]
    house.tell(*(verified(id_, Role.RESIDENT) for id_ in crowd))
    for id_ in crowd:
        house.follow(id_, Bond.ME_TOO)
    asked: list[str] = []
    sa.event.listen(house.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    house.tell(resolved())
    assert len(house.inbox()) == 303
    assert sum("notice" in each or "view_member" in each or "view_following" in each for each in asked) < 8


def test_old_notices_go_with_what_was_sent_of_them(house: House) -> None:
    house.tell(resolved())
    (row,) = house.inbox(REPORTER)
    kept = {"number": 1, "member_id": REPORTER, "kind": "email", "state": "sent", "attempts": 1, "error": ""}
    with house.engine.begin() as connection:
        key = {"community_id": row.community_id, "notice_id": row.id}
        connection.execute(sa.insert(notice_deliveries).values(**key, **kept, next_at=None, sent_at=NOON))
        assert purge_notices(connection, NOON + timedelta(days=180), 180) == 0
        assert purge_notices(connection, NOON + timedelta(days=180, seconds=1), 180) == 3
    assert (house.inbox(), house.deliveries()) == ([], [])

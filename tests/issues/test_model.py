"""An issue leaves a turn in its history at every move, counts its versions, and tells its state as it is."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.actor import SYSTEM, Role
from services.errors import Forbidden, Refused
from services.ids import derived_id
from services.issues.categories import BUILT_IN, named
from services.issues.contract import (
    AmendIssue,
    Area,
    CoverPhoto,
    Exposure,
    IssueConfirmed,
    IssueReported,
    IssueState,
    Photo,
    Status,
    TransferDelivery,
)
from services.issues.model import Issue, Promise
from services.issues.policy import MOST_REOPENINGS
from services.wire import hints_of
from tests.issues.made import issue
from tests.shared.samples import (
    COMMUNITY,
    GRID_OFFICER,
    ISSUE,
    NOON,
    OFFICER,
    REPORTER,
    RESIDENT,
    member,
    moment,
    report,
)

RESIDENTS = frozenset({Role.RESIDENT})
OFFICERS = frozenset({Role.GRID_OFFICER})


ADMIN = member(derived_id("member", "admin"), Role.COMMUNITY_ADMIN)
ADMINS = frozenset({Role.COMMUNITY_ADMIN})
TONIGHT = NOON + timedelta(hours=10)
TOMORROW = TONIGHT + timedelta(days=1)
FACILITY = named(BUILT_IN, "facility")
assert FACILITY is not None
PROMISE = Promise(category=FACILITY, respond_by=NOON + timedelta(hours=2), settle_by=TONIGHT)


def reported(**changed: Any) -> Issue:
    """A new issue."""
    return Issue.report(ISSUE, report(**changed), RESIDENT, RESIDENTS, moment(), PROMISE)[0]


def test_a_report_begins_an_issue_with_its_first_turn() -> None:
    thing, told = Issue.report(ISSUE, report(), RESIDENT, RESIDENTS, moment(), PROMISE)
    assert told == IssueReported(issue=thing.state())
    assert (thing.status, thing.version, thing.reporter_id, thing.handler_id) == (Status.REPORTED, 1, REPORTER, None)
    assert [(turn.move, turn.by, turn.at) for turn in thing.history] == [("report", REPORTER, NOON)]


def test_a_life_from_the_report_to_the_confirmation() -> None:
    thing = reported()
    later = [moment(NOON + timedelta(hours=hour)) for hour in range(1, 7)]
    thing.accept(GRID_OFFICER, OFFICERS, later[0])
    thing.resolve("已更换", GRID_OFFICER, OFFICERS, later[1])
    assert thing.resolved_at == later[1].now
    thing.reopen("还在漏水", RESIDENT, RESIDENTS, later[2], TOMORROW)
    assert thing.state().resolved_at is None
    assert thing.reopenings == 1
    thing.resolve("又修了一次", GRID_OFFICER, OFFICERS, later[3])
    told = thing.confirm(None, RESIDENT, RESIDENTS, later[4])
    assert told == IssueConfirmed(issue=thing.state(), by_silence=False)
    assert thing.version == 6
    assert [(turn.move, turn.status, turn.note) for turn in thing.history] == [
        ("report", Status.REPORTED, None),
        ("accept", Status.ACCEPTED, None),
        ("resolve", Status.RESOLVED, "已更换"),
        ("reopen", Status.REOPENED, "还在漏水"),
        ("resolve", Status.RESOLVED, "又修了一次"),
        ("confirm", Status.CONFIRMED, None),
    ]
    assert (thing.created_at, thing.updated_at) == (NOON, later[4].now)


def test_a_rejection_names_its_reason_and_who_gave_it() -> None:
    thing = reported()
    told = thing.reject("不属于本社区", "请拨打12345", GRID_OFFICER, OFFICERS, moment())
    assert (told.reason, told.instead, told.issue.instead) == ("不属于本社区", "请拨打12345", "请拨打12345")
    assert (told.issue.status, told.issue.handler_id) == (Status.REJECTED, OFFICER)
    assert told.issue.history[-1].note == "不属于本社区"


def test_silence_confirms_when_the_days_are_over() -> None:
    thing = issue(Status.RESOLVED)
    told = thing.confirm_by_silence(SYSTEM, moment(NOON + timedelta(days=8)))
    assert told.by_silence
    assert told.issue.status == Status.CONFIRMED
    assert told.issue.history[-1].by == SYSTEM.member_id


def test_a_move_that_is_refused_leaves_the_issue_as_it_was() -> None:
    thing = issue(Status.CONFIRMED)
    before = thing.state()
    with pytest.raises(Refused):
        thing.reopen("还在漏水", RESIDENT, RESIDENTS, moment(), TOMORROW)
    with pytest.raises(Forbidden):
        thing.accept(RESIDENT, RESIDENTS, moment())
    assert thing.state() == before


def test_the_state_shows_every_member_of_the_issue() -> None:
    thing = issue(Status.RESOLVED, reopenings=2)
    shown: dict[str, Any] = {name: getattr(thing.state(), name) for name in hints_of(IssueState)}
    assert shown.pop("building_id") == thing.place.building_id
    assert shown | {"watch_at": thing.watch_at} == vars(thing)


def test_the_longest_life_fits_into_the_history() -> None:
    thing = reported()
    at = moment(issues__most_reopenings=[(date(2024, 1, 1), MOST_REOPENINGS.most)])
    for _ in range(MOST_REOPENINGS.most):
        thing.accept(GRID_OFFICER, OFFICERS, at)
        thing.resolve("已更换", GRID_OFFICER, OFFICERS, at)
        thing.reopen("还在漏水", RESIDENT, RESIDENTS, at, TOMORROW)
    thing.accept(GRID_OFFICER, OFFICERS, at)
    thing.resolve("已更换", GRID_OFFICER, OFFICERS, at)
    with pytest.raises(Refused, match="too often"):
        thing.reopen("还在漏水", RESIDENT, RESIDENTS, at, TOMORROW)
    thing.confirm(None, RESIDENT, RESIDENTS, at)
    most = hints_of(IssueState)["history"].__metadata__[0].most
    assert len(thing.history) == 4 + 3 * MOST_REOPENINGS.most <= most


def test_a_report_carries_what_its_category_and_its_place_promise() -> None:
    thing = reported(photos=(OFFICER,), exposure=Exposure.OPEN)
    assert (thing.respond_by, thing.settle_by, thing.day) == (PROMISE.respond_by, TONIGHT, date(2024, 5, 20))
    assert (thing.photos, thing.exposure, thing.audience) == ((Photo(id=OFFICER),), Exposure.OPEN, "community")
    private = Promise(category=replace(PROMISE.category, private=True))
    assert Issue.report(ISSUE, report(), RESIDENT, RESIDENTS, moment(), private)[0].audience == "staff"


def test_who_calls_in_and_who_writes_it_down_are_both_on_record() -> None:
    command = report(on_behalf_of=REPORTER)
    thing = Issue.report(ISSUE, command, GRID_OFFICER, OFFICERS, moment(), PROMISE)[0]
    assert (thing.reporter_id, thing.entered_by, thing.history[0].by) == (REPORTER, OFFICER, OFFICER)


def test_an_anonymous_reporter_stands_in_the_history_under_an_id_of_this_issue() -> None:
    thing = reported(exposure=Exposure.ANONYMOUS)
    thing.resolve("已更换", GRID_OFFICER, OFFICERS, moment())
    thing.reopen("还在", RESIDENT, RESIDENTS, moment(), TOMORROW)
    who = [turn.by for turn in thing.history]
    assert who == [derived_id(ISSUE, "reporter"), OFFICER, derived_id(ISSUE, "reporter")]
    assert REPORTER not in who


def test_the_first_answer_of_the_micro_grid_is_remembered() -> None:
    thing = reported()
    first = moment(NOON + timedelta(minutes=20))
    thing.accept(GRID_OFFICER, OFFICERS, first)
    thing.assign(OFFICER, None, GRID_OFFICER, OFFICERS, moment(NOON + timedelta(hours=1)), TONIGHT)
    assert thing.responded_at == first.now


def test_what_was_handed_on_or_postponed_is_due_again_when_it_comes_back() -> None:
    thing = reported()
    thing.hand_over("水务集团", None, "主管爆裂", GRID_OFFICER, OFFICERS, moment())
    thing.accept(GRID_OFFICER, OFFICERS, moment(), TOMORROW)
    assert (thing.status, thing.settle_by) == (Status.ACCEPTED, TOMORROW)
    thing.postpone(date(2024, 5, 25), TOMORROW + timedelta(days=4), "等配件", GRID_OFFICER, OFFICERS, moment())
    assert (thing.waiting_until, thing.settle_by) == (date(2024, 5, 25), TOMORROW + timedelta(days=4))
    thing.assign(OFFICER, None, GRID_OFFICER, OFFICERS, moment(), TOMORROW)
    assert (thing.waiting_until, thing.settle_by) == (None, TOMORROW)


def test_how_far_a_transfer_got_is_another_matter_than_where_the_issue_stands() -> None:
    thing = reported()
    thing.hand_over("水务集团", "SW-1", "主管爆裂", GRID_OFFICER, OFFICERS, moment())
    assert thing.transfer is not None
    assert (thing.transfer.delivery, thing.transfer.delivered_at) == (TransferDelivery.PENDING, None)
    later = moment(NOON + timedelta(hours=1))
    thing.record_delivery(TransferDelivery.TAKEN_ON, None, "已派队", GRID_OFFICER, OFFICERS, later)
    assert (thing.status, thing.transfer.reference) == (Status.TRANSFERRED, "SW-1")
    assert (thing.transfer.delivery, thing.transfer.delivered_at) == (TransferDelivery.TAKEN_ON, later.now)
    thing.accept(GRID_OFFICER, OFFICERS, later, TONIGHT)
    with pytest.raises(Refused, match="record_delivery"):
        thing.record_delivery(TransferDelivery.DONE, None, None, GRID_OFFICER, OFFICERS, later)


def test_a_night_is_counted_and_listed_until_it_is_settled() -> None:
    thing = reported()
    with pytest.raises(Refused, match="fallen due"):
        thing.stay_overnight(moment(TONIGHT - timedelta(seconds=1)))
    told = thing.stay_overnight(moment(TONIGHT))
    assert (told.issue.status, told.issue.overnight, told.issue.overnights) == (Status.ESCALATED, True, 1)
    thing.assign(OFFICER, None, GRID_OFFICER, OFFICERS, moment(TONIGHT), TOMORROW)
    assert (thing.overnight, thing.settle_by) == (False, TOMORROW)
    thing.stay_overnight(moment(TOMORROW))
    assert thing.overnights == 2
    thing.resolve("修好了", GRID_OFFICER, OFFICERS, moment(TOMORROW))
    assert (thing.overnight, thing.overnights, thing.status) == (False, 2, Status.RESOLVED)


def test_the_reporter_changes_their_own_words_and_nobody_elses() -> None:
    thing = reported()
    for actor, held in ((GRID_OFFICER, OFFICERS), (ADMIN, ADMINS)):
        with pytest.raises(Forbidden):
            thing.amend(AmendIssue(community_id=COMMUNITY, issue_id=ISSUE, text="别的"), actor, held, moment(), 9)
    photos = (derived_id("photo", "1"),)
    command = AmendIssue(community_id=COMMUNITY, issue_id=ISSUE, text="更清楚的说明", photos=photos)
    told = thing.amend(command, RESIDENT, RESIDENTS, moment(), 1)
    assert (told.issue.text, told.issue.title, told.issue.photos) == (
        "更清楚的说明",
        "井盖破损",
        (Photo(id=photos[0]),),
    )
    more = AmendIssue(community_id=COMMUNITY, issue_id=ISSUE, photos=(derived_id("photo", "2"),))
    with pytest.raises(Refused, match="at most 1 photos"):
        thing.amend(more, RESIDENT, RESIDENTS, moment(), 1)
    thing.resolve("修好了", GRID_OFFICER, OFFICERS, moment())
    with pytest.raises(Refused):
        thing.amend(command, RESIDENT, RESIDENTS, moment(), 9)


def test_a_rating_is_appealed_by_the_handler_and_decided_by_somebody_else() -> None:
    thing = reported()
    thing.resolve("修好了", GRID_OFFICER, OFFICERS, moment())
    with pytest.raises(Forbidden):
        thing.rate(5, None, GRID_OFFICER, OFFICERS, moment())
    thing.rate(1, "太慢", RESIDENT, RESIDENTS, moment())
    with pytest.raises(Refused, match="rated already"):
        thing.rate(5, None, RESIDENT, RESIDENTS, moment())
    with pytest.raises(Forbidden):
        thing.appeal("不公平", RESIDENT, RESIDENTS, moment())
    thing.appeal("全市停水", GRID_OFFICER, OFFICERS, moment())
    own = member(OFFICER, Role.COMMUNITY_ADMIN)
    with pytest.raises(Forbidden, match="own rating"):
        thing.decide_appeal(True, "不公平", own, ADMINS, moment())
    told = thing.decide_appeal(True, "停水非其所致", ADMIN, ADMINS, moment())
    assert told.issue.rating is not None
    assert told.issue.rating.appeal is not None
    assert (told.issue.rating.stars, told.issue.rating.appeal.unfair) == (1, True)
    with pytest.raises(Refused, match="no appeal waits"):
        thing.decide_appeal(False, "再想想", ADMIN, ADMINS, moment())


def cover(photo: str, *areas: Area) -> CoverPhoto:
    """The command that covers some areas of a photo."""
    return CoverPhoto(community_id=COMMUNITY, issue_id=ISSUE, photo_id=photo, areas=areas)


def test_staff_cover_what_is_nobodys_business_on_a_photo() -> None:
    thing = reported(photos=(OFFICER,))
    face = Area(left=10, top=10, right=200, bottom=300)
    with pytest.raises(Forbidden):
        thing.cover(cover(OFFICER, face), RESIDENT, RESIDENTS, moment())
    with pytest.raises(Refused, match="no such photo"):
        thing.cover(cover(REPORTER, face), GRID_OFFICER, OFFICERS, moment())
    with pytest.raises(Refused, match="no size"):
        thing.cover(cover(OFFICER, replace(face, right=10)), GRID_OFFICER, OFFICERS, moment())
    assert thing.cover(cover(OFFICER, face), GRID_OFFICER, OFFICERS, moment()).issue.photos[0].covered == (face,)
    assert thing.cover(cover(OFFICER), GRID_OFFICER, OFFICERS, moment()).issue.photos[0].covered == ()


def test_a_copy_shows_where_its_original_stands() -> None:
    original, copy = issue(Status.ACCEPTED, id=OFFICER), reported()
    told = copy.merge_into(original, None, GRID_OFFICER, OFFICERS, moment())
    assert (told.issue.status, told.issue.merged_into, told.issue.original_status) == (
        Status.MERGED,
        OFFICER,
        Status.ACCEPTED,
    )
    original.resolve("修好了", GRID_OFFICER, OFFICERS, moment())
    assert copy.looks_elsewhere(original)
    assert copy.follow(original, moment()).issue.original_status is Status.RESOLVED
    assert not copy.looks_elsewhere(original)
    copy.unmerge("不是一回事", GRID_OFFICER, OFFICERS, moment(), TOMORROW)
    assert (copy.status, copy.merged_into, copy.original_status, copy.settle_by) == (
        Status.ACCEPTED,
        None,
        None,
        TOMORROW,
    )

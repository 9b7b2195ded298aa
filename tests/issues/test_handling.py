"""From taking it on to the confirmation: the state, what is told, and what is planned."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.actor import SYSTEM, Role
from services.communities import keep_communities
from services.errors import Conflict, Forbidden, Refused
from services.ids import derived_id
from services.issues.contract import (
    AppealRating,
    Area,
    AssignIssue,
    ConfirmIssue,
    CoverPhoto,
    DecideAppeal,
    EscalateIssue,
    IssueConfirmed,
    PostponeIssue,
    RateIssue,
    RecordDelivery,
    RejectIssue,
    ReopenIssue,
    ResolveIssue,
    StartIssue,
    Status,
    TransferDelivery,
    TransferIssue,
    WithdrawIssue,
)
from services.issues.store import STORE
from services.issues.use_cases import DUE
from services.schemas import load
from services.wire import from_json
from services.work import Desk
from tests.shared.desks import SetClock, confirm, job, perform, rows, settled
from tests.shared.samples import (
    ANOTHER_RESIDENT,
    COMMUNITY,
    GRID_OFFICER,
    NOON,
    OFFICER,
    REPORTER,
    RESIDENT,
    caochang,
    member,
    report,
)

ADMIN = member(derived_id("member", "admin"), Role.COMMUNITY_ADMIN)
STEWARD = member(derived_id("member", "steward"), Role.PROPERTY_STEWARD)
FACE = Area(left=1, top=2, right=3, bottom=4)
FIRST_NIGHT = datetime(2024, 5, 27, 16, tzinfo=UTC)  # the local midnight after the seventh day


def reopen(issue_id: str, **options: Any) -> Any:
    """The reporter says that it is not gone."""
    return job(ReopenIssue(community_id=COMMUNITY, issue_id=issue_id, reason="还在漏水"), **options)


def resolve(issue_id: str) -> Any:
    """The grid officer settles it."""
    return job(ResolveIssue(community_id=COMMUNITY, issue_id=issue_id, note="已更换"), GRID_OFFICER)


def state(desk: Desk) -> Any:
    """The one issue in the table."""
    (row,) = rows(desk, "issues")
    return row


def told(desk: Desk) -> list[str]:
    """The deeds in the journal, in order."""
    return [row.type.split(".")[2] for row in rows(desk, "journal")]


def test_an_evening_of_an_issue(desk: Desk) -> None:
    issue_id = settled(desk)
    reopened = perform(desk, reopen(issue_id))[0]
    assert (reopened["status"], reopened["reopenings"], reopened["resolved_at"]) == ("reopened", 1, None)
    perform(desk, resolve(issue_id))
    final = perform(desk, confirm(issue_id))[0]
    assert (final["status"], final["version"]) == ("confirmed", 6)
    assert told(desk) == ["reported", "accepted", "resolved", "reopened", "resolved", "confirmed"]
    last = from_json(rows(desk, "journal")[-1].data)
    assert last == {"issue": final, "by_silence": False}
    assert load(IssueConfirmed, last).issue.status is Status.CONFIRMED


def test_an_issue_out_of_scope_is_rejected_with_its_reason(desk: Desk) -> None:
    issue_id = perform(desk, job(report()))[0]["id"]
    command = RejectIssue(community_id=COMMUNITY, issue_id=issue_id, reason="不属于本社区", instead="请拨打12345")
    assert perform(desk, job(command, GRID_OFFICER))[0]["status"] == "rejected"
    assert from_json(rows(desk, "journal")[-1].data)["reason"] == "不属于本社区"


def test_somebody_elses_issue_is_neither_confirmed_nor_reopened(desk: Desk) -> None:
    issue_id = settled(desk)
    command = ConfirmIssue(community_id=COMMUNITY, issue_id=issue_id)
    for each in (job(command, ANOTHER_RESIDENT), job(command, GRID_OFFICER), reopen(issue_id, actor=ANOTHER_RESIDENT)):
        assert isinstance(desk.perform([each])[0].refusal, Forbidden)
    assert state(desk).status is Status.RESOLVED


def test_silence_confirms_at_the_local_midnight_after_the_last_day(desk: Desk, clock: SetClock) -> None:
    settled(desk)
    assert [(row.kind, row.due_at) for row in rows(desk, "due")] == [("confirm_by_silence", FIRST_NIGHT)]
    clock.now = FIRST_NIGHT - timedelta(microseconds=1)
    assert desk.do_due(DUE, SYSTEM) == []
    clock.now = FIRST_NIGHT
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.CONFIRMED
    last = rows(desk, "journal")[-1]
    assert (last.type, last.actor, last.member_id) == ("issues.issue.confirmed.v1", SYSTEM.member_id, REPORTER)
    assert from_json(last.data)["by_silence"] is True
    assert rows(desk, "due") == []


def test_silence_confirms_late_rather_than_never(desk: Desk, clock: SetClock) -> None:
    settled(desk)
    clock.forward(days=200)
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.CONFIRMED


@given(st.integers(0, 7 * 24 * 3600 - 1))
def test_the_sample_night_is_the_end_of_the_seventh_day(seconds: int) -> None:
    assert NOON + timedelta(seconds=seconds) < FIRST_NIGHT


def test_whoever_came_back_in_time_is_not_taken_for_silent(desk: Desk, clock: SetClock) -> None:
    issue_id = settled(desk)
    clock.now = FIRST_NIGHT - timedelta(seconds=1)
    perform(desk, reopen(issue_id))
    clock.now = FIRST_NIGHT
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.REOPENED
    assert rows(desk, "due") == []
    assert told(desk)[-1] == "reopened"


def test_an_issue_that_was_settled_again_has_its_days_again(desk: Desk, clock: SetClock) -> None:
    issue_id = settled(desk)
    clock.forward(days=3)
    perform(desk, reopen(issue_id))
    perform(desk, resolve(issue_id))
    clock.now = FIRST_NIGHT
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.RESOLVED
    clock.now = FIRST_NIGHT + timedelta(days=3)
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.CONFIRMED


def test_days_that_became_more_meanwhile_are_waited_for(desk: Desk, clock: SetClock) -> None:
    settled(desk)
    longer = caochang(version=2, parameters={"issues.reopening_days": [(date(2024, 5, 21), 10)]})
    with desk.engine.begin() as connection:
        keep_communities(connection, STORE, [longer])
    desk.communities.forget(COMMUNITY)
    clock.now = FIRST_NIGHT
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.RESOLVED
    clock.now = FIRST_NIGHT + timedelta(days=3)
    desk.do_due(DUE, SYSTEM)
    assert state(desk).status is Status.CONFIRMED
    assert rows(desk, "due") == []


def test_silence_that_comes_after_a_confirmation_changes_nothing(desk: Desk, clock: SetClock) -> None:
    perform(desk, confirm(settled(desk)))
    clock.now = FIRST_NIGHT
    desk.do_due(DUE, SYSTEM)
    assert told(desk) == ["reported", "accepted", "resolved", "confirmed"]
    assert rows(desk, "due") == []


def test_too_late_is_too_late(desk: Desk, clock: SetClock) -> None:
    issue_id = settled(desk)
    clock.now = FIRST_NIGHT
    refused = desk.perform([reopen(issue_id)])[0].refusal
    assert isinstance(refused, Refused)
    assert refused.clause == "日-8"


def do(desk: Desk, command: Any, actor: Any = GRID_OFFICER) -> Any:
    """What a command answers."""
    return perform(desk, job(command, actor))[0]


def test_every_way_of_handling_is_told(desk: Desk) -> None:
    of: dict[str, Any] = {"community_id": COMMUNITY, "issue_id": perform(desk, job(report()))[0]["id"]}
    do(desk, AssignIssue(**of, handler_id=OFFICER, note="请处理"))
    do(desk, StartIssue(**of))
    do(desk, PostponeIssue(**of, until=date(2024, 5, 22), reason="等配件"))
    do(desk, TransferIssue(**of, body="水务集团", reason="主管爆裂"))
    do(desk, RecordDelivery(**of, delivery=TransferDelivery.DONE, reference="SW-1"))
    do(desk, EscalateIssue(**of, reason="需更换整条管线"))
    do(desk, ResolveIssue(**of, note="已修好", evidence=(derived_id("photo", "1"),)))
    do(desk, RateIssue(**of, stars=2), RESIDENT)
    do(desk, AppealRating(**of, reason="不公平"))
    do(desk, DecideAppeal(**of, unfair=True, reason="同意"), ADMIN)
    final = do(desk, CoverPhoto(**of, photo_id=derived_id("photo", "1"), areas=(FACE,)))
    assert told(desk) == [
        "reported",
        "assigned",
        "started",
        "postponed",
        "transferred",
        "delivery_recorded",
        "escalated",
        "resolved",
        "rated",
        "rating_appealed",
        "appeal_decided",
        "photo_covered",
    ]
    assert [turn["move"] for turn in final["history"]][-4:] == ["rate", "appeal", "decide_appeal", "cover_photo"]
    assert (final["version"], final["transfer"]["reference"], final["photos"][0]["evidence"]) == (12, "SW-1", True)


def test_what_was_given_a_date_is_due_at_the_cut_off_of_that_day(desk: Desk) -> None:
    of: dict[str, Any] = {"community_id": COMMUNITY, "issue_id": perform(desk, job(report()))[0]["id"]}
    waiting = do(desk, PostponeIssue(**of, until=date(2024, 5, 22), reason="等配件"))
    assert waiting["settle_by"] == "2024-05-22T14:00:00Z"
    for until in (date(2024, 5, 20), date(2024, 8, 19)):
        refused = desk.perform([job(PostponeIssue(**of, until=until, reason="等"), GRID_OFFICER)])[0].refusal
        assert isinstance(refused, Refused)
        assert refused.clause == "日-5"


def test_two_officers_who_settle_it_at_once_cannot_both(desk: Desk) -> None:
    issue_id = perform(desk, job(report()))[0]["id"]
    command = ResolveIssue(community_id=COMMUNITY, issue_id=issue_id, note="修好了")
    first, second = desk.perform([job(command, GRID_OFFICER, version=1), job(command, STEWARD, version=1)])
    assert first.refusal is None
    assert isinstance(second.refusal, Conflict)
    assert state(desk).handler_id == OFFICER


def test_the_reporter_takes_it_back_only_before_it_is_settled(desk: Desk) -> None:
    of: dict[str, Any] = {"community_id": COMMUNITY, "issue_id": perform(desk, job(report()))[0]["id"]}
    assert do(desk, WithdrawIssue(**of, reason="自己修好了"), RESIDENT)["status"] == "withdrawn"
    again = desk.perform([job(WithdrawIssue(**of), RESIDENT)])[0].refusal
    assert isinstance(again, Refused)
    assert isinstance(desk.perform([job(WithdrawIssue(**of), GRID_OFFICER)])[0].refusal, Forbidden)

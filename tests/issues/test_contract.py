"""What others may know of an issue: nothing personal, nothing that is not said to be for them."""

import dataclasses

import pytest

from services.declare import AUDIENCES, COMMANDS, ONE_MEMBER, PUBLIC, STAFF, VIEWS, Seen, commands_of
from services.declare import COMMUNITY as COMMUNITY_SEES
from services.errors import Invalid
from services.issues.contract import (
    CatalogueState,
    ChangeGrid,
    ChangeRoute,
    DefineGrid,
    DefineRoute,
    Exposure,
    FollowingState,
    GridState,
    HuddleState,
    IssueState,
    PatrolState,
    Place,
    ReportIssue,
    ResolveIssue,
    RouteState,
    Status,
    Turn,
)
from services.issues.use_cases import DOES
from services.schemas import load
from services.wire import hints_of, shown_to, to_data
from tests.shared.samples import COMMUNITY, ISSUE, issue_state, report


def hidden(cls: type) -> set[str]:
    """The members that only staff and the member concerned see."""
    return {
        name
        for name, hint in hints_of(cls).items()
        if any(isinstance(mark, Seen) and mark.by == {STAFF, ONE_MEMBER} for mark in getattr(hint, "__metadata__", ()))
    }


def test_who_reported_and_who_acted_is_marked_as_not_for_everybody() -> None:
    assert hidden(IssueState) == {"entered_by", "handler_id"}
    assert hidden(Turn) == {"by"}
    assert hidden(Place) == {"home_id"}


@pytest.mark.parametrize(
    ("exposure", "seen"),
    [
        (Exposure.OPEN, {PUBLIC, COMMUNITY_SEES, STAFF, ONE_MEMBER}),
        (Exposure.HIDDEN, {STAFF, ONE_MEMBER}),
        (Exposure.ANONYMOUS, {ONE_MEMBER}),
    ],
)
def test_the_reporter_chooses_who_is_told_who_reported(exposure: Exposure, seen: set[str]) -> None:
    data = to_data(issue_state(exposure=exposure))
    assert {audience for audience in AUDIENCES if b"reporter_id" in shown_to(IssueState, data, audience)} == seen


def test_an_unknown_choice_shows_the_reporter_to_nobody() -> None:
    data = to_data(issue_state()) | {"exposure": "everywhere"}
    assert not any(b"reporter_id" in shown_to(IssueState, data, audience) for audience in AUDIENCES)


def test_nothing_in_the_contract_could_hold_a_name_a_phone_or_an_address() -> None:
    for cls in (IssueState, Turn, Place, *(spec.cls for spec in commands_of("issues").values())):
        members = {member.name for member in dataclasses.fields(cls)}
        of_a_place = {"name"} if cls in (DefineGrid, ChangeGrid, DefineRoute, ChangeRoute) else set()
        assert not (members - of_a_place) & {"name", "phone", "address", "email"}, cls


def test_every_command_is_done_and_answers_with_what_it_says() -> None:
    assert set(DOES) == {spec.cls for spec in commands_of("issues").values()}
    assert {COMMANDS[cls].returns for cls in DOES} == {
        IssueState,
        FollowingState,
        CatalogueState,
        GridState,
        HuddleState,
        RouteState,
        PatrolState,
    }


def test_the_view_is_filtered_by_what_lists_need() -> None:
    assert VIEWS[IssueState].filters[:3] == ("status", "category", "building_id")
    assert VIEWS[IssueState].concerns == "reporter_id"
    assert VIEWS[FollowingState].concerns == "member_id"


@pytest.mark.parametrize("member", ["title", "text", "place", "community_id"])
def test_a_report_needs_its_words_and_its_place(member: str) -> None:
    data = to_data(report())
    del data[member]
    with pytest.raises(Invalid, match=member):
        load(ReportIssue, data)


def test_nobody_reports_in_somebody_elses_name() -> None:
    for member in ("reporter_id", "by", "member_id", "id", "version", "status", "audience"):
        with pytest.raises(Invalid, match=member):
            load(ReportIssue, to_data(report()) | {member: "x"})


def test_a_settlement_needs_a_note() -> None:
    for note in (None, "", "  \n ", "x" * 1001):
        with pytest.raises(Invalid, match="note"):
            load(ResolveIssue, {"community_id": COMMUNITY, "issue_id": ISSUE, "note": note})


def test_states_have_plain_names() -> None:
    assert {str(status): status.zh for status in Status} == {
        "reported": "待受理",
        "accepted": "已受理",
        "assigned": "已派单",
        "in_progress": "处理中",
        "waiting": "约期处理",
        "transferred": "已转办",
        "escalated": "已提交例会",
        "resolved": "已办结",
        "confirmed": "已确认",
        "reopened": "已重开",
        "rejected": "不予受理",
        "withdrawn": "已撤回",
        "merged": "已并案",
    }

"""What others may know of an issue: nothing personal, nothing that is not said to be for them."""

import dataclasses

import pytest

from services.declare import COMMANDS, EVENTS, ONE_MEMBER, STAFF, VIEWS, Seen, commands_of, events_of
from services.errors import Invalid
from services.issues.contract import IssueState, Place, ReportIssue, ResolveIssue, Status, Turn
from services.issues.use_cases import DOES
from services.schemas import load
from services.wire import hints_of, to_data
from tests.shared.samples import COMMUNITY, ISSUE, report


def hidden(cls: type) -> set[str]:
    """The members that only staff and the member concerned see."""
    return {
        name
        for name, hint in hints_of(cls).items()
        if any(isinstance(mark, Seen) and mark.by == {STAFF, ONE_MEMBER} for mark in getattr(hint, "__metadata__", ()))
    }


def test_who_reported_and_who_acted_is_marked_as_not_for_everybody() -> None:
    assert hidden(IssueState) == {"reporter_id", "handler_id"}
    assert hidden(Turn) == {"by"}


def test_nothing_in_the_contract_could_hold_a_name_a_phone_or_an_address() -> None:
    for cls in (IssueState, Turn, Place, *(spec.cls for spec in commands_of("issues").values())):
        members = {member.name for member in dataclasses.fields(cls)}
        assert not members & {"name", "phone", "address", "email", "home_id"}, cls


def test_the_contract_has_the_moves_and_tells_of_each() -> None:
    assert set(commands_of("issues")) == {
        f"{move}_issue" for move in ("report", "accept", "resolve", "confirm", "reopen", "reject", "escalate")
    }
    assert {spec.key for spec in events_of("issues").values()} == {
        f"issue.{deed}"
        for deed in ("reported", "accepted", "resolved", "confirmed", "reopened", "rejected", "escalated")
    }


def test_every_command_is_done_and_answers_with_the_issue() -> None:
    assert set(DOES) == {spec.cls for spec in commands_of("issues").values()}
    assert all(COMMANDS[cls].returns is IssueState for cls in DOES)


def test_the_view_is_filtered_by_what_lists_need() -> None:
    assert VIEWS[IssueState].filters == ("status", "category", "building_id")
    assert VIEWS[IssueState].concerns == "reporter_id"
    assert all(spec.state is IssueState for spec in EVENTS.values() if spec.service == "issues")


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
    assert [str(status) for status in Status] == [
        "reported",
        "accepted",
        "resolved",
        "confirmed",
        "reopened",
        "rejected",
        "escalated",
    ]

"""Issues that are one become one: nobody who cared is lost, no circle arises, and it can be taken apart again."""

from typing import Any

from services.actor import Actor, Role
from services.errors import NotFound, Refused, SansanError
from services.ids import derived_id
from services.issues.contract import (
    FollowIssue,
    MergeIssue,
    ResolveIssue,
    SecondIssue,
    UnfollowIssue,
    UnmergeIssue,
)
from services.work import Desk
from tests.shared.desks import job, perform, rows
from tests.shared.samples import ANOTHER_RESIDENT, COMMUNITY, GRID_OFFICER, NEIGHBOUR, REPORTER, member, report

THIRD = member(derived_id("member", "third"), Role.RESIDENT)
FOURTH = member(derived_id("member", "fourth"), Role.OWNER)


def reported(desk: Desk, actor: Actor | None = None, **changed: Any) -> str:
    """The id of a new issue."""
    issue_id: str = perform(desk, job(report(**changed), actor) if actor else job(report(**changed)))[0]["id"]
    return issue_id


def do(desk: Desk, kind: type, issue_id: str, actor: Actor = GRID_OFFICER, **more: Any) -> Any:
    """What a command about an issue answers."""
    return perform(desk, job(kind(community_id=COMMUNITY, issue_id=issue_id, **more), actor))[0]


def refusal(desk: Desk, kind: type, issue_id: str, actor: Actor = GRID_OFFICER, **more: Any) -> SansanError:
    """Why a command about an issue is refused."""
    (outcome,) = desk.perform([job(kind(community_id=COMMUNITY, issue_id=issue_id, **more), actor)])
    assert outcome.refusal is not None, outcome
    return outcome.refusal


def issue(desk: Desk, issue_id: str) -> Any:
    """It as it is in the table."""
    return next(row for row in rows(desk, "issues") if row.id == issue_id)


def hears(desk: Desk, issue_id: str) -> dict[str, tuple[str, bool]]:
    """Who follows an issue, why, and whether still."""
    return {row.member_id: (str(row.bond), row.active) for row in rows(desk, "followings") if row.issue_id == issue_id}


def test_a_me_too_counts_once_and_can_be_taken_back(desk: Desk) -> None:
    one = reported(desk)
    for _ in range(2):
        assert do(desk, SecondIssue, one, ANOTHER_RESIDENT)["me_toos"] == 1
    do(desk, FollowIssue, one, ANOTHER_RESIDENT)
    assert (hears(desk, one), issue(desk, one).followers) == ({NEIGHBOUR: ("me_too", True)}, 0)
    assert do(desk, UnfollowIssue, one, ANOTHER_RESIDENT)["active"] is False
    do(desk, UnfollowIssue, one, ANOTHER_RESIDENT)
    assert issue(desk, one).me_toos == 0
    assert do(desk, SecondIssue, one, ANOTHER_RESIDENT)["me_toos"] == 1


def test_ones_own_report_is_not_seconded(desk: Desk) -> None:
    mine = reported(desk, ANOTHER_RESIDENT)
    assert isinstance(refusal(desk, SecondIssue, mine, ANOTHER_RESIDENT), Refused)


def test_a_follower_who_says_me_too_is_counted_as_that(desk: Desk) -> None:
    one = reported(desk)
    do(desk, FollowIssue, one, ANOTHER_RESIDENT)
    assert (issue(desk, one).me_toos, issue(desk, one).followers) == (0, 1)
    do(desk, SecondIssue, one, ANOTHER_RESIDENT)
    assert (issue(desk, one).me_toos, issue(desk, one).followers) == (1, 0)


def test_a_private_issue_is_none_for_whoever_may_not_see_it(desk: Desk) -> None:
    private = reported(desk, category="neighbours")
    assert issue(desk, private).audience == "staff"
    for kind in (SecondIssue, FollowIssue):
        assert isinstance(refusal(desk, kind, private, ANOTHER_RESIDENT), NotFound)
    do(desk, FollowIssue, private, GRID_OFFICER)


def test_what_is_merged_follows_its_original_and_so_does_everybody_who_cared(desk: Desk) -> None:
    original, copy = reported(desk), reported(desk, ANOTHER_RESIDENT, title="井盖又破了")
    do(desk, SecondIssue, copy, THIRD)
    do(desk, FollowIssue, copy, FOURTH)
    merged = do(desk, MergeIssue, copy, into_id=original)
    assert (merged["status"], merged["merged_into"], merged["original_status"]) == ("merged", original, "reported")
    assert issue(desk, original).copies == (copy,)
    assert hears(desk, original) == {
        NEIGHBOUR: ("me_too", True),
        THIRD.member_id: ("me_too", True),
        FOURTH.member_id: ("follower", True),
    }
    assert (issue(desk, original).me_toos, issue(desk, original).followers) == (2, 1)
    do(desk, ResolveIssue, original, note="已更换")
    assert issue(desk, copy).original_status == "resolved"
    assert [row.type for row in rows(desk, "journal") if row.subject == copy][-1] == "issues.issue.original_moved.v1"


def test_it_can_be_taken_apart_again_and_who_came_with_it_goes_back(desk: Desk) -> None:
    original, copy = reported(desk), reported(desk, ANOTHER_RESIDENT)
    do(desk, SecondIssue, copy, THIRD)
    do(desk, SecondIssue, original, FOURTH)
    do(desk, MergeIssue, copy, into_id=original)
    apart = do(desk, UnmergeIssue, copy, reason="不是同一个井盖")
    assert (apart["status"], apart["merged_into"]) == ("accepted", None)
    assert issue(desk, original).copies == ()
    assert {who: active for who, (_, active) in hears(desk, original).items()} == {
        NEIGHBOUR: False,
        THIRD.member_id: False,
        FOURTH.member_id: True,
    }
    assert issue(desk, original).me_toos == 1
    assert hears(desk, copy)[THIRD.member_id] == ("me_too", True)


def test_no_circle_and_no_chain_arises(desk: Desk) -> None:
    a, b, c = (reported(desk, title=f"井盖 {name}") for name in "abc")
    assert isinstance(refusal(desk, MergeIssue, a, into_id=a), Refused)
    do(desk, MergeIssue, a, into_id=b)
    refused = refusal(desk, MergeIssue, b, into_id=a)
    assert isinstance(refused, Refused)
    assert b in refused.reason.en
    assert isinstance(refusal(desk, MergeIssue, c, into_id=a), Refused)
    do(desk, MergeIssue, b, into_id=c)
    assert (issue(desk, a).merged_into, issue(desk, b).merged_into) == (c, c)
    assert set(issue(desk, c).copies) == {a, b}
    assert issue(desk, b).copies == ()


def test_nothing_is_merged_into_what_is_over_or_what_others_may_not_see(desk: Desk) -> None:
    one, over, private = reported(desk), reported(desk), reported(desk, category="neighbours")
    do(desk, ResolveIssue, over, note="好了")
    for target in (over, private):
        assert isinstance(refusal(desk, MergeIssue, one, into_id=target), Refused)
    assert issue(desk, one).status == "reported"
    assert issue(desk, one).reporter_id == REPORTER

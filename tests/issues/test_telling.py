"""Whatever happens to an issue, it is watched anew, and what was merged into it follows."""

from services.issues.contract import EscalateIssue, MergeIssue, ResolveIssue
from services.work import Desk
from tests.shared.desks import job, perform, rows
from tests.shared.samples import COMMUNITY, GRID_OFFICER, report


def test_what_is_not_settled_is_watched_and_what_is_settled_is_not(desk: Desk) -> None:
    issue_id = perform(desk, job(report()))[0]["id"]
    (row,) = rows(desk, "issues")
    assert row.watch_at is not None
    assert row.watch_at <= row.settle_by
    perform(desk, job(ResolveIssue(community_id=COMMUNITY, issue_id=issue_id, note="好了"), GRID_OFFICER))
    assert rows(desk, "issues")[0].watch_at is None


def test_a_copy_is_told_of_moves_and_of_nothing_else(desk: Desk) -> None:
    original, copy = (perform(desk, job(report(title=title)))[0]["id"] for title in ("井盖", "还是井盖"))
    perform(desk, job(MergeIssue(community_id=COMMUNITY, issue_id=copy, into_id=original), GRID_OFFICER))
    command = EscalateIssue(community_id=COMMUNITY, issue_id=original, reason="需更换")
    perform(desk, job(command, GRID_OFFICER))
    told = [row.type.split(".")[2] for row in rows(desk, "journal") if row.subject == copy]
    assert told == ["reported", "merged", "original_moved"]

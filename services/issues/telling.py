"""Whatever happens to an issue is told in one way: it is watched anew, its events are recorded, its copies follow it."""

from typing import Any

from services.issues.ladder import next_watch
from services.issues.model import Issue
from services.work import Work


def tell(work: Work, issue: Issue, *events: Any) -> None:
    """Record what happened to an issue; what was merged into it (日-13) shows where it stands now."""
    issue.watch_at = next_watch(issue, work.moment)
    work.record(*events)
    for copy_id in issue.copies:
        copy = work.find(Issue, copy_id)
        if copy is not None and copy.looks_elsewhere(issue):
            work.record(copy.follow(issue, work.moment))

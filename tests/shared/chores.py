"""Services that do nothing but chores; each runs as a process of its own."""

from collections.abc import Callable, Mapping

import sqlalchemy as sa

from services.bus import Office
from services.chore import Chore, Watch
from services.issues.model import Issue
from services.issues.store import STORE as ISSUES
from services.sweeping import Watched
from services.work import Desk, Work


def begin(desks: Mapping[str, Desk]) -> Callable[[], float]:
    """Fail once for want of a database, then count in it, and take a little time for that."""
    calls: list[int] = []

    def count() -> float:
        calls.append(1)
        if len(calls) == 1:
            raise sa.exc.OperationalError("SELECT 1", {}, Exception("away"))
        with desks["office"].engine.begin() as connection:
            connection.execute(sa.text("UPDATE communities SET version = version + 1"))
        return 0.05

    return count


class Busy:
    """Two hands do one chore."""

    name = "issues"

    office = Office(ISSUES)
    counting = Chore(begin, hands=2)


def count_one(work: Work, issue_id: str) -> None:
    """Count that something happened to an issue; fail where it is called broken."""
    issue = work.load(Issue, issue_id)
    if issue.title == "broken":
        raise ZeroDivisionError("a defect")
    issue.version += 1
    issue.watch_at = None


COUNTED = Watched("count_one", Issue, "watch_at", count_one)


class Watching:
    """One watches."""

    name = "issues"

    office = Office(ISSUES, {COUNTED.name: COUNTED.do_again})
    watching = Watch(COUNTED)

"""A service that does nothing but chores; it runs as a process of its own."""

from collections.abc import Callable, Mapping

import sqlalchemy as sa

from services.bus import Chore, Office
from services.issues.store import STORE as ISSUES
from services.work import Desk


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

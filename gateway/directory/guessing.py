"""Guessing is slowed down: for a login and for a source, attempts in vain are counted, and each further one doubles the wait.

An attempt counts before it is judged, so that many at once cannot outrun the count. A login that nobody has is counted
in the same way. Somebody who guesses at a login from elsewhere does not lock out those who are logged in: their own
sources are counted apart.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.directory.answers import TooManyAttempts
from gateway.directory.store import attempts
from services.database import insert_ignoring

_FORGOTTEN_AT_ONCE = 200


@dataclass(frozen=True)
class Patience:
    """号-4: so many attempts are free, each further one doubles the wait; what is long past is forgotten (seconds)."""

    free: int
    first: int = 2
    longest: int = 900
    forgotten: int = 3600

    def wait(self, number: int) -> int:
        """How many seconds nobody may try again after so many attempts in vain."""
        over = number - self.free
        return 0 if over < 0 else min(self.first << min(over, 30), self.longest)


LOGIN = Patience(free=5)
SOURCE = Patience(free=50)
REGISTRATION = Patience(free=30, first=10)

Counted = Mapping[str, Patience]


def name_of(kind: str, *parts: str) -> str:
    """The name of a count: no login and no address stands in the table."""
    return hashlib.sha256("\x1f".join((kind, *parts)).encode()).hexdigest()


def count(connection: Connection, counted: Counted, now: datetime) -> None:
    """Count one attempt under each name. Errors: TooManyAttempts, without counting, while one of them has to wait."""
    for name in sorted(counted):
        first = {"name": name, "number": 0, "at": now, "until": now}
        connection.execute(insert_ignoring(connection, attempts).values(first))
    rows = _locked(connection, counted)
    if (seconds := max((row.until - now).total_seconds() for row in rows)) > 0:
        raise _too_many(seconds)
    for row in rows:
        patience = counted[row.name]
        number = 1 if now - row.at > timedelta(seconds=patience.forgotten) else row.number + 1
        until = now + timedelta(seconds=patience.wait(number))
        connection.execute(
            sa.update(attempts).where(attempts.c.name == row.name).values(number=number, at=now, until=until)
        )


def forgive(connection: Connection, login: str, source: str, now: datetime) -> None:
    """The attempt was good: the count under the name `login` begins anew, the one under `source` loses this attempt."""
    _locked(connection, (login, source))
    connection.execute(sa.delete(attempts).where(attempts.c.name == login))
    less = sa.update(attempts).where(attempts.c.name == source, attempts.c.number > 0)
    connection.execute(less.values(number=attempts.c.number - 1, until=now))


def forget(connection: Connection, now: datetime) -> int:
    """Delete some counts that are long past; returns how many."""
    old = sa.select(attempts.c.name).where(attempts.c.at < now - timedelta(days=1)).limit(_FORGOTTEN_AT_ONCE)
    return connection.execute(sa.delete(attempts).where(attempts.c.name.in_(old))).rowcount


def _locked(connection: Connection, names: Collection[str]) -> Sequence[Any]:
    """The counts under these names, locked in the one order that everybody keeps to."""
    query = sa.select(attempts).where(attempts.c.name.in_(names)).order_by(attempts.c.name).with_for_update()
    return connection.execute(query).all()


def _too_many(seconds: float) -> TooManyAttempts:
    wait = max(1, int(seconds + 0.999))
    error = TooManyAttempts(f"too many attempts; try again in {wait} s", f"尝试次数过多,请 {wait} 秒后再试", "号-4")
    error.retry_after_seconds = wait
    return error

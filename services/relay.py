"""The relay publishes the journal: in order, with the broker's confirmation, one relay per service at a time.

It marks rows and never keeps a cursor, since rows commit late. Nothing here knows the broker: whoever runs a relay
gives it a function that publishes some events and returns when all of them are confirmed.
"""

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from services.clock import Clock
from services.database import Store, reading
from services.envelope import Envelope
from services.journal import chain, envelope_of
from services.many import update_all

LEASE_SECONDS = 5
BATCH = 500

Publish = Callable[[Sequence[tuple[Envelope, bytes]]], None]


def this_process() -> str:
    """Host and process id, for whoever wants to know where the lease is, and what tells two relays of a process apart."""
    return f"{socket.gethostname()[:24]} {os.getpid()} {token_hex(8)}"


@dataclass
class Relay:
    """The relay of one service in one process; it works while it holds the lease, and stands by else."""

    engine: Engine
    store: Store
    publish: Publish
    clock: Clock
    holder: str = field(default_factory=this_process)
    _renew_at: datetime | None = None

    def __post_init__(self) -> None:
        journal, lease = self.store.table("journal"), self.store.table("lease")
        self._unsent = sa.select(journal).where(journal.c.sent_at.is_(None)).order_by(journal.c.id).limit(BATCH)
        self._prolong = sa.update(lease).where(lease.c.name == "relay", lease.c.holder == self.holder)

    def step(self) -> int:
        """Publish at most one batch; returns how many events it published: 0 when nothing waits or another one holds the lease.

        Errors: whatever `publish` raises; then nothing is marked, and the next step publishes the same rows again.
        """
        if not self._hold():
            return 0
        rows = self._waiting()
        if not rows:
            return 0
        self.publish([(envelope_of(self.store.service, row), row.data.encode()) for row in rows])
        with self.engine.begin() as connection:
            if not self._keep_lease(connection):
                self._renew_at = None
                return 0
            self._mark(connection, rows)
        return len(rows)

    @property
    def holds(self) -> bool:
        """Whether it held the lease when it last asked."""
        return self._renew_at is not None

    def release(self) -> None:
        """Give the lease back, so that another process need not wait until it runs out."""
        lease = self.store.table("lease")
        with self.engine.begin() as connection:
            connection.execute(sa.delete(lease).where(lease.c.name == "relay", lease.c.holder == self.holder))
        self._renew_at = None

    def lag(self) -> tuple[int, float]:
        """How many rows wait (counted to 10,000) and for how many seconds the oldest has waited."""
        journal = self.store.table("journal")
        unsent = sa.select(journal.c.at).where(journal.c.sent_at.is_(None)).order_by(journal.c.id).limit(10_000)
        with reading(self.engine) as connection:
            times = connection.execute(unsent).scalars().all()
        return len(times), (self.clock() - times[0]).total_seconds() if times else 0.0

    def _waiting(self) -> Sequence[Any]:
        with reading(self.engine) as connection:
            return connection.execute(self._unsent).all()

    def _hold(self) -> bool:
        """Whether this relay holds the lease; it asks the database when a third of the lease is over."""
        now = self.clock()
        if self._renew_at and now < self._renew_at:
            return True
        with self.engine.begin() as connection:
            held = self._keep_lease(connection) or self._take_lease(connection, now)
        self._renew_at = now + timedelta(seconds=LEASE_SECONDS / 3) if held else None
        return held

    def _keep_lease(self, connection: Connection) -> bool:
        until = self.clock() + timedelta(seconds=LEASE_SECONDS)
        return connection.execute(self._prolong, {"until": until}).rowcount == 1

    def _take_lease(self, connection: Connection, now: datetime) -> bool:
        lease = self.store.table("lease")
        values = {"holder": self.holder, "until": now + timedelta(seconds=LEASE_SECONDS)}
        over = sa.update(lease).where(lease.c.name == "relay", lease.c.until < now).values(**values)
        if connection.execute(over).rowcount == 1:
            return True
        if connection.execute(sa.select(lease.c.name).where(lease.c.name == "relay")).first():
            return False
        try:
            with connection.begin_nested():
                connection.execute(sa.insert(lease).values(name="relay", **values))
        except sa.exc.IntegrityError:
            return False
        return True

    def _mark(self, connection: Connection, rows: Sequence[Any]) -> None:
        now = self.clock()
        links = [{**link, "sent_at": now} for link in chain(connection, self.store, rows)]
        update_all(connection, self.store.table("journal"), links)

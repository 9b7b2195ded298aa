"""Waiting for PostgreSQL in a green process: one listener in eventlet's hub for each wait, and none where the answer is there.

psycopg can wait through eventlet's `select` as well, but that makes a selector and several listeners each time, which
cost more than the rest of a statement.
"""

import select
from typing import Any

import psycopg
from eventlet import hubs
from eventlet.patcher import original
from greenlet import getcurrent
from psycopg.abc import RV, PQGen
from psycopg.waiting import WAIT_R, WAIT_W

_poll = original("select").poll


class GreenConnection(psycopg.Connection[Any]):
    """A connection whose waiting lets the other green threads of the process go on."""

    def wait(self, gen: PQGen[RV], interval: float = 0.0, timeout: float | None = None) -> RV:
        """Drive one of psycopg's generators to its end; it yields what it waits for and is sent what is ready."""
        if timeout is not None:
            return super().wait(gen, interval or 0.1, timeout)
        try:
            wanted = int(next(gen))
            while True:
                wanted = int(gen.send(_ready(self.pgconn.socket, wanted)))
        except StopIteration as end:
            result: RV = end.value
            return result


def _ready(fileno: int, wanted: int) -> int:
    """Wait until a descriptor is ready for one of the things that are wanted; which ones it is ready for."""
    if wanted == WAIT_R:
        hubs.trampoline(fileno, read=True)
        return WAIT_R
    while not (found := _now(fileno, wanted)):
        _await(fileno, wanted)
    return found


def _now(fileno: int, wanted: int) -> int:
    """What a descriptor is ready for at this moment; an error or a hang-up is something to read."""
    poll = _poll()
    poll.register(fileno, (select.POLLIN if wanted & WAIT_R else 0) | (select.POLLOUT if wanted & WAIT_W else 0))
    found = poll.poll(0)
    events = found[0][1] if found else 0
    return (WAIT_R if events & ~select.POLLOUT else 0) | (WAIT_W if events & select.POLLOUT else 0)


def _await(fileno: int, wanted: int) -> None:
    """Let others go on until the hub says that something may have become ready."""
    hub, here = hubs.get_hub(), getcurrent()
    kinds = [kind for kind, bit in ((hub.READ, WAIT_R), (hub.WRITE, WAIT_W)) if wanted & bit]
    listeners = [hub.add(kind, fileno, here.switch, here.throw, None) for kind in kinds]
    try:
        hub.switch()
    finally:
        for listener in listeners:
            hub.remove(listener)

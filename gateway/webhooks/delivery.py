"""Serve one webhook at a time, for a short time: its next events, in order, until one does not arrive.

Whoever fails is left alone for 1 s, 2 s, 4 s … at most 10 min, or for as long as they ask for; nothing is skipped.
"""

import ssl
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from gateway.directory.hooks import Hook, hook_of, hooks
from gateway.happening import Happening, happening, scope_of
from gateway.sight import sight_of
from gateway.store import feed, feed_head
from gateway.webhooks import cursors
from gateway.webhooks.cursors import Cursor
from gateway.webhooks.guard import Guard
from gateway.webhooks.posting import Reply, post
from gateway.webhooks.signing import headers_for
from services import observe
from services.clock import Clock
from services.database import reading
from services.errors import Invalid, Refused

PAUSE_SECONDS = 0.5
EVENTS_LOOKED_AT = 100
TURN_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 600
MOST_PATIENCE_SECONDS = 3600
_LOOK_SECONDS = 1.0
_CANDIDATES = 8
_GONE = 410

log = observe.logger("webhooks")


class Delivery:
    """What the edge's hands do: each call is one turn, and any number of processes may take turns at once."""

    def __init__(
        self, gateway: Engine, directory: Engine, guard: Guard, clock: Clock, trust: ssl.SSLContext | None = None
    ) -> None:
        self._gateway = gateway
        self._directory = directory
        self._guard = guard
        self._clock = clock
        self._trust = trust
        self._look_at = 0.0

    def turn(self) -> float:
        """Serve whoever has waited longest; after how many seconds to look again. Errors: DBAPIError."""
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + _LOOK_SECONDS
            self.follow()
        cursor = self._take()
        if cursor is None:
            return PAUSE_SECONDS
        with reading(self._directory) as connection:
            hook = hook_of(connection, cursor.community_id, cursor.id)
        if hook is None:
            with self._gateway.begin() as connection:
                cursors.forget(connection, cursor.community_id, cursor.id)
        else:
            self._serve(hook, cursor)
        return 0.0

    def follow(self) -> None:
        """Look which webhooks there are by now; cursors first, for a webhook that is there now may have none yet."""
        with reading(self._gateway) as connection:
            known = cursors.known(connection)
        with reading(self._directory) as connection:
            found = {(hook.community_id, hook.id): hook for hook in hooks(connection)}
        fresh = [hook for key, hook in found.items() if known.get(key, 0) < hook.version]
        gone = known.keys() - found.keys()
        if fresh or gone:
            with self._gateway.begin() as connection:
                for hook in fresh:
                    cursors.follow(connection, hook, self._clock())
                for key in gone:
                    cursors.forget(connection, *key)

    def _take(self) -> Cursor | None:
        now = self._clock()
        with reading(self._gateway) as connection:
            candidates = cursors.due(connection, now, _CANDIDATES)
        for candidate in candidates:
            with self._gateway.begin() as connection:
                if cursor := cursors.taken(connection, candidate, now):
                    return cursor
        return None

    def _serve(self, hook: Hook, cursor: Cursor) -> None:
        """Send what comes next, until the time is over or something does not arrive."""
        try:
            scope = scope_of({hook.community_id: sight_of(hook.actor, hook.community_id)}, hook.types)
            target = self._guard.target(hook.url)
        except (Refused, Invalid) as error:
            self._fail(cursor, Reply(0, error.reason.en))
            return
        until, position = time.monotonic() + TURN_SECONDS, cursor.position
        for each in self._next(cursor):
            if rendition := each.seen_in(scope):
                if time.monotonic() > until:
                    break
                body, now = each.shown(rendition), self._clock()
                reply = post(target, body, headers_for(hook.secret, each.id, now, body), now, self._trust)
                if not reply.is_good:
                    self._fail(cursor, reply, position)
                    return
                observe.WEBHOOKS.labels("delivered").inc()
                if (arrived := self._change(cursor, position=each.position, failures=0, error="")) is None:
                    return
                cursor = arrived
            position = each.position
        self._change(cursor, position=position, next_at=self._clock())

    def _next(self, cursor: Cursor) -> Sequence[Happening]:
        """What the community's feed holds after the cursor."""
        after = (feed.c.community_id == cursor.community_id, feed.c.position > cursor.position)
        query = sa.select(feed).where(*after).order_by(feed.c.position).limit(EVENTS_LOOKED_AT)
        with reading(self._gateway) as connection:
            purged = connection.execute(sa.select(feed_head.c.purged)).scalar() or 0
            found = [happening(row) for row in connection.execute(query)]
        if purged > cursor.position:
            log.warning("webhook too late for some events", webhook=cursor.id, after=cursor.position, purged=purged)
        return found

    def _fail(self, cursor: Cursor, reply: Reply, position: int | None = None) -> None:
        """Try the same event again later, or never, when the receiver says that it is gone."""
        now, gone = self._clock(), reply.status == _GONE
        wait = max(min(2**cursor.failures, LONGEST_WAIT_SECONDS), min(reply.retry_after, MOST_PATIENCE_SECONDS))
        observe.WEBHOOKS.labels("disabled" if gone else "failed").inc()
        log.warning("webhook failed", webhook=cursor.id, error=reply.said, failures=cursor.failures + 1, disabled=gone)
        self._change(
            cursor,
            position=cursor.position if position is None else position,
            failures=cursor.failures + 1,
            next_at=now + timedelta(seconds=wait),
            disabled=gone,
            error=reply.said[:200],
        )

    def _change(self, cursor: Cursor, **values: int | str | bool | datetime) -> Cursor | None:
        with self._gateway.begin() as connection:
            return cursors.changed(connection, cursor, updated_at=self._clock(), **values)

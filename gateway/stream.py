"""The live feed as Server-Sent Events.

Whoever comes back with `Last-Event-ID` first gets what they missed, then joins at exactly that position: nothing is lost
and nothing comes twice. Whoever reads too slowly is sent away, to come back in the same way.
"""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

from gateway.feed import Feed, FeedPage
from gateway.happening import Scope, position_of
from gateway.live import Listener, Live, piece
from services.clock import Clock, utc_now
from services.errors import Unavailable

MOST_STREAMS = 1000
MOST_STREAMS_PER_CALLER = 6
HEARTBEAT_SECONDS = 15.0
RETRY = b"retry: 2000\n\n"
HEARTBEAT = b": still here\n"
MISSED = b"event: missed\ndata: {}\n\n"


class Streams:
    """All streams of one process."""

    def __init__(self, feed: Feed, clock: Clock = utc_now, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._feed = feed
        self.live = Live(feed)
        self._clock = clock
        self._heartbeat_seconds = heartbeat_seconds
        self._open: Counter[str] = Counter()

    async def open(self, scope: Scope, caller: str, until: datetime, last_event_id: str = "") -> AsyncGenerator[bytes]:
        """The stream of a caller (a member's id, or an address), as pieces of a `text/event-stream`.

        It ends when the caller's token does, at `until`. Close the iterator when the caller goes away, and end the
        connection when a piece could not be sent for long: by then the listener has been sent away.
        Errors: Invalid for a `last_event_id` that the feed never gave; Unavailable, also when too many streams are open.
        """
        after = position_of(last_event_id) if last_event_id else None
        if after is not None:
            await self._feed.check(after)
        if not self._has_room(caller):
            raise Unavailable("too many live streams are open", "实时连接过多,请稍后再试")
        return self._stream(scope, caller, until, after)

    async def close(self) -> None:
        """Send everybody away."""
        await self.live.close()

    async def _stream(self, scope: Scope, caller: str, until: datetime, after: int | None) -> AsyncGenerator[bytes]:
        yield RETRY
        if not self._has_room(caller):
            return
        self._open[caller] += 1
        try:
            async with aclosing(self._events(scope, until, after)) as pieces:
                async for text in pieces:
                    if text:
                        yield text
        except Unavailable:
            return  # the caller comes back, with the last id
        finally:
            self._open[caller] -= 1
            self._open += Counter()  # forgets those without streams

    async def _events(self, scope: Scope, until: datetime, after: int | None) -> AsyncGenerator[bytes]:
        """What was missed, as far as the feed goes by now; then, having joined, the rest of it; then what comes."""
        more = after is not None
        while more and after is not None and self._left(until) > 0:
            page = await self._feed.read(scope, after)
            yield _text(page)
            after, more = page.next, page.more
        listener = Listener(scope)
        joined_at = await self.live.join(listener)
        try:
            reached = joined_at if after is None else after
            while reached < joined_at and self._left(until) > 0:
                page = await self._feed.read(scope, reached, until=joined_at)
                yield _text(page)
                reached = page.next
            while not listener.sent_away and (left := self._left(until)) > 0:
                if await listener.hears_within(min(left, self._heartbeat_seconds)):
                    reached, text = listener.take(reached)
                    yield text
                else:
                    yield HEARTBEAT
        finally:
            self.live.leave(listener)

    def _has_room(self, caller: str) -> bool:
        return self._open.total() < MOST_STREAMS and self._open[caller] < MOST_STREAMS_PER_CALLER

    def _left(self, until: datetime) -> float:
        return (until - self._clock()).total_seconds()


def _text(page: FeedPage) -> bytes:
    pieces = [piece(position, event) for position, event in page.events]
    return b"".join([MISSED, *pieces] if page.missed else pieces)

"""One process reads the end of the feed once, however many listen, and hands each event to those who may see it.

Whoever reads too slowly is sent away; memory does not grow.
"""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

from gateway.feed import Feed
from gateway.happening import Happening, Scope
from services.errors import Unavailable

MOST_WAITING = 1000
BATCH = 500
POLL_SECONDS = 0.02
AWAY_SECONDS = 0.5


@dataclass(eq=False)
class Listener:
    """One who listens: what they may see, and what waits to be sent to them."""

    scope: Scope
    waiting: deque[tuple[int, bytes]] = field(default_factory=deque)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    sent_away: bool = False

    def tell(self, position: int, text: bytes) -> None:
        """Have something sent; whoever already has too much waiting is sent away instead."""
        if len(self.waiting) >= MOST_WAITING:
            self.send_away()
        elif not self.sent_away:
            self.waiting.append((position, text))
            self.woken.set()

    def send_away(self) -> None:
        """End the stream, and forget what waits."""
        self.sent_away = True
        self.waiting.clear()
        self.woken.set()

    async def hears_within(self, seconds: float) -> bool:
        """Wait for something to be sent; False when nothing came."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.woken.wait()
        return self.woken.is_set()

    def take(self, after: int) -> tuple[int, bytes]:
        """All that waits beyond a position, as one piece, and the position reached."""
        texts = [text for position, text in self.waiting if position > after]
        reached = max(after, self.waiting[-1][0]) if self.waiting else after
        self.waiting.clear()
        self.woken.clear()
        return reached, b"".join(texts)


class Live:
    """The feed's end, read every 20 ms while anybody listens."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._listeners: dict[str, set[Listener]] = {}
        self._listening = 0
        self._position = 0
        self._polling: asyncio.Task[None] | None = None
        self._joining = asyncio.Lock()

    async def close(self) -> None:
        """Send everybody away."""
        self._send_all_away()
        if self._polling:
            self._polling.cancel()
            await asyncio.wait([self._polling])

    @property
    def listening(self) -> int:
        """How many listen."""
        return self._listening

    @property
    def is_reading(self) -> bool:
        """Whether the feed is being read."""
        return self._polling is not None and not self._polling.done()

    async def join(self, listener: Listener) -> int:
        """Hear everything that comes after the position returned. Errors: Unavailable."""
        async with self._joining:
            if not self.is_reading:
                self._position, _ = await self._feed.head()
                self._polling = asyncio.create_task(self._poll())
            for community_id in listener.scope.sights:
                self._listeners.setdefault(community_id, set()).add(listener)
            self._listening += 1
            return self._position

    def leave(self, listener: Listener) -> None:
        """Hear no more."""
        self._listening -= 1
        for community_id in listener.scope.sights:
            there = self._listeners[community_id]
            there.discard(listener)
            if not there:
                del self._listeners[community_id]

    async def _poll(self) -> None:
        """Read the feed's end while anybody listens. If this fails, everybody is sent away and comes back."""
        try:
            while self._listening:
                try:
                    found = await self._feed.after(self._position, BATCH)
                except Unavailable:
                    await asyncio.sleep(AWAY_SECONDS)
                    continue
                for happening in found:
                    self._tell(happening)
                    self._position = happening.position
                    await asyncio.sleep(0)
                if len(found) < BATCH:
                    await asyncio.sleep(POLL_SECONDS)
        finally:
            self._send_all_away()

    def _tell(self, happening: Happening) -> None:
        texts: dict[str, bytes] = {}
        for listener in self._listeners.get(happening.community_id, ()):
            if rendition := happening.seen_in(listener.scope):
                if rendition not in texts:
                    texts[rendition] = piece(happening.position, happening.shown(rendition))
                listener.tell(happening.position, texts[rendition])

    def _send_all_away(self) -> None:
        for there in self._listeners.values():
            for listener in there:
                listener.send_away()


def piece(position: int, event: bytes) -> bytes:
    """An event as it is sent."""
    return b"id: %d\ndata: %s\n\n" % (position, event)

"""What a service does besides commands and events: again and again, in green threads that end with its process."""

import time
from collections.abc import Callable, Mapping

import eventlet
import sqlalchemy as sa
from eventlet.event import Event
from nameko.extensions import DependencyProvider

from services import observe
from services.actor import SYSTEM
from services.bus import Commands, Office
from services.sweeping import Watched, nobody, sweep
from services.work import Desk

log = observe.logger("chore")

WATCHED_AT_ONCE = 25
LONGEST_STEP_ASIDE_SECONDS = 0.1


class Chore(DependencyProvider):
    """What a service does besides, again and again, in some green threads of its own.

    `begin` is given the desks of the service's offices, by their attributes, and returns what is to be done: a function
    that returns after how many seconds it is to be called again.
    """

    def __init__(self, begin: Callable[[Mapping[str, Desk]], Callable[[], float]], hands: int = 1) -> None:
        self.begin = begin
        self.hands = hands

    def setup(self) -> None:
        """Find the service's offices, of which `office` ends after this."""
        self._offices = {each.attr_name: each for each in self.container.dependencies if isinstance(each, Office)}
        self._offices["office"].loops.append(self)
        self._stopping = False
        self._ended = [Event() for _ in range(self.hands)]
        self.name = f"{self.container.service_name}.{self.attr_name}"

    def start(self) -> None:
        """Begin: the offices are open by now."""
        observe.HEALTH.tick(self.name, ready=False)
        do = self.begin({name: office.desk for name, office in self._offices.items()})
        for ended in self._ended:
            self.container.spawn_managed_thread(lambda ended=ended: self._run(do, ended))

    def stop(self) -> None:
        """Finish what was begun, and nothing more."""
        self._stopping = True
        self.await_end()

    def await_end(self) -> None:
        """Return when every thread has ended."""
        for ended in self._ended:
            ended.wait()
        observe.HEALTH.forget(self.name)

    def _run(self, do: Callable[[], float], ended: Event) -> None:
        while not self._stopping:
            try:
                pause = do()
                observe.HEALTH.tick(self.name)
            except sa.exc.DBAPIError as error:
                observe.HEALTH.tick(self.name, ready=False)
                log.warning("chore waits", chore=self.name, error=repr(error))
                pause = 1.0
            until = time.monotonic() + pause
            while (left := until - time.monotonic()) > 0 and not self._stopping:
                eventlet.sleep(min(left, 0.1))
            eventlet.sleep(0)
        ended.send()


class Watch(Chore):
    """Does what must happen to the things of a service by itself, a small batch at a time; commands go first."""

    def __init__(self, watched: Watched) -> None:
        super().__init__(self._begin)
        self.watched = watched

    def _begin(self, desks: Mapping[str, Desk]) -> Callable[[], float]:
        return lambda: self._turn(desks["office"])

    def _turn(self, desk: Desk) -> float:
        self._step_aside()
        many_write = desk.engine.dialect.name == "postgresql"  # SQLite's writer would wait for one of its own process
        between = eventlet.sleep if many_write else nobody
        swept = sweep(desk, self.watched, SYSTEM, WATCHED_AT_ONCE, between)
        for each in swept.failures:
            log.error(
                "watch failed",
                kind=self.watched.name,
                community_id=each.community_id,
                subject=each.id,
                exc_info=each.error,
            )
        return 0.0 if swept else 1.0

    def _step_aside(self) -> None:
        """Let the commands through that wait, but not for ever."""
        commands = [loop for loop in self._offices["office"].loops if isinstance(loop, Commands)]
        until = time.monotonic() + LONGEST_STEP_ASIDE_SECONDS
        while any(loop.is_busy for loop in commands) and time.monotonic() < until and not self._stopping:
            eventlet.sleep(0.001)

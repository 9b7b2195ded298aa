"""A load that goes on all the while, in a thread of its own: people who write, readers who read, one who listens to the feed."""

import asyncio
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx

from deploy.machine import tries
from tests.faults.history import History
from tests.faults.listener import Listener
from tests.faults.people import ANSWER_SECONDS, Life, Person, Reader

PEOPLE = 8
READERS = 4
GO_ON_SECONDS = 60.0


class Stalled(Exception):
    """The system did not go on within the time that it has."""


@dataclass
class Load:
    """The load; `resident` and `officer` are tokens. Entered, it begins; left, everybody finishes what they are at.

    `impatient` is the share of issues whose commands are sent once only.
    """

    address: str
    community: str
    resident: str
    officer: str
    seed: int = 0
    impatient: float = 0.3
    history: History = field(default_factory=History)
    _ending: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.listener = Listener(self.community, self.officer, self.history)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="load", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()

    def await_acknowledged(self, more: int, seconds: float = GO_ON_SECONDS) -> None:
        """Return when so many more commands were acknowledged. Errors: Stalled."""
        enough = self.history.acknowledged + more
        self.await_that(lambda history: history.acknowledged >= enough, f"{more} more acknowledged", seconds)

    def await_that(self, holds: Callable[[History], bool], words: str, seconds: float = GO_ON_SECONDS) -> None:
        """Return when something holds of the history. Errors: Stalled, with these words, when it does not in time."""
        if not any(holds(self.history) for _ in tries(seconds, pause=0.02)):
            last = [(sending.status, round(sending.seconds, 2)) for sending in self.history.sendings[-5:]]
            raise Stalled(f"not in {seconds:.0f} s: {words}; last answers: {last}; {self.history.surprises[:3]}")

    async def _run(self) -> None:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=self.address, timeout=ANSWER_SECONDS, limits=limits) as http:
            issues = f"/v1/communities/{self.community}/issues"
            life = Life(http, issues, self.resident, self.officer, self.history, self._ending)
            listening = asyncio.create_task(self.listener.listen(http))
            async with asyncio.TaskGroup() as group:
                for number in range(PEOPLE):
                    chance = random.Random(f"{self.seed} person {number}")
                    group.create_task(Person(life, chance, self.impatient).live())
                for number in range(READERS):
                    group.create_task(Reader(life, random.Random(f"{self.seed} reader {number}")).live())
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

"""What clients did and heard: every command with all its sendings, every read, and every answer that should not have been."""

import time
from collections import deque
from dataclasses import dataclass, field

from tests.faults.checker import Element

NO_ANSWER = 0
_RECENT = 500


@dataclass(frozen=True)
class Sending:
    """One request of a command: when it was sent and answered (monotonic seconds), and with which status."""

    element: Element
    began: float
    ended: float
    status: int

    @property
    def seconds(self) -> float:
        """How long its sender waited."""
        return self.ended - self.began


@dataclass(frozen=True)
class FailedRead:
    """A GET that was not answered as it should be: when it was sent, its status, and what was wrong."""

    began: float
    status: int
    what: str


@dataclass
class History:
    """The history of one load; one thread writes it, others read it meanwhile.

    `heard` is what the live feed told, which broke off `times_cut_off` times; `foreign_events` are ids of events that a
    story itself brought in, past every journal.
    """

    attempted: dict[Element, bool] = field(default_factory=dict)
    sendings: list[Sending] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    heard: list[Element] = field(default_factory=list)
    times_cut_off: int = 0
    foreign_events: set[str] = field(default_factory=set)
    recent: deque[str] = field(default_factory=lambda: deque(maxlen=_RECENT))
    failed_reads: list[FailedRead] = field(default_factory=list)
    reads: int = 0
    slowest_read: float = 0.0
    acknowledged: int = 0

    def attempt(self, element: Element) -> None:
        """A command is about to be sent for the first time."""
        assert element not in self.attempted, "each is attempted by one sender only"
        self.attempted[element] = False

    def sent(self, element: Element, began: float, status: int) -> None:
        """A request of a command was answered, or given up, just now."""
        self.sendings.append(Sending(element, began, time.monotonic(), status))

    def acknowledge(self, element: Element, issue_id: str, version: int) -> None:
        """Its sender was told that it is done."""
        self.attempted[element] = True
        self.acknowledged += 1
        if issue_id not in self.versions:
            self.recent.append(issue_id)
        self.versions[issue_id] = max(version, self.versions.get(issue_id, 0))

    def read(self, began: float, status: int, fault: str = "") -> None:
        """A GET was answered, or given up, just now."""
        self.reads += 1
        self.slowest_read = max(self.slowest_read, time.monotonic() - began)
        if fault:
            self.failed_reads.append(FailedRead(began, status, fault))

    def between(self, begin: float, end: float) -> list[Sending]:
        """The requests of commands that were sent in this time."""
        return [sending for sending in self.sendings if begin <= sending.began < end]

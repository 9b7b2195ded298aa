"""An issue: its words belong to the reporter, its handling to the micro-grid; every move leaves a turn in its history."""

from dataclasses import dataclass
from datetime import date, datetime

from services.actor import Actor, Role
from services.clock import Moment
from services.issues.contract import (
    IssueAccepted,
    IssueConfirmed,
    IssueEscalated,
    IssueRejected,
    IssueReopened,
    IssueReported,
    IssueResolved,
    IssueState,
    Place,
    ReportIssue,
    Status,
    Turn,
)
from services.issues.policy import LIFECYCLE
from services.lifecycle import permit


@dataclass
class Issue:
    """The aggregate: one row of the table `issues`."""

    community_id: str
    id: str
    version: int
    status: Status
    category: str
    title: str
    text: str
    place: Place
    audience: str
    reporter_id: str
    handler_id: str | None
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    reopenings: int
    history: tuple[Turn, ...]

    @classmethod
    def report(
        cls, id_: str, command: ReportIssue, by: Actor, held: frozenset[Role], at: Moment
    ) -> tuple["Issue", IssueReported]:
        """A new issue (日-1). Errors: Forbidden for whoever is no member of the community."""
        move = permit(LIFECYCLE, "report", None, by, held, at)
        issue = cls(
            community_id=command.community_id,
            id=id_,
            version=1,
            status=move.target,  # type: ignore[arg-type]
            category=command.category,
            title=command.title,
            text=command.text,
            place=command.place,
            audience="community",
            reporter_id=by.member_id,
            handler_id=None,
            created_at=at.now,
            updated_at=at.now,
            resolved_at=None,
            reopenings=0,
            history=(Turn(move="report", at=at.now, status=Status.REPORTED, by=by.member_id),),
        )
        return issue, IssueReported(issue=issue.state())

    def accept(self, by: Actor, held: frozenset[Role], at: Moment) -> IssueAccepted:
        """Take it on (日-2)."""
        self._move("accept", by, held, at)
        self.handler_id = by.member_id
        return IssueAccepted(issue=self.state())

    def reject(self, reason: str, by: Actor, held: frozenset[Role], at: Moment) -> IssueRejected:
        """Out of scope (日-3)."""
        self._move("reject", by, held, at, reason)
        self.handler_id = by.member_id
        return IssueRejected(issue=self.state(), reason=reason)

    def resolve(self, note: str, by: Actor, held: frozenset[Role], at: Moment) -> IssueResolved:
        """Settled, with a note (日-4)."""
        self._move("resolve", by, held, at, note)
        self.handler_id = by.member_id
        self.resolved_at = at.now
        return IssueResolved(issue=self.state(), note=note)

    def escalate(self, reason: str, by: Actor, held: frozenset[Role], at: Moment) -> IssueEscalated:
        """Not to be settled today: it goes to the weekly meeting (日-6)."""
        self._move("escalate", by, held, at, reason)
        self.handler_id = by.member_id
        return IssueEscalated(issue=self.state(), reason=reason)

    def deliver(self, note: str, by: Actor, at: Moment) -> IssueResolved:
        """A project that was made of it was accepted: its reporter may confirm or reopen (日-10)."""
        self._move("deliver", by, frozenset(), at, note)
        self.resolved_at = at.now
        return IssueResolved(issue=self.state(), note=note)

    def confirm(self, note: str | None, by: Actor, held: frozenset[Role], at: Moment) -> IssueConfirmed:
        """Really gone (日-7)."""
        self._move("confirm", by, held, at, note)
        return IssueConfirmed(issue=self.state())

    def confirm_by_silence(self, by: Actor, at: Moment) -> IssueConfirmed:
        """The reporter was silent for the reopening days (日-8)."""
        self._move("confirm_by_silence", by, frozenset(), at)
        return IssueConfirmed(issue=self.state(), by_silence=True)

    def reopen(self, reason: str, by: Actor, held: frozenset[Role], at: Moment) -> IssueReopened:
        """Not gone (日-8)."""
        self._move("reopen", by, held, at, reason)
        self.resolved_at = None
        self.reopenings += 1
        return IssueReopened(issue=self.state(), reason=reason)

    def resolved_on(self, at: Moment) -> date:
        """The local day on which it was settled."""
        assert self.resolved_at is not None, "only a settled issue is asked for its day of settlement"
        return at.day_of(self.resolved_at)

    def state(self) -> IssueState:
        """Its visible state."""
        return IssueState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            audience=self.audience,
            status=self.status,
            category=self.category,
            title=self.title,
            text=self.text,
            place=self.place,
            building_id=self.place.building_id,
            reporter_id=self.reporter_id,
            handler_id=self.handler_id,
            created_at=self.created_at,
            updated_at=self.updated_at,
            resolved_at=self.resolved_at,
            reopenings=self.reopenings,
            history=self.history,
        )

    def _move(self, name: str, by: Actor, held: frozenset[Role], at: Moment, note: str | None = None) -> None:
        move = permit(LIFECYCLE, name, self, by, held, at)
        self.status = Status(move.target)
        self.version += 1
        self.updated_at = at.now
        turn = Turn(move=name, at=at.now, status=self.status, note=note, by=by.member_id)
        self.history = (*self.history, turn)

"""An issue: its words belong to the reporter, its handling to the micro-grid; every move leaves a turn in its history."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from services.actor import SYSTEM, Actor, Role
from services.clock import Moment
from services.errors import Forbidden, Refused
from services.ids import derived_id
from services.issues.contract import (
    Alarm,
    AmendIssue,
    Appeal,
    AppealDecided,
    Area,
    Category,
    CoverPhoto,
    DeliveryRecorded,
    Exposure,
    GivenAnswer,
    IssueAccepted,
    IssueAlarmed,
    IssueAmended,
    IssueAssigned,
    IssueConfirmed,
    IssueCopied,
    IssueEscalated,
    IssueLinked,
    IssueMerged,
    IssuePostponed,
    IssueRated,
    IssueRejected,
    IssueReopened,
    IssueReported,
    IssueResolved,
    IssueSeconded,
    IssueStarted,
    IssueState,
    IssueStayedOvernight,
    IssueTransferred,
    IssueUnmerged,
    IssueWithdrawn,
    OriginalMoved,
    OutsideTransfer,
    Photo,
    PhotoCovered,
    Place,
    Rating,
    RatingAppealed,
    ReportIssue,
    Status,
    TransferDelivery,
    Turn,
    Urgency,
)
from services.issues.policy import ACTS, HANDLING, LIFECYCLE
from services.lifecycle import permit, permit_act

Held = frozenset[Role]


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
    created_at: datetime
    updated_at: datetime
    urgency: Urgency = Urgency.ORDINARY
    grid_id: str | None = None
    exposure: Exposure = Exposure.HIDDEN
    entered_by: str | None = None
    handler_id: str | None = None
    photos: tuple[Photo, ...] = ()
    answers: tuple[GivenAnswer, ...] = ()
    warnings: tuple[str, ...] = ()
    patrol_id: str | None = None
    occurred_at: datetime | None = None
    day: date | None = None
    respond_by: datetime | None = None
    responded_at: datetime | None = None
    settle_by: datetime | None = None
    watch_at: datetime | None = None
    first_resolved_at: datetime | None = None
    resolved_at: datetime | None = None
    waiting_until: date | None = None
    instead: str | None = None
    reopenings: int = 0
    overnight: bool = False
    overnights: int = 0
    alarm: Alarm | None = None
    transfer: OutsideTransfer | None = None
    merged_into: str | None = None
    original_status: Status | None = None
    copies: tuple[str, ...] = ()
    me_toos: int = 0
    followers: int = 0
    topic_id: str | None = None
    project_id: str | None = None
    rating: Rating | None = None
    history: tuple[Turn, ...] = ()

    @classmethod
    def report(
        cls, id_: str, command: ReportIssue, by: Actor, held: Held, at: Moment, promise: "Promise"
    ) -> tuple["Issue", IssueReported]:
        """A new issue (日-1). Errors: Forbidden for whoever is no member of the community."""
        permit(LIFECYCLE, "report", None, by, held, at)
        reporter = command.on_behalf_of or by.member_id
        issue = cls(
            community_id=command.community_id,
            id=id_,
            version=1,
            status=Status.REPORTED,
            category=command.category,
            urgency=promise.category.urgency,
            title=command.title,
            text=command.text,
            place=command.place,
            audience="staff" if promise.category.private else "community",
            exposure=command.exposure,
            reporter_id=reporter,
            entered_by=by.member_id if command.on_behalf_of else None,
            grid_id=promise.grid_id,
            photos=tuple(Photo(id=each) for each in command.photos),
            answers=command.answers,
            warnings=promise.warnings,
            patrol_id=promise.patrol_id,
            occurred_at=command.occurred_at,
            day=at.day,
            respond_by=promise.respond_by,
            settle_by=promise.settle_by,
            created_at=at.now,
            updated_at=at.now,
        )
        issue._leave_turn("report", by, at)
        return issue, IssueReported(issue=issue.state())

    @property
    def building_id(self) -> str | None:
        """The building that it is about."""
        return self.place.building_id

    def amend(self, command: AmendIssue, by: Actor, held: Held, at: Moment, most_photos: int) -> IssueAmended:
        """The reporter's own words, changed (日-12); what was written before stays in the journal."""
        self._act("amend_issue", by, held, at)
        added = tuple(Photo(id=each) for each in command.photos if each not in {photo.id for photo in self.photos})
        if len([photo for photo in self.photos if not photo.evidence]) + len(added) > most_photos:
            raise Refused(f"at most {most_photos} photos", f"最多 {most_photos} 张照片", "日-1")
        self.title = command.title or self.title
        self.text = command.text or self.text
        self.photos += added
        self._leave_turn("amend", by, at)
        return IssueAmended(issue=self.state())

    def accept(self, by: Actor, held: Held, at: Moment, settle_by: datetime | None = None) -> IssueAccepted:
        """Take it on (日-2); what comes back from a date or from outside is due at `settle_by`."""
        back = self.status in (Status.WAITING, Status.TRANSFERRED)
        self._move("accept", by, held, at)
        self.handler_id = by.member_id
        if back and settle_by:
            self._due_again(settle_by)
        return IssueAccepted(issue=self.state())

    def assign(
        self, handler_id: str, note: str | None, by: Actor, held: Held, at: Moment, settle_by: datetime
    ) -> IssueAssigned:
        """Give it to somebody (日-2); what had been handed on or postponed is due at `settle_by`."""
        back = self.status in (Status.WAITING, Status.TRANSFERRED, Status.ESCALATED)
        self._move("assign", by, held, at, note)
        self.handler_id = handler_id
        if back:
            self._due_again(settle_by)
        return IssueAssigned(issue=self.state(), note=note)

    def start(self, note: str | None, by: Actor, held: Held, at: Moment) -> IssueStarted:
        """Work on it begins (日-2)."""
        self._move("start", by, held, at, note)
        self.handler_id = by.member_id
        return IssueStarted(issue=self.state(), note=note)

    def reject(self, reason: str, instead: str | None, by: Actor, held: Held, at: Moment) -> IssueRejected:
        """Out of scope, and where to go instead (日-3)."""
        self._move("reject", by, held, at, reason)
        self.handler_id = by.member_id
        self.overnight, self.instead = False, instead
        return IssueRejected(issue=self.state(), reason=reason, instead=instead)

    def resolve(self, note: str, by: Actor, held: Held, at: Moment, evidence: tuple[str, ...] = ()) -> IssueResolved:
        """Settled, with a note and evidence (日-4)."""
        self._move("resolve", by, held, at, note)
        self.handler_id = by.member_id
        known = {photo.id for photo in self.photos}
        self.photos += tuple(Photo(id=each, evidence=True) for each in evidence if each not in known)
        self._settle(at)
        return IssueResolved(issue=self.state(), note=note)

    def hand_over(
        self, body: str, reference: str | None, reason: str, by: Actor, held: Held, at: Moment
    ) -> IssueTransferred:
        """Handed on to an outside body (日-5)."""
        self._move("transfer", by, held, at, reason)
        self.handler_id = by.member_id
        self.transfer = OutsideTransfer(body=body, reference=reference, at=at.now)
        self.overnight, self.waiting_until = False, None
        return IssueTransferred(issue=self.state(), reason=reason)

    def record_delivery(
        self, delivery: TransferDelivery, reference: str | None, note: str | None, by: Actor, held: Held, at: Moment
    ) -> DeliveryRecorded:
        """How far the transfer has got; the issue stays where it is (日-5)."""
        self._act("record_delivery", by, held, at)
        assert self.transfer is not None, "what was transferred has a transfer"
        arrived = self.transfer.delivered_at
        if delivery in (TransferDelivery.DELIVERED, TransferDelivery.TAKEN_ON, TransferDelivery.DONE):
            arrived = arrived or at.now
        self.transfer = replace(
            self.transfer, delivery=delivery, reference=reference or self.transfer.reference, delivered_at=arrived
        )
        self._leave_turn("record_delivery", by, at, note)
        return DeliveryRecorded(issue=self.state(), note=note)

    def postpone(
        self, until: date, settle_by: datetime, reason: str, by: Actor, held: Held, at: Moment
    ) -> IssuePostponed:
        """Given a date, with a reason (日-5)."""
        self._move("postpone", by, held, at, reason)
        self.handler_id = by.member_id
        self.waiting_until = until
        self._due_again(settle_by)
        return IssuePostponed(issue=self.state(), reason=reason)

    def escalate(self, reason: str, by: Actor, held: Held, at: Moment) -> IssueEscalated:
        """Not to be settled today: it goes to the weekly meeting (日-6)."""
        self._move("escalate", by, held, at, reason)
        self.handler_id = by.member_id
        self.waiting_until = None
        return IssueEscalated(issue=self.state(), reason=reason)

    def stay_overnight(self, at: Moment) -> IssueStayedOvernight:
        """Nothing was done by the cut-off: it is counted, listed and goes to the weekly meeting (日-6)."""
        self._move("stay_overnight", SYSTEM, frozenset(), at)
        self.overnight, self.waiting_until = True, None
        self.overnights += 1
        return IssueStayedOvernight(issue=self.state())

    def raise_alarm(self, alarm: Alarm, at: Moment) -> IssueAlarmed:
        """The next rung of the ladder is to know (日-14); the status is another matter."""
        self.alarm = alarm
        self._touch(at)
        return IssueAlarmed(issue=self.state(), alarm=alarm)

    def deliver(self, note: str, by: Actor, at: Moment) -> IssueResolved:
        """A project that was made of it was accepted: its reporter may confirm or reopen (日-10)."""
        self._move("deliver", by, frozenset(), at, note)
        self._settle(at)
        return IssueResolved(issue=self.state(), note=note)

    def confirm(self, note: str | None, by: Actor, held: Held, at: Moment) -> IssueConfirmed:
        """Really gone (日-7)."""
        self._move("confirm", by, held, at, note)
        return IssueConfirmed(issue=self.state())

    def confirm_by_silence(self, by: Actor, at: Moment) -> IssueConfirmed:
        """The reporter was silent for the reopening days (日-8)."""
        self._move("confirm_by_silence", by, frozenset(), at)
        return IssueConfirmed(issue=self.state(), by_silence=True)

    def reopen(self, reason: str, by: Actor, held: Held, at: Moment, settle_by: datetime) -> IssueReopened:
        """Not gone (日-8): due again."""
        self._move("reopen", by, held, at, reason)
        self.resolved_at = None
        self.reopenings += 1
        self._due_again(settle_by)
        return IssueReopened(issue=self.state(), reason=reason)

    def withdraw(self, reason: str | None, by: Actor, held: Held, at: Moment) -> IssueWithdrawn:
        """Taken back by its reporter (日-12)."""
        self._move("withdraw", by, held, at, reason)
        self.overnight = False
        return IssueWithdrawn(issue=self.state())

    def merge_into(self, original: "Issue", note: str | None, by: Actor, held: Held, at: Moment) -> IssueMerged:
        """It is the same as the original and follows it (日-13)."""
        self._move("merge", by, held, at, note)
        self.overnight = False
        self._look_at(original)
        return IssueMerged(issue=self.state())

    def looks_elsewhere(self, original: "Issue") -> bool:
        """Whether the original has moved since this copy looked."""
        seen = (self.original_status, self.topic_id, self.project_id)
        return seen != (original.status, original.topic_id, original.project_id)

    def follow(self, original: "Issue", at: Moment) -> OriginalMoved:
        """The original moved (日-13)."""
        self._touch(at)
        self._look_at(original)
        return OriginalMoved(issue=self.state())

    def unmerge(self, reason: str, by: Actor, held: Held, at: Moment, settle_by: datetime) -> IssueUnmerged:
        """It is not the same after all: somebody of the micro-grid answers for it again (日-13)."""
        self._move("unmerge", by, held, at, reason)
        self.handler_id = by.member_id
        self.merged_into = self.original_status = self.topic_id = self.project_id = None
        self._due_again(settle_by)
        return IssueUnmerged(issue=self.state(), reason=reason)

    def take_copy(self, copy_id: str, at: Moment) -> IssueCopied:
        """Another issue is the same as this one (日-13)."""
        self.copies += (copy_id,)
        self._touch(at)
        return IssueCopied(issue=self.state(), copy_id=copy_id)

    def lose_copy(self, copy_id: str, at: Moment) -> IssueCopied:
        """Another issue is not the same after all (日-13)."""
        self.copies = tuple(each for each in self.copies if each != copy_id)
        self._touch(at)
        return IssueCopied(issue=self.state(), copy_id=copy_id, removed=True)

    def count(self, me_toos: int, followers: int, at: Moment) -> IssueSeconded:
        """So many more (or fewer) said "me too" and follow it."""
        self.me_toos += me_toos
        self.followers += followers
        self._touch(at)
        return IssueSeconded(issue=self.state())

    def link(self, at: Moment, topic_id: str, project_id: str | None = None) -> IssueLinked:
        """It became part of a topic, or of a project (日-10)."""
        self.topic_id, self.project_id = topic_id, project_id
        self._touch(at)
        self._leave_turn("link", SYSTEM, at)
        return IssueLinked(issue=self.state())

    def rate(self, stars: int, words: str | None, by: Actor, held: Held, at: Moment) -> IssueRated:
        """How satisfied the reporter is (日-16)."""
        self._act("rate_issue", by, held, at)
        self.rating = Rating(stars=stars, words=words, at=at.now)
        self._leave_turn("rate", by, at)
        return IssueRated(issue=self.state())

    def appeal(self, reason: str, by: Actor, held: Held, at: Moment) -> RatingAppealed:
        """The handler finds the rating unfair (日-17)."""
        self._act("appeal_rating", by, held, at)
        assert self.rating is not None, "the policy asks for a rating"
        self.rating = replace(self.rating, appeal=Appeal(reason=reason, at=at.now))
        self._leave_turn("appeal", by, at, reason)
        return RatingAppealed(issue=self.state())

    def decide_appeal(self, unfair: bool, reason: str, by: Actor, held: Held, at: Moment) -> AppealDecided:
        """A community admin decides, but not about their own handling (日-17)."""
        self._act("decide_appeal", by, held, at)
        if by.member_id in (self.handler_id, self.reporter_id):
            raise Forbidden("nobody decides about their own rating", "不能裁定与自己有关的评价", "日-17")
        assert self.rating is not None, "the policy asks for a rating"
        assert self.rating.appeal is not None, "the policy asks for an appeal"
        decided = replace(self.rating.appeal, unfair=unfair, decision=reason, decided_at=at.now)
        self.rating = replace(self.rating, appeal=decided)
        self._leave_turn("decide_appeal", by, at, reason)
        return AppealDecided(issue=self.state())

    def cover(self, command: CoverPhoto, by: Actor, held: Held, at: Moment) -> PhotoCovered:
        """Cover parts of a photo, or uncover it (日-1)."""
        self._act("cover_photo", by, held, at)
        if command.photo_id not in {photo.id for photo in self.photos}:
            raise Refused("this issue has no such photo", "该问题没有这张照片", "日-1")
        if any(_is_empty(area) for area in command.areas):
            raise Refused("an area has no size", "遮挡区域为空", "日-1")
        self.photos = tuple(
            replace(photo, covered=command.areas) if photo.id == command.photo_id else photo for photo in self.photos
        )
        self._leave_turn("cover_photo", by, at)
        return PhotoCovered(issue=self.state(), photo_id=command.photo_id)

    def permit(self, act: str, by: Actor, held: Held, at: Moment) -> None:
        """Refuse an act that is not allowed here now (`ACTS`)."""
        permit_act(ACTS, act, self, by, held, at)

    def resolved_on(self, at: Moment) -> date:
        """The local day on which it was settled."""
        assert self.resolved_at is not None, "only a settled issue is asked for its day of settlement"
        return at.day_of(self.resolved_at)

    def state(self) -> IssueState:
        """Its visible state."""
        return IssueState(**{name: getattr(self, name) for name in _SHOWN})

    def _look_at(self, original: "Issue") -> None:
        self.merged_into, self.original_status = original.id, original.status
        self.topic_id, self.project_id = original.topic_id, original.project_id

    def _settle(self, at: Moment) -> None:
        self.resolved_at = at.now
        self.first_resolved_at = self.first_resolved_at or at.now
        self.overnight, self.waiting_until = False, None

    def _due_again(self, settle_by: datetime) -> None:
        self.settle_by = settle_by
        self.overnight, self.alarm = False, None

    def _act(self, name: str, by: Actor, held: Held, at: Moment) -> None:
        permit_act(ACTS, name, self, by, held, at)
        self._touch(at)

    def _move(self, name: str, by: Actor, held: Held, at: Moment, note: str | None = None) -> None:
        move = permit(LIFECYCLE, name, self, by, held, at)
        self.status = Status(move.target)
        self._touch(at)
        if name in HANDLING:
            self.responded_at = self.responded_at or at.now
        if name != "postpone":
            self.waiting_until = None
        self._leave_turn(name, by, at, note)

    def _touch(self, at: Moment) -> None:
        self.version += 1
        self.updated_at = at.now

    def _leave_turn(self, name: str, by: Actor, at: Moment, note: str | None = None) -> None:
        turn = Turn(move=name, at=at.now, status=self.status, note=note, by=self._shown(name, by))
        self.history = (*self.history[-_MOST_TURNS:], turn)

    def _shown(self, move: str, by: Actor) -> str:
        """Under which id somebody stands in the history: an anonymous reporter under one that only this issue knows."""
        hidden = self.exposure is Exposure.ANONYMOUS and by.member_id == self.reporter_id and move not in HANDLING
        return derived_id(self.id, "reporter") if hidden else by.member_id


@dataclass(frozen=True)
class Promise:
    """What follows for a new issue from its category and its place: when it must be settled, who looks after it."""

    category: Category
    respond_by: datetime | None = None
    settle_by: datetime | None = None
    grid_id: str | None = None
    warnings: tuple[str, ...] = ()
    patrol_id: str | None = None


_SHOWN: tuple[Any, ...] = tuple(each.name for each in fields(IssueState))
_MOST_TURNS = 299


def _is_empty(area: Area) -> bool:
    return area.left >= area.right or area.top >= area.bottom

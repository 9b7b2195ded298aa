"""All that anyone else may know of the experts service: its views, commands and events."""

from datetime import datetime
from typing import Annotated

from services.actor import MEMBER, Role, holders
from services.declare import (
    COMMUNITY,
    ONE_MEMBER,
    PUBLIC,
    STAFF,
    Between,
    Matching,
    command,
    event,
    seen_by,
    value,
    view,
)
from services.fields import Code, Id, Labelled, Line, Note, Slug, Version
from services.parties import THREE_PARTIES, Party

VERIFIERS = holders(Role.PARTY_COMMITTEE, Role.COMMUNITY_ADMIN)
Sha256 = Annotated[str, Matching(r"^[0-9a-f]{64}$")]
Secret = Annotated[str, Matching(r"^[0-9a-f]{32}$")]
Seats = Annotated[int, Between(1, 50)]
Number = Annotated[int, Between(1, 100_000)]

PLAN_EVALUATION = "plan_evaluation"
CONSTRUCTION_SUPERVISION = "construction_supervision"
COMPLETION_ACCEPTANCE = "completion_acceptance"


class ExpertStatus(Labelled):
    """Whether somebody counts as an expert."""

    REGISTERED = "registered", "待核验"
    VERIFIED = "verified", "已核验"


class DrawStatus(Labelled):
    """How far a draw has come."""

    FROZEN = "frozen", "名单已冻结"
    COMMITTED = "committed", "三方已承诺"
    DRAWN = "drawn", "已抽取"
    VOID = "void", "已作废"


@view("expert", filters=("status", "profession"), concerns="member_id")
class ExpertState:
    """A member of the pool with a profession, and the groups (三组) that they were verified for."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    status: ExpertStatus
    member_id: Id
    profession: Code
    qualification: Annotated[Note, seen_by(STAFF, ONE_MEMBER)]
    groups: Annotated[tuple[Code, ...], Between(0, 20)] = ()
    created_at: datetime
    updated_at: datetime


@view("conflict", filters=("project_id",), concerns="member_id")
class ConflictState:
    """An expert's own word that they are too close to a project to judge it; the reason is for staff and themselves."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    project_id: Id
    expert_id: Id
    member_id: Id
    reason: Annotated[Note, seen_by(STAFF, ONE_MEMBER)]
    created_at: datetime
    updated_at: datetime


@value
class Candidate:
    """One line of the frozen list; `number` counts from 1, in the order of the experts' ids."""

    number: Number
    expert_id: Id
    member_id: Id


@value
class Commitment:
    """A party's SHA-256 of its secret, and later the secret itself: 32 hexadecimal digits, read as one number."""

    party: Party
    sha256: Sha256
    at: datetime
    secret: Secret | None = None
    revealed_at: datetime | None = None


@value
class Seat:
    """One pick of the draw, in order; whoever declined is followed by one more pick."""

    pick: Annotated[int, Between(0, 100_000)]
    number: Number
    expert_id: Id
    member_id: Id
    declined_at: datetime | None = None
    reason: Annotated[Note | None, seen_by(STAFF, ONE_MEMBER)] = None


@view("draw", filters=("status", "project_id"))
class DrawState:
    """A draw (RFC 3797) as anybody may check it: this JSON is the proof that `sansan verify-draw` reads.

    `list_hash` is SHA-256 over the lines "NUMBER EXPERT-ID\\n" of the list; the sources are the three secrets in the order
    of the parties, known only after all three had committed to them.
    """

    community_id: Slug
    id: Id
    version: Version
    audience: Code = PUBLIC
    status: DrawStatus
    project_id: Id
    group: Code
    seats: Seats
    candidates: Annotated[tuple[Candidate, ...], Between(0, 5000)] = ()
    list_hash: Sha256
    commitments: Annotated[tuple[Commitment, ...], Between(0, 3)] = ()
    key: Annotated[str, Between(0, 400)] = ""
    picks: Annotated[tuple[Seat, ...], Between(0, 5000)] = ()
    void_because: Line | None = None
    reveal_by: datetime
    created_at: datetime
    updated_at: datetime


@command("experts.register_expert", returns=ExpertState, by=MEMBER)
class RegisterExpert:
    """Offer one's knowledge to the community: a profession, and what shows that one has it."""

    community_id: Slug
    profession: Code
    qualification: Note


@command("experts.verify_expert", returns=ExpertState, by=VERIFIERS, subject="expert_id")
class VerifyExpert:
    """Confirm an expert's qualification, and say for which groups it counts; nobody verifies themselves."""

    community_id: Slug
    expert_id: Id
    groups: Annotated[tuple[Code, ...], Between(1, 20)]


@command("experts.declare_conflict", returns=ConflictState, by=MEMBER)
class DeclareConflict:
    """Say that one is too close to a project to judge it; one is then left out of its draws."""

    community_id: Slug
    project_id: Id
    reason: Note


@command("experts.commit_to_draw", returns=DrawState, by=THREE_PARTIES, subject="draw_id")
class CommitToDraw:
    """Hand in the SHA-256 of one's party's secret; nobody can change a secret after seeing the others'."""

    community_id: Slug
    draw_id: Id
    party: Party
    sha256: Sha256


@command("experts.reveal_secret", returns=DrawState, by=THREE_PARTIES, subject="draw_id")
class RevealSecret:
    """Reveal one's party's secret, once all three have committed; the third one draws the jury."""

    community_id: Slug
    draw_id: Id
    party: Party
    secret: Secret


@command("experts.decline_seat", returns=DrawState, by=MEMBER, subject="draw_id")
class DeclineSeat:
    """Decline a seat that one was drawn for; the next pick takes it."""

    community_id: Slug
    draw_id: Id
    reason: Note


@event("experts.expert.registered.v1")
class ExpertRegistered:
    """A member offered their knowledge."""

    expert: ExpertState


@event("experts.expert.verified.v1")
class ExpertVerified:
    """An expert's qualification was confirmed."""

    expert: ExpertState


@event("experts.conflict.declared.v1")
class ConflictDeclared:
    """An expert is too close to a project to judge it."""

    conflict: ConflictState


@event("experts.draw.frozen.v1")
class DrawFrozen:
    """The list for a jury was frozen; the three parties may commit."""

    draw: DrawState


@event("experts.draw.committed.v1")
class DrawCommitted:
    """A party committed to its secret."""

    draw: DrawState
    party: Party


@event("experts.draw.revealed.v1")
class SecretRevealed:
    """A party revealed its secret; others are still owed."""

    draw: DrawState
    party: Party


@event("experts.draw.drawn.v1")
class JuryDrawn:
    """All secrets are known: the jury is drawn."""

    draw: DrawState
    jurors: Annotated[tuple[Id, ...], Between(1, 50)]


@event("experts.draw.replaced.v1")
class JurorReplaced:
    """A juror declined and the next pick took the seat; `jurors` are the members who sit now."""

    draw: DrawState
    declined: Id
    jurors: Annotated[tuple[Id, ...], Between(0, 50)]


@event("experts.draw.voided.v1")
class DrawVoided:
    """A draw came to nothing: too few candidates, or a secret was not revealed in time."""

    draw: DrawState
    reason: Line

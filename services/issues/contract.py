"""All that anyone else may know of the issues service: its views, commands and events."""

from datetime import date, datetime
from typing import Annotated

from services.actor import MEMBER, STAFF_MEMBERS, Role, Who, concerned, holders
from services.declare import (
    COMMUNITY,
    EVERYBODY,
    ONE_MEMBER,
    STAFF,
    Between,
    chosen_by,
    command,
    event,
    seen_by,
    value,
    view,
)
from services.fields import Code, Id, Label, Labelled, Latitude, Line, Longitude, Note, Prose, Slug, Version

MICRO_GRID = holders(Role.GRID_OFFICER, Role.BUILDING_LEADER, Role.PROPERTY_STEWARD)
GRID_OFFICERS = holders(Role.GRID_OFFICER)
ADMINS = holders(Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN)
PLANNERS = holders(Role.GRID_OFFICER, Role.COMMUNITY_ADMIN)
REPORTER = concerned("reporter_id", "the reporter", "报告人")
HANDLER = concerned("handler_id", "the handler", "经办人")
AT_WORK = Who(f"{MICRO_GRID.en}, the handler", f"{MICRO_GRID.zh}、经办人", MICRO_GRID.roles, "handler_id")

MOST_PHOTOS = 9
MOST_COPIES = 100
MOST_ITEMS = 500
MOST_FINDINGS = 50


class Status(Labelled):
    """Where an issue stands."""

    REPORTED = "reported", "待受理"
    ACCEPTED = "accepted", "已受理"
    ASSIGNED = "assigned", "已派单"
    IN_PROGRESS = "in_progress", "处理中"
    WAITING = "waiting", "约期处理"
    TRANSFERRED = "transferred", "已转办"
    ESCALATED = "escalated", "已提交例会"
    RESOLVED = "resolved", "已办结"
    CONFIRMED = "confirmed", "已确认"
    REOPENED = "reopened", "已重开"
    REJECTED = "rejected", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"
    MERGED = "merged", "已并案"


class Exposure(Labelled):
    """Who is told who reported an issue."""

    OPEN = "open", "实名公开"
    HIDDEN = "hidden", "对居民隐藏"
    ANONYMOUS = "anonymous", "对工作人员也匿名"


WHO_SEES_THE_REPORTER = chosen_by(
    "exposure",
    {
        Exposure.OPEN: EVERYBODY,
        Exposure.HIDDEN: (STAFF, ONE_MEMBER),
        Exposure.ANONYMOUS: (ONE_MEMBER,),
    },
)


class Urgency(Labelled):
    """How soon something must be looked at."""

    DANGER = "danger", "险情"
    URGENT = "urgent", "紧急"
    ORDINARY = "ordinary", "一般"


class Timing(Labelled):
    """How the time for a settlement is counted."""

    HOURS = "hours", "自然小时"
    SAME_DAY = "same_day", "当日"
    WORKING_DAYS = "working_days", "工作日"


class AnswerKind(Labelled):
    """What an extra question is answered with (Open311 GeoReport v2, service attributes)."""

    STRING = "string", "短文字"
    NUMBER = "number", "数字"
    DATETIME = "datetime", "时间"
    TEXT = "text", "长文字"
    SINGLEVALUELIST = "singlevaluelist", "单选"
    MULTIVALUELIST = "multivaluelist", "多选"


class Alarm(Labelled):
    """How far up the ladder an issue has called (日-14)."""

    HANDLER = "handler", "经办人"
    GRID_OFFICER = "grid_officer", "网格员"
    COMMUNITY = "community", "社区"
    DISTRICT = "district", "区"


class TransferDelivery(Labelled):
    """What is known of a transfer on the way to the outside body; the issue's own status is another matter."""

    PENDING = "pending", "待送达"
    DELIVERED = "delivered", "已送达"
    TAKEN_ON = "taken_on", "对方已受理"
    DONE = "done", "对方已办结"
    FAILED = "failed", "未送达"


class Disposition(Labelled):
    """What a huddle does about an issue."""

    ACCEPT = "accept", "受理"
    ASSIGN = "assign", "派单"
    RESOLVE = "resolve", "办结"
    TRANSFER = "transfer", "转办"
    POSTPONE = "postpone", "约期"
    ESCALATE = "escalate", "提交例会"
    REJECT = "reject", "不予受理"


class Listed(Labelled):
    """Why an issue is on a huddle's list."""

    NEW = "new", "新增"
    DUE_TODAY = "due_today", "今日到期"
    CARRIED_OVER = "carried_over", "隔夜遗留"
    REOPENED = "reopened", "重开"


class HuddleStatus(Labelled):
    """Where a huddle stands."""

    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"


class Bond(Labelled):
    """Why somebody hears of an issue."""

    ME_TOO = "me_too", "附议"
    FOLLOWER = "follower", "关注"


class MediaKind(Labelled):
    """What an attachment is."""

    PHOTO = "photo", "照片"
    VIDEO = "video", "短视频"


@value
class Point:
    """A place on the earth (WGS 84), in degrees."""

    lat: Latitude
    lon: Longitude


@value
class Place:
    """Where it is: a building of the community (an entrance, a home of it), a public spot in words, coordinates, or several."""

    building_id: Id | None = None
    entrance_id: Id | None = None
    home_id: Annotated[Id | None, seen_by(STAFF, ONE_MEMBER)] = None
    spot: Line | None = None
    point: Point | None = None


@value
class Area:
    """A rectangle of a photo, in thousandths of its width and height from the upper left."""

    left: Annotated[int, Between(0, 1000)]
    top: Annotated[int, Between(0, 1000)]
    right: Annotated[int, Between(0, 1000)]
    bottom: Annotated[int, Between(0, 1000)]


@value
class Photo:
    """A photo or short video of an issue; `covered` parts are shown to nobody but a community admin who asks for the original."""

    id: Id
    evidence: bool = False
    covered: Annotated[tuple[Area, ...], Between(0, 20)] = ()


@value
class GivenAnswer:
    """What was answered to an extra question of the category."""

    question: Code
    values: Annotated[tuple[Prose, ...], Between(1, 50)]


@value
class OutsideTransfer:
    """To which outside body it was handed on, under which reference number there, and how far that got."""

    body: Label
    reference: Line | None = None
    delivery: TransferDelivery = TransferDelivery.PENDING
    at: datetime
    delivered_at: datetime | None = None


@value
class Appeal:
    """The handler finds a rating unfair; a community admin decides."""

    reason: Note
    at: datetime
    unfair: bool | None = None
    decision: Note | None = None
    decided_at: datetime | None = None


@value
class Rating:
    """How satisfied the reporter is with the handling; one that was found unfair does not count."""

    stars: Annotated[int, Between(1, 5)]
    words: Note | None = None
    at: datetime
    appeal: Appeal | None = None


@value
class Turn:
    """One entry of an issue's visible history: which move, when, with which words, leading to which status.

    An anonymous reporter stands here under an id that only this issue knows.
    """

    move: Code
    at: datetime
    status: Status
    note: Note | None = None
    by: Annotated[Id, seen_by(STAFF, ONE_MEMBER)]


@view(
    "issue",
    filters=("status", "category", "building_id", "grid_id", "handler_id", "overnight", "topic_id"),
    text=("title", "text"),
    concerns="reporter_id",
)
class IssueState:
    """An issue as everybody concerned sees it; who reported and who handled it is for staff and the reporter."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    status: Status
    category: Code
    urgency: Urgency = Urgency.ORDINARY
    title: Label
    text: Prose
    place: Place
    building_id: Id | None = None
    grid_id: Id | None = None
    exposure: Exposure = Exposure.HIDDEN
    reporter_id: Annotated[Id, WHO_SEES_THE_REPORTER]
    entered_by: Annotated[Id | None, seen_by(STAFF, ONE_MEMBER)] = None
    handler_id: Annotated[Id | None, seen_by(STAFF, ONE_MEMBER)] = None
    photos: Annotated[tuple[Photo, ...], Between(0, 4 * MOST_PHOTOS)] = ()
    answers: Annotated[tuple[GivenAnswer, ...], Between(0, 30)] = ()
    warnings: Annotated[tuple[Code, ...], Between(0, 10)] = ()
    patrol_id: Id | None = None
    occurred_at: datetime | None = None
    day: date | None = None
    created_at: datetime
    updated_at: datetime
    respond_by: datetime | None = None
    responded_at: datetime | None = None
    settle_by: datetime | None = None
    first_resolved_at: datetime | None = None
    resolved_at: datetime | None = None
    waiting_until: date | None = None
    instead: Note | None = None
    reopenings: Annotated[int, Between(0, 1000)] = 0
    overnight: bool = False
    overnights: Annotated[int, Between(0, 10_000)] = 0
    alarm: Alarm | None = None
    transfer: OutsideTransfer | None = None
    merged_into: Id | None = None
    original_status: Status | None = None
    copies: Annotated[tuple[Id, ...], Between(0, MOST_COPIES)] = ()
    me_toos: Annotated[int, Between(0, 1_000_000)] = 0
    followers: Annotated[int, Between(0, 1_000_000)] = 0
    topic_id: Id | None = None
    project_id: Id | None = None
    rating: Rating | None = None
    history: Annotated[tuple[Turn, ...], Between(0, 300)] = ()


@view("following", filters=("issue_id", "bond"), concerns="member_id")
class FollowingState:
    """A member hears of an issue, unless it is no longer `active`; `through` is the merged copy that they came from."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = ONE_MEMBER
    issue_id: Id
    member_id: Id
    bond: Bond
    active: bool = True
    through: Id | None = None
    created_at: datetime
    updated_at: datetime


@value
class AnswerChoice:
    """One of the answers of a list."""

    key: Code
    en: Label
    zh: Label


@value
class ExtraQuestion:
    """An extra question of a category (Open311 GeoReport v2, service definition attributes)."""

    code: Code
    en: Line
    zh: Line
    kind: AnswerKind
    required: bool = False
    choices: Annotated[tuple[AnswerChoice, ...], Between(0, 50)] = ()


@value
class Category:
    """What an issue may be about, and what follows from that.

    `respond_minutes` are calendar minutes; `settle` counts hours or working days as `timing` says (0 for the same day);
    within `radius` metres and the same category two issues may be one.
    """

    code: Code
    parent: Code | None = None
    en: Label
    zh: Label
    keywords: Annotated[tuple[Label, ...], Between(0, 30)] = ()
    urgency: Urgency = Urgency.ORDINARY
    handler: Role = Role.PROPERTY_STEWARD
    respond_minutes: Annotated[int, Between(1, 100_000)] = 120
    timing: Timing = Timing.SAME_DAY
    settle: Annotated[int, Between(0, 1000)] = 0
    radius: Annotated[int, Between(0, 10_000)] = 50
    private: bool = False
    complaint: bool = False
    active: bool = True
    questions: Annotated[tuple[ExtraQuestion, ...], Between(0, 30)] = ()


@view("catalogue")
class CatalogueState:
    """The categories of a community, the built-in ones with its own changes, and the outline of its ground (a polygon)."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    categories: Annotated[tuple[Category, ...], Between(1, 300)]
    outline: Annotated[tuple[Point, ...], Between(0, 200)] = ()
    created_at: datetime
    updated_at: datetime


@view("grid", text=("name",))
class GridState:
    """A micro-grid (微网格): some buildings that one grid officer answers for. What lies in none belongs to the community's own."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = COMMUNITY
    name: Label
    building_ids: Annotated[tuple[Id, ...], Between(0, 500)]
    officer_id: Id | None = None
    created_at: datetime
    updated_at: datetime


@value
class Item:
    """An issue on a huddle's list: why it is there, and what became of it by the end of the day.

    `why` and `by` say, of what is carried over, for which reason and by whom.
    """

    issue_id: Id
    title: Label
    listed: Listed
    disposition: Disposition | None = None
    status: Status | None = None
    why: Note | None = None
    by: Annotated[Id | None, seen_by(STAFF)] = None
    at: datetime | None = None


@value
class HuddleAttendance:
    """Who came to a huddle, and as what; residents read only as what."""

    member_id: Annotated[Id, seen_by(STAFF)]
    role: Role
    at: datetime


@value
class Minutes:
    """What is published of a huddle: how many issues were on the list, and what became of them."""

    listed: Annotated[int, Between(0, 100_000)]
    settled: Annotated[int, Between(0, 100_000)]
    transferred: Annotated[int, Between(0, 100_000)]
    postponed: Annotated[int, Between(0, 100_000)]
    escalated: Annotated[int, Between(0, 100_000)]
    rejected: Annotated[int, Between(0, 100_000)]
    merged: Annotated[int, Between(0, 100_000)]
    withdrawn: Annotated[int, Between(0, 100_000)] = 0
    carried_over: Annotated[int, Between(0, 100_000)]
    text: Annotated[str, Between(0, 20_000)] = ""


@view("huddle", filters=("status", "grid_id"))
class HuddleState:
    """The daily huddle (碰头会) of a micro-grid: its list, who came, what was done, and in the end its minutes.

    `more` counts the issues that found no place on the list, which has the most urgent ones.
    """

    community_id: Slug
    id: Id
    version: Version
    audience: Code = STAFF
    status: HuddleStatus
    grid_id: Id | None = None
    day: date
    items: Annotated[tuple[Item, ...], Between(0, MOST_ITEMS)] = ()
    more: Annotated[int, Between(0, 1_000_000)] = 0
    attendance: Annotated[tuple[HuddleAttendance, ...], Between(0, 200)] = ()
    minutes: Minutes | None = None
    closed_by: Annotated[Id | None, seen_by(STAFF)] = None
    closed_at: datetime | None = None
    created_at: datetime
    updated_at: datetime


@value
class Checkpoint:
    """A place on a patrol's way."""

    number: Annotated[int, Between(1, 200)]
    name: Label
    point: Point | None = None


@view("route", text=("name",))
class RouteState:
    """A way that patrols go, from checkpoint to checkpoint."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = STAFF
    name: Label
    checkpoints: Annotated[tuple[Checkpoint, ...], Between(1, 100)]
    active: bool = True
    created_at: datetime
    updated_at: datetime


@value
class Visit:
    """A checkpoint that was reached."""

    number: Annotated[int, Between(1, 200)]
    at: datetime


@value
class Outcome:
    """What became of a finding: an issue, or the reason why not."""

    number: Annotated[int, Between(1, MOST_FINDINGS)]
    issue_id: Id | None = None
    code: Code | None = None
    clause: Annotated[str, Between(0, 20)] | None = None
    en: Note | None = None
    zh: Note | None = None


@view("patrol", filters=("route_id", "patroller_id"))
class PatrolState:
    """A patrol: its way, what it passed, what it missed, and what it found."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = STAFF
    route_id: Id | None = None
    patroller_id: Id
    began_at: datetime
    ended_at: datetime
    visits: Annotated[tuple[Visit, ...], Between(0, 200)] = ()
    missed: Annotated[tuple[Annotated[int, Between(1, 200)], ...], Between(0, 200)] = ()
    outcomes: Annotated[tuple[Outcome, ...], Between(0, MOST_FINDINGS)] = ()
    note: Note | None = None
    created_at: datetime
    updated_at: datetime


Photos = Annotated[tuple[Id, ...], Between(0, MOST_PHOTOS)]
Answers = Annotated[tuple[GivenAnswer, ...], Between(0, 30)]


@command("issues.report_issue", returns=IssueState, by=MEMBER)
class ReportIssue:
    """Report a problem in the community, in one's own words, with its place.

    `report_id` is the client's own id of the report, so that one written offline can be sent until it arrives;
    `occurred_at` is when it was seen. Staff may report `on_behalf_of` a member, who is then the reporter.
    """

    community_id: Slug
    category: Code = "other"
    title: Label
    text: Prose
    place: Place
    photos: Photos = ()
    answers: Answers = ()
    exposure: Exposure = Exposure.HIDDEN
    on_behalf_of: Id | None = None
    occurred_at: datetime | None = None
    report_id: Id | None = None


@command("issues.amend_issue", returns=IssueState, by=REPORTER, subject="issue_id")
class AmendIssue:
    """Change one's own words, or add photos, while the issue is not settled."""

    community_id: Slug
    issue_id: Id
    title: Label | None = None
    text: Prose | None = None
    photos: Photos = ()


@command("issues.accept_issue", returns=IssueState, by=MICRO_GRID, subject="issue_id")
class AcceptIssue:
    """Take an issue on: from now on the micro-grid answers for it."""

    community_id: Slug
    issue_id: Id


@command("issues.assign_issue", returns=IssueState, by=MICRO_GRID, subject="issue_id")
class AssignIssue:
    """Give an issue to somebody of the micro-grid or the property company."""

    community_id: Slug
    issue_id: Id
    handler_id: Id
    note: Note | None = None


@command("issues.start_issue", returns=IssueState, by=AT_WORK, subject="issue_id")
class StartIssue:
    """Say that work on an issue has begun."""

    community_id: Slug
    issue_id: Id
    note: Note | None = None


@command("issues.resolve_issue", returns=IssueState, by=AT_WORK, subject="issue_id")
class ResolveIssue:
    """Settle an issue, with a note of what was done and photos as evidence."""

    community_id: Slug
    issue_id: Id
    note: Note
    evidence: Photos = ()


@command("issues.transfer_issue", returns=IssueState, by=AT_WORK, subject="issue_id")
class TransferIssue:
    """Hand an issue on to a body outside the community (water, power, city management), with the reference number there."""

    community_id: Slug
    issue_id: Id
    body: Label
    reference: Line | None = None
    reason: Note


@command("issues.record_delivery", returns=IssueState, by=AT_WORK, subject="issue_id")
class RecordDelivery:
    """Say how far a transfer has got at the outside body."""

    community_id: Slug
    issue_id: Id
    delivery: TransferDelivery
    reference: Line | None = None
    note: Note | None = None


@command("issues.postpone_issue", returns=IssueState, by=AT_WORK, subject="issue_id")
class PostponeIssue:
    """Give an issue a date, and the reason why it cannot be settled before."""

    community_id: Slug
    issue_id: Id
    until: date
    reason: Note


@command("issues.escalate_issue", returns=IssueState, by=AT_WORK, subject="issue_id")
class EscalateIssue:
    """Say that an issue cannot be settled today, and why: it goes to the weekly meeting of the three parties."""

    community_id: Slug
    issue_id: Id
    reason: Note


@command("issues.reject_issue", returns=IssueState, by=MICRO_GRID, subject="issue_id")
class RejectIssue:
    """Say that an issue is out of scope, why, and where to go instead."""

    community_id: Slug
    issue_id: Id
    reason: Note
    instead: Note | None = None


@command("issues.confirm_issue", returns=IssueState, by=REPORTER, subject="issue_id")
class ConfirmIssue:
    """Confirm that the problem is really gone."""

    community_id: Slug
    issue_id: Id
    note: Note | None = None


@command("issues.reopen_issue", returns=IssueState, by=REPORTER, subject="issue_id")
class ReopenIssue:
    """Say that the problem is not gone, and why, within the reopening days."""

    community_id: Slug
    issue_id: Id
    reason: Note


@command("issues.withdraw_issue", returns=IssueState, by=REPORTER, subject="issue_id")
class WithdrawIssue:
    """Take one's own report back before it is settled."""

    community_id: Slug
    issue_id: Id
    reason: Note | None = None


@command("issues.merge_issue", returns=IssueState, by=MICRO_GRID, subject="issue_id")
class MergeIssue:
    """Say that an issue is the same as another one, `into_id`: from now on it follows that one."""

    community_id: Slug
    issue_id: Id
    into_id: Id
    note: Note | None = None


@command("issues.unmerge_issue", returns=IssueState, by=MICRO_GRID, subject="issue_id")
class UnmergeIssue:
    """Say that an issue is not the same as the one that it was merged into."""

    community_id: Slug
    issue_id: Id
    reason: Note


@command("issues.rate_issue", returns=IssueState, by=REPORTER, subject="issue_id")
class RateIssue:
    """Rate the handling of one's own settled issue, once: 1 to 5 stars, with words if one likes."""

    community_id: Slug
    issue_id: Id
    stars: Annotated[int, Between(1, 5)]
    words: Note | None = None


@command("issues.appeal_rating", returns=IssueState, by=HANDLER, subject="issue_id")
class AppealRating:
    """Say that the rating of an issue that one handled is unfair, and why."""

    community_id: Slug
    issue_id: Id
    reason: Note


@command("issues.decide_appeal", returns=IssueState, by=ADMINS, subject="issue_id")
class DecideAppeal:
    """Decide whether a rating is unfair, and then does not count; never about one's own."""

    community_id: Slug
    issue_id: Id
    unfair: bool
    reason: Note


@command("issues.cover_photo", returns=IssueState, by=STAFF_MEMBERS, subject="issue_id")
class CoverPhoto:
    """Cover parts of a photo that are nobody's business (a face, a number plate); no areas uncover it."""

    community_id: Slug
    issue_id: Id
    photo_id: Id
    areas: Annotated[tuple[Area, ...], Between(0, 20)]


@command("issues.second_issue", returns=IssueState, by=MEMBER)
class SecondIssue:
    """Say "me too" (附议) instead of reporting the same again: from now on one hears of the issue."""

    community_id: Slug
    issue_id: Id


@command("issues.follow_issue", returns=FollowingState, by=MEMBER)
class FollowIssue:
    """Hear of every change of an issue, also when it has become a project."""

    community_id: Slug
    issue_id: Id


@command("issues.unfollow_issue", returns=FollowingState, by=MEMBER)
class UnfollowIssue:
    """Hear of an issue no longer; a me-too is taken back with it."""

    community_id: Slug
    issue_id: Id


@command("issues.set_category", returns=CatalogueState, by=ADMINS)
class SetCategory:
    """Add a category to the community's catalogue, or change one; one that is not `active` is offered no longer."""

    community_id: Slug
    category: Category


@command("issues.set_outline", returns=CatalogueState, by=ADMINS)
class SetOutline:
    """Draw the outline of the community's ground (three points or more, or none); what lies outside is warned of, not refused."""

    community_id: Slug
    outline: Annotated[tuple[Point, ...], Between(0, 200)]


@command("issues.define_grid", returns=GridState, by=ADMINS)
class DefineGrid:
    """Begin a micro-grid of some buildings, none of which is another micro-grid's."""

    community_id: Slug
    name: Label
    building_ids: Annotated[tuple[Id, ...], Between(0, 500)]
    officer_id: Id | None = None


@command("issues.change_grid", returns=GridState, by=ADMINS, subject="grid_id")
class ChangeGrid:
    """Change a micro-grid: its name, its buildings, its officer. Its open issues move with their buildings from the next one on."""

    community_id: Slug
    grid_id: Id
    name: Label
    building_ids: Annotated[tuple[Id, ...], Between(0, 500)]
    officer_id: Id | None = None


@command("issues.attend_huddle", returns=HuddleState, by=MICRO_GRID, subject="huddle_id")
class AttendHuddle:
    """Sit down in a huddle, in one of one's own roles."""

    community_id: Slug
    huddle_id: Id
    role: Role


@command("issues.dispose_issue", returns=HuddleState, by=MICRO_GRID, subject="huddle_id")
class DisposeIssue:
    """Decide in the huddle what happens with an issue of its list.

    `handler_id` goes with `assign`, `body` (and `reference`) with `transfer`, `until` with `postpone`, `instead` (where to go)
    with `reject`; the `note` is its reason or what was done.
    """

    community_id: Slug
    huddle_id: Id
    issue_id: Id
    disposition: Disposition
    note: Note | None = None
    handler_id: Id | None = None
    body: Label | None = None
    reference: Line | None = None
    until: date | None = None
    instead: Note | None = None


@command("issues.close_huddle", returns=HuddleState, by=GRID_OFFICERS, subject="huddle_id")
class CloseHuddle:
    """Close a huddle: its minutes are made and published to the community."""

    community_id: Slug
    huddle_id: Id


@command("issues.define_route", returns=RouteState, by=PLANNERS)
class DefineRoute:
    """Begin a patrol route with its checkpoints."""

    community_id: Slug
    name: Label
    checkpoints: Annotated[tuple[Checkpoint, ...], Between(1, 100)]


@command("issues.change_route", returns=RouteState, by=PLANNERS, subject="route_id")
class ChangeRoute:
    """Change a patrol route; one that is not `active` is gone no longer."""

    community_id: Slug
    route_id: Id
    name: Label
    checkpoints: Annotated[tuple[Checkpoint, ...], Between(1, 100)]
    active: bool = True


@value
class Finding:
    """What a patrol found; reported as an issue of the patroller's."""

    category: Code = "other"
    title: Label
    text: Prose
    place: Place
    photos: Photos = ()
    answers: Answers = ()


@command("issues.log_patrol", returns=PatrolState, by=MICRO_GRID)
class LogPatrol:
    """Log a patrol: the checkpoints reached, and what was found; each finding becomes an issue, or is refused by itself."""

    community_id: Slug
    route_id: Id | None = None
    began_at: datetime
    ended_at: datetime
    visits: Annotated[tuple[Visit, ...], Between(0, 200)] = ()
    findings: Annotated[tuple[Finding, ...], Between(0, MOST_FINDINGS)] = ()
    note: Note | None = None


@event("issues.issue.reported.v1")
class IssueReported:
    """A member reported a problem."""

    issue: IssueState


@event("issues.issue.amended.v1")
class IssueAmended:
    """The reporter changed their words or added photos."""

    issue: IssueState


@event("issues.issue.accepted.v1")
class IssueAccepted:
    """The micro-grid took the issue on."""

    issue: IssueState


@event("issues.issue.assigned.v1")
class IssueAssigned:
    """The issue was given to a handler."""

    issue: IssueState
    note: Note | None = None


@event("issues.issue.started.v1")
class IssueStarted:
    """Work on the issue has begun."""

    issue: IssueState
    note: Note | None = None


@event("issues.issue.resolved.v1")
class IssueResolved:
    """The micro-grid says that the problem is settled."""

    issue: IssueState
    note: Note


@event("issues.issue.transferred.v1")
class IssueTransferred:
    """The issue was handed on to a body outside the community."""

    issue: IssueState
    reason: Note


@event("issues.issue.delivery_recorded.v1")
class DeliveryRecorded:
    """It is known how far a transfer has got at the outside body."""

    issue: IssueState
    note: Note | None = None


@event("issues.issue.postponed.v1")
class IssuePostponed:
    """The issue was given a date, with a reason."""

    issue: IssueState
    reason: Note


@event("issues.issue.escalated.v1")
class IssueEscalated:
    """The issue could not be settled today and goes to the weekly meeting."""

    issue: IssueState
    reason: Note


@event("issues.issue.stayed_overnight.v1")
class IssueStayedOvernight:
    """Nothing was done about the issue by the cut-off: it is on the overnight list and goes to the weekly meeting by itself."""

    issue: IssueState


@event("issues.issue.alarmed.v1")
class IssueAlarmed:
    """The issue falls due, or is overdue: whoever stands on this rung of the ladder is to know."""

    issue: IssueState
    alarm: Alarm


@event("issues.issue.rejected.v1")
class IssueRejected:
    """The issue is out of scope."""

    issue: IssueState
    reason: Note
    instead: Note | None = None


@event("issues.issue.confirmed.v1")
class IssueConfirmed:
    """The problem is gone: its reporter said so, or was silent for the reopening days (`by_silence`)."""

    issue: IssueState
    by_silence: bool = False


@event("issues.issue.reopened.v1")
class IssueReopened:
    """The reporter says that the problem is not gone."""

    issue: IssueState
    reason: Note


@event("issues.issue.withdrawn.v1")
class IssueWithdrawn:
    """The reporter took the report back."""

    issue: IssueState


@event("issues.issue.merged.v1")
class IssueMerged:
    """The issue is the same as another one and follows it from now on."""

    issue: IssueState


@event("issues.issue.unmerged.v1")
class IssueUnmerged:
    """The issue is not the same as the one that it was merged into."""

    issue: IssueState
    reason: Note


@event("issues.issue.copied.v1")
class IssueCopied:
    """Another issue was merged into this one, or taken out of it again (`removed`)."""

    issue: IssueState
    copy_id: Id
    removed: bool = False


@event("issues.issue.original_moved.v1")
class OriginalMoved:
    """The issue that this one was merged into has moved."""

    issue: IssueState


@event("issues.issue.seconded.v1")
class IssueSeconded:
    """Somebody said "me too", or took it back: the count is new."""

    issue: IssueState


@event("issues.issue.linked.v1")
class IssueLinked:
    """The issue has become part of a topic or of a project."""

    issue: IssueState


@event("issues.issue.rated.v1")
class IssueRated:
    """The reporter rated the handling."""

    issue: IssueState


@event("issues.issue.rating_appealed.v1")
class RatingAppealed:
    """The handler finds the rating unfair."""

    issue: IssueState


@event("issues.issue.appeal_decided.v1")
class AppealDecided:
    """A community admin decided whether the rating is unfair."""

    issue: IssueState


@event("issues.issue.photo_covered.v1")
class PhotoCovered:
    """Parts of a photo were covered, or uncovered again."""

    issue: IssueState
    photo_id: Id


@event("issues.following.begun.v1")
class FollowingBegun:
    """A member hears of an issue from now on."""

    following: FollowingState


@event("issues.following.ended.v1")
class FollowingEnded:
    """A member hears of an issue no longer."""

    following: FollowingState


@event("issues.catalogue.changed.v1")
class CatalogueChanged:
    """The categories of a community, or the outline of its ground, are new."""

    catalogue: CatalogueState


@event("issues.grid.defined.v1")
class GridDefined:
    """A micro-grid began."""

    grid: GridState


@event("issues.grid.changed.v1")
class GridChanged:
    """A micro-grid has other buildings, another officer or another name."""

    grid: GridState


@event("issues.huddle.opened.v1")
class HuddleOpened:
    """The huddle of a micro-grid opened with its list."""

    huddle: HuddleState


@event("issues.huddle.attended.v1")
class HuddleAttended:
    """Somebody sat down in a huddle."""

    huddle: HuddleState
    member_id: Id


@event("issues.huddle.disposed.v1")
class HuddleDisposed:
    """A huddle decided what happens with an issue of its list."""

    huddle: HuddleState
    issue_id: Id


@event("issues.huddle.closed.v1")
class HuddleClosed:
    """A huddle closed, and its minutes are published."""

    huddle: HuddleState


@event("issues.route.defined.v1")
class RouteDefined:
    """A patrol route began."""

    route: RouteState


@event("issues.route.changed.v1")
class RouteChanged:
    """A patrol route is another way, or is gone no longer."""

    route: RouteState


@event("issues.patrol.logged.v1")
class PatrolLogged:
    """A patrol was logged."""

    patrol: PatrolState

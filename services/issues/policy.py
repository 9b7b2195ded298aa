"""The clauses of the daily rhythm (每日一碰头): who may move an issue where, only if what, and the numbers."""

from datetime import date, datetime
from typing import Protocol

from services.actor import MEMBER, STAFF_MEMBERS, THE_SYSTEM
from services.clock import Moment
from services.errors import Words
from services.issues.contract import ADMINS, AT_WORK, HANDLER, MICRO_GRID, REPORTER, Rating, Status, Turn
from services.lifecycle import Act, Move
from services.parameters import Parameter

_BEGINNING = date(2022, 5, 1)

REOPENING_DAYS = Parameter(
    name="issues.reopening_days",
    en="days in which a settled issue can be reopened; after them silence confirms",
    zh="办结后可重开的天数,逾期未提出视为确认",
    unit="days",
    clause="日-8",
    values={_BEGINNING: 7},
    least=1,
    most=60,
)

MOST_REOPENINGS = Parameter(
    name="issues.most_reopenings",
    en="times that an issue can be reopened before it has to be raised elsewhere",
    zh="同一问题最多可重开的次数",
    unit="times",
    clause="日-9",
    values={_BEGINNING: 10},
    least=1,
    most=50,
)

CUT_OFF_MINUTE = Parameter(
    name="issues.cut_off_minute",
    en="minute of the local day by which what fell due must have been dealt with (1320 = 22:00)",
    zh="当日截止时刻(自零点起的分钟数,1320 即 22:00)",
    unit="minutes",
    clause="日-5",
    values={_BEGINNING: 1320},
    least=720,
    most=1439,
)

HUDDLE_MINUTE = Parameter(
    name="issues.huddle_minute",
    en="minute of the local day at which the huddles open (510 = 8:30)",
    zh="碰头会开始时刻(自零点起的分钟数,510 即 8:30)",
    unit="minutes",
    clause="日-15",
    values={_BEGINNING: 510},
    least=0,
    most=1200,
)

MOST_WAITING_DAYS = Parameter(
    name="issues.most_waiting_days",
    en="days ahead for which an issue can be given a date",
    zh="约期最长天数",
    unit="days",
    clause="日-5",
    values={_BEGINNING: 90},
    least=1,
    most=365,
)

HANDLER_ALARM_MINUTES = Parameter(
    name="issues.handler_alarm_minutes",
    en="minutes before an issue falls due at which its handler is reminded",
    zh="到期前提醒经办人的分钟数",
    unit="minutes",
    clause="日-14",
    values={_BEGINNING: 60},
    least=0,
    most=10_080,
)

GRID_OFFICER_ALARM_MINUTES = Parameter(
    name="issues.grid_officer_alarm_minutes",
    en="minutes before an issue falls due at which the grid officer is told",
    zh="到期前提醒网格员的分钟数",
    unit="minutes",
    clause="日-14",
    values={_BEGINNING: 30},
    least=0,
    most=10_080,
)

COMMUNITY_ALARM_MINUTES = Parameter(
    name="issues.community_alarm_minutes",
    en="minutes after an issue fell due at which the community is told",
    zh="逾期后上报社区的分钟数",
    unit="minutes",
    clause="日-14",
    values={_BEGINNING: 30},
    least=0,
    most=10_080,
)

DISTRICT_ALARM_MINUTES = Parameter(
    name="issues.district_alarm_minutes",
    en="minutes after an issue fell due at which the district is told",
    zh="逾期后上报区的分钟数",
    unit="minutes",
    clause="日-14",
    values={_BEGINNING: 1440},
    least=1,
    most=43_200,
)

RATING_DAYS = Parameter(
    name="issues.rating_days",
    en="days after the settlement in which the reporter can rate it",
    zh="办结后可评价的天数",
    unit="days",
    clause="日-16",
    values={_BEGINNING: 30},
    least=1,
    most=365,
)

APPEAL_DAYS = Parameter(
    name="issues.appeal_days",
    en="days after a rating in which the handler can appeal it",
    zh="评价后可申诉的天数",
    unit="days",
    clause="日-17",
    values={_BEGINNING: 7},
    least=1,
    most=60,
)

PARAMETERS = (
    REOPENING_DAYS,
    MOST_REOPENINGS,
    CUT_OFF_MINUTE,
    HUDDLE_MINUTE,
    MOST_WAITING_DAYS,
    HANDLER_ALARM_MINUTES,
    GRID_OFFICER_ALARM_MINUTES,
    COMMUNITY_ALARM_MINUTES,
    DISTRICT_ALARM_MINUTES,
    RATING_DAYS,
    APPEAL_DAYS,
)


class AnIssue(Protocol):
    """What the checks read of an issue."""

    reporter_id: str
    handler_id: str | None
    reopenings: int
    history: tuple[Turn, ...]
    settle_by: datetime | None
    topic_id: str | None
    rating: Rating | None

    def resolved_on(self, at: Moment) -> date: ...


def within_reopening_days(issue: AnIssue, at: Moment) -> Words | None:
    """日-8: the reporter can come back for some days, counted in the community's local days."""
    if (at.day - issue.resolved_on(at)).days > at.value(REOPENING_DAYS):
        return Words("an issue can be reopened only within its reopening days", "已超过可重开的期限")
    return None


def reopened_rarely_enough(issue: AnIssue, at: Moment) -> Words | None:
    """日-9: an issue that keeps coming back belongs into the weekly meeting."""
    if issue.reopenings >= at.value(MOST_REOPENINGS):
        return Words(
            "this issue was reopened too often; raise it at the weekly meeting", "重开次数已达上限,请提交三方例会"
        )
    return None


def somebody_else_handled_it(issue: AnIssue, at: Moment) -> Words | None:
    """日-7: whoever handled an issue can neither confirm nor rate it."""
    if issue.handler_id == issue.reporter_id or any(
        turn.by == issue.reporter_id and turn.move in HANDLING for turn in issue.history
    ):
        return Words("whoever handled an issue can neither confirm nor rate it", "经办人不能确认或评价自己办理的问题")
    return None


def reopening_days_are_over(issue: AnIssue, at: Moment) -> Words | None:
    """日-8: silence confirms, but not before the reporter's days are over."""
    if (at.day - issue.resolved_on(at)).days <= at.value(REOPENING_DAYS):
        return Words("the reporter can still reopen it", "尚在可重开期限内")
    return None


def it_fell_due(issue: AnIssue, at: Moment) -> Words | None:
    """日-5: only what should have been settled by now stays overnight."""
    if issue.settle_by is None or at.now < issue.settle_by:
        return Words("it has not fallen due yet", "尚未到期")
    return None


def no_topic_was_made_of_it(issue: AnIssue, at: Moment) -> Words | None:
    """日-6: what the three parties deliberate is no longer the micro-grid's to settle."""
    if issue.topic_id is not None:
        return Words("the three parties are deliberating it", "三方正在商议此问题")
    return None


def it_was_not_rated_yet(issue: AnIssue, at: Moment) -> Words | None:
    """日-16: one rating for each issue."""
    return Words("it was rated already", "已评价过") if issue.rating is not None else None


def within_rating_days(issue: AnIssue, at: Moment) -> Words | None:
    """日-16: a rating comes while people remember."""
    if (at.day - issue.resolved_on(at)).days > at.value(RATING_DAYS):
        return Words("an issue can be rated only within its rating days", "已超过可评价的期限")
    return None


def a_rating_can_be_appealed(issue: AnIssue, at: Moment) -> Words | None:
    """日-17: once, within the appeal days."""
    rating = issue.rating
    if rating is None:
        return Words("there is no rating", "尚无评价")
    if rating.appeal is not None:
        return Words("this rating was appealed already", "该评价已申诉过")
    if (at.day - at.day_of(rating.at)).days > at.value(APPEAL_DAYS):
        return Words("a rating can be appealed only within its appeal days", "已超过可申诉的期限")
    return None


def an_appeal_waits(issue: AnIssue, at: Moment) -> Words | None:
    """日-17: an appeal is decided once."""
    appeal = issue.rating.appeal if issue.rating else None
    if appeal is None or appeal.decided_at is not None:
        return Words("no appeal waits for a decision", "没有待裁定的申诉")
    return None


OPEN = (Status.REPORTED, Status.ACCEPTED, Status.ASSIGNED, Status.IN_PROGRESS, Status.REOPENED)
DATED = (*OPEN, Status.WAITING)
HANDED_ON = (Status.TRANSFERRED, Status.ESCALATED)
UNSETTLED = (*DATED, *HANDED_ON)
SETTLED = (Status.RESOLVED, Status.CONFIRMED)
ENDED = (Status.CONFIRMED, Status.REJECTED, Status.WITHDRAWN, Status.MERGED)

HANDLING = frozenset({"accept", "assign", "start", "resolve", "transfer", "postpone", "escalate", "reject"})

_STARTABLE = (Status.ACCEPTED, Status.ASSIGNED, Status.REOPENED, Status.WAITING)
_ACCEPTABLE = (Status.REPORTED, Status.REOPENED, Status.WAITING, Status.TRANSFERRED)
_REJECTABLE = (Status.REPORTED, Status.ACCEPTED, Status.ASSIGNED, Status.IN_PROGRESS)
_UNDELIBERATED = (no_topic_was_made_of_it,)

LIFECYCLE = (
    #    move                   by          from                       to                   clause  only if
    Move("report",              MEMBER,     None,                      Status.REPORTED,     "日-1"),
    Move("accept",              MICRO_GRID, _ACCEPTABLE,               Status.ACCEPTED,     "日-2"),
    Move("assign",              MICRO_GRID, UNSETTLED,                 Status.ASSIGNED,     "日-2", _UNDELIBERATED),
    Move("start",               AT_WORK,    _STARTABLE,                Status.IN_PROGRESS,  "日-2"),
    Move("reject",              MICRO_GRID, _REJECTABLE,               Status.REJECTED,     "日-3"),
    Move("resolve",             AT_WORK,    UNSETTLED,                 Status.RESOLVED,     "日-4", _UNDELIBERATED),
    Move("transfer",            AT_WORK,    (*DATED, Status.ESCALATED), Status.TRANSFERRED, "日-5", _UNDELIBERATED),
    Move("postpone",            AT_WORK,    UNSETTLED,                 Status.WAITING,      "日-5", _UNDELIBERATED),
    Move("escalate",            AT_WORK,    (*DATED, Status.TRANSFERRED), Status.ESCALATED, "日-6"),
    Move("stay_overnight",      THE_SYSTEM, DATED,                     Status.ESCALATED,    "日-6", (it_fell_due,)),
    Move("deliver",             THE_SYSTEM, Status.ESCALATED,          Status.RESOLVED,     "日-10"),
    Move("confirm",             REPORTER,   Status.RESOLVED,           Status.CONFIRMED,    "日-7",
         (somebody_else_handled_it,)),
    Move("reopen",              REPORTER,   Status.RESOLVED,           Status.REOPENED,     "日-8",
         (within_reopening_days, reopened_rarely_enough)),
    Move("confirm_by_silence",  THE_SYSTEM, Status.RESOLVED,           Status.CONFIRMED,    "日-8",
         (reopening_days_are_over,)),
    Move("withdraw",            REPORTER,   DATED,                     Status.WITHDRAWN,    "日-12"),
    Move("merge",               MICRO_GRID, UNSETTLED,                 Status.MERGED,       "日-13", _UNDELIBERATED),
    Move("unmerge",             MICRO_GRID, Status.MERGED,             Status.ACCEPTED,     "日-13"),
)  # fmt: skip

ACTS = {
    #                        by             while                    clause   only if
    "amend_issue":       Act(REPORTER,      DATED,                   "日-12"),
    "record_delivery":   Act(AT_WORK,       (Status.TRANSFERRED,),   "日-5"),
    "second_issue":      Act(MEMBER,        UNSETTLED,               "日-13"),
    "follow_issue":      Act(MEMBER,        tuple(Status),           "日-18"),
    "unfollow_issue":    Act(MEMBER,        tuple(Status),           "日-18"),
    "rate_issue":        Act(REPORTER,      SETTLED,                 "日-16",
                             (somebody_else_handled_it, it_was_not_rated_yet, within_rating_days)),
    "appeal_rating":     Act(HANDLER,       SETTLED,                 "日-17", (a_rating_can_be_appealed,)),
    "decide_appeal":     Act(ADMINS,        SETTLED,                 "日-17", (an_appeal_waits,)),
    "cover_photo":       Act(STAFF_MEMBERS, tuple(Status),           "日-1"),
}  # fmt: skip

"""The clauses of the daily rhythm (每日一碰头): who may move an issue where, only if what, and the numbers."""

from datetime import date
from typing import Protocol

from services.actor import MEMBER, THE_SYSTEM
from services.clock import Moment
from services.errors import Words
from services.issues.contract import MICRO_GRID, REPORTER, Status, Turn
from services.lifecycle import Move
from services.parameters import Parameter

REOPENING_DAYS = Parameter(
    name="issues.reopening_days",
    en="days in which a settled issue can be reopened; after them silence confirms",
    zh="办结后可重开的天数,逾期未提出视为确认",
    unit="days",
    clause="日-8",
    values={date(2022, 5, 1): 7},
    least=1,
    most=60,
)

MOST_REOPENINGS = Parameter(
    name="issues.most_reopenings",
    en="times that an issue can be reopened before it has to be raised elsewhere",
    zh="同一问题最多可重开的次数",
    unit="times",
    clause="日-9",
    values={date(2022, 5, 1): 10},
    least=1,
    most=50,
)

PARAMETERS = (REOPENING_DAYS, MOST_REOPENINGS)


class AnIssue(Protocol):
    """What the checks read of an issue."""

    reporter_id: str
    handler_id: str | None
    reopenings: int
    history: tuple[Turn, ...]

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
    """日-7: whoever handled an issue cannot confirm it."""
    if issue.handler_id == issue.reporter_id:
        return Words("whoever handled an issue cannot confirm it", "经办人不能确认自己办结的问题")
    return None


def reopening_days_are_over(issue: AnIssue, at: Moment) -> Words | None:
    """日-8: silence confirms, but not before the reporter's days are over."""
    if (at.day - issue.resolved_on(at)).days <= at.value(REOPENING_DAYS):
        return Words("the reporter can still reopen it", "尚在可重开期限内")
    return None


UNSETTLED = (Status.ACCEPTED, Status.REOPENED)
UNDECIDED = (Status.REPORTED, *UNSETTLED)

LIFECYCLE = (
    #    move                   by          from                                 to                clause  only if
    Move("report",              MEMBER,     None,                                Status.REPORTED,  "日-1"),
    Move("accept",              MICRO_GRID, (Status.REPORTED, Status.REOPENED),  Status.ACCEPTED,  "日-2"),
    Move("reject",              MICRO_GRID, (Status.REPORTED, Status.ACCEPTED),  Status.REJECTED,  "日-3"),
    Move("resolve",             MICRO_GRID, UNSETTLED,                           Status.RESOLVED,  "日-4"),
    Move("escalate",            MICRO_GRID, UNDECIDED,                           Status.ESCALATED, "日-6"),
    Move("deliver",             THE_SYSTEM, Status.ESCALATED,                    Status.RESOLVED,  "日-10"),
    Move("confirm",             REPORTER,   Status.RESOLVED,                     Status.CONFIRMED, "日-7",
         (somebody_else_handled_it,)),
    Move("reopen",              REPORTER,   Status.RESOLVED,                     Status.REOPENED,  "日-8",
         (within_reopening_days, reopened_rarely_enough)),
    Move("confirm_by_silence",  THE_SYSTEM, Status.RESOLVED,                     Status.CONFIRMED, "日-8",
         (reopening_days_are_over,)),
)  # fmt: skip

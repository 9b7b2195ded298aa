"""Services whose handlers misbehave where a title says so; they run as processes of their own."""

from functools import cache
from typing import Any

import sqlalchemy as sa

import services.issues.reporting as reporting
import services.issues.use_cases as issues
import services.points.use_cases as points
from services.bus import Commands, Office, Subscriptions
from services.database import open_engine
from services.errors import Refused
from services.issues.contract import IssueConfirmed, ReportIssue
from services.issues.store import STORE as ISSUES
from services.points.store import STORE as POINTS
from services.settings import settings
from services.work import Work

FAILS = "fails"
IS_REFUSED = "is refused"
LOSES_ITS_CONNECTION = "loses its connection"
ALWAYS_LOSES_ITS_CONNECTION = "always loses its connection"


def misbehave(work: Work, title: str, thing: str) -> None:
    """Do what the title says."""
    if title == FAILS:
        raise ZeroDivisionError("a defect that stays")
    if title == IS_REFUSED:
        raise Refused("not while it rains", "下雨时不行")
    if title == ALWAYS_LOSES_ITS_CONNECTION or (title == LOSES_ITS_CONNECTION and not _cut_before(thing)):
        _cut_before(thing)
        _cut(work)


_known: set[str] = set()


def _cut_before(thing: str) -> bool:
    known = thing in _known
    _known.add(thing)
    return known


@cache
def _killer() -> sa.Engine:
    return open_engine(settings().database(POINTS.service))


def _cut(work: Work) -> None:
    own = work.connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    with _killer().connect() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": own})


def credit_reporter(work: Work, event: IssueConfirmed) -> None:
    """What the points service does, and then misbehave."""
    points.earn(work, event)
    misbehave(work, event.issue.title, work.context.cause)


def report_issue(work: Work, command: ReportIssue) -> Any:
    """What the issues service does, and then misbehave."""
    state = reporting.report_issue(work, command)
    misbehave(work, command.title, work.context.cause)
    return state


class OddPoints:
    """The points service with a defect."""

    name = "points"

    office = Office(POINTS)
    subscriptions = Subscriptions({**points.REACTS, IssueConfirmed: credit_reporter})


class OddIssues:
    """The issues service with a defect."""

    name = "issues"

    office = Office(ISSUES, issues.DUE)
    commands = Commands({**issues.DOES, ReportIssue: report_issue})
    subscriptions = Subscriptions(issues.REACTS)

"""Drawing routes and logging patrols: each finding becomes an issue, or is refused by itself with the reason (日-19)."""

from services.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from services.ids import new_id
from services.issues.contract import (
    ChangeRoute,
    DefineRoute,
    Finding,
    LogPatrol,
    Outcome,
    PatrolState,
    ReportIssue,
    RouteState,
)
from services.issues.patrols import Patrol, Route
from services.issues.reporting import report
from services.work import Work


def define_route(work: Work, command: DefineRoute) -> RouteState:
    """Begin a patrol route (日-19)."""
    route, defined = Route.define(new_id(), command, work.actor, work.held, work.moment)
    work.add(route)
    work.record(defined)
    return route.state()


def change_route(work: Work, command: ChangeRoute) -> RouteState:
    """Change a patrol route (日-19); patrols that went it stay as they were logged."""
    route = work.load(Route, command.route_id)
    work.record(route.change(command, work.actor, work.held, work.moment))
    return route.state()


def log_patrol(work: Work, command: LogPatrol) -> PatrolState:
    """Log a patrol with its findings (日-19); its `outcomes` say of each, in order, which issue it became or why none."""
    route = work.load(Route, command.route_id) if command.route_id else None
    patrol = Patrol.go(new_id(), command, route, work.actor, work.held, work.moment)
    told = patrol.log([_outcome(work, patrol, number, each) for number, each in enumerate(command.findings, 1)])
    work.add(patrol)
    work.record(told)
    return patrol.state()


def _outcome(work: Work, patrol: Patrol, number: int, finding: Finding) -> Outcome:
    """The issue that a finding became; or why not, and then nothing of it is left (`report` refuses before it adds)."""
    try:
        issue = report(work, _command(work, patrol, finding), patrol.id)
    except (Invalid, Refused, Forbidden, NotFound, Conflict) as error:
        return Outcome(
            number=number, code=error.code, clause=error.clause or None, en=error.reason.en, zh=error.reason.zh
        )
    return Outcome(number=number, issue_id=issue.id)


def _command(work: Work, patrol: Patrol, finding: Finding) -> ReportIssue:
    return ReportIssue(
        community_id=work.community_id,
        category=finding.category,
        title=finding.title,
        text=finding.text,
        place=finding.place,
        photos=finding.photos,
        answers=finding.answers,
        occurred_at=min(patrol.ended_at, work.now),
    )

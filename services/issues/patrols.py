"""Patrols and the routes that they go: a log names what was passed, what was missed and what became of each finding (日-19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.actor import Actor, Role, Who
from services.clock import Moment
from services.errors import Forbidden, Refused
from services.issues.contract import (
    MICRO_GRID,
    PLANNERS,
    ChangeRoute,
    Checkpoint,
    DefineRoute,
    LogPatrol,
    Outcome,
    PatrolLogged,
    PatrolState,
    RouteChanged,
    RouteDefined,
    RouteState,
    Visit,
)

LONGEST = timedelta(hours=24)
AHEAD = timedelta(minutes=5)  # clocks of telephones differ

_CLAUSE = "日-19"


@dataclass
class Route:
    """The aggregate: one row of the table `routes`."""

    community_id: str
    id: str
    version: int
    name: str
    checkpoints: tuple[Checkpoint, ...]
    active: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def define(
        cls, id_: str, command: DefineRoute, by: Actor, held: frozenset[Role], at: Moment
    ) -> "tuple[Route, RouteDefined]":
        """A new route, whose checkpoints have a number each (日-19). Errors: Forbidden, Refused."""
        _permit(PLANNERS, by, held)
        _refuse_checkpoints(command.checkpoints)
        route = cls(command.community_id, id_, 1, command.name, command.checkpoints, True, at.now, at.now)
        return route, RouteDefined(route=route.state())

    def change(self, command: ChangeRoute, by: Actor, held: frozenset[Role], at: Moment) -> RouteChanged:
        """Another way, or one that is gone no longer (日-19). Errors: Forbidden, Refused."""
        _permit(PLANNERS, by, held)
        _refuse_checkpoints(command.checkpoints)
        self.name, self.checkpoints, self.active = command.name, command.checkpoints, command.active
        self.version += 1
        self.updated_at = at.now
        return RouteChanged(route=self.state())

    def state(self) -> RouteState:
        """Its visible state."""
        return RouteState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            name=self.name,
            checkpoints=self.checkpoints,
            active=self.active,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


@dataclass
class Patrol:
    """The aggregate: one row of the table `patrols`, which nobody changes afterwards."""

    community_id: str
    id: str
    version: int
    route_id: str | None
    patroller_id: str
    began_at: datetime
    ended_at: datetime
    visits: tuple[Visit, ...]
    missed: tuple[int, ...]
    outcomes: tuple[Outcome, ...]
    note: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def go(
        cls, id_: str, command: LogPatrol, route: Route | None, by: Actor, held: frozenset[Role], at: Moment
    ) -> "Patrol":
        """A patrol that was gone, its findings still to come (日-19). Errors: Forbidden, Refused."""
        _permit(MICRO_GRID, by, held)
        _refuse_times(command, at)
        if route is not None and not route.active:
            raise _no("this route is gone no longer", "该巡查路线已停用")
        numbers = {each.number for each in route.checkpoints} if route else set()
        if not numbers.issuperset(visit.number for visit in command.visits):
            raise _no("a visit names no checkpoint of the route", "打卡点不在该巡查路线上")
        return cls(
            community_id=command.community_id,
            id=id_,
            version=1,
            route_id=command.route_id,
            patroller_id=by.member_id,
            began_at=command.began_at,
            ended_at=command.ended_at,
            visits=tuple(sorted(command.visits, key=lambda visit: visit.at)),
            missed=tuple(sorted(numbers - {visit.number for visit in command.visits})),
            outcomes=(),
            note=command.note,
            created_at=at.now,
            updated_at=at.now,
        )

    def log(self, outcomes: Sequence[Outcome]) -> PatrolLogged:
        """What became of each finding, in their order (日-19)."""
        self.outcomes = tuple(outcomes)
        return PatrolLogged(patrol=self.state())

    def state(self) -> PatrolState:
        """Its visible state."""
        return PatrolState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            route_id=self.route_id,
            patroller_id=self.patroller_id,
            began_at=self.began_at,
            ended_at=self.ended_at,
            visits=self.visits,
            missed=self.missed,
            outcomes=self.outcomes,
            note=self.note,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


def _permit(who: Who, by: Actor, held: frozenset[Role]) -> None:
    if not who.allows(by, held):
        raise Forbidden(f"only {who.en} may do this here", f"只有{who.zh}可以进行此操作", _CLAUSE)


def _refuse_checkpoints(checkpoints: Sequence[Checkpoint]) -> None:
    if len({each.number for each in checkpoints}) < len(checkpoints):
        raise _no("two checkpoints have the same number", "巡查点编号重复")


def _refuse_times(command: LogPatrol, at: Moment) -> None:
    if command.ended_at < command.began_at:
        raise _no("a patrol ends after it began", "巡查结束时间不能早于开始时间")
    if command.ended_at > at.now + AHEAD:
        raise _no("a patrol is logged when it is over", "巡查结束时间不能晚于现在")
    if command.ended_at - command.began_at > LONGEST:
        raise _no("a patrol is not longer than 24 hours", "一次巡查不能超过24小时")
    if not all(command.began_at <= visit.at <= command.ended_at for visit in command.visits):
        raise _no("a checkpoint was reached outside the time of the patrol", "打卡时间不在巡查起止时间内")


def _no(en: str, zh: str) -> Refused:
    return Refused(en, zh, _CLAUSE)

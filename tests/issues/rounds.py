"""The people of a micro-grid, two of its buildings, and huddles, grids, routes and patrols as the tests need them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from gateway.directory.contract import Building, CommunityState, Estate, ParameterSetting
from services.actor import SYSTEM, Role
from services.communities import keep_communities
from services.ids import derived_id
from services.issues.contract import (
    AttendHuddle,
    ChangeGrid,
    Checkpoint,
    CloseHuddle,
    DefineGrid,
    DefineRoute,
    DisposeIssue,
    Disposition,
    Finding,
    HuddleState,
    Item,
    Listed,
    LogPatrol,
    Place,
    Visit,
)
from services.issues.grids import Around, Grid
from services.issues.huddle import Huddle
from services.issues.store import STORE
from services.issues.use_cases import DUE
from services.wire import read
from services.work import Desk
from tests.shared.desks import SetClock, job, perform, rows
from tests.shared.samples import BUILDING, COMMUNITY, ISSUE, NOON, caochang, member, moment

ADMIN = member(derived_id("member", "admin"), Role.COMMUNITY_ADMIN)
LEADER = member(derived_id("member", "leader"), Role.BUILDING_LEADER)
STEWARD = member(derived_id("member", "steward"), Role.PROPERTY_STEWARD)
BUILDINGS = (BUILDING, *(derived_id("building", str(number)) for number in range(2, 6)))
GRID, ROUTE, PATROL = derived_id("grid", "first"), derived_id("route", "first"), derived_id("patrol", "first")
TODAY = date(2024, 5, 20)
MORNING = datetime(2024, 5, 20, 0, 30, tzinfo=UTC)  # 8:30 in Shanghai
NEXT_MORNING = datetime(2024, 5, 21, 0, 30, tzinfo=UTC)
AROUND = Around(buildings=frozenset(BUILDINGS), taken=frozenset(), names=frozenset())


def define_grid(*building_ids: str, name: str = "第一网格", **changed: Any) -> DefineGrid:
    """The command that begins a micro-grid."""
    return DefineGrid(**{"community_id": COMMUNITY, "name": name, "building_ids": building_ids, **changed})


def change_grid(grid_id: str, *building_ids: str, name: str = "第一网格", **changed: Any) -> ChangeGrid:
    """The command that changes one."""
    return ChangeGrid(
        **{"community_id": COMMUNITY, "grid_id": grid_id, "name": name, "building_ids": building_ids, **changed}
    )


def grid(*building_ids: str) -> Grid:
    """A micro-grid of some buildings."""
    return Grid(COMMUNITY, GRID, 1, "第一网格", building_ids, None, NOON, NOON)


def item(issue_id: str = ISSUE, listed: Listed = Listed.NEW, **changed: Any) -> Item:
    """An item of a list."""
    return Item(**{"issue_id": issue_id, "title": "井盖破损", "listed": listed, **changed})


def huddle(*items: Item, grid_id: str | None = None, more: int = 0) -> Huddle:
    """A huddle that opened this morning."""
    return Huddle.open(COMMUNITY, grid_id, items, more, moment(MORNING))[0]


def attend(huddle_id: str, role: Role = Role.GRID_OFFICER) -> AttendHuddle:
    """The command to sit down."""
    return AttendHuddle(community_id=COMMUNITY, huddle_id=huddle_id, role=role)


def dispose(huddle_id: str, issue_id: str, disposition: Disposition, **said: Any) -> DisposeIssue:
    """The command to decide."""
    return DisposeIssue(community_id=COMMUNITY, huddle_id=huddle_id, issue_id=issue_id, disposition=disposition, **said)


def close(huddle_id: str) -> CloseHuddle:
    """The command to close it."""
    return CloseHuddle(community_id=COMMUNITY, huddle_id=huddle_id)


def define_route(*numbers: int, **changed: Any) -> DefineRoute:
    """The command that begins a route."""
    return DefineRoute(**{"community_id": COMMUNITY, "name": "东线", "checkpoints": checkpoints(*numbers), **changed})


def checkpoints(*numbers: int) -> tuple[Checkpoint, ...]:
    """Checkpoints of these numbers."""
    return tuple(Checkpoint(number=number, name=f"{number}号点") for number in numbers)


def visits(*numbers: int, at: datetime = NOON) -> tuple[Visit, ...]:
    """Visits of checkpoints, all at one time."""
    return tuple(Visit(number=number, at=at) for number in numbers)


def finding(title: str = "垃圾堆放", **changed: Any) -> Finding:
    """Something that a patrol found."""
    return Finding(**{"title": title, "text": "楼道口有一堆垃圾。", "place": Place(building_id=BUILDING), **changed})


def log_patrol(*findings: Finding, **changed: Any) -> LogPatrol:
    """The command that logs a patrol that ended just now."""
    return LogPatrol(**{"community_id": COMMUNITY, "began_at": NOON, "ended_at": NOON, "findings": findings, **changed})


def know(desk: Desk, version: int = 2, **changed: Any) -> None:
    """The directory told of more of the community: all its buildings, or its own numbers."""
    with desk.engine.begin() as connection:
        told = caochang(version=version, **{"buildings": frozenset(BUILDINGS), **changed})
        keep_communities(connection, STORE, [told])
    desk.communities.forget(COMMUNITY)


def begin_grid(desk: Desk, *building_ids: str, **changed: Any) -> str:
    """The id of a new micro-grid."""
    return str(perform(desk, job(define_grid(*building_ids, **changed), ADMIN))[0]["id"])


def do_due(desk: Desk, clock: SetClock, now: datetime) -> None:
    """Do what is due at a time."""
    clock.now = now
    for outcome in desk.do_due(DUE, SYSTEM):
        assert outcome.failure is None
        assert outcome.refusal is None


def huddles(desk: Desk) -> list[HuddleState]:
    """All huddles, by their day."""
    found = [Huddle(**row._mapping).state() for row in rows(desk, "huddles")]
    return sorted(found, key=lambda each: (each.day, each.grid_id or ""))


def state_of(answer: Any) -> HuddleState:
    """The huddle in an answer."""
    return read(HuddleState, answer)


def listed(state: HuddleState) -> dict[str, Listed]:
    """Why each issue of a list is there."""
    return {each.issue_id: each.listed for each in state.items}


def told(desk: Desk, entity: str) -> Sequence[str]:
    """What was told of things of a kind, in order."""
    types = [row.type.split(".") for row in rows(desk, "journal")]
    return [verb for _, kind, verb, _ in types if kind == entity]


def onboarded(version: int = 3, zone: str = "Asia/Shanghai", minute: int | None = None) -> CommunityState:
    """The community with its buildings, as the directory tells of it; `minute` is its own one for the huddles."""
    own = ParameterSetting(name="issues.huddle_minute", day=date(2024, 1, 1), value=minute or 0)
    buildings = tuple(Building(id=each, name=f"{number}号楼") for number, each in enumerate(BUILDINGS, 1))
    return CommunityState(
        community_id=COMMUNITY,
        id=derived_id(COMMUNITY),
        version=version,
        district_id="wuhan-jiangan",
        name="操场社区",
        zone=zone,
        estates=(Estate(id=derived_id("estate"), name="东立国际", buildings=buildings),),
        parameters=() if minute is None else (own,),
        created_at=NOON,
        updated_at=NOON,
    )

"""Grids, huddles, routes and patrols come back as they went, and no building is in two micro-grids, whoever writes it."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from sqlalchemy.engine import URL

from services.actor import SYSTEM
from services.communities import keep_communities
from services.database import open_engine, reading
from services.declare import STAFF
from services.ids import new_id
from services.issues.contract import GridState, HuddleState, PatrolState, RouteState
from services.issues.grids import Grid
from services.issues.huddle import Huddle
from services.issues.patrols import Patrol, Route
from services.issues.rounds_store import GridBuildings, add_tables, keep_buildings
from services.issues.store import STORE
from services.issues.use_cases import DUE
from services.migrate import upgrade
from services.wire import hints_of
from services.work import Desk
from tests.issues.rounds import BUILDINGS, GRID, NEXT_MORNING, grid, huddles
from tests.shared.desks import SetClock, rows
from tests.shared.made_up import ROOT, instances
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, caochang

AGAIN = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FIRST, SECOND, THIRD, *_ = BUILDINGS


def kept(desk: Desk, thing: Any) -> Any:
    """Put it into its table and take it out again."""
    table = STORE.aggregates[type(thing)]
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(table).values(**{column.name: getattr(thing, column.name) for column in table.c}))
    with reading(desk.engine) as connection:
        row = connection.execute(sa.select(table).where(table.c.id == thing.id)).mappings().one()
    return type(thing)(**row)


def made_of(kind: type, state: Any) -> Any:
    """The aggregate of a state."""
    names = set(kind.__dataclass_fields__)  # type: ignore[attr-defined]
    return kind(**{**{name: getattr(state, name) for name in hints_of(type(state)) if name in names}, "id": new_id()})


def keep(desk: Desk, *told: GridBuildings) -> None:
    """Keep which buildings some micro-grids have."""
    with desk.engine.begin() as connection:
        keep_buildings(connection, STORE, list(told))


def belongs(desk: Desk) -> dict[tuple[str, str], str]:
    """Which micro-grid each building belongs to."""
    return {(row.community_id, row.building_id): row.grid_id for row in rows(desk, "grid_buildings")}


@AGAIN
@given(state=instances(HuddleState))
def test_whatever_a_huddle_holds_comes_back(desk: Desk, state: HuddleState) -> None:
    thing = made_of(Huddle, replace(state, audience=STAFF))
    assert kept(desk, thing) == thing


@AGAIN
@given(state=instances(PatrolState))
def test_whatever_a_patrol_holds_comes_back(desk: Desk, state: PatrolState) -> None:
    thing = made_of(Patrol, state)
    assert kept(desk, thing) == thing


@AGAIN
@given(state=instances(RouteState))
def test_whatever_a_route_holds_comes_back(desk: Desk, state: RouteState) -> None:
    thing = made_of(Route, state)
    assert kept(desk, thing) == thing


@AGAIN
@given(state=instances(GridState))
def test_whatever_a_micro_grid_holds_comes_back(desk: Desk, state: GridState) -> None:
    thing = made_of(Grid, state)
    thing.name = thing.id
    assert kept(desk, thing) == thing


def test_the_last_that_is_told_of_a_micro_grid_is_what_it_has(desk: Desk) -> None:
    keep(desk, GridBuildings(COMMUNITY, GRID, [FIRST, SECOND]))
    keep(desk, GridBuildings(COMMUNITY, GRID, [FIRST]), GridBuildings(COMMUNITY, GRID, [SECOND, THIRD]))
    assert belongs(desk) == {(COMMUNITY, SECOND): GRID, (COMMUNITY, THIRD): GRID}
    keep(desk, GridBuildings(COMMUNITY, GRID, []))
    assert belongs(desk) == {}


def test_buildings_change_hands_in_one_go(desk: Desk) -> None:
    other = new_id()
    keep(desk, GridBuildings(COMMUNITY, GRID, [FIRST]), GridBuildings(COMMUNITY, other, [SECOND]))
    keep(desk, GridBuildings(COMMUNITY, GRID, [SECOND]), GridBuildings(COMMUNITY, other, [FIRST]))
    assert belongs(desk) == {(COMMUNITY, FIRST): other, (COMMUNITY, SECOND): GRID}


def test_the_database_keeps_a_building_out_of_a_second_micro_grid(desk: Desk) -> None:
    keep(desk, GridBuildings(COMMUNITY, GRID, [FIRST]), GridBuildings(ANOTHER_COMMUNITY, GRID, [FIRST]))
    with pytest.raises(sa.exc.IntegrityError):
        keep(desk, GridBuildings(COMMUNITY, new_id(), [FIRST]))


def test_the_database_keeps_names_apart(desk: Desk) -> None:
    kept(desk, grid(FIRST))
    twin = grid(SECOND)
    twin.id = new_id()
    with pytest.raises(sa.exc.IntegrityError):
        kept(desk, twin)


def test_the_huddles_of_communities_that_were_known_before_open_by_themselves(database_url: URL) -> None:
    folder = ROOT / "services" / "issues" / "migrations"
    desk = Desk(open_engine(database_url), STORE, SetClock(now=NEXT_MORNING.replace(year=2100)))
    with desk.engine.connect() as connection:
        connection.begin()
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    with desk.engine.begin() as connection:
        keep_communities(connection, STORE, [caochang(), caochang(ANOTHER_COMMUNITY)])
    upgrade(database_url, folder)
    assert {row.community_id for row in rows(desk, "due")} == {COMMUNITY, ANOTHER_COMMUNITY}
    desk.do_due(DUE, SYSTEM)
    assert {each.community_id for each in huddles(desk)} == {COMMUNITY, ANOTHER_COMMUNITY}
    desk.engine.dispose()


def test_the_store_holds_what_goes_its_rounds() -> None:
    metadata = sa.MetaData()
    mine = add_tables(metadata)
    assert set(mine) == {Grid, Huddle, Route, Patrol}
    assert set(metadata.tables) == {"grids", "grid_buildings", "huddles", "routes", "patrols"}
    assert {kind: STORE.aggregates[kind].name for kind in mine} == {kind: table.name for kind, table in mine.items()}

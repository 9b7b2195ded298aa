"""Estate, building, entrance, home: ids are derived from the names, so that the same places have the same ids everywhere."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gateway.directory.contract import Building, BuildingPlan, Entrance, EntrancePlan, Estate, EstatePlan
from services.errors import Refused
from services.ids import derived_id

MOST_HOMES = 50_000
_ENDINGS = ("号楼", "单元", "栋", "幢", "座", "室", "号")


@dataclass(frozen=True, slots=True)
class PlannedHome:
    """A home that is to be: `place` is its estate, building, entrance and own name; `position` its rank in the entrance."""

    id: str
    building_id: str
    entrance_id: str
    name: str
    position: int


def lay_out(community_id: str, plans: Iterable[EstatePlan]) -> tuple[tuple[Estate, ...], list[PlannedHome]]:
    """The estates of a community as others see them, and every single home.

    Errors: Refused when two things in one place have the same name, or when there are too many homes.
    """
    homes: list[PlannedHome] = []
    estates = []
    plans = tuple(plans)
    _all_different(plan.name for plan in plans)
    for plan in plans:
        _all_different(building.name for building in plan.buildings)
        buildings = tuple(_building(community_id, plan.name, building, homes) for building in plan.buildings)
        estates.append(Estate(id=place_id(community_id, plan.name), name=plan.name, buildings=buildings))
    return tuple(estates), homes


def _building(community_id: str, estate: str, plan: BuildingPlan, homes: list[PlannedHome]) -> Building:
    _all_different(entrance.name for entrance in plan.entrances)
    building_id = place_id(community_id, estate, plan.name)
    entrances = []
    for entrance in plan.entrances:
        entrance_id = place_id(community_id, estate, plan.name, entrance.name)
        names = list(home_names(entrance))
        _all_different(names)
        for position, name in enumerate(names):
            id_ = place_id(community_id, estate, plan.name, entrance.name, name)
            homes.append(PlannedHome(id_, building_id, entrance_id, name, position))
        if len(homes) > MOST_HOMES:
            raise Refused(f"a community has at most {MOST_HOMES} homes", f"一个社区最多 {MOST_HOMES} 户", "册-1")
        entrances.append(Entrance(id=entrance_id, name=entrance.name, homes=len(names)))
    return Building(id=building_id, name=plan.name, entrances=tuple(entrances))


def home_names(plan: EntrancePlan) -> Iterator[str]:
    """The names of an entrance's homes: 101, 102 … 201, then those that were named one by one."""
    for floor in range(1, plan.floors + 1):
        for number in range(1, plan.homes_per_floor + 1):
            yield f"{floor}{number:02d}"
    yield from plan.homes


def place_id(community_id: str, *names: str) -> str:
    """The id of a place by the names that lead to it: estate, building, entrance, home."""
    return derived_id("place", community_id, *(plain(name) for name in names))


def plain(name: str) -> str:
    """A name as people mean it: `3栋`, `3号楼` and `3` are the same building, ` 301室` is 301."""
    text = "".join(name.split()).casefold()
    for ending in _ENDINGS:
        text = text.removesuffix(ending) or text
    return text.lstrip("0") or text


def names_of_entrances(estates: Iterable[Estate]) -> Mapping[str, tuple[str, str, str]]:
    """The names of estate, building and entrance of each entrance's id."""
    return {
        entrance.id: (estate.name, building.name, entrance.name)
        for estate in estates
        for building in estate.buildings
        for entrance in building.entrances
    }


def _all_different(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if plain(name) in seen:
            raise Refused(f"there are two of the name {name}", f"名称重复:{name}", "册-1")
        seen.add(plain(name))

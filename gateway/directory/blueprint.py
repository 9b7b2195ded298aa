"""The YAML file that a community begins with, read strictly: what is unknown, missing, twice or wrong is named with its place."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import yaml

from gateway.directory.contract import (
    BuildingPlan,
    EntrancePlan,
    EstatePlan,
    Login,
    ParameterSetting,
    Password,
    PersonName,
    Phone,
    Zone,
)
from gateway.directory.places import place_id
from services.actor import Role
from services.declare import Between, Matching, value
from services.errors import Invalid
from services.fields import Id, Label, Line, Slug
from services.schemas import load

MOST_BYTES = 1_000_000
_RANGE = r"^[0-9]{1,3}(-[0-9]{1,3})?$"
_DEEPEST = 12


@value
class DistrictPlan:
    """The district."""

    id: Slug
    name: Label


@value
class CommunityPlan:
    """The community, with its own numbers."""

    id: Slug
    name: Label
    zone: Zone = "Asia/Shanghai"
    parameters: Annotated[tuple[ParameterSetting, ...], Between(0, 500)] = ()


@value
class BuildingGroup:
    """Buildings that are alike: `names: 1-4` are 1栋 to 4栋, each with so many entrances (1单元 …) of so many homes."""

    names: Annotated[str, Matching(_RANGE)]
    entrances: Annotated[int, Between(1, 50)]
    floors: Annotated[int, Between(1, 150)]
    homes_per_floor: Annotated[int, Between(1, 99)]

    def plans(self) -> Iterable[BuildingPlan]:
        """Each building."""
        first, _, last = self.names.partition("-")
        for number in range(int(first), int(last or first) + 1):
            yield BuildingPlan(
                name=f"{number}栋",
                entrances=tuple(
                    EntrancePlan(name=f"{each}单元", floors=self.floors, homes_per_floor=self.homes_per_floor)
                    for each in range(1, self.entrances + 1)
                ),
            )


@value
class EstateGroup:
    """An estate: buildings that are alike, and others that are written out."""

    name: Label
    buildings: Annotated[tuple[BuildingGroup, ...], Between(0, 500)] = ()
    others: Annotated[tuple[BuildingPlan, ...], Between(0, 500)] = ()


@value
class HomePlan:
    """A home of somebody: `1栋 1单元 301`, with the estate in front where there are several."""

    home: Line
    owner: bool = False

    def id_in(self, community_id: str, estates: tuple[EstateGroup, ...]) -> Id:
        """The home's id. Errors: Invalid when this is not the name of a home."""
        names = self.home.split()
        if len(names) == 3 and len(estates) == 1:
            names = [estates[0].name, *names]
        if len(names) != 4:
            raise Invalid(f"{self.home!r} does not name a home like “1栋 1单元 301”", f"房屋写法有误:{self.home}")
        return place_id(community_id, *names)


@value
class PersonPlan:
    """Somebody; without a password they get one to be changed."""

    login: Login
    name: PersonName
    phone: Phone
    password: Password | None = None
    roles: Annotated[tuple[Role, ...], Between(0, 20)] = ()
    homes: Annotated[tuple[HomePlan, ...], Between(0, 50)] = ()


@value
class Blueprint:
    """The whole file."""

    district: DistrictPlan
    community: CommunityPlan
    estates: Annotated[tuple[EstateGroup, ...], Between(1, 50)]
    people: Annotated[tuple[PersonPlan, ...], Between(0, 1000)] = ()

    def estate_plans(self) -> tuple[EstatePlan, ...]:
        """The estates with every building written out."""
        return tuple(
            EstatePlan(
                name=estate.name,
                buildings=(*(plan for group in estate.buildings for plan in group.plans()), *estate.others),
            )
            for estate in self.estates
        )


def read_blueprint(text: bytes) -> Blueprint:
    """The plan in a YAML file. Errors: Invalid, with line and column, or naming each member that is wrong."""
    if len(text) > MOST_BYTES:
        raise Invalid(f"the file has more than {MOST_BYTES} bytes", f"文件超过 {MOST_BYTES} 字节")
    try:
        data = yaml.load(text, Loader=_Strict)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = re.sub(r"\s+", " ", str(getattr(error, "problem", None) or getattr(error, "reason", error)))[:200]
        raise Invalid(f"this is not the YAML of a community: {at}{problem}", f"YAML 文件有误:{at}{problem}") from None
    return load(Blueprint, _plain(data))


class _Strict(yaml.SafeLoader):
    """YAML without aliases (which can make a short file endless) and without the same key twice."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.depth += 1
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(problem="aliases are not understood", problem_mark=self.get_mark())
        if self.depth > _DEEPEST:
            raise yaml.composer.ComposerError(problem="too deep", problem_mark=self.get_mark())
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                problem = f"{str(key.value)[:80]!r} is there twice"
                raise yaml.constructor.ConstructorError(problem=problem, problem_mark=key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _plain(data: Any) -> Any:
    """Dates as the text that they were, and keys as text."""
    if isinstance(data, dict):
        return {str(name): _plain(member) for name, member in data.items()}
    if isinstance(data, list):
        return [_plain(member) for member in data]
    return data.isoformat() if isinstance(data, date) else data

"""All that anyone else may know of the directory: places, ids, roles and areas; never a name, a phone or an address of a person."""

from datetime import date, datetime
from typing import Annotated

from services.declare import PUBLIC, Between, event, value, view
from services.fields import Code, Id, Label, Slug, Version

Zone = Annotated[str, Between(1, 64)]


@value
class Entrance:
    """An entrance (单元) of a building, with the number of its homes."""

    id: Id
    name: Label
    homes: Annotated[int, Between(0, 10_000)]


@value
class Building:
    """A building (楼栋) with its entrances."""

    id: Id
    name: Label
    entrances: Annotated[tuple[Entrance, ...], Between(0, 50)] = ()


@value
class Estate:
    """An estate (小区) with its buildings."""

    id: Id
    name: Label
    buildings: Annotated[tuple[Building, ...], Between(0, 500)] = ()


@value
class ParameterSetting:
    """A community's own value of a number of the policy, from a day on."""

    name: Annotated[str, Between(1, 80)]
    day: date
    value: int


@view("community", filters=("district_id",), text=("name",))
class CommunityState:
    """A community (社区): its places, its clock, its own numbers. `id` is derived from `community_id`."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = PUBLIC
    district_id: Slug
    name: Label
    zone: Zone = "Asia/Shanghai"
    estates: Annotated[tuple[Estate, ...], Between(0, 50)] = ()
    parameters: Annotated[tuple[ParameterSetting, ...], Between(0, 500)] = ()
    created_at: datetime
    updated_at: datetime


@event("directory.community.onboarded.v1")
class CommunityOnboarded:
    """A community joined the district's system."""

    community: CommunityState


@event("directory.community.changed.v1")
class CommunityChanged:
    """A community's places or numbers changed."""

    community: CommunityState

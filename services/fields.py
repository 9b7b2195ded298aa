"""The kinds of members that contracts are made of, each with its limit."""

from enum import StrEnum
from typing import Annotated, Self

from services.declare import Between, Length, Matching

UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
SLUG = r"^[a-z0-9][a-z0-9-]{1,62}$"

Id = Annotated[str, Matching(UUID)]
Slug = Annotated[str, Matching(SLUG)]
Code = Annotated[str, Matching(r"^[a-z][a-z0-9_]{0,39}$")]
Label = Annotated[str, Length(1, 80)]
Line = Annotated[str, Length(1, 200)]
Note = Annotated[str, Length(1, 1000, lines=True)]
Prose = Annotated[str, Length(1, 4000, lines=True)]
Version = Annotated[int, Between(1, 2_147_483_647)]
Latitude = Annotated[float, Between(-90, 90)]
Longitude = Annotated[float, Between(-180, 180)]


class Labelled(StrEnum):
    """An enumeration of which each member has, beside its value on the wire, the Chinese label that people see."""

    zh: str

    def __new__(cls, value: str, zh: str = "") -> Self:
        """A member, written as `NAME = "value", "标签"`; with the value alone the member is looked up, as in all enumerations."""
        assert zh, f"{value} has no label"
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        return member

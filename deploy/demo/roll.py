"""The owners' roll of a community that was made up: the same file for the same plan, on every machine and version.

Some homes have two owners, some owners several homes, and the developer has not sold a few. The names are invented from
common characters; the phones begin with a prefix that no network has.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from gateway.directory.blueprint import Blueprint
from gateway.directory.places import home_names

SEED = 20220501
DEVELOPER = ("DEV-1", "东立置业有限公司", "10027999999", "developer")
_COLUMNS = ("building", "entrance", "home", "area", "owner", "name", "phone", "share", "kind")
_FAMILIES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华文辉玲萍红梅春建国志秀云海波宁斌凤林鹏飞雪松琴燕彬晨"
_AREAS = (6840, 7625, 8935, 9810, 10452, 11736, 12890, 14318)
_SHARED = ((("1/2", "1/2"), 0.8), (("2/3", "1/3"), 0.9), (("3/5", "2/5"), 1.0))


@dataclass
class _Sequence:
    """Numbers out of a seed by the one function of `random` that never changes."""

    random: Random

    def below(self, most: int) -> int:
        return int(self.random.random() * most)

    def happens(self, chance: float) -> bool:
        return self.random.random() < chance

    def one_of(self, choices: Any) -> Any:
        return choices[self.below(len(choices))]

    def name(self) -> str:
        given = "".join(self.one_of(_GIVEN) for _ in range(1 if self.happens(0.3) else 2))
        return f"{self.one_of(_FAMILIES)}{given}"


def roll_csv(plan: Blueprint, seed: int = SEED) -> Iterator[bytes]:
    """The roll of a plan as CSV (UTF-8), a building at a time; owners among the plan's people own what the plan says."""
    yield _lines([_COLUMNS])
    numbers = _Sequence(Random(seed))
    named = {(*home.home.split(),): person for person in plan.people for home in person.homes if home.owner}
    buyers: list[tuple[str, str, str, str]] = []
    for estate in plan.estate_plans():
        for building in estate.buildings:
            rows = []
            for entrance in building.entrances:
                for home in home_names(entrance):
                    place = (building.name, entrance.name, home)
                    area = f"{numbers.one_of(_AREAS) / 100:.2f}"
                    told = named.get(place)
                    owner = (f"DL-{told.login}", told.name, told.phone, "person") if told else None
                    rows += [(*place, area, *each) for each in _owners(numbers, buyers, owner)]
            yield _lines(rows)


def _owners(
    numbers: _Sequence, buyers: list[tuple[str, str, str, str]], told: tuple[str, str, str, str] | None
) -> list[tuple[str, ...]]:
    """The owners of the next home: code, name, phone, share, kind."""
    chance = numbers.random.random()
    owners = [told or _buyer(numbers, buyers, again=chance < 0.03)]
    if told is None and chance > 0.993:
        owners = [DEVELOPER]
    elif told is None and chance > 0.88:
        owners.append(_buyer(numbers, buyers, again=False))
    shares: tuple[str, ...] = ("1",)
    if len(owners) == 2:
        sort = numbers.random.random()
        shares = next(pair for pair, most in _SHARED if sort < most)
    return [(code, name, phone, share, kind) for (code, name, phone, kind), share in zip(owners, shares, strict=True)]


def _buyer(numbers: _Sequence, buyers: list[tuple[str, str, str, str]], again: bool) -> tuple[str, str, str, str]:
    if again and buyers:
        found: tuple[str, str, str, str] = numbers.one_of(buyers)
        return found
    number = len(buyers) + 1
    kind = "company" if numbers.happens(0.004) else "person"
    name = f"{numbers.name()}商贸有限公司" if kind == "company" else numbers.name()
    buyers.append((f"DL-{number:05d}", name, f"100271{number:05d}", kind))
    return buyers[-1]


def _lines(rows: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()

"""Hypothesis strategies that make up any contract object within its limits, and the whole catalogue to try them on."""

import dataclasses
import importlib
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

from hypothesis import strategies as st

from services.declare import COMMANDS, EVENTS, VIEWS, Between, Length, Matching
from services.wire import hints_of

ROOT = Path(__file__).parents[2]
_BIG = 9_007_199_254_740_991
_VISIBLE = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"))
_ANY = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))


def import_contracts() -> None:
    """Import every contract of the repository, so that the catalogue is whole."""
    for path in [*ROOT.glob("services/*/contract.py"), *ROOT.glob("gateway/*/contract.py")]:
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def catalogue() -> list[type]:
    """Every view, command and event class that the repository declares."""
    import_contracts()
    declared = [*VIEWS, *COMMANDS, *(spec.cls for spec in EVENTS.values())]
    return sorted(
        (cls for cls in declared if not cls.__module__.startswith("tests.")), key=lambda cls: cls.__qualname__
    )


def instants() -> st.SearchStrategy[datetime]:
    """Aware instants in any of some zones."""
    zones = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-9, minutes=-30))])
    return st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001


@cache
def instances(cls: type) -> st.SearchStrategy[Any]:
    """Objects of a contract class, each member within its declared limits."""
    members = {}
    hints = hints_of(cls)
    for member in dataclasses.fields(cls):
        made = _values(hints[member.name])
        members[member.name] = made if member.default is dataclasses.MISSING else st.just(member.default) | made
    return st.builds(cls, **members)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    marks: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        marks = tuple(rest)
    if isinstance(hint, types.UnionType) or get_origin(hint) is Union:
        inner = next(arg for arg in get_args(hint) if arg is not type(None))
        return st.none() | _values(Annotated[(inner, *marks)] if marks else inner)
    least, most = _limits(marks)
    if get_origin(hint) is tuple:
        return st.lists(_values(get_args(hint)[0]), min_size=least, max_size=min(most, least + 2)).map(tuple)
    if get_origin(hint) in (dict, Mapping):
        return st.dictionaries(st.text(_VISIBLE, max_size=5), _values(get_args(hint)[1]), max_size=2)
    if hint is str:
        return _texts(marks)
    if hint is float:
        return st.floats(least, most, allow_nan=False, allow_infinity=False)
    if hint is int:
        return st.integers(max(least, -_BIG) if marks else -_BIG, most)
    return _plain(hint)


def _plain(hint: Any) -> st.SearchStrategy[Any]:
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return instances(hint)
    plain: dict[Any, st.SearchStrategy[Any]] = {bool: st.booleans(), datetime: instants(), date: st.dates()}
    return plain[hint]


def _limits(marks: tuple[Any, ...]) -> tuple[int, int]:
    between = [mark for mark in marks if isinstance(mark, Between)]
    return (between[-1].least, between[-1].most) if between else (0, _BIG)


def _texts(marks: tuple[Any, ...]) -> st.SearchStrategy[str]:
    for mark in marks:
        if isinstance(mark, Matching):
            return st.from_regex(mark.pattern, fullmatch=True).filter(lambda text: not text.endswith("\n"))
        if isinstance(mark, Length):
            return _readable(mark)
    least, most = _limits(marks)
    return st.text(_VISIBLE, min_size=least, max_size=min(most, least + 20))


def _readable(length: Length) -> st.SearchStrategy[str]:
    rest = st.text(_ANY | st.sampled_from("\n\t") if length.lines else _ANY, max_size=min(length.most, 40) - 1)
    return st.builds(lambda first, others: first + others, _VISIBLE, rest)

"""Contracts on the wire: dataclasses to JSON and back, either trusted (our own store) or validated (anything foreign)."""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from operator import index
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import orjson

from services.declare import Seen

T = TypeVar("T")


def to_json(thing: object) -> bytes:
    """Canonical JSON: UTF-8, no spaces, members in declared order, times in UTC with a `Z`."""
    return orjson.dumps(thing, option=orjson.OPT_UTC_Z)


def from_json(data: bytes | str) -> Any:
    """Any JSON value. Errors: ValueError on bytes that are no JSON or hold lone surrogates."""
    return orjson.loads(data)


def to_data(thing: object) -> Any:
    """The same as plain dicts, lists, strings and numbers."""
    return from_json(to_json(thing))


def hints_of(cls: type) -> dict[str, Any]:
    """The annotated members of a contract class."""
    return typing.get_type_hints(cls, include_extras=True)


@cache
def reader(hint: Any) -> Callable[[Any], Any]:
    """A function that makes a value of the annotated type from trusted plain data."""
    if get_origin(hint) is Annotated:
        return reader(get_args(hint)[0])
    if isinstance(hint, types.UnionType) or get_origin(hint) is Union:
        inner = reader(next(arg for arg in get_args(hint) if arg is not type(None)))
        return lambda data: None if data is None else inner(data)
    if get_origin(hint) is tuple:
        item = reader(get_args(hint)[0])
        return lambda data: tuple(item(part) for part in data)
    if isinstance(hint, type):
        if issubclass(hint, Enum):
            return hint
        if hint is datetime:
            return _instant
        if hint is date:
            return date.fromisoformat
        if hint is float:
            return float
        if hint is int:
            return index  # for JSON Schema 1.0 is whole, too
        if dataclasses.is_dataclass(hint):
            return _object_reader(hint)
    return lambda data: data


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _object_reader(cls: type) -> Callable[[Any], Any]:
    members = [(name, reader(hint)) for name, hint in hints_of(cls).items()]

    def read(data: Mapping[str, Any]) -> Any:
        return cls(**{name: make(data[name]) for name, make in members if name in data})

    return read


def read(cls: type[T], data: Any) -> T:
    """A contract object from trusted plain data (our own store); members that are absent take their defaults."""
    make: Callable[[Any], T] = reader(cls)  # type: ignore[arg-type]
    return make(data)


def only_declared(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """The plain data of a contract object (valid, our own form) with its declared members only, and all of them."""
    prune = _pruner(cls)
    assert prune is not None, "a contract object has members"
    pruned: dict[str, Any] = prune(data)
    return pruned


@cache
def _pruner(hint: Any) -> Callable[[Any], Any] | None:
    """A function that leaves out what is not declared inside a value; None where nothing can be inside."""
    if get_origin(hint) is Annotated:
        return _pruner(get_args(hint)[0])
    if isinstance(hint, types.UnionType) or get_origin(hint) is Union:
        inner = _pruner(next(arg for arg in get_args(hint) if arg is not type(None)))
        return inner and (lambda data: None if data is None else inner(data))
    if get_origin(hint) is tuple:
        item = _pruner(get_args(hint)[0])
        return item and (lambda data: [item(part) for part in data])
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _object_pruner(hint)
    return None


def _object_pruner(cls: type) -> Callable[[Any], Any]:
    names = tuple(hints_of(cls))
    deeper = {name: inner for name, hint in hints_of(cls).items() if (inner := _pruner(hint))}
    defaults = {
        member.name: to_data(member.default)
        for member in dataclasses.fields(cls)
        if member.default is not dataclasses.MISSING
    }

    def leave_declared(data: Mapping[str, Any]) -> dict[str, Any]:
        try:
            pruned = {name: data[name] for name in names}
        except KeyError:
            pruned = {name: data[name] if name in data else defaults[name] for name in names}
        for name, inner in deeper.items():
            if pruned[name]:
                pruned[name] = inner(pruned[name])
        return pruned

    return leave_declared


@cache
def filter_for(hint: Any, audience: str) -> Callable[[Any], Any] | None:
    """A function that leaves out what this audience may not see; None when nothing is hidden from it."""
    if get_origin(hint) is Annotated:
        return filter_for(get_args(hint)[0], audience)
    if isinstance(hint, types.UnionType) or get_origin(hint) is Union:
        inner = filter_for(next(arg for arg in get_args(hint) if arg is not type(None)), audience)
        return inner and (lambda data: None if data is None else inner(data))
    if get_origin(hint) is tuple:
        item = filter_for(get_args(hint)[0], audience)
        return item and (lambda data: [item(part) for part in data])
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _object_filter(hint, audience)
    return None


def _object_filter(cls: type, audience: str) -> Callable[[Any], Any] | None:
    marks = _marks_of(cls)
    chosen = {name: found[0] for name, found in marks.items() if any(mark.choice for mark in found)}
    hidden = {name for name, found in marks.items() if name not in chosen and not _visible(found, audience)}
    deeper = {
        name: inner
        for name, hint in hints_of(cls).items()
        if name not in hidden and (inner := filter_for(hint, audience))
    }
    if not hidden and not deeper and not chosen:
        return None

    def leave_out(data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: deeper[name](value) if name in deeper else value
            for name, value in data.items()
            if name not in hidden and (name not in chosen or chosen[name].allows(audience, data))
        }

    return leave_out


def _visible(marks: list[Seen], audience: str) -> bool:
    return all(audience in mark.by for mark in marks)


def _marks(hint: Any) -> list[Seen]:
    """The marks of a member that say who may see it."""
    if isinstance(hint, types.UnionType) or get_origin(hint) is Union:
        return [mark for arg in get_args(hint) for mark in _marks(arg)]
    if get_origin(hint) is not Annotated:
        return []
    inner, *marks = get_args(hint)
    return [*_marks(inner), *(mark for mark in marks if isinstance(mark, Seen))]


@cache
def _marks_of(cls: type) -> dict[str, list[Seen]]:
    return {name: _marks(hint) for name, hint in hints_of(cls).items()}


def is_seen(cls: type, name: str, data: Mapping[str, Any], audience: str) -> bool:
    """Whether an audience sees this member of a contract object's plain data."""
    return all(mark.allows(audience, data) for mark in _marks_of(cls)[name])


@cache
def is_always_seen(cls: type, name: str, audience: str) -> bool:
    """Whether an audience sees this member of every object of a contract class."""
    return _visible(_marks_of(cls)[name], audience)


def shown_to(cls: type, data: Mapping[str, Any], audience: str) -> bytes:
    """The JSON of a contract object's plain data as one audience sees it."""
    leave_out = filter_for(cls, audience)
    return to_json(leave_out(data) if leave_out else data)

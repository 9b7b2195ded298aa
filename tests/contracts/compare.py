"""Whether a contract may change as it did: what was written to the old one must stay good, and so must its readers.

A *command* comes from others: whatever they send today is taken tomorrow. What we *tell* (events and views) lies in
queues, feeds and dead letters when its contract changes: today's is read tomorrow, and whoever reads today's finds
tomorrow everything where it was. Readers are upgraded before senders, so limits may be loosened and values added.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

_LEAST = ("minLength", "minimum", "minItems")
_MOST = ("maxLength", "maximum", "maxItems")
_FORM = ("pattern", "format", "const")


@dataclass(frozen=True)
class Side:
    """One of the two schemas, with the parts that it refers to."""

    node: Schema
    parts: Mapping[str, Schema]

    def at(self, node: Schema) -> "Side":
        """A place in it, references followed and `anyOf` with null folded into the type."""
        while "$ref" in node:
            node = self.parts[node["$ref"].rpartition("/")[2]]
        if "anyOf" in node:
            inner = [self.at(each).node for each in node["anyOf"] if each != {"type": "null"}]
            assert len(inner) == 1, "only an optional member has alternatives"
            node = {**inner[0], "type": sorted({*Side(inner[0], self.parts).types, "null"})}
        return Side(node, self.parts)

    @property
    def types(self) -> set[str]:
        """The types that it may have; empty where an enumeration says it all."""
        found = self.node.get("type", ())
        return {found} if isinstance(found, str) else set(found)

    @property
    def members(self) -> Mapping[str, Schema]:
        """Its members."""
        found: Mapping[str, Schema] = self.node.get("properties", {})
        return found

    @property
    def required(self) -> set[str]:
        """The members that are always there."""
        return set(self.node.get("required", ()))


def breaks(old: Schema, new: Schema, told: bool) -> list[str]:
    """Every way in which the new JSON Schema breaks the old one, as sentences; none where the change is compatible.

    `told` is True for an event or a view, False for a command.
    """
    return list(_compare(_whole(old), _whole(new), told, ""))


def _whole(schema: Schema) -> Side:
    return Side(schema, schema.get("$defs", {})).at(schema)


def _compare(old: Side, new: Side, told: bool, path: str) -> Iterator[str]:
    place = path or "the whole"
    if gone := old.types - new.types:
        yield f"{place}: can no longer be {_listed(gone)}"
    if told and (came := new.types - old.types):
        yield f"{place}: can now be {_listed(came)}"
    yield from _compare_values(old, new, place)
    yield from _compare_limits(old.node, new.node, place)
    yield from _compare_members(old, new, told, path)
    if not told and "default" in old.node and old.node["default"] != new.node.get("default"):
        yield f"{place}: what its absence means changed"
    for inner in ("items", "additionalProperties"):
        if isinstance(old.node.get(inner), Mapping) and isinstance(new.node.get(inner), Mapping):
            yield from _compare(old.at(old.node[inner]), new.at(new.node[inner]), told, f"{path}/*")


def _compare_values(old: Side, new: Side, place: str) -> Iterator[str]:
    before, after = old.node.get("enum"), new.node.get("enum")
    if before is None and after is not None:
        yield f"{place}: only some values are possible now"
    elif before is not None and after is not None and (gone := {str(each) for each in before if each not in after}):
        yield f"{place}: can no longer be {_listed(gone)}"


def _compare_limits(old: Schema, new: Schema, place: str) -> Iterator[str]:
    for name in _LEAST:
        if new.get(name, float("-inf")) > old.get(name, float("-inf")):
            yield f"{place}: {name} was raised"
    for name in _MOST:
        if new.get(name, float("inf")) < old.get(name, float("inf")):
            yield f"{place}: {name} was lowered"
    for name in _FORM:
        if name in new and new[name] != old.get(name):
            yield f"{place}: {name} changed"
    if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
        yield f"{place}: members that it does not name are no longer allowed"


def _compare_members(old: Side, new: Side, told: bool, path: str) -> Iterator[str]:
    for name in old.members:
        inner = f"{path}/{name}"
        if name not in new.members:
            yield f"{inner}: was removed"
            continue
        if name in new.required - old.required:
            yield f"{inner}: is now required"
        if told and name in old.required - new.required:
            yield f"{inner}: may now be absent"
        yield from _compare(old.at(old.members[name]), new.at(new.members[name]), told, inner)
    for name in new.required - set(old.members):
        yield f"{path}/{name}: is new and required"


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))

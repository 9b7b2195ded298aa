"""The comparison finds every change that would hurt somebody, and lets the others pass."""

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from services.declare import COMMANDS
from services.schemas import json_schema
from services.wire import to_data
from tests.contracts.compare import breaks
from tests.shared.made_up import catalogue, instances

PART = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 20}, "weight": {"type": "integer", "default": 1}},
    "required": ["name"],
}
OLD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$"},
        "title": {"type": "string", "minLength": 1, "maxLength": 80},
        "count": {"type": "integer", "minimum": 0, "maximum": 9},
        "colour": {"enum": ["red", "green"]},
        "note": {"type": ["string", "null"], "default": None},
        "part": {"$ref": "#/$defs/Part"},
        "spare": {"anyOf": [{"$ref": "#/$defs/Part"}, {"type": "null"}], "default": None},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}, "maxItems": 5},
        "extra": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["id", "title", "colour", "part"],
    "$defs": {"Part": PART},
}
BOTH = (True, False)


def changed(**members: Any) -> dict[str, Any]:
    """The schema with some members declared anew; None takes one away."""
    made = copy.deepcopy(OLD)
    for name, member in members.items():
        if member is None:
            del made["properties"][name]
            made["required"] = [each for each in made["required"] if each != name]
        else:
            made["properties"][name] = member
    return made


def with_part(**part: Any) -> dict[str, Any]:
    """The schema with another part."""
    return {**copy.deepcopy(OLD), "$defs": {"Part": {**PART, **part}}}


def requiring(*names: str) -> dict[str, Any]:
    """The schema with other members required."""
    return {**copy.deepcopy(OLD), "required": list(names)}


@pytest.mark.parametrize("told", BOTH)
def test_what_did_not_change_breaks_nothing(told: bool) -> None:
    assert breaks(OLD, copy.deepcopy(OLD), told) == []


@pytest.mark.parametrize("told", BOTH)
@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (changed(note=None), "/note: was removed"),
        (changed(title=None, headline={"type": "string"}), "/title: was removed"),
        (changed(count={"type": "string"}), "/count: can no longer be integer"),
        (changed(note={"type": "string", "default": None}), "/note: can no longer be null"),
        (changed(colour={"enum": ["red"]}), "/colour: can no longer be green"),
        (changed(title={"type": "string", "minLength": 1, "maxLength": 40}), "/title: maxLength was lowered"),
        (changed(title={"type": "string", "minLength": 2, "maxLength": 80}), "/title: minLength was raised"),
        (changed(count={"type": "integer", "minimum": 1, "maximum": 9}), "/count: minimum was raised"),
        (changed(count={"type": "integer", "minimum": 0, "maximum": 8}), "/count: maximum was lowered"),
        (changed(id={"type": "string", "pattern": "^[0-9a-f]+$"}), "/id: pattern changed"),
        (changed(title={"type": "string", "minLength": 1, "maxLength": 80, "format": "uri"}), "/title: format changed"),
        (changed(note={"type": ["string", "null"], "default": None, "maxLength": 9}), "/note: maxLength was lowered"),
        (changed(note={"enum": ["a", None], "type": ["string", "null"], "default": None}), "/note: only some values"),
        (changed(parts={"type": "array", "items": PART, "maxItems": 4}), "/parts: maxItems was lowered"),
        (changed(extra={"type": "object", "additionalProperties": {"type": "integer"}}), "/extra/*: can no longer be"),
        (requiring("id", "title", "colour", "part", "count"), "/count: is now required"),
        ({**changed(size={"type": "integer"}), "required": [*OLD["required"], "size"]}, "/size: is new and required"),
        (with_part(properties={"name": {"type": "string", "maxLength": 20}}), "/part/weight: was removed"),
        (with_part(required=["name", "weight"]), "/parts/*/weight: is now required"),
        (with_part(required=["name", "weight"]), "/spare/weight: is now required"),
        ({**copy.deepcopy(OLD), "additionalProperties": False}, "the whole: members that it does not name"),
    ],
)
def test_what_hurts_senders_and_readers_is_found(new: dict[str, Any], reason: str, told: bool) -> None:
    assert any(found.startswith(reason) for found in breaks(OLD, new, told)), breaks(OLD, new, told)


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (changed(title={"type": ["string", "null"], "minLength": 1, "maxLength": 80}), "/title: can now be null"),
        (changed(count={"type": ["integer", "string"], "minimum": 0, "maximum": 9}), "/count: can now be string"),
        (changed(part={"anyOf": [{"$ref": "#/$defs/Part"}, {"type": "null"}]}), "/part: can now be null"),
        (requiring("id", "title", "part"), "/colour: may now be absent"),
    ],
)
def test_a_reader_is_not_surprised_but_a_sender_may_be_given_more_freedom(new: dict[str, Any], reason: str) -> None:
    assert breaks(OLD, new, told=True) == [reason]
    assert breaks(OLD, new, told=False) == []


def test_what_is_left_out_of_a_command_keeps_its_meaning() -> None:
    new = changed(note={"type": ["string", "null"], "default": "none"})
    assert breaks(OLD, new, told=False) == ["/note: what its absence means changed"]
    assert breaks(OLD, new, told=True) == []


@pytest.mark.parametrize("told", BOTH)
@pytest.mark.parametrize(
    "new",
    [
        changed(size={"type": "integer", "default": 0}),
        changed(colour={"enum": ["red", "green", "blue"]}),
        changed(title={"type": "string", "minLength": 0, "maxLength": 200}),
        changed(count={"type": "integer"}),
        changed(id={"type": "string"}),
        with_part(properties={**PART["properties"], "age": {"type": "integer"}}),  # type: ignore[dict-item]
    ],
)
def test_an_addition_breaks_nothing(new: dict[str, Any], told: bool) -> None:
    assert breaks(OLD, new, told) == []


def test_every_break_is_named() -> None:
    new = changed(note=None, count=None, colour={"enum": ["red"]})
    assert len(breaks(OLD, new, told=True)) == 3


@pytest.mark.parametrize("cls", catalogue(), ids=lambda cls: cls.__name__)
def test_no_contract_breaks_itself(cls: type) -> None:
    schema = json_schema(cls)
    assert breaks(schema, json.loads(json.dumps(schema)), told=cls not in COMMANDS) == []


def spots(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every keyword of a schema that can be changed."""
    found = []
    if isinstance(node, dict):
        for name, inner in node.items():
            if name in ("maxLength", "minLength", "maximum", "minimum", "pattern", "enum", "type", "required"):
                found.append((*path, name))
            if name in ("properties", "$defs"):
                found += [spot for each, part in inner.items() for spot in spots(part, (*path, name, each))]
            elif name in ("items",):
                found += spots(inner, (*path, name))
    return found


def is_schema(schema: dict[str, Any]) -> bool:
    """Whether it is a JSON Schema at all."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError:
        return False
    return True


OTHERS = st.sampled_from([0, 1, 5, 10**6, "^x", ["x"], "string", "integer", ["string", "null"], [], ["id"]])


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_a_change_that_is_let_pass_takes_all_that_was_sent_before(data: st.DataObject) -> None:
    cls = data.draw(st.sampled_from(catalogue()))
    old = json_schema(cls)
    new = copy.deepcopy(old)
    *path, keyword = data.draw(st.sampled_from(spots(old)))
    node = new
    for step in path:
        node = node[step]
    put = data.draw(OTHERS)
    assume(type(put) is type(node[keyword]) or keyword == "type")
    node[keyword] = put
    assume(is_schema(new))
    if not breaks(old, new, told=cls not in COMMANDS):
        assert Draft202012Validator(new).is_valid(to_data(data.draw(instances(cls))))

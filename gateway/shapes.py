"""The JSON Schemas of what goes in and out over HTTP: bodies without the members that the path gives, answers as they are seen."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, get_args, get_origin

from gateway.endpoints import ENDPOINTS, Endpoint, Listing, Row, Special
from gateway.meaning import describe
from gateway.paging import name_of, question_class
from gateway.problems import KINDS
from services.declare import COMMANDS, Seen
from services.fields import SLUG, UUID
from services.schemas import components
from services.wire import hints_of

_TEXT = {"type": "string"}
_TRUTH = {"type": "boolean"}
_WORDS = {"en": _TEXT, "zh": _TEXT}
_DETAIL = {"type": "object", "properties": {"member": _TEXT, **_WORDS}, "required": ["member", "en", "zh"]}

PLAIN: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457 problem details; `en` and `zh` are the reason, `detail` the one in your language. 错误说明",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "instance": {"type": "string", "description": "the trace id, by which the logs tell more"},
            "code": {"enum": list(KINDS)},
            **_WORDS,
            "clause": {"type": "string", "description": "the clause of the rule 条款"},
            "errors": {"type": "array", "items": _DETAIL},
        },
        "required": ["type", "title", "status", "detail", "instance", "code", "en", "zh"],
        "additionalProperties": False,
    },
    "Event": {
        "type": "object",
        "description": "A CloudEvents 1.0 event; `dataschema` leads to the JSON Schema of its `data`.",
        "properties": {
            **dict.fromkeys(("specversion", "id", "source", "type", "subject", "datacontenttype"), _TEXT),
            "time": {"type": "string", "format": "date-time"},
            "data": {"type": "object"},
        },
        "required": ["specversion", "id", "source", "type", "subject", "time", "data"],
    },
    "EventPage": {
        "type": "object",
        "description": "`missed` when events after the cursor were deleted before they were read.",
        "properties": {
            "events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}, "maxItems": 100},
            "next": {"type": "string", "description": "the cursor of the next page"},
            "more": _TRUTH,
            "missed": _TRUTH,
        },
        "required": ["events", "next", "more", "missed"],
        "additionalProperties": False,
    },
    "KeySet": {
        "type": "object",
        "description": "RFC 7517",
        "properties": {"keys": {"type": "array", "items": {"type": "object"}}},
        "required": ["keys"],
    },
    "Health": {"type": "object", "description": "each part and whether it is well", "additionalProperties": _TRUTH},
}


def schemas() -> dict[str, Any]:
    """All schemas of the description, by name."""
    rows = [row for group in ENDPOINTS.values() for row in group]
    made = {**PLAIN, **components([*_sent(rows), *_answered(rows)])}
    for row in rows:
        if isinstance(row, Listing):
            made[f"{row.view.__name__}Page"] = _page(row.view)
        elif (cls := taken_by(row)) is not None:
            made[cls.__name__] = _without(made[cls.__name__], path_names(row))
    asked = {part for cls in _sent(rows) for part in _parts(cls)}
    for cls in {part for each in _answered(rows) for part in _parts(each)} - asked:
        made[cls.__name__] |= {"required": _always_seen(cls)}
        describe(cls, made[cls.__name__])
    return dict(sorted(made.items()))


def taken_by(row: Row) -> type | None:
    """The class of an endpoint's JSON body."""
    if isinstance(row, Endpoint):
        return row.command
    return row.takes if isinstance(row, Special) and row.sends == "application/json" else None


def given_by(row: Row) -> type | None:
    """The class of what an endpoint answers (of each item, if it is a list)."""
    if isinstance(row, Endpoint):
        return COMMANDS[row.command].returns
    return row.gives if isinstance(row, Special) else row.view


def path_names(row: Row) -> list[str]:
    """The names of the parameters in an endpoint's path."""
    return [part[1:-1] for part in row.path.split("/") if part.startswith("{")]


def path_schema(row: Row, name: str) -> dict[str, Any]:
    """The schema of a parameter in the path: as its command has it, else by its name."""
    if isinstance(row, Endpoint):
        found: dict[str, Any] = components([row.command])[row.command.__name__]["properties"][name]
        return found
    if name in ("community_id", "district_id"):
        return {"type": "string", "pattern": SLUG}
    return {"type": "string", "pattern": UUID} if name.endswith("_id") else {"type": "string", "maxLength": 130}


def query_schemas(row: Row) -> dict[str, tuple[dict[str, Any], bool]]:
    """The schemas of an endpoint's query parameters, by name, and whether each must be given."""
    cls = question_class(row.view) if isinstance(row, Listing) else row.asks if isinstance(row, Special) else None
    if cls is None:
        return {}
    schema = components([cls])[cls.__name__]
    describe(cls, schema)
    required = schema.get("required", ())
    return {name_of(name): (_not_null(part), name in required) for name, part in schema["properties"].items()}


def needed(row: Row) -> list[str]:
    """The members that an endpoint's body must have."""
    cls = taken_by(row)
    if cls is None:
        return []
    return [name for name in components([cls])[cls.__name__].get("required", ()) if name not in path_names(row)]


def _sent(rows: Iterable[Row]) -> list[type]:
    return [cls for row in rows if (cls := taken_by(row)) is not None]


def _answered(rows: Iterable[Row]) -> list[type]:
    return [cls for row in rows if (cls := given_by(row)) is not None]


def _page(view: type) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{view.__name__}"}, "maxItems": 100},
            "next": {"type": ["string", "null"], "description": "the cursor of the next page, null at the end"},
        },
        "required": ["items", "next"],
        "additionalProperties": False,
    }


def _without(schema: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """A body: the command without what the path gives."""
    left = {name: part for name, part in schema["properties"].items() if name not in names}
    required = [name for name in schema.get("required", ()) if name in left]
    return {**schema, "properties": left, **({"required": required} if required else {"required": []})}


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter's schema: it is left out rather than null."""
    made = {name: part for name, part in schema.items() if not (name == "default" and part is None)}
    if isinstance(made.get("type"), list):
        made["type"] = next(kind for kind in made["type"] if kind != "null")
    if "enum" in made:
        made["enum"] = [choice for choice in made["enum"] if choice is not None]
    return made


def _always_seen(cls: type) -> list[str]:
    """The members that every audience sees: an answer has them all, even those that are null."""
    return sorted(
        name for name, hint in hints_of(cls).items() if not any(isinstance(mark, Seen) for mark in _marks(hint))
    )


def _marks(hint: Any) -> tuple[Any, ...]:
    return get_args(hint)[1:] if get_origin(hint) is Annotated else ()


def _parts(hint: Any) -> Iterator[type]:
    """A contract class with all contract classes inside it."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        yield hint
        for inner in hints_of(hint).values():
            yield from _parts(inner)
    for arg in get_args(hint):
        yield from _parts(arg)

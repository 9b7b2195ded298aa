"""One endpoint as an OpenAPI operation: what it takes, every answer that it can give, who may, and what to say about it."""

from typing import Any

from gateway.endpoints import Endpoint, Listing, Reading, Row, Special
from gateway.examples import EXAMPLES
from gateway.problems import KINDS
from gateway.questions import EventsQuestion
from gateway.shapes import given_by, needed, path_names, path_schema, query_schemas, taken_by
from services.declare import COMMANDS, VIEWS

READ = (401, 403, 404, 406, 422, 429, 500, 503)
WRITE = (400, 401, 403, 404, 406, 408, 409, 412, 413, 415, 422, 429, 500, 503, 504)
STATUSES = sorted({kind.status for kind in KINDS.values()} - {405})
HEADERS: dict[str, Any] = {
    "ETag": {"description": 'the version: `"3-1a2b3c4d"`', "schema": {"type": "string"}},
    "Location": {"description": "where the new thing is", "schema": {"type": "string"}},
    "Retry-After": {"description": "seconds to wait", "schema": {"type": "integer", "minimum": 1}},
    "WWW-Authenticate": {"description": "`Bearer`", "schema": {"type": "string"}},
}
_HEADER_OF = {401: "WWW-Authenticate", 429: "Retry-After"}
_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Names this request, so that it can be repeated: the same answer, one effect, for 7 days. 幂等键",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}
_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "description": "The tag of the version that you saw; 412 when it has changed since. 版本标签",
    "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,8}(-[0-9a-f]{8})?"$'},
}
_NONE_MATCH: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The tag of the version that you have; 304 when it is still the newest. 版本标签",
    "schema": {"type": "string"},
}
_RANGE: dict[str, Any] = {
    "name": "Range",
    "in": "header",
    "description": "One part of a video, as `bytes=0-99999`. 视频片段",
    "schema": {"type": "string"},
}
_LAST_ID: dict[str, Any] = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "Where a stream that broke goes on. 断线续传位置",
    "schema": {"type": "string", "pattern": "^(0|[1-9][0-9]{0,17})$"},
}


def operation_of(row: Row, tag: str) -> dict[str, Any]:
    """The operation of one row."""
    en, about = _words(row)
    made: dict[str, Any] = {
        "operationId": name_of(row),
        "tags": [tag],
        "summary": en,
        "x-summary-zh": row.zh,
        "description": f"{about}\n\n{row.zh}",
        "parameters": _parameters(row),
    }
    if isinstance(row, Endpoint):
        by = COMMANDS[row.command].by
        made["x-who"] = {"en": by.en, "zh": by.zh}
        made["description"] += f"\n\nWho: {by.en}. 谁可以:{by.zh}"
    if body := _body(row):
        made["requestBody"] = body
    made["security"] = [{}, {"token": []}] if row.public else [{"token": []}]
    made["responses"] = _responses(row)
    return {name: part for name, part in made.items() if part not in ([], None)}


def problem_response(status: int) -> dict[str, Any]:
    """The answer with one status: every kind of problem that has it."""
    kinds = [kind for kind in KINDS.values() if kind.status == status]
    made: dict[str, Any] = {
        "description": " · ".join(f"{kind.title.en} {kind.title.zh}" for kind in kinds),
        "content": {"application/problem+json": {"schema": _ref("Problem")}},
    }
    if header := _HEADER_OF.get(status):
        made["headers"] = {header: {"$ref": f"#/components/headers/{header}"}}
    return made


def name_of(row: Row) -> str:
    """The operation's id: as the command is called on the bus; lists and things by their view."""
    if isinstance(row, Endpoint):
        return COMMANDS[row.command].method
    if isinstance(row, Special):
        return row.does
    if isinstance(row, Listing):
        return f"list_{row.path.rpartition('/')[2].replace('-', '_')}"
    return f"read_{VIEWS[row.view].name}"


def sends_file(row: Row) -> bool:
    """Whether the body is a file as it is, and its answer a new thing."""
    return isinstance(row, Special) and row.status == 201 and row.sends != "application/json"


def _in_parts(row: Special) -> bool:
    """Whether the answer may be a part of the whole."""
    return "video/" in row.media


def _words(row: Row) -> tuple[str, str]:
    """The first sentence, and everything that is to be said."""
    if isinstance(row, Special):
        return row.en, row.en
    about = " ".join(((row.command if isinstance(row, Endpoint) else row.view).__doc__ or "").split())
    if isinstance(row, Endpoint):
        return about.partition(". ")[0].rstrip(".") + ".", about
    if isinstance(row, Listing):
        return f"{row.path.rpartition('/')[2].replace('-', ' ').capitalize()}, the newest first.", about
    return f"One {VIEWS[row.view].name.replace('_', ' ')}.", about


def _parameters(row: Row) -> list[dict[str, Any]]:
    made = [
        {"name": name, "in": "path", "required": True, "schema": path_schema(row, name)} for name in path_names(row)
    ]
    for name, (schema, required) in query_schemas(row).items():
        told = {"description": schema.pop("description")} if "description" in schema else {}
        made.append({"name": name, "in": "query", "schema": schema, **told} | ({"required": True} if required else {}))
    if isinstance(row, Endpoint):
        made += [_MATCH, _KEY] if COMMANDS[row.command].subject else [_KEY]
    elif isinstance(row, Reading):
        made.append(_NONE_MATCH)
    elif isinstance(row, Special) and row.sends == "text/csv":
        made += [_MATCH, _KEY]
    elif sends_file(row):
        made.append(_KEY)
    elif isinstance(row, Special) and row.asks is EventsQuestion:
        made.append(_LAST_ID)
    elif isinstance(row, Special) and row.tagged:
        made += [_NONE_MATCH, _RANGE] if _in_parts(row) else [_NONE_MATCH]
    return made


def _body(row: Row) -> dict[str, Any] | None:
    if isinstance(row, Special) and row.sends == "text/csv":
        return {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
    if isinstance(row, Special) and sends_file(row):
        return {"required": True, "content": {media: {"schema": _BYTES} for media in row.sends.split(", ")}}
    cls = taken_by(row)
    if cls is None:
        return None
    content: dict[str, Any] = {"schema": _ref(cls.__name__)}
    if cls in EXAMPLES:
        content["example"] = EXAMPLES[cls]
    return {"required": bool(needed(row)), "content": {"application/json": content}}


def _responses(row: Row) -> dict[str, Any]:
    made = {str(row.status if isinstance(row, (Endpoint, Special)) else 200): _good(row)}
    if isinstance(row, Special) and row.tagged and _in_parts(row):
        made["206"] = made["200"]
    if isinstance(row, Reading) or (isinstance(row, Special) and row.tagged):
        made["304"] = {"description": "You have the newest version. 未更改"}
    writes = isinstance(row, Endpoint) or (isinstance(row, Special) and row.takes is not None) or sends_file(row)
    for status in WRITE if writes else READ:
        made[str(status)] = {"$ref": f"#/components/responses/{status}"}
    if row.path == "/readyz":
        made["503"] = made["200"]
    return made


def _good(row: Row) -> dict[str, Any]:
    made: dict[str, Any] = {"description": row.zh}
    if isinstance(row, Special) and row.asks is EventsQuestion:
        made["content"] = {"application/json": {"schema": _ref("EventPage")}, "text/event-stream": {"schema": _TEXT}}
    elif (cls := given_by(row)) is not None:
        name = f"{cls.__name__}Page" if isinstance(row, Listing) else cls.__name__
        made["content"] = {getattr(row, "media", "application/json"): {"schema": _ref(name)}}
    elif isinstance(row, Special) and row.status != 204:
        plain = _BYTES if row.tagged else _PLAIN.get(row.does, _TEXT)
        made["content"] = {media: {"schema": plain} for media in row.media.split(", ")}
    headers = ["ETag"] if isinstance(row, (Endpoint, Reading)) or (isinstance(row, Special) and row.tagged) else []
    headers += ["Location"] if (isinstance(row, Endpoint) and row.status == 201) or sends_file(row) else []
    if headers:
        made["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    return made


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT = {"type": "string"}
_OBJECT = {"type": "object"}
_BYTES = {"type": "string", "format": "binary"}
_HEALTH = _ref("Health")
_PLAIN = {
    "keys": _ref("KeySet"),
    "openapi": _OBJECT,
    "schema": _OBJECT,
    "issues_geojson": _OBJECT,
    "healthz": _HEALTH,
    "readyz": _HEALTH,
}

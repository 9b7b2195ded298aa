"""Pieces of HTML that a page about the API is made of."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

HOST = "http://127.0.0.1:8600"
_LIMITS = (("minLength", "maxLength"), ("minimum", "maximum"))


def curl(method: str, path: str, operation: Mapping[str, Any]) -> str:
    """The request as somebody would try it in a shell."""
    lines = [f"curl -X {method} {HOST}{path}"]
    if {} not in operation["security"]:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if method in ("POST", "PUT") and any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", ())):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    for media, part in operation.get("requestBody", {}).get("content", {}).items():
        lines.append(f'-H "Content-Type: {media}"')
        if part.get("schema", {}).get("format") == "binary":
            lines.append("--data-binary @photo.jpg")
            break
        given = json.dumps(part.get("example", {}), ensure_ascii=False).replace("'", "'\\''")
        lines.append("--data-binary @roll.csv" if media == "text/csv" else f"-d '{given}'")
    return " \\\n  ".join(lines)


def kind_of(schema: Mapping[str, Any]) -> str:
    """A schema in one line: its type or the name of its class, and its limits."""
    if "$ref" in schema:
        name = target_of(schema)
        return f'<a href="#{name}"><code>{name}</code></a>'
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(choice))}</code>" for choice in schema["enum"])
    if any(key in schema for key in ("anyOf", "allOf")):
        return " | ".join(kind_of(part) for part in schema.get("anyOf", schema.get("allOf", ())))
    if "items" in schema:
        return f"[{kind_of(schema['items'])}]"
    types = schema.get("type", "")
    made = escape(" | ".join(types) if isinstance(types, list) else str(types))
    limits = [f"{schema[low]}–{schema[high]}" for low, high in _LIMITS if low in schema and high in schema]
    if "format" in schema:
        limits.append(schema["format"])
    return f"{made} ({', '.join(limits)})" if limits else made


def target_of(schema: Mapping[str, Any]) -> str:
    """The name of the schema that a reference leads to."""
    return str(schema["$ref"]).rpartition("/")[2]


def marked(name: str, required: bool) -> str:
    """A member's name, with a star when it must be given."""
    return f"<code>{escape(name)}</code>" + ('<span class="wanted">*</span>' if required else "")


def anchor_of(name: str) -> str:
    """Where on the page the endpoints of a tag are."""
    return "about-" + name.replace(" ", "-")


def listed(parts: Iterable[str]) -> str:
    """A bulleted list of pieces of HTML."""
    return "<ul>" + "".join(f"<li>{part}</li>" for part in parts) + "</ul>"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of pieces of HTML."""
    head = "".join(f"<th>{each}</th>" for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"

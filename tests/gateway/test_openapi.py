"""The committed description is the current one, and one that every OpenAPI tool can read."""

import json
from pathlib import Path
from typing import Any

from openapi_spec_validator import validate

from gateway import openapi
from gateway.endpoints import ENDPOINTS

COMMITTED = Path(openapi.__file__).with_name("openapi.json")


def test_the_committed_file_is_current() -> None:
    assert json.loads(COMMITTED.read_text()) == json.loads(json.dumps(openapi.document())), "run `make generate`"


def test_it_is_valid_openapi() -> None:
    validate(openapi.document())


def test_it_has_every_endpoint_and_a_tag_for_each_group() -> None:
    document = openapi.document()
    doors = {(row.path, row.method.lower()) for rows in ENDPOINTS.values() for row in rows}
    assert doors == {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert [tag["name"] for tag in document["tags"]] == list(ENDPOINTS)


def test_every_reference_leads_somewhere() -> None:
    document = openapi.document()

    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            return [node["$ref"]] if "$ref" in node else [ref for part in node.values() for ref in references(part)]
        return [ref for part in node for ref in references(part)] if isinstance(node, list) else []

    for reference in set(references(document)):
        found: Any = document
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        assert found


def test_no_text_of_a_machine_is_in_it() -> None:
    text = COMMITTED.read_text()
    assert "/root" not in text
    assert "127.0.0.1" not in text

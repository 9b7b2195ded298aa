"""Pieces of the page: schemas in one line, requests as somebody would try them in a shell."""

import shlex

from gateway import openapi
from gateway.pages.markup import anchor_of, curl, kind_of, listed, marked, table, target_of

PATHS = openapi.document()["paths"]


def test_a_schema_is_told_in_one_line() -> None:
    assert kind_of({"type": "string", "minLength": 1, "maxLength": 80}) == "string (1–80)"
    assert kind_of({"type": ["string", "null"], "format": "date-time"}) == "string | null (date-time)"
    assert kind_of({"enum": ["a", "<b>"]}) == "<code>a</code> | <code>&lt;b&gt;</code>"
    assert (
        kind_of({"type": "array", "items": {"$ref": "#/components/schemas/Turn"}})
        == '[<a href="#Turn"><code>Turn</code></a>]'
    )
    assert kind_of({"anyOf": [{"type": "null"}, {"type": "integer"}]}) == "null | integer"


def test_a_request_can_be_pasted_into_a_shell() -> None:
    path = "/v1/communities/{community_id}/issues"
    words = shlex.split(curl("POST", path, PATHS[path]["post"]))
    assert words[:3] == ["curl", "-X", "POST"]
    assert "Authorization: Bearer $TOKEN" in words
    assert '"title": "3栋门口井盖破损"' in words[words.index("-d") + 1]
    quoted = {"security": [{}], "requestBody": {"content": {"application/json": {"example": {"a": "it's"}}}}}
    assert shlex.split(curl("POST", "/x", quoted))[-1] == '{"a": "it\'s"}'


def test_a_public_request_needs_no_token_and_a_file_is_a_file() -> None:
    assert "Authorization" not in curl("GET", "/v1/communities", PATHS["/v1/communities"]["get"])
    roll = "/v1/communities/{community_id}/roll"
    assert "--data-binary @roll.csv" in curl("PUT", roll, PATHS[roll]["put"])


def test_small_pieces() -> None:
    assert target_of({"$ref": "#/components/schemas/Turn"}) == "Turn"
    assert marked("<a>", True) == '<code>&lt;a&gt;</code><span class="wanted">*</span>'
    assert marked("a", False) == "<code>a</code>"
    assert anchor_of("api clients") == "about-api-clients"
    assert listed(["a", "b"]) == "<ul><li>a</li><li>b</li></ul>"
    assert table(["h"], [["a"], ["b"]]) == "<table><tr><th>h</th></tr><tr><td>a</td></tr><tr><td>b</td></tr></table>"

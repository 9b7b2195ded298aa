"""Schemas say what really travels: bodies without what the path gives, answers with every member that all may see."""

import jsonschema
import pytest

from gateway.endpoints import ENDPOINTS
from gateway.operations import name_of
from gateway.problems import KINDS, Problem
from gateway.shapes import needed, path_schema, query_schemas, schemas, taken_by
from gateway.sight import Sight, state_for
from services.issues.contract import IssueState
from services.wire import from_json, to_data
from tests.shared.samples import issue_state

ROWS = {name_of(row): row for rows in ENDPOINTS.values() for row in rows}
SCHEMAS = schemas()


def whole(name: str) -> dict[str, object]:
    return {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}


@pytest.mark.parametrize("audience", ["public", "community", "staff"])
def test_an_answer_is_what_its_schema_says_for_every_audience(audience: str) -> None:
    state = to_data(issue_state(audience="public"))
    shown = state_for(IssueState, state, Sight(audience))
    assert shown
    jsonschema.validate(from_json(shown), whole("IssueState"))


def test_a_member_that_is_hidden_from_some_may_be_missing_and_no_other() -> None:
    required = SCHEMAS["IssueState"]["required"]
    assert "reporter_id" not in required
    assert {"handler_id"} & set(required) == set()
    assert {"history", "resolved_at", "place"} <= set(required)
    assert "by" not in SCHEMAS["Turn"]["required"]
    assert SCHEMAS["Place"].get("required", []) == [], "a place is also sent, where all may be left out"


def test_a_problem_is_what_its_schema_says() -> None:
    for code in KINDS:
        problem = Problem(code, "en", "zh", clause="日-4", details=({"member": "/a", "en": "x", "zh": "y"},))
        jsonschema.validate(from_json(problem.body("zh", "t")), whole("Problem"))


def test_a_body_has_no_member_that_the_path_gives() -> None:
    assert set(SCHEMAS["ResolveIssue"]["properties"]) == {"note", "evidence"}
    assert needed(ROWS["resolve_issue"]) == ["note"]
    assert needed(ROWS["accept_issue"]) == []
    assert SCHEMAS["OnboardCommunity"]["properties"]["community_id"], "this one's path gives nothing"


def test_parameters_of_a_path_have_the_form_of_what_they_name() -> None:
    assert path_schema(ROWS["revoke_role"], "role")["enum"]
    assert path_schema(ROWS["read_issue"], "issue_id")["pattern"].startswith("^[0-9a-f]{8}")
    assert path_schema(ROWS["list_issues"], "community_id")["pattern"].startswith("^[a-z0-9]")


def test_a_query_parameter_is_left_out_rather_than_null() -> None:
    asked = query_schemas(ROWS["list_issues"])
    assert all(
        "null" not in str(schema.get("type")) and None not in schema.get("enum", ()) for schema, _ in asked.values()
    )
    assert query_schemas(ROWS["profiles"])["ids"][1] is True


def test_a_file_is_no_json_body() -> None:
    assert taken_by(ROWS["import_roll"]) is None
    assert "ImportRoll" not in SCHEMAS

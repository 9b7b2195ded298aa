"""Each operation says what it takes, who may, and every answer that it can give."""

from gateway.endpoints import ENDPOINTS
from gateway.operations import STATUSES, name_of, operation_of, problem_response
from gateway.problems import KINDS

ROWS = {name_of(row): row for rows in ENDPOINTS.values() for row in rows}


def test_every_operation_has_a_name_of_its_own() -> None:
    assert len(ROWS) == sum(map(len, ENDPOINTS.values()))
    assert {"report_issue", "list_issues", "read_issue", "list_api_clients", "log_in", "import_roll"} <= set(ROWS)


def test_a_command_is_described_with_its_body_its_headers_and_its_refusals() -> None:
    made = operation_of(ROWS["resolve_issue"], "issues")
    assert made["summary"] == "Settle an issue, with a note of what was done and photos as evidence."
    assert made["x-summary-zh"] == "办结问题"
    assert made["x-who"]["zh"] == "网格员、楼栋长、物业管家、经办人"
    assert [each["name"] for each in made["parameters"]] == ["community_id", "issue_id", "If-Match", "Idempotency-Key"]
    assert made["requestBody"]["required"]
    assert made["requestBody"]["content"]["application/json"]["example"] == {"note": "井盖已更换并加固,现场已复查。"}
    assert {"200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "429", "503", "504"} <= set(
        made["responses"]
    )
    assert made["security"] == [{"token": []}]


def test_a_command_without_members_needs_no_body() -> None:
    assert operation_of(ROWS["accept_issue"], "issues")["requestBody"]["required"] is False


def test_a_new_thing_is_answered_with_its_place() -> None:
    made = operation_of(ROWS["report_issue"], "issues")
    assert set(made["responses"]["201"]["headers"]) == {"ETag", "Location"}
    assert "If-Match" not in {each["name"] for each in made["parameters"]}


def test_a_list_is_described_with_its_filters_and_a_thing_with_its_condition() -> None:
    listed = {each["name"] for each in operation_of(ROWS["list_issues"], "issues")["parameters"]}
    assert {"status", "category", "q", "mine", "cursor", "limit"} <= listed
    read = operation_of(ROWS["read_issue"], "issues")
    assert "304" in read["responses"]
    assert read["parameters"][-1]["name"] == "If-None-Match"


def test_what_must_be_asked_is_marked() -> None:
    asked = operation_of(ROWS["profiles"], "members")["parameters"]
    assert [each["name"] for each in asked if each.get("required")] == ["community_id", "ids"]


def test_what_is_public_can_be_called_with_and_without_a_token() -> None:
    assert operation_of(ROWS["list_communities"], "communities")["security"] == [{}, {"token": []}]


def test_a_file_is_described_by_the_types_that_are_taken_and_given() -> None:
    sent = operation_of(ROWS["upload_photo"], "photos")
    assert {"image/jpeg", "image/png", "video/mp4"} <= set(sent["requestBody"]["content"])
    assert [each["name"] for each in sent["parameters"]] == ["community_id", "Idempotency-Key"]
    assert {"201", "413", "415", "429", "503"} <= set(sent["responses"])
    assert "Location" in sent["responses"]["201"]["headers"]
    shown = operation_of(ROWS["issue_photo"], "photos")
    assert set(shown["responses"]["200"]["content"]) == {"image/jpeg", "video/mp4", "video/quicktime", "video/webm"}
    assert {"206", "304"} <= set(shown["responses"])
    assert {"size", "original", "If-None-Match", "Range"} <= {each["name"] for each in shown["parameters"]}


def test_every_status_of_a_problem_is_described_with_all_its_kinds() -> None:
    assert set(STATUSES) == {kind.status for kind in KINDS.values()} - {405}
    assert "规则不允许" in problem_response(409)["description"]
    assert "幂等键" in problem_response(409)["description"]
    assert set(problem_response(429)["headers"]) == {"Retry-After"}

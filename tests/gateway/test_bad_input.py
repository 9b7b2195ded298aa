"""Bad input at every endpoint of the table: the right problem, and nothing changed in any database or journal."""

import base64
import json
from collections.abc import Iterator
from typing import Any, get_args

import httpx
import pytest
from joserfc.jwk import OKPKey
from joserfc.jws import serialize_compact

from gateway.directory.answers import LogIn, WithKey, WithRefreshToken
from gateway.directory.contract import (
    ChangePassword,
    CreateApiClient,
    EnrolMember,
    GrantRole,
    JoinCommunity,
    OnboardCommunity,
    RegisterMember,
    RejectMember,
    RemoveWebhook,
    ResetPassword,
    RevokeApiClient,
    RevokeRole,
    SetParameter,
    VerifyMember,
)
from gateway.endpoints import ENDPOINTS, Endpoint, Listing, Reading, Row, Special
from gateway.examples import EXAMPLES
from gateway.shapes import needed, path_names, taken_by
from services.actor import Role
from services.declare import COMMANDS
from services.ids import derived_id
from services.issues.contract import (
    AcceptIssue,
    CloseHuddle,
    ConfirmIssue,
    FollowIssue,
    RejectIssue,
    ReopenIssue,
    ReportIssue,
    ResolveIssue,
    SecondIssue,
    UnfollowIssue,
)
from services.points.contract import CancelRedemption
from services.projects.contract import (
    CloseHearing,
    CloseMeeting,
    CloseProject,
    CloseVote,
    DiscussAgain,
    PassDesignGate,
    ReportCompletion,
    ResumeWorks,
    SignAcceptance,
    StartWorks,
)
from services.tokens import REGISTRY
from services.wire import hints_of
from tests.gateway.city import DISTRICT, ELSEWHERE, HERE, PASSWORD, City

NONE = derived_id("nothing")
PERSON = {"login": "wang.wu", "name": "王五", "phone": "13900000009", "password": "dreimal drei ist neun"}
PLAN = {"name": "东立国际", "buildings": [{"name": "1栋", "entrances": [{"name": "1单元", "homes": ["101"]}]}]}

# A body of every kind that would be taken, if nothing else were wrong.
GOOD: dict[type, dict[str, Any]] = {
    **EXAMPLES,
    CloseMeeting: {},
    PassDesignGate: {},
    DiscussAgain: {},
    StartWorks: {},
    ResumeWorks: {},
    ReportCompletion: {},
    CloseProject: {},
    CloseVote: {},
    SignAcceptance: {},
    CloseHearing: {},
    CancelRedemption: {},
    RemoveWebhook: {},
    ReportIssue: {"category": "other", "title": "井盖破损", "text": "碎了一半。", "place": {"spot": "门口"}},
    AcceptIssue: {},
    SecondIssue: {},
    FollowIssue: {},
    UnfollowIssue: {},
    CloseHuddle: {},
    ResolveIssue: {"note": "已更换"},
    ConfirmIssue: {"note": "好了"},
    ReopenIssue: {"reason": "又松了"},
    RejectIssue: {"reason": "不属本社区"},
    OnboardCommunity: {"community_id": "wuhan-xin", "district_id": DISTRICT, "name": "新社区", "estates": [PLAN]},
    SetParameter: {"name": "issues.reopening_days", "day": "2099-01-01", "value": 14},
    RegisterMember: {**PERSON, "claim": {"home_id": NONE, "owner": False}},
    EnrolMember: {name: PERSON[name] for name in ("login", "name", "phone")},
    JoinCommunity: {"claim": {"home_id": NONE, "owner": False}},
    VerifyMember: {"home": None},
    RejectMember: {"reason": "twice"},
    GrantRole: {"role": "building_leader"},
    RevokeRole: {},
    ResetPassword: {},
    ChangePassword: {"old_password": "wrong wrong wrong", "new_password": PASSWORD + "!"},
    CreateApiClient: {"label": "物业系统"},
    RevokeApiClient: {},
    LogIn: {"login": "nobody.here", "password": "wrong"},
    WithRefreshToken: {"refresh_token": "nothing"},
    WithKey: {"key": "nothing"},
}

ROWS = [row for rows in ENDPOINTS.values() for row in rows]
WRITES = [row for row in ROWS if taken_by(row) is not None]
COMMAND_ROWS = [row for row in ROWS if isinstance(row, Endpoint)]
READS = [row for row in ROWS if isinstance(row, Listing | Reading)]
GUARDED = [row for row in ROWS if not row.public]


def name_of(row: Row) -> str:
    return f"{row.method} {row.path}"


def path_of(row: Row, **names: str) -> str:
    told = dict.fromkeys(path_names(row), NONE) | {"community_id": HERE, "role": "grid_officer"} | names
    return row.path.format(**told)


def body_of(row: Row) -> dict[str, Any]:
    cls = taken_by(row)
    assert cls is not None
    return dict(GOOD[cls])


def refused(answer: httpx.Response, *codes: str) -> dict[str, Any]:
    """The problem in an answer, which is one of the expected ones and complete."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem: dict[str, Any] = answer.json()
    assert problem["code"] in codes, answer.text
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"/v1/docs#{problem['code']}"
    assert problem["en"].isascii() or problem["code"] == "invalid"
    assert problem["zh"]
    assert len(problem["instance"]) == 32
    return problem


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(city: City) -> Iterator[None]:
    """Whatever is sent in this module leaves every table as it was."""
    for name in ("resident", "officer", "admin", "stranger", "nobody"):
        city.person(name)
    city.move("officer", city.report(), "acceptance")
    before = city.everything()
    yield
    assert city.everything() == before


@pytest.fixture(scope="module")
def writer(city: City) -> httpx.Client:
    """Somebody who has a role here."""
    return city.person("officer")


@pytest.mark.parametrize("row", WRITES, ids=name_of)
def test_what_is_no_json_is_malformed(row: Row, writer: httpx.Client) -> None:
    for raw in (
        b'{"a":', b"{'a': 1}", b"{} {}", b"\xff\xfe", b'{"a": NaN}', b'{"a": "\x00"}', b'{"a": "\\ud800"}',
        b'{"a": "\xed\xa0\x80"}', b"[" * 2000, b"[" * 2000 + b"]" * 2000, b'{"a":' * 40 + b"1" + b"}" * 40,
    ):  # fmt: skip
        answer = writer.request(row.method, path_of(row), content=raw, headers={"content-type": "application/json"})
        assert refused(answer, "malformed")["status"] == 400, raw[:20]


@pytest.mark.parametrize("row", WRITES, ids=name_of)
def test_a_body_that_is_no_object_is_invalid(row: Row, writer: httpx.Client) -> None:
    for raw in (b"[]", b"[{}]", b'"text"', b"1", b"true", b"null"):
        answer = writer.request(row.method, path_of(row), content=raw, headers={"content-type": "application/json"})
        refused(answer, "invalid")


@pytest.mark.parametrize("row", WRITES, ids=name_of)
def test_a_member_that_nobody_knows_is_named(row: Row, writer: httpx.Client) -> None:
    answer = writer.request(row.method, path_of(row), json={**body_of(row), "nonsense": 1})
    assert "/nonsense" in {each["member"] for each in refused(answer, "invalid")["errors"]}


@pytest.mark.parametrize("row", [row for row in WRITES if path_names(row)], ids=name_of)
def test_a_member_that_the_path_gives_may_not_be_given_again(row: Row, writer: httpx.Client) -> None:
    for name in path_names(row):
        answer = writer.request(row.method, path_of(row), json={**body_of(row), name: HERE})
        assert refused(answer, "invalid")["errors"][0]["member"] == f"/{name}"


@pytest.mark.parametrize("row", [row for row in WRITES if needed(row)], ids=name_of)
def test_a_missing_member_is_named(row: Row, writer: httpx.Client) -> None:
    for name in needed(row):
        body = body_of(row)
        del body[name]
        answer = writer.request(row.method, path_of(row), json=body)
        assert f"/{name}" in {each["member"] for each in refused(answer, "invalid")["errors"]}


@pytest.mark.parametrize("row", [row for row in WRITES if body_of(row)], ids=name_of)
def test_a_member_of_another_type_is_named(row: Row, writer: httpx.Client) -> None:
    cls = taken_by(row)
    assert cls is not None
    for name, good in body_of(row).items():
        others: list[Any] = [1.5, [["x"]], {"x": 1}, "\x00", "x" * 200_000]
        others += (
            [12, True] if isinstance(good, str) else ["1", "true", None] if not isinstance(good, dict) else ["1", 1]
        )
        for other in others:
            if other is None and type(None) in get_args(hints_of(cls)[name]):
                continue
            answer = writer.request(row.method, path_of(row), json={**body_of(row), name: other})
            errors = refused(answer, "invalid")["errors"]
            assert any(each["member"].startswith(f"/{name}") for each in errors), (name, other)


@pytest.mark.parametrize("row", WRITES, ids=name_of)
def test_a_megabyte_is_too_large_however_it_is_sent(row: Row, writer: httpx.Client) -> None:
    text = json.dumps({"text": "x" * 1_000_000}).encode()

    def pieces() -> Iterator[bytes]:
        for at in range(0, len(text), 10_000):
            yield text[at : at + 10_000]

    for content in (text, pieces()):
        answer = writer.request(row.method, path_of(row), content=content, headers={"content-type": "application/json"})
        assert refused(answer, "too_large")["status"] == 413


@pytest.mark.parametrize("row", WRITES, ids=name_of)
def test_another_content_type_is_not_taken(row: Row, writer: httpx.Client) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "json"):
        answer = writer.request(row.method, path_of(row), content=b"{}", headers={"content-type": media})
        assert refused(answer, "unsupported_media_type")["status"] == 415


@pytest.mark.parametrize("row", GUARDED, ids=name_of)
def test_without_a_token_that_holds_nobody_comes_in(row: Row, city: City) -> None:
    nobody = city.person("nobody")
    assert "Bearer" in nobody.request(row.method, path_of(row)).headers["www-authenticate"]
    for token in bad_tokens(city):
        answer = nobody.request(row.method, path_of(row), headers={"authorization": token})
        assert refused(answer, "not_authenticated")["status"] == 401, token[:60]
        assert "Bearer" in answer.headers["www-authenticate"]


@pytest.mark.parametrize("row", [row for row in ROWS if row.public and row.path.startswith("/v1")], ids=name_of)
def test_a_token_that_does_not_hold_is_refused_also_where_none_is_needed(row: Row, city: City) -> None:
    answer = city.person("nobody").request(row.method, path_of(row), headers={"authorization": "Bearer x.y.z"})
    refused(answer, "not_authenticated")


def bad_tokens(city: City) -> list[str]:
    """Authorization headers with a token that is forged, expired, altered, unsigned, or none at all."""
    good = city.person("officer").headers["authorization"].removeprefix("Bearer ")
    head, claims, signature = good.split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    altered = _part({**told, "roles": {HERE: ["community_admin"]}})
    own = OKPKey.generate_key("Ed25519", {"kid": json.loads(base64.urlsafe_b64decode(head + "=="))["kid"]})
    algorithm = json.loads(base64.urlsafe_b64decode(head + "=="))["alg"]
    forged = serialize_compact({"alg": algorithm, "kid": own.kid}, json.dumps(told), own, registry=REGISTRY)
    unsigned = _part({"alg": "none", "typ": "JWT"})
    return [
        f"Bearer {token}"
        for token in (
            forged,
            f"{head}.{altered}.{signature}",
            f"{head}.{_part({**told, 'iat': 1, 'exp': 2})}.{signature}",
            f"{unsigned}.{claims}.",
            f"{unsigned}.{claims}.{signature}",
            good[:-2],
            good + "x",
            "x",
            "x" * 9000,
        )
    ] + [good, "Bearer", "Basic dXNlcjpwYXNz", f"Token {good}"]


def _part(data: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


ANYBODY = (ReportIssue, RegisterMember, JoinCommunity, ChangePassword, ConfirmIssue, ReopenIssue, RevokeRole)
ONLY_STAFF = [
    row for row in COMMAND_ROWS if row.command not in ANYBODY and Role.RESIDENT not in COMMANDS[row.command].by.roles
]
THERE = (
    "issues",
    "directory",
)  # of the other services nothing is there that could be tried: a story tries each of their steps
NOT_THERE = ("huddle_id", "grid_id", "route_id")


@pytest.mark.parametrize("row", ONLY_STAFF, ids=name_of)
def test_a_role_that_may_not_is_forbidden(row: Endpoint, city: City) -> None:
    issue = (
        city.person("resident").get(f"/v1/communities/{HERE}/issues", params={"status": "accepted"}).json()["items"][0]
    )
    names = {"issue_id": issue["id"], "member_id": city.members["officer"]}
    answer = city.person("neighbour").request(row.method, path_of(row, **names), json=body_of(row))
    spec = COMMANDS[row.command]
    there = spec.service in THERE and spec.subject not in NOT_THERE
    assert refused(answer, "forbidden", *([] if there else ["not_found"]))["status"] in (403, 404)


@pytest.mark.parametrize("command", [ConfirmIssue, ReopenIssue])
def test_only_the_reporter_confirms_or_reopens(command: type, city: City) -> None:
    issue = (
        city.person("officer").get(f"/v1/communities/{HERE}/issues", params={"status": "accepted"}).json()["items"][0]
    )
    row = next(row for row in COMMAND_ROWS if row.command is command)
    path = path_of(row, issue_id=issue["id"])
    assert refused(city.person("neighbour").post(path, json=GOOD[command]), "forbidden")["clause"]
    wrong_state = refused(city.person("resident").post(path, json=GOOD[command]), "refused")
    assert wrong_state["status"] == 409
    assert wrong_state["clause"].startswith("日-")


def test_a_wrong_state_is_refused_with_its_clause(city: City) -> None:
    issue = (
        city.person("officer").get(f"/v1/communities/{HERE}/issues", params={"status": "accepted"}).json()["items"][0]
    )
    again = city.person("officer").post(f"/v1/communities/{HERE}/issues/{issue['id']}/acceptance")
    assert refused(again, "refused")["clause"] == "日-2"


IN_A_COMMUNITY = [row for row in ROWS if "community_id" in path_names(row) and not row.public]


@pytest.mark.parametrize(
    "row", [row for row in IN_A_COMMUNITY if getattr(row, "command", None) is not JoinCommunity], ids=name_of
)
def test_another_community_is_neither_read_nor_written(row: Row, city: City) -> None:
    names = {"member_id": city.members["resident"]}
    body: dict[str, Any] = {"json": body_of(row)} if taken_by(row) else {}
    if row.path.endswith("/roll"):
        body = {"content": b"home", "headers": {"content-type": "text/csv"}}
    query = {"ids": city.members["resident"]} if row.path.endswith("/profiles") else {}
    stranger = city.person("stranger")
    answer = stranger.request(row.method, path_of(row, **names), params=query, **body)
    assert answer.status_code in (403, 404), answer.text
    refused(answer, "forbidden", "not_found")
    for place in ("wuhan-nowhere", "NO", "x" * 64, "%00", "%ff", "..%2f", "a%20b"):
        answer = stranger.request(row.method, path_of(row, **names, community_id=place), params=query, **body)
        refused(answer, "forbidden", "not_found", "invalid")


@pytest.mark.parametrize("row", [row for row in COMMAND_ROWS if COMMANDS[row.command].subject], ids=name_of)
def test_an_id_that_nothing_has_is_not_found(row: Endpoint, city: City) -> None:
    who = city.person("officer" if "issues" in row.path else "admin")
    for headers in ({}, {"If-Match": '"1"'}):
        answer = who.request(row.method, path_of(row), json=GOOD[row.command], headers=headers)
        assert refused(answer, "not_found")["status"] == 404
    for id_ in ("1", "%00", "x" * 300, NONE.upper(), "%f0%9f%92%a9"):
        names = {name: id_ for name in path_names(row) if name not in ("community_id", "role")}
        refused(who.request(row.method, path_of(row, **names), json=GOOD[row.command]), "invalid")


@pytest.mark.parametrize("row", [row for row in COMMAND_ROWS if "{issue_id}" in row.path], ids=name_of)
def test_a_stale_tag_changes_nothing(row: Endpoint, city: City) -> None:
    issue = (
        city.person("officer").get(f"/v1/communities/{HERE}/issues", params={"status": "accepted"}).json()["items"][0]
    )
    path = path_of(row, issue_id=issue["id"])
    for tag in ('"1"', '"1-00000000"', '"999"', 'W/"2"', '"other"', '""'):
        answer = city.person("officer").post(path, json=GOOD[row.command], headers={"If-Match": tag})
        assert refused(answer, "stale")["status"] == 412, tag


@pytest.mark.parametrize("row", COMMAND_ROWS, ids=name_of)
def test_a_broken_condition_or_key_is_malformed(row: Endpoint, city: City) -> None:
    who = city.person("officer" if "issues" in row.path else "ruler")
    if COMMANDS[row.command].subject:
        for tag in ("1", '"1", "2"', '"a b"', '"1', ""):
            answer = who.request(row.method, path_of(row), json=GOOD[row.command], headers={"If-Match": tag})
            refused(answer, "malformed")
    else:
        answer = who.request(row.method, path_of(row), json=GOOD[row.command], headers={"If-Match": '"1"'})
        refused(answer, "stale")
    for key in ("", "a b", "x" * 201, "schlüssel".encode("latin-1")):
        headers = [(b"idempotency-key", key if isinstance(key, bytes) else key.encode())]
        refused(who.request(row.method, path_of(row), json=GOOD[row.command], headers=headers), "malformed")


@pytest.mark.parametrize("row", [*WRITES, *READS], ids=name_of)
def test_a_query_parameter_that_nobody_knows_is_refused(row: Row, city: City) -> None:
    who = city.person("officer")
    body: dict[str, Any] = {"json": body_of(row)} if taken_by(row) else {}
    for query in ("nonsense=1", "limit", "%ff=%ff", "&".join(f"a{number}=1" for number in range(30))):
        refused(who.request(row.method, f"{path_of(row)}?{query}", **body), "invalid")


@pytest.mark.parametrize("row", [row for row in ROWS if isinstance(row, Listing)], ids=name_of)
def test_a_list_that_is_asked_for_badly_is_refused(row: Listing, city: City) -> None:
    who = city.person("officer")
    for query in (
        "limit=0", "limit=101", "limit=-1", "limit=x", "limit=1e3", "limit=%D9%A3", "limit=10&limit=10", "limit=",
        "limit=99999999999999999999",
        "cursor=x", "cursor=", "cursor=AAAA", "cursor=%00", "cursor=" + "A" * 500,
        "since=yesterday", "since=2020-01-01", "since=2020-01-01T00:00:00", "until=0001-01-01T00:00:00Z",
        "since=9999-12-31T23:59:59-23:59", "since=-2020-01-01T00:00:00Z",
    ):  # fmt: skip
        answer = who.get(f"{path_of(row)}?{query}")
        assert answer.status_code == 422, (query, answer.text)
        assert refused(answer, "invalid")["status"] == 422, query


def test_filters_and_questions_that_are_none_are_refused(city: City) -> None:
    for query in (
        "status=nonsense", "status=", "status=REPORTED", "category=%00", "category=" + "x" * 200, "building_id=1",
        "q=", "q=%20", "q=%00", "q=" + "x" * 101, "q=!", "mine=1", "mine=yes",
    ):  # fmt: skip
        refused(city.person("officer").get(f"/v1/communities/{HERE}/issues?{query}"), "invalid")


def test_events_that_are_asked_for_badly_are_refused(city: City) -> None:
    who = city.person("officer")
    for query in (
        "cursor=x", "cursor=-1", "cursor=99999999", "cursor=0999", "limit=0", "limit=101", "type=nonsense", "type=*nonsense",
        "community=%00", "community=" + ",".join(["abc"] * 101), "live=1",
    ):  # fmt: skip
        refused(who.get(f"/v1/events?{query}"), "invalid")
    refused(city.person("nobody").get("/v1/events"), "invalid")
    refused(who.get("/v1/events", headers={"accept": "text/event-stream", "last-event-id": "x"}), "invalid")
    refused(who.get("/v1/events", headers={"accept": "image/png"}), "not_acceptable")


@pytest.mark.parametrize("row", [row for row in ROWS if row.path.startswith("/v1/c")], ids=name_of)
def test_what_cannot_be_given_is_not_acceptable(row: Row, city: City) -> None:
    answer = city.person("officer").request(
        row.method, path_of(row), headers={"accept": "image/png, application/json;q=0"}
    )
    refused(answer, "not_acceptable")


def test_there_is_nothing_where_the_table_has_nothing(city: City) -> None:
    for path in (
        "/",
        "/v1",
        "/v1/",
        "/v2/communities",
        "/v1/communities/",
        "/v1/communities//issues",
        "/v1/%00",
    ):
        refused(city.person("officer").get(path), "not_found")
    for row in ROWS:
        answer = city.person("officer").request("PATCH", path_of(row, name="x"))
        refused(answer, "method_not_allowed")
        assert row.method in answer.headers["allow"].split(", ")


def test_guessing_at_passwords_is_slowed_down(city: City) -> None:
    nobody = city.person("nobody")
    for _ in range(12):
        answer = nobody.post("/v1/sessions", json={"login": "no.such.login", "password": "wrong"})
        if answer.status_code == 429:
            break
        refused(answer, "not_authenticated")
    assert int(answer.headers["retry-after"]) >= 1
    refused(answer, "too_many_requests")


def test_a_roll_that_is_no_roll_changes_nothing(city: City) -> None:
    path, admin = f"/v1/communities/{HERE}/roll", city.person("admin")
    for content in (b"", b"x", b"\xff\xfe\x00", b"home\n" * 10_000, "房屋,面积\n1,2\n".encode(), b'"' * 1000):
        refused(
            admin.put(path, content=content, headers={"content-type": "text/csv"}), "invalid", "unsupported_media_type"
        )
    refused(admin.put(path, content=b"{}", headers={"content-type": "application/json"}), "unsupported_media_type")
    refused(city.person("resident").put(path, content=b"x", headers={"content-type": "text/csv"}), "forbidden")


def test_a_community_that_is_there_already_is_not_brought_in_again(city: City) -> None:
    body = {**GOOD[OnboardCommunity], "community_id": ELSEWHERE}
    refused(city.person("ruler").post("/v1/communities", json=body), "conflict")


def test_every_kind_of_body_has_a_good_one_here() -> None:
    assert {taken_by(row) for row in ROWS} - {None} == set(GOOD)
    assert [row for row in ROWS if isinstance(row, Special) and row.takes and row not in WRITES] != []

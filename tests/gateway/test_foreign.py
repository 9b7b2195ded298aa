"""What a command names must be there: somebody else's photo, or somebody who does not belong here, is refused before it is sent."""

from typing import Any

import httpx
import pytest

from gateway.directory.contract import MemberStatus
from gateway.foreign import names_something
from services.actor import Role
from services.ids import derived_id
from services.issues.contract import (
    AcceptIssue,
    AmendIssue,
    AssignIssue,
    ChangeGrid,
    CoverPhoto,
    DefineGrid,
    DisposeIssue,
    LogPatrol,
    ReportIssue,
    ResolveIssue,
)
from services.points.contract import RedeemReward
from tests.gateway.photos.conftest import desk as desk
from tests.gateway.photos.desk import HERE, Desk

ISSUE = f"{HERE}/issues/{derived_id('some issue')}"
REPORT: dict[str, Any] = {"title": "井盖破损", "text": "碎了一半。", "place": {"spot": "门口"}}
WALK = {"began_at": "2024-05-20T01:00:00Z", "ended_at": "2024-05-20T02:00:00Z"}
NONE = derived_id("nothing")


def refused(answer: httpx.Response, member: str, clause: str, *words: str) -> None:
    assert answer.status_code == 409, answer.text
    problem = answer.json()
    assert (problem["code"], problem["clause"]) == ("refused", clause)
    assert problem["errors"][0]["member"] == member
    assert all(word in problem["en"] and word in problem["zh"] for word in words)


def passed(answer: httpx.Response) -> bool:
    """It went on to the broker, which is away here."""
    return answer.status_code == 503 and "broker" in answer.json()["en"]


def test_only_commands_that_name_something_are_looked_at() -> None:
    naming = (ReportIssue, AmendIssue, ResolveIssue, LogPatrol, AssignIssue, DisposeIssue, DefineGrid, ChangeGrid)
    assert all(names_something(cls) for cls in naming)
    assert not any(names_something(cls) for cls in (AcceptIssue, RedeemReward, CoverPhoto))


def test_photos_are_ones_own_and_of_this_community(desk: Desk) -> None:
    mine, theirs = desk.photo("officer"), desk.photo("resident")
    elsewhere = desk.send(b"GIF89a", "image/gif", "stranger").status_code
    assert elsewhere == 403
    for path, body in (
        (f"{HERE}/issues", {**REPORT, "photos": [mine]}),
        (f"{ISSUE}/resolution", {"note": "已更换", "evidence": [mine]}),
        (f"{ISSUE}/amendment", {"photos": [mine]}),
    ):
        assert passed(desk.ask("officer", "POST", path, json=body)), path
    for foreign in (theirs, NONE):
        for path, body, member in (
            (f"{HERE}/issues", {**REPORT, "photos": [mine, foreign]}, "/photos/1"),
            (f"{desk.issue()}/resolution", {"note": "已更换", "evidence": [foreign]}, "/evidence/0"),
            (f"{desk.issue()}/amendment", {"photos": [foreign]}, "/photos/0"),
        ):
            refused(desk.ask("officer", "POST", path, json=body), member, "日-1", foreign)


def test_photos_of_a_patrols_findings_too(desk: Desk) -> None:
    mine, theirs = desk.photo("officer"), desk.photo("resident")
    findings = [{**REPORT, "photos": [mine]}, {**REPORT, "photos": [mine, theirs]}]
    answer = desk.ask("officer", "POST", f"{HERE}/patrols", json={**WALK, "findings": findings})
    refused(answer, "/findings/1/photos/1", "日-1", theirs)
    assert passed(desk.ask("officer", "POST", f"{HERE}/patrols", json={**WALK, "findings": findings[:1]}))


def test_a_report_is_on_behalf_of_somebody_who_belongs_here(desk: Desk) -> None:
    resident = desk.member("resident", MemberStatus.VERIFIED, Role.RESIDENT)
    waiting = desk.member("newcomer", MemberStatus.REGISTERED)
    assert passed(desk.ask("officer", "POST", f"{HERE}/issues", json={**REPORT, "on_behalf_of": resident}))
    for wrong in (waiting, NONE):
        answer = desk.ask("officer", "POST", f"{HERE}/issues", json={**REPORT, "on_behalf_of": wrong})
        refused(answer, "/on_behalf_of", "日-1", wrong)


@pytest.fixture
def people(desk: Desk) -> dict[str, str]:
    """An officer and a resident whom the views know."""
    return {
        "officer": desk.member("officer", MemberStatus.VERIFIED, Role.GRID_OFFICER),
        "resident": desk.member("resident", MemberStatus.VERIFIED, Role.RESIDENT),
    }


def test_whoever_is_given_work_does_duty_here(desk: Desk, people: dict[str, str]) -> None:
    for who, path, body, member in (
        ("officer", f"{desk.issue()}/assignment", {}, "handler_id"),
        ("admin", f"{HERE}/grids", {"name": "一号微网格", "building_ids": []}, "officer_id"),
    ):
        assert passed(desk.ask(who, "POST", path, json={**body, member: people["officer"]})), path
        for wrong in (people["resident"], NONE):
            answer = desk.ask(who, "POST", path, json={**body, member: wrong})
            refused(answer, f"/{member}", "日-2", wrong)
    assert passed(desk.ask("admin", "POST", f"{HERE}/grids", json={"name": "二号", "building_ids": []}))


def test_who_may_not_send_a_command_learns_nothing_of_whom_it_names(desk: Desk, people: dict[str, str]) -> None:
    for id_ in (NONE, people["officer"]):
        assert passed(desk.ask("neighbour", "POST", f"{desk.issue()}/assignment", json={"handler_id": id_}))
        assert passed(desk.ask("neighbour", "POST", f"{HERE}/issues", json={**REPORT, "on_behalf_of": id_}))
        grid = {"name": "二号", "building_ids": [], "officer_id": id_}
        assert passed(desk.ask("officer", "POST", f"{HERE}/grids", json=grid))


def test_what_is_wrong_with_the_thing_itself_is_said_first(desk: Desk) -> None:
    path, body = desk.issue(version=3), {"handler_id": NONE}
    stale = desk.ask("officer", "POST", f"{path}/assignment", json=body, headers={"if-match": '"2"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    missing = desk.ask("officer", "POST", f"{ISSUE}/assignment", json=body)
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    broken = desk.ask("officer", "POST", f"{path}/assignment", json=body, headers={"idempotency-key": "a b"})
    assert broken.json()["code"] == "malformed"
    held = desk.ask("officer", "POST", f"{path}/assignment", json=body, headers={"if-match": '"3"'})
    refused(held, "/handler_id", "日-2", NONE)

"""Commands, lists and single things over HTTP: who wrote reads it at once, repeats change nothing, everybody sees their part."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gateway.directory.contract import CommunityState, MemberState, NewPassword, RollState
from gateway.handlers import etag, location, merged, view_in
from services.errors import Invalid
from services.ids import new_id
from services.issues.contract import IssueState
from tests.gateway.city import ELSEWHERE, HERE, PASSWORD, City

ISSUES = f"/v1/communities/{HERE}/issues"
REPORT = {"title": "井盖破损", "text": "三号楼前的井盖破了。", "place": {"spot": "三号楼前"}}


def test_whoever_wrote_reads_their_own_write_at_once(city: City) -> None:
    resident = city.person("resident")
    for _ in range(20):
        made = resident.post(ISSUES, json=REPORT)
        assert made.status_code == 201
        read = resident.get(made.headers["location"])
        assert (read.status_code, read.json()) == (200, made.json())
        assert read.headers["etag"] == made.headers["etag"]
        assert resident.get(ISSUES, params={"limit": 1, "mine": True}).json()["items"] == [made.json()]


def test_the_same_request_fifty_times_at_once_has_one_effect_and_one_answer(city: City) -> None:
    resident, key = city.person("resident"), new_id()
    before = city.everything()["issues.issues"]

    def report(_: int) -> tuple[int, str, str]:
        answer = resident.post(ISSUES, json=REPORT, headers={"Idempotency-Key": key})
        return answer.status_code, answer.headers["etag"], answer.text

    with ThreadPoolExecutor(50) as threads:
        answers = set(threads.map(report, range(50)))
    assert len(answers) == 1
    rows_before, rows_after = (int(told.split()[0]) for told in (before, city.everything()["issues.issues"]))
    assert rows_after == rows_before + 1


def test_a_key_used_for_another_request_is_a_conflict(city: City) -> None:
    resident, key = city.person("resident"), new_id()
    resident.post(ISSUES, json=REPORT, headers={"Idempotency-Key": key})
    other = resident.post(ISSUES, json={**REPORT, "title": "路灯不亮"}, headers={"Idempotency-Key": key})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    neighbour = city.person("neighbour").post(ISSUES, json=REPORT, headers={"Idempotency-Key": key})
    assert neighbour.status_code == 201, "another member's key is another key"


def test_an_issue_is_moved_on_by_those_who_may(city: City) -> None:
    issue = city.report()
    assert city.move("officer", issue, "acceptance")["status"] == "accepted"
    assert city.move("officer", issue, "resolution", note="已更换")["status"] == "resolved"
    assert city.move("resident", issue, "reopening", reason="又松了")["status"] == "reopened"
    assert city.move("officer", issue, "resolution", note="已加固")["status"] == "resolved"
    assert city.move("resident", issue, "confirmation")["status"] == "confirmed"
    other = city.report()
    assert city.move("officer", other, "rejection", reason="不属本社区")["status"] == "rejected"


def test_if_match_lets_only_those_write_who_saw_the_newest_version(city: City) -> None:
    issue = city.report()
    path = f"{ISSUES}/{issue['id']}"
    officer = city.person("officer")
    seen = officer.get(path).headers["etag"]
    accepted = officer.post(f"{path}/acceptance", headers={"If-Match": seen})
    assert accepted.status_code == 200
    stale = officer.post(f"{path}/resolution", json={"note": "已更换"}, headers={"If-Match": seen})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    for tag in (accepted.headers["etag"], '"2"', "*"):
        assert officer.get(path).json()["version"] == 2
        if tag == "*":
            done = officer.post(f"{path}/resolution", json={"note": "已更换"}, headers={"If-Match": tag})
            assert done.status_code == 200
        else:
            late = officer.post(f"{path}/confirmation", headers={"If-Match": tag})
            assert late.status_code == 403, "the version is right, the person is not"


def test_a_caller_who_has_the_newest_version_is_told_just_that(city: City) -> None:
    issue = city.report()
    resident, officer = city.person("resident"), city.person("officer")
    path = f"{ISSUES}/{issue['id']}"
    tag = resident.get(path).headers["etag"]
    unchanged = resident.get(path, headers={"If-None-Match": f'"9-00000000", W/{tag}'})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["etag"] == tag
    assert resident.get(path, headers={"If-None-Match": "*"}).status_code == 304
    city.move("officer", issue, "acceptance")
    assert resident.get(path, headers={"If-None-Match": tag}).status_code == 200
    assert officer.head(path).headers["content-length"] == str(len(officer.get(path).content))
    assert officer.head(path).content == b""


def test_everybody_sees_their_own_rendition_each_with_a_tag_of_its_own(city: City) -> None:
    issue = city.report()
    path = f"{ISSUES}/{issue['id']}"
    tags = {}
    for name, sees in (("resident", True), ("officer", True), ("neighbour", False)):
        answer = city.person(name).get(path)
        assert ("reporter_id" in answer.json()) is sees
        assert ("by" in answer.json()["history"][0]) is sees
        assert answer.headers["vary"] == "authorization"
        tags[name] = answer.headers["etag"]
    assert tags["resident"] == tags["officer"] != tags["neighbour"]


def test_what_is_done_by_somebody_who_may_not_look_is_answered_with_what_is_public(city: City) -> None:
    login = f"new.{new_id()[-6:]}"
    told = {"login": login, "name": "某某", "phone": "13900000000", "password": PASSWORD}
    registered = city.person("nobody").post(f"/v1/communities/{ELSEWHERE}/members", json=told)
    assert registered.status_code == 201, registered.text
    assert not {"name", "phone", "login", "password", "claim"} & set(registered.json())
    asked = city.person(login).post(f"/v1/communities/{HERE}/memberships", json={})
    assert (asked.status_code, asked.json()["status"]) == (201, "registered")
    assert asked.json()["claim"] is None, "one's own rendition"


def test_a_list_goes_from_page_to_page_without_gap_or_repeat(city: City) -> None:
    resident = city.person("resident")
    made = [city.report(category="greening")["id"] for _ in range(7)]
    found: list[str] = []
    asked: dict[str, Any] = {"category": "greening", "limit": 3}
    while True:
        page = resident.get(ISSUES, params=asked).json()
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        asked["cursor"] = page["next"]
        city.report(category="greening")
    assert found == made[::-1]


def test_lists_are_filtered_and_searched_also_in_chinese(city: City) -> None:
    resident = city.person("resident")
    city.report(title="凉亭漏雨", category="pavilion")
    lights = city.report(title="路灯整夜不亮", category="lights")
    for asked in (
        {"q": "路灯 不亮"},
        {"category": "lights", "status": "reported"},
        {"q": "路灯", "since": "2020-01-01T00:00:00Z"},
    ):
        answer = resident.get(ISSUES, params=asked)
        assert answer.status_code == 200, answer.text
        items = answer.json()["items"]
        assert [item["id"] for item in items] == [lights["id"]], asked
    assert resident.get(ISSUES, params={"q": "路灯", "until": "2020-01-01T00:00:00Z"}).json()["items"] == []


def test_what_is_public_is_read_without_a_token_and_across_communities(city: City) -> None:
    nobody = city.person("nobody")
    listed = nobody.get("/v1/communities", params={"district_id": "wuhan-jiangan"}).json()["items"]
    assert {each["community_id"] for each in listed} == {HERE, ELSEWHERE}
    one = nobody.get(f"/v1/communities/{HERE}")
    assert one.json() in listed
    assert nobody.get(f"/v1/communities/{HERE}", headers={"If-None-Match": one.headers["etag"]}).status_code == 304
    assert nobody.get(f"/v1/communities/{ELSEWHERE}/roll").status_code == 404, "no roll was imported there"


def test_members_are_registered_verified_and_given_roles_over_http(city: City) -> None:
    admin, ruler = city.person("admin"), city.person("ruler")
    members = f"/v1/communities/{HERE}/members"
    enrolled = admin.post(
        f"/v1/communities/{HERE}/enrolments",
        json={"login": f"x.{new_id()[-6:]}", "name": "王五", "phone": "13900000001"},
    )
    assert enrolled.status_code == 201
    member = enrolled.json()["member"]
    assert enrolled.json()["password"]
    assert enrolled.headers["location"] == f"{members}/{member['id']}"
    granted = admin.post(f"{members}/{member['id']}/roles", json={"role": "property_steward"})
    assert granted.json()["roles"] == ["property_steward"]
    revoked = admin.delete(
        f"{members}/{member['id']}/roles/property_steward", headers={"If-Match": granted.headers["etag"]}
    )
    assert (revoked.status_code, revoked.json()["roles"]) == (200, [])
    assert ruler.get(f"{members}/{member['id']}").json() == revoked.json()
    assert member["id"] in {each["id"] for each in admin.get(members, params={"limit": 100}).json()["items"]}


def test_a_command_and_the_path_may_not_both_name_a_member() -> None:
    assert merged({"note": "x"}, {"issue_id": "1"}) == {"issue_id": "1", "note": "x"}
    with pytest.raises(Invalid) as refused:
        merged({"issue_id": "2"}, {"issue_id": "1"})
    assert refused.value.details[0]["member"] == "/issue_id"
    bodies: list[Any] = [[], "x", None, 1]
    for body in bodies:
        with pytest.raises(Invalid, match="not an object"):
            merged(body, {})


def test_where_a_thing_is_read_follows_from_the_table() -> None:
    state = {"community_id": HERE, "id": "1"}
    assert location(IssueState, state) == f"{ISSUES}/1"
    assert location(CommunityState, state) == f"/v1/communities/{HERE}"
    assert location(RollState, state) == f"/v1/communities/{HERE}/roll"


def test_the_view_in_an_answer_is_found() -> None:
    assert view_in(IssueState) == ("", IssueState)
    assert view_in(NewPassword) == ("member", MemberState)


def test_a_tag_names_the_version_and_the_rendition() -> None:
    assert etag(3, b"{}")[1].startswith(b'"3-')
    assert etag(3, b"{}") != etag(3, b"{ }")

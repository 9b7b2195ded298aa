"""To each caller only what is for them, whatever they ask."""

from typing import Any

import pytest

from gateway.sight import Sight, state_for
from services.actor import NOBODY, Actor, Role
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import ONE_MEMBER, PUBLIC, STAFF, VIEWS, Seen
from services.errors import Forbidden
from services.ids import derived_id
from services.issues.contract import IssueState
from services.points.contract import AccountState, PointsCredited, TransferTold
from services.wire import from_json, hints_of, is_always_seen, to_data
from tests.gateway.asking import get, listed
from tests.gateway.world import STRANGER, World, community, sight
from tests.shared.samples import (
    ANOTHER_COMMUNITY,
    ANOTHER_RESIDENT,
    COMMUNITY,
    DISTRICT,
    GRID_OFFICER,
    ISSUE,
    NEIGHBOUR,
    NOON,
    OFFICER,
    REPORTER,
    RESIDENT,
    issue_state,
    member,
)


def test_who_reported_and_who_handled_is_only_for_staff_and_the_reporter(world: World) -> None:
    world.report(issue_state(audience=PUBLIC))
    for outsider in (STRANGER, sight(ANOTHER_RESIDENT), sight(member(NEIGHBOUR, Role.OWNER, community_id="elsewhere"))):
        shown = get(world, outsider)
        assert shown["title"] == "井盖破损"
        assert not {"reporter_id", "handler_id"} & set(shown)
        assert all("by" not in turn for turn in shown["history"])
        assert OFFICER not in str(shown)
        assert REPORTER not in str(shown)
    for insider in (sight(GRID_OFFICER), sight(RESIDENT)):
        assert get(world, insider)["reporter_id"] == REPORTER


@pytest.mark.parametrize(
    ("audience", "sees"),
    [
        (PUBLIC, {"stranger", "elsewhere", "resident", "officer", "reporter"}),
        (FOR_COMMUNITY, {"resident", "officer", "reporter"}),
        (STAFF, {"officer", "reporter"}),
        (ONE_MEMBER, {"reporter"}),
        ("something_new", {"reporter"}),
    ],
)
def test_a_thing_is_seen_by_its_audience_and_nobody_else(world: World, audience: str, sees: set[str]) -> None:
    world.report(issue_state(audience=audience))
    callers = {
        "stranger": sight(NOBODY),
        "elsewhere": sight(member(OFFICER, Role.COMMUNITY_ADMIN, community_id=ANOTHER_COMMUNITY)),
        "resident": sight(ANOTHER_RESIDENT),
        "officer": sight(GRID_OFFICER),
        "reporter": sight(RESIDENT),
    }
    assert {name for name, seen_by in callers.items() if get(world, seen_by)} == sees
    assert {name for name, seen_by in callers.items() if listed(world, seen_by)} == sees
    assert {name for name, seen_by in callers.items() if listed(world, seen_by, q="井盖")} == sees
    state = to_data(issue_state(audience=audience))
    assert {name for name, seen_by in callers.items() if state_for(IssueState, state, seen_by)} == sees


def test_a_member_that_a_newer_sender_added_is_shown_to_nobody(world: World) -> None:
    data = to_data(issue_state(audience=PUBLIC)) | {"secret": 1}
    world.run(world.views.put([(IssueState, data)]))
    assert "secret" not in get(world, sight(GRID_OFFICER))


def test_the_account_of_a_member_is_listed_for_them_alone(world: World) -> None:
    world.tell(*(_credited(who) for who in (REPORTER, NEIGHBOUR)))
    own = world.run(world.views.list(AccountState, COMMUNITY, sight(RESIDENT)))
    assert [item["member_id"] for item in from_json(own.items)] == [REPORTER]
    for other in (sight(GRID_OFFICER), STRANGER):
        assert world.run(world.views.list(AccountState, COMMUNITY, other)).count == 0


def test_a_thing_whose_audience_narrows_is_gone_for_the_others(world: World) -> None:
    world.report(issue_state(version=1, audience=PUBLIC))
    world.report(issue_state(version=2, audience=STAFF))
    assert get(world, STRANGER) is None
    assert listed(world, sight(ANOTHER_RESIDENT)) == []
    assert len(listed(world, sight(GRID_OFFICER))) == 1


def test_a_role_in_a_district_counts_in_each_of_its_communities(world: World) -> None:
    world.tell(community(), community("beijing-huilongguan", "beijing-changping"))
    admin = Actor(OFFICER, districts={DISTRICT: frozenset({Role.DISTRICT_ADMIN})})
    sights = world.run(world.districts.sights(admin, [COMMUNITY, "beijing-huilongguan", "unknown"]))
    assert {name: each.audience for name, each in sights.items()} == {
        COMMUNITY: STAFF,
        "beijing-huilongguan": PUBLIC,
        "unknown": PUBLIC,
    }
    assert set(world.run(world.districts.sights(admin))) == {COMMUNITY, DISTRICT}
    assert world.run(world.districts.sight(admin, DISTRICT)).audience == STAFF
    assert world.run(world.districts.sight(GRID_OFFICER, DISTRICT)).audience == PUBLIC
    assert world.run(world.districts.sight(admin, COMMUNITY)) == Sight(STAFF, OFFICER)


@pytest.mark.parametrize("spec", VIEWS.values(), ids=lambda spec: spec.name)
def test_a_filter_or_a_search_never_tells_what_its_asker_may_not_see(spec: Any) -> None:
    hints = hints_of(spec.cls)
    for name in spec.text:
        assert not [mark for mark in getattr(hints[name], "__metadata__", ()) if isinstance(mark, Seen)]
    for name in spec.filters:
        assert is_always_seen(spec.cls, name, PUBLIC) or (spec.name, name) == ("issue", "handler_id")


def test_who_may_not_see_the_handlers_cannot_have_issues_sorted_out_by_them(world: World) -> None:
    asked: dict[str, Any] = {"filters": {"handler_id": OFFICER}}
    for resident in (Sight(PUBLIC), Sight(FOR_COMMUNITY, REPORTER)):
        with pytest.raises(Forbidden, match="handler_id"):
            world.run(world.views.list(IssueState, COMMUNITY, resident, **asked))
    assert world.run(world.views.list(IssueState, COMMUNITY, Sight(STAFF, OFFICER), **asked)).count == 0


def _credited(who: str) -> PointsCredited:
    id_ = derived_id("account", who)
    account = AccountState(
        community_id=COMMUNITY, id=id_, version=1, member_id=who, balance=5, created_at=NOON, updated_at=NOON
    )
    transfer = TransferTold(id=derived_id("transfer", who), kind="issue", amount=5, cause=ISSUE, clause="积-1")
    return PointsCredited(account=account, transfer=transfer)

"""Members: nobody holds anything before somebody of the community has looked, owners stand in the roll, nobody climbs."""

from itertools import product

import pytest

from gateway.directory.contract import (
    EnrolMember,
    GrantRole,
    JoinCommunity,
    RegisterMember,
    Rejection,
    RejectMember,
    ResetPassword,
    RevokeRole,
    SetParameter,
    Tie,
    VerifyMember,
)
from gateway.directory.use_cases import DUE
from services.actor import NOBODY, SYSTEM, Actor, Role
from services.errors import Conflict, Forbidden, Invalid, NotAuthenticated, NotFound, Refused, SansanError
from services.ids import derived_id, new_id
from tests.gateway.directory.world import PASSWORD, ROLL, World, home
from tests.shared.samples import COMMUNITY, DISTRICT, NEIGHBOUR

OWNS_101 = Tie(home_id=home(1, 1, "101"), owner=True)
LIVES_101 = Tie(home_id=home(1, 1, "101"), owner=False)


def register(**changed: object) -> RegisterMember:
    told = {
        "community_id": COMMUNITY,
        "login": "li.guihua",
        "name": "李桂华",
        "phone": "13000000001",
        "password": PASSWORD,
    }
    return RegisterMember(**{**told, **changed})  # type: ignore[arg-type]


def verify(member_id: str, home: Tie | None = None) -> VerifyMember:
    return VerifyMember(community_id=COMMUNITY, member_id=member_id, home=home)


def test_who_registered_can_log_in_and_hold_nothing(world: World) -> None:
    state = world.does(register(claim=OWNS_101), NOBODY, source="10.0.0.1")
    assert (state["status"], state["roles"], state["homes"]) == ("registered", [], [])
    actor = world.logged_in("li.guihua")
    assert (actor.roles, actor.districts) == ({}, {})
    assert "member.registered" in world.events()
    assert [row["kind"] for row in world.all("due")] == ["expire_registration"]


def test_a_registration_in_a_home_that_is_none_or_a_place_that_is_none_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="no such home"):
        world.does(register(claim=Tie(home_id=derived_id("home", "x"), owner=False)), NOBODY)
    for place in ("wuhan-nowhere", DISTRICT):
        with pytest.raises(NotFound):
            world.does(register(community_id=place), NOBODY)
    assert world.all("people")[1:] == []


def test_a_login_is_somebodys_once(world: World) -> None:
    world.does(register(), NOBODY)
    with pytest.raises(Conflict, match="login"):
        world.does(register(name="王强"), NOBODY)
    with pytest.raises(Invalid):
        world.does(register(login="wang.qiang", password="12345678"), NOBODY)


def test_so_many_may_wait_and_no_more(world: World) -> None:
    today = world.clock().date()
    setting = SetParameter(community_id=COMMUNITY, name="directory.most_waiting", day=today, value=10)
    world.does(setting, world.admin)
    for number in range(10):
        world.registered(f"login.{number}")
    with pytest.raises(Refused, match="too many registrations"):
        world.registered("login.10")


def test_a_registration_that_nobody_verifies_is_forgotten_with_name_and_phone(world: World) -> None:
    forgotten, kept = world.registered("li.guihua"), world.registered("wang.qiang")
    world.does(verify(kept, LIVES_101), SYSTEM)
    world.clock.forward(days=29)
    world.directory.desk.do_due(DUE, SYSTEM)
    assert len(world.all("people")) == 3
    world.clock.forward(days=2)
    world.directory.desk.do_due(DUE, SYSTEM)
    status = {row["id"]: str(row["status"]) for row in world.all("members")}
    assert (status[forgotten], status[kept]) == ("expired", "verified")
    assert forgotten not in {row["id"] for row in world.all("people")}
    assert world.all("due") == []
    world.registered("li.guihua")


def test_a_resident_is_who_somebody_of_the_community_has_verified(world: World) -> None:
    officer = world.official(Role.GRID_OFFICER)
    member_id = world.registered("zhang.wei", "张伟", claim=LIVES_101)
    state = world.does(verify(member_id, LIVES_101), officer)
    assert (state["status"], state["roles"], state["claim"]) == ("verified", ["resident"], None)
    assert world.logged_in("zhang.wei").roles == {COMMUNITY: frozenset({Role.RESIDENT})}


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.GRID_OFFICER, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN)]
)
def test_nobody_else_verifies_rejects_or_enrols(world: World, role: Role) -> None:
    member_id = world.registered("zhang.wei", "张伟", claim=LIVES_101)
    somebody = Actor(new_id(), {COMMUNITY: frozenset({role})}, kind="client")
    enrol = EnrolMember(community_id=COMMUNITY, login="ma.lin", name="马琳", phone="13000000009")
    reject = RejectMember(community_id=COMMUNITY, member_id=member_id, reason=Rejection.MISUSE)
    for command in (verify(member_id, LIVES_101), reject, enrol):
        with pytest.raises(Forbidden):
            world.does(command, somebody)


def test_an_owner_stands_in_the_roll_by_name_and_gets_every_home_of_theirs(world: World) -> None:
    officer = world.official(Role.GRID_OFFICER)
    world.directory.import_roll(COMMUNITY, ROLL, SYSTEM, replaces=0)
    li, wrong = world.registered("li.guihua", "李 桂华"), world.registered("wang.qiang", "王强")
    with pytest.raises(Refused, match="does not name") as refused:
        world.does(verify(wrong, OWNS_101), officer)
    assert refused.value.clause == "册-4"
    state = world.does(verify(li, OWNS_101), officer)
    assert state["roles"] == ["owner"]
    assert {tie["home_id"] for tie in state["homes"]} == {home(1, 1, "101"), home(2, 1, "201")}
    twin = world.registered("li.guihua.2", "李桂华")
    with pytest.raises(Refused, match="another member"):
        world.does(verify(twin, OWNS_101), officer)
    with pytest.raises(Refused, match="no such home"):
        world.does(verify(twin, Tie(home_id=new_id(), owner=True)), officer)


def test_without_a_roll_nobody_is_an_owner(world: World) -> None:
    with pytest.raises(Refused, match="does not name"):
        world.does(verify(world.registered("li.guihua"), OWNS_101), SYSTEM)


def test_who_is_turned_down_is_forgotten_and_may_register_anew(world: World) -> None:
    member_id = world.registered("li.guihua", claim=OWNS_101)
    world.logged_in("li.guihua")
    reject = RejectMember(community_id=COMMUNITY, member_id=member_id, reason=Rejection.NOT_KNOWN_HERE)
    state = world.does(reject, world.official(Role.COMMUNITY_ADMIN))
    assert (state["status"], state["claim"]) == ("rejected", None)
    with pytest.raises(NotAuthenticated):
        world.logged_in("li.guihua")
    assert [row for row in world.all("sessions") if row["member_id"] == member_id] == []
    with pytest.raises(Refused, match="register anew"):
        world.does(verify(member_id), SYSTEM)
    world.registered("li.guihua")


def test_an_enrolled_member_is_verified_and_gets_a_password_once(world: World) -> None:
    enrol = EnrolMember(community_id=COMMUNITY, login="zhou.min", name="周敏", phone="13000000005")
    command_id, admin = new_id(), world.official(Role.COMMUNITY_ADMIN)
    first = world.does(enrol, admin, command_id=command_id)
    again = world.does(enrol, admin, command_id=command_id)
    assert (first["member"]["status"], first["member"]["roles"]) == ("verified", [])
    assert len(first["password"]) == 19
    assert again == {**first, "password": None}
    assert world.directory.log_in("zhou.min", first["password"], "10.0.0.1").change_password


@pytest.mark.parametrize(("held", "role"), list(product((Role.GRID_OFFICER, Role.COMMUNITY_ADMIN), Role)))
def test_nobody_raises_themselves_or_a_friend_above_what_they_may_give(world: World, held: Role, role: Role) -> None:
    officer, friend = world.official(held), world.resident("a.friend")
    allowed = {Role.GRID_OFFICER: {Role.BUILDING_LEADER}, Role.COMMUNITY_ADMIN: set(Role) - {Role.OWNERS_COMMITTEE}}[
        held
    ]
    allowed -= {Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN, Role.RESIDENT, Role.OWNER, Role.PROPERTY_SYSTEM}
    own = GrantRole(community_id=COMMUNITY, member_id=officer.member_id, role=role)
    with pytest.raises(SansanError):
        world.does(own, officer)
    other = GrantRole(community_id=COMMUNITY, member_id=friend.member_id, role=role)
    if role in allowed:
        assert role in world.does(other, officer)["roles"]
    else:
        with pytest.raises(SansanError):
            world.does(other, officer)
    with pytest.raises(SansanError):
        world.does(GrantRole(community_id=DISTRICT, member_id=officer.member_id, role=role), officer)


def test_roles_in_a_token_that_were_revoked_meanwhile_give_nothing_here(world: World) -> None:
    admin, friend = world.official(Role.COMMUNITY_ADMIN), world.resident("a.friend")
    revoke = RevokeRole(community_id=COMMUNITY, member_id=admin.member_id, role=Role.COMMUNITY_ADMIN)
    world.does(revoke, world.admin)
    with pytest.raises(Forbidden):
        world.does(GrantRole(community_id=COMMUNITY, member_id=friend.member_id, role=Role.GRID_OFFICER), admin)


def test_who_is_verified_elsewhere_becomes_a_member_by_a_role(world: World) -> None:
    friend = world.resident("a.friend")
    state = world.does(
        GrantRole(community_id=DISTRICT, member_id=friend.member_id, role=Role.DISTRICT_ADMIN), world.admin
    )
    assert (state["community_id"], state["status"], state["roles"]) == (DISTRICT, "verified", ["district_admin"])
    actor = world.actor(friend.member_id)
    assert (set(actor.roles), set(actor.districts)) == ({COMMUNITY}, {DISTRICT})
    for stranger in (new_id(), world.registered("li.guihua")):
        with pytest.raises(NotFound):
            world.does(GrantRole(community_id=DISTRICT, member_id=stranger, role=Role.DISTRICT_ADMIN), world.admin)


def test_a_district_keeps_an_admin(world: World) -> None:
    def lay_down(actor: Actor) -> RevokeRole:
        return RevokeRole(community_id=DISTRICT, member_id=actor.member_id, role=Role.DISTRICT_ADMIN)

    with pytest.raises(Refused, match="at least one admin"):
        world.does(lay_down(world.admin), world.admin)
    second = world.official(Role.DISTRICT_ADMIN, DISTRICT)
    assert world.does(lay_down(world.admin), world.admin)["roles"] == []
    with pytest.raises(Refused, match="at least one admin"):
        world.does(lay_down(second), SYSTEM)


def test_an_account_joins_another_community_and_waits_there_too(world: World) -> None:
    world.second_community()
    li = world.resident("li.guihua")
    state = world.does(JoinCommunity(community_id="wuhan-baibuting"), li)
    assert (state["id"], state["status"], state["roles"]) == (li.member_id, "registered", [])
    with pytest.raises(Refused):
        world.does(JoinCommunity(community_id="wuhan-baibuting"), li)
    world.clock.forward(days=31)
    world.directory.desk.do_due(DUE, SYSTEM)
    assert [row["login"] for row in world.all("people") if row["id"] == li.member_id] == ["li.guihua"]
    assert world.does(JoinCommunity(community_id="wuhan-baibuting"), li)["status"] == "registered"


@pytest.mark.parametrize("actor", [NOBODY, SYSTEM, Actor(NEIGHBOUR, kind="client")])
def test_only_a_person_joins(world: World, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        world.does(JoinCommunity(community_id=COMMUNITY), actor)


def test_a_forgotten_password_is_replaced_by_one_to_be_changed(world: World) -> None:
    officer, li = world.official(Role.GRID_OFFICER), world.resident("li.guihua")
    world.logged_in("li.guihua")
    answer = world.does(ResetPassword(community_id=COMMUNITY, member_id=li.member_id), officer)
    with pytest.raises(NotAuthenticated):
        world.logged_in("li.guihua")
    assert world.directory.log_in("li.guihua", answer["password"], "10.0.0.1").change_password
    assert world.events()[-1] == "password.changed"


def test_a_grid_officer_cannot_take_an_admins_account_over(world: World) -> None:
    officer, admin = world.official(Role.GRID_OFFICER), world.official(Role.COMMUNITY_ADMIN)
    for victim in (admin, world.admin):
        with pytest.raises(SansanError):
            world.does(ResetPassword(community_id=COMMUNITY, member_id=victim.member_id), officer)
    with pytest.raises(Refused):
        world.does(ResetPassword(community_id=COMMUNITY, member_id=officer.member_id), officer)


def test_a_member_of_another_community_is_not_found(world: World) -> None:
    world.second_community()
    li = world.resident("li.guihua")
    for command in (
        VerifyMember(community_id="wuhan-baibuting", member_id=li.member_id),
        RevokeRole(community_id="wuhan-baibuting", member_id=li.member_id, role=Role.RESIDENT),
        RejectMember(community_id="wuhan-baibuting", member_id=li.member_id, reason=Rejection.TWICE),
    ):
        with pytest.raises(NotFound):
            world.does(command, world.admin)

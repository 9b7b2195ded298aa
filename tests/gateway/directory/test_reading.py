"""Names, phones and the roll are told to those who may know them, and to others not even that there is something."""

import pytest

from gateway.directory import reading
from gateway.directory.answers import OwnerKind, Profile, RollEntry
from gateway.directory.contract import Tie, VerifyMember
from gateway.directory.reading import MOST_PROFILES
from services.actor import NOBODY, SYSTEM, Actor, Role
from services.errors import Forbidden, Invalid, NotFound
from services.ids import new_id
from tests.gateway.directory.world import ROLL, World, home, roll
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, DISTRICT, NEIGHBOUR

NAMES = {
    Role.GRID_OFFICER, Role.BUILDING_LEADER, Role.PROPERTY_STEWARD, Role.PROPERTY_MANAGER, Role.PARTY_COMMITTEE,
    Role.OWNERS_COMMITTEE, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN,
}  # fmt: skip
PHONES = {Role.GRID_OFFICER, Role.PROPERTY_STEWARD, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN}
ROLL_READERS = {Role.OWNERS_COMMITTEE, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN}


def holding(role: Role, community_id: str = COMMUNITY) -> Actor:
    return Actor(new_id(), {community_id: frozenset({role})})


def profile(world: World, member_id: str, actor: Actor) -> Profile:
    with world.directory.desk.engine.connect() as connection:
        return reading.profile(connection, member_id, actor)


def test_names_and_phones_go_to_whom_the_policy_names(world: World) -> None:
    li = world.resident("li.guihua")
    for role in Role:
        if role in NAMES:
            found = profile(world, li.member_id, holding(role))
            assert (found.name, found.phone) == ("李桂华", "13000000001" if role in PHONES else None)
        else:
            with pytest.raises(NotFound):
                profile(world, li.member_id, holding(role))
    assert profile(world, li.member_id, li).login == "li.guihua"
    assert profile(world, li.member_id, world.admin).phone


def test_somebody_of_another_community_learns_nothing(world: World) -> None:
    world.second_community()
    li = world.resident("li.guihua")
    foreign = holding(Role.COMMUNITY_ADMIN, ANOTHER_COMMUNITY)
    elsewhere = Actor(new_id(), {}, {"wuhan-wuchang": frozenset({Role.DISTRICT_ADMIN})})
    for actor in (foreign, elsewhere, NOBODY):
        with pytest.raises(NotFound):
            profile(world, li.member_id, actor)
    with world.directory.desk.engine.connect() as connection:
        assert reading.profiles(connection, ANOTHER_COMMUNITY, [li.member_id], foreign) == ()
        with pytest.raises(Forbidden):
            reading.profiles(connection, COMMUNITY, [li.member_id], foreign)


@pytest.mark.parametrize("member_id", ["", "x", "'; DROP TABLE people", NEIGHBOUR])
def test_there_is_no_such_member(world: World, member_id: str) -> None:
    with pytest.raises(NotFound):
        profile(world, member_id, world.admin)


def test_the_registrar_sees_whether_the_roll_knows_who_registered(world: World) -> None:
    world.directory.import_roll(COMMUNITY, ROLL, SYSTEM, replaces=0)
    claim = Tie(home_id=home(1, 1, "101"), owner=True)
    true = world.registered("li.guihua", claim=claim)
    other = world.registered("li.guihua.2", phone="13999999999", claim=claim)
    plain = world.registered("zhang.wei", "张伟")
    ids = sorted([true, other, plain])
    with world.directory.desk.engine.connect() as connection:
        told = reading.profiles(connection, COMMUNITY, ids, holding(Role.GRID_OFFICER))
        assert [each.id for each in told] == ids
        assert {each.id: each.in_roll for each in told} == {true: True, other: False, plain: None}
        assert {each.claim for each in told} == {claim, None}
        less = reading.profiles(connection, COMMUNITY, ids, holding(Role.PARTY_COMMITTEE))
        assert {(each.phone, each.login, each.in_roll) for each in less} == {(None, None, None)}
        with pytest.raises(Invalid):
            reading.profiles(connection, COMMUNITY, [new_id()] * (MOST_PROFILES + 1), holding(Role.GRID_OFFICER))
        with pytest.raises(NotFound):
            reading.profiles(connection, "wuhan-nowhere", ids, holding(Role.GRID_OFFICER, "wuhan-nowhere"))


def test_the_homes_of_an_entrance_come_in_order(world: World) -> None:
    entrance = next(row["entrance_id"] for row in world.all("homes") if row["id"] == home(2, 1, "101"))
    with world.directory.desk.engine.connect() as connection:
        found = reading.homes_of_entrance(connection, COMMUNITY, entrance)
        assert [each.name for each in found] == ["101", "102", "201", "202", "301", "302"]
        for wrong in (new_id(), "x", ""):
            with pytest.raises(NotFound):
                reading.homes_of_entrance(connection, COMMUNITY, wrong)
        with pytest.raises(NotFound):
            reading.homes_of_entrance(connection, DISTRICT, entrance)


def test_the_roll_is_read_page_by_page_by_those_who_may(world: World) -> None:
    with world.directory.desk.engine.connect() as connection, pytest.raises(NotFound, match="no roll yet"):
        reading.roll_page(connection, COMMUNITY, world.admin, "", 10)
    world.directory.import_roll(COMMUNITY, ROLL, SYSTEM, replaces=0)
    li = world.registered("li.guihua")
    owns = Tie(home_id=home(1, 1, "101"), owner=True)
    world.does(VerifyMember(community_id=COMMUNITY, member_id=li, home=owns), SYSTEM)
    with world.directory.desk.engine.connect() as connection:
        for role in Role:
            if role not in ROLL_READERS:
                with pytest.raises(Forbidden):
                    reading.roll_page(connection, COMMUNITY, holding(role), "", 10)
        after = ""
        entries: list[RollEntry] = []
        while True:
            page = reading.roll_page(connection, COMMUNITY, holding(Role.OWNERS_COMMITTEE), after, 2)
            entries += page.entries
            if page.next is None:
                break
            after = page.next
    assert len(entries) == len({entry.home_id for entry in entries}) == 5
    by_home = {entry.home: entry for entry in entries}
    mine = by_home["东立国际小区 1栋 1单元 101"]
    assert (mine.area, mine.owners[0].member_id, mine.owners[0].name) == (8935, li, "李桂华")
    assert {(owner.numerator, owner.denominator) for owner in by_home["东立国际小区 1栋 1单元 102"].owners} == {(1, 2)}
    assert by_home["东立国际小区 3栋 2单元 301"].owners[0].kind is OwnerKind.DEVELOPER
    assert by_home["东立国际小区 3栋 2单元 301"].owners[0].phone is None


@pytest.mark.parametrize("limit", [-5, 0, 10_000])
def test_a_page_has_a_limit_whatever_is_asked_for(world: World, limit: int) -> None:
    world.directory.import_roll(COMMUNITY, roll("1,1,101,80,A1,李桂华,,1,"), SYSTEM, replaces=0)
    with world.directory.desk.engine.connect() as connection:
        assert len(reading.roll_page(connection, COMMUNITY, world.admin, "no id", limit).entries) == 1

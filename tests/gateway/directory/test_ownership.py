"""Ownership in the store: the roll goes in and comes out, and links to members outlive a new roll where the owner does."""

from gateway.directory import ownership
from gateway.directory.contract import Tie
from gateway.directory.ownership import same_name
from gateway.directory.roll import owner_id
from services.actor import SYSTEM
from services.ids import new_id
from tests.gateway.directory.world import ROLL, World, home
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY


def test_a_roll_is_found_by_home_and_by_owner(world: World) -> None:
    world.directory.import_roll(COMMUNITY, ROLL, SYSTEM, replaces=0)
    with world.directory.desk.engine.connect() as connection:
        assert ownership.roll_version(connection, COMMUNITY) == 1
        assert ownership.roll_version(connection, ANOTHER_COMMUNITY) == 0
        owners = ownership.owners_of(connection, COMMUNITY, home(1, 1, "102"))
        assert {owner.name for owner in owners} == {"王强", "赵敏"}
        found = ownership.homes_of(connection, COMMUNITY, owner_id(COMMUNITY, "A1"))
        assert found == sorted([home(1, 1, "101"), home(2, 1, "201")])
        assert ownership.owners_of(connection, ANOTHER_COMMUNITY, home(1, 1, "102")) == []


def test_homes_are_known_by_their_ids(world: World) -> None:
    with world.directory.desk.engine.connect() as connection:
        assert len(ownership.home_ids(connection, COMMUNITY)) == 36
        assert ownership.home_ids(connection, ANOTHER_COMMUNITY) == frozenset()
        assert ownership.is_home(connection, COMMUNITY, home(1, 1, "101"))
        assert not ownership.is_home(connection, ANOTHER_COMMUNITY, home(1, 1, "101"))


def test_an_owner_is_linked_to_a_member_and_unlinked(world: World) -> None:
    world.directory.import_roll(COMMUNITY, ROLL, SYSTEM, replaces=0)
    member_id, store = new_id(), world.directory.desk.store
    with world.directory.desk.engine.begin() as connection:
        ownership.link_owners(connection, store, [(COMMUNITY, owner_id(COMMUNITY, "A1"), member_id)])
        both = frozenset({home(1, 1, "101"), home(2, 1, "201")})
        found = ownership.owning_members(connection, COMMUNITY)
        assert found == {owner_id(COMMUNITY, "A1"): (member_id, "李桂华", both)}
        ownership.unlink_members(connection, store, [(COMMUNITY, member_id)])
        assert ownership.owning_members(connection, COMMUNITY) == {}


def test_the_roll_knows_somebody_by_name_and_phone_together(world: World) -> None:
    world.directory.import_roll(COMMUNITY, ROLL, SYSTEM, replaces=0)
    claim = Tie(home_id=home(1, 1, "101"), owner=True)
    with world.directory.desk.engine.connect() as connection:
        for name, phone, known in (
            ("李桂华", "130-0000 0001", True),
            (" 李 桂华", "+86 13000000001", True),
            ("李桂华", "13000000009", False),
            ("王强", "13000000001", False),
        ):
            assert ownership.in_roll(connection, COMMUNITY, claim, name, phone) == known
        unsold = Tie(home_id=home(3, 2, "302"), owner=True)
        assert not ownership.in_roll(connection, COMMUNITY, unsold, "东立置业", "")


def test_names_are_the_same_to_a_reader() -> None:
    assert same_name("Wang Qiang", "wangqiang")
    assert not same_name("王强", "王 强强")

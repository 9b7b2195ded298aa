"""People in the store: found by id and by login, forgotten when they belong nowhere, passwords changed only from what was seen."""

import pytest

from gateway.directory import people
from gateway.directory.people import NewHash
from services.actor import Role
from services.errors import Conflict
from services.ids import new_id
from tests.gateway.directory.world import World
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, DISTRICT


def test_a_person_is_found_by_id_and_by_login(world: World) -> None:
    li = world.registered("li.guihua")
    with world.directory.desk.engine.connect() as connection:
        person = people.person_with(connection, "li.guihua")
        assert person is not None
        assert (person.id, person.name, person.community_id) == (li, "李桂华", COMMUNITY)
        assert people.person_of(connection, li) == person
        assert people.person_of(connection, new_id()) is None
        assert people.person_with(connection, "LI.GUIHUA") is None


def test_who_belongs_somewhere_is_not_forgotten(world: World) -> None:
    li, waiting = world.resident("li.guihua").member_id, world.registered("zhang.wei")
    with world.directory.desk.engine.begin() as connection:
        people.forget_people(connection, world.directory.desk.store, [li, waiting, new_id()])
        assert people.person_of(connection, li)
        assert people.person_of(connection, waiting)


def test_a_password_changes_only_from_the_one_that_was_seen(world: World) -> None:
    li, store = world.registered("li.guihua"), world.directory.desk.store
    with world.directory.desk.engine.begin() as connection:
        with pytest.raises(Conflict):
            people.set_passwords(connection, store, [NewHash(li, "$new", False, "$not this")])
        people.set_passwords(connection, store, [NewHash(li, "$new", True)])
        person = people.person_of(connection, li)
        assert person is not None
        assert (person.password_hash, person.handed_over) == ("$new", True)
        assert people.renew_hash(connection, li, "$new", "$newer")
        assert not people.renew_hash(connection, li, "$new", "$newest")


def test_what_somebody_is_and_where(world: World) -> None:
    li, waiting = world.resident("li.guihua").member_id, world.registered("zhang.wei")
    with world.directory.desk.engine.connect() as connection:
        assert people.is_verified(connection, li)
        assert not people.is_verified(connection, waiting)
        assert people.count_waiting(connection, COMMUNITY) == 1
        assert people.count_waiting(connection, ANOTHER_COMMUNITY) == 0
        assert people.belongs_elsewhere(connection, li, ANOTHER_COMMUNITY)
        assert not people.belongs_elsewhere(connection, li, COMMUNITY)
        assert people.membership_of(connection, COMMUNITY, li).roles == (Role.RESIDENT,)
        assert people.membership_of(connection, DISTRICT, li) is None
        assert people.is_district(connection, DISTRICT)
        assert not people.is_district(connection, COMMUNITY)
        assert people.other_admins(connection, DISTRICT, li)
        assert not people.other_admins(connection, DISTRICT, world.admin.member_id)

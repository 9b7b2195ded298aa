"""What people want is kept by the directory alone, for who sends the messages, and goes when they go."""

import pytest

from gateway.directory.contract import Channel, ChannelKind, NoticePreferences, Rejection, RejectMember
from gateway.directory.subscribers import preferences_of
from gateway.webhooks.guard import Guard
from services.actor import NOBODY, Role
from services.database import reading
from services.errors import Forbidden, Invalid, Refused
from services.ids import new_id
from services.wire import to_data
from tests.gateway.directory.world import World
from tests.shared.samples import COMMUNITY

EMAIL = Channel(kind=ChannelKind.EMAIL, address="li.guihua@example.com")
WANTED = NoticePreferences(channels=(EMAIL,), quiet_from=0)


def kept(world: World, *member_ids: str) -> dict[str, NoticePreferences]:
    with reading(world.directory.desk.engine) as connection:
        return preferences_of(connection, member_ids)


def test_what_somebody_wants_is_kept_whole_and_answered_masked(world: World) -> None:
    someone, another = world.resident("li.guihua"), world.resident("wang.wu")
    answer = world.directory.set_notice_preferences(WANTED, someone)
    assert answer["channels"] == [{"kind": "email", "address": "l***@example.com"}]
    assert kept(world, someone.member_id, another.member_id) == {someone.member_id: WANTED}
    assert to_data(world.directory.notice_preferences(someone)) == answer
    assert world.directory.notice_preferences(another) == NoticePreferences()


def test_nothing_of_it_is_told_to_anybody(world: World) -> None:
    someone = world.resident("li.guihua")
    before = world.events()
    world.directory.set_notice_preferences(WANTED, someone)
    assert world.events() == before
    for table in ("journal", "inbox"):
        assert EMAIL.address not in str(world.all(table))


def test_a_repeated_command_changes_nothing(world: World) -> None:
    someone, command_id = world.resident("li.guihua"), new_id()
    first = world.directory.set_notice_preferences(WANTED, someone, command_id=command_id)
    world.directory.set_notice_preferences(NoticePreferences(), someone)
    assert world.directory.set_notice_preferences(WANTED, someone, command_id=command_id) == first
    assert kept(world, someone.member_id) == {someone.member_id: NoticePreferences()}


def test_it_goes_with_the_person(world: World) -> None:
    member_id = world.registered("li.guihua")
    world.directory.set_notice_preferences(WANTED, world.actor(member_id))
    reject = RejectMember(community_id=COMMUNITY, member_id=member_id, reason=Rejection.TWICE)
    world.does(reject, world.official(Role.GRID_OFFICER))
    assert kept(world, member_id) == {}
    with pytest.raises(Forbidden):
        world.directory.notice_preferences(world.actor(member_id))


def test_only_a_person_has_wishes(world: World) -> None:
    for actor in (NOBODY, world.actor(new_id())):
        with pytest.raises(Forbidden):
            world.directory.set_notice_preferences(WANTED, actor)
        with pytest.raises(Forbidden):
            world.directory.notice_preferences(actor)


def test_bad_addresses_and_urls_that_lead_inside_are_refused(world: World) -> None:
    someone = world.resident("li.guihua")
    for url in ("http://127.0.0.1:8000/", "https://[::1]/", "http://169.254.169.254/"):
        hook = Channel(kind=ChannelKind.WEBHOOK, address=url)
        with pytest.raises(Refused):
            world.directory.set_notice_preferences(NoticePreferences(channels=(hook,)), someone)
    with pytest.raises(Invalid):
        world.directory.set_notice_preferences(
            NoticePreferences(channels=(Channel(kind=ChannelKind.SMS, address="12"),)), someone
        )
    assert kept(world, someone.member_id) == {}
    world.directory._guard = Guard(["127.0.0.0/8"])
    inside = Channel(kind=ChannelKind.WEBHOOK, address="http://127.0.0.1:8000/")
    world.directory.set_notice_preferences(NoticePreferences(channels=(inside,)), someone)
    assert kept(world, someone.member_id)[someone.member_id].channels == (inside,)

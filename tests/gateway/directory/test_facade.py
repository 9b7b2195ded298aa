"""The facade: a command is done once for each id, secrets are shown once and kept nowhere, defects are not hidden."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.directory.contract import (
    ChangePassword,
    CreateApiClient,
    ImportRoll,
    RegisterMember,
    SetParameter,
    VerifyMember,
)
from gateway.directory.facade import Directory
from gateway.directory.store import STORE
from services.actor import NOBODY, Role
from services.declare import EVENTS
from services.envelope import read_envelope
from services.errors import Conflict, Invalid, NotAuthenticated, NotFound
from services.ids import new_id
from services.journal import envelope_of
from services.schemas import load_tolerantly
from services.settings import read_settings
from services.wire import from_json
from tests.gateway.directory.world import PASSWORD, ROLL, World
from tests.shared.samples import COMMUNITY


def register(login: str = "li.guihua", password: str = PASSWORD) -> RegisterMember:
    return RegisterMember(community_id=COMMUNITY, login=login, name="李桂华", phone="13000000001", password=password)


def test_the_same_command_many_times_at_once_has_one_effect_and_equal_answers(world: World) -> None:
    command_id = new_id()
    with ThreadPoolExecutor(10) as threads:
        calls = [threads.submit(world.does, register(), NOBODY, command_id=command_id) for _ in range(20)]
        answers = [call.result() for call in calls]
    assert all(answer == answers[0] for answer in answers)
    assert world.events().count("member.registered") == 2


def test_every_event_can_be_read_by_those_who_hear_it(world: World) -> None:
    registered = world.does(register(), NOBODY)
    world.resident("zhang.wei")
    with world.directory.desk.engine.connect() as connection:
        rows = connection.execute(sa.select(STORE.table("journal"))).all()
    told = {row.id: read_envelope(envelope_of("directory", row).headers()) for row in rows}
    for row in rows:
        load_tolerantly(EVENTS[row.type].cls, from_json(row.data))
    mine = next(envelope for envelope in told.values() if envelope.subject == registered["id"])
    assert mine.actor == mine.member_id == registered["id"]


def test_an_id_that_was_used_for_another_command_is_a_conflict(world: World) -> None:
    command_id = new_id()
    world.does(register(), NOBODY, command_id=command_id)
    with pytest.raises(Conflict, match="another request"):
        world.does(register("wang.qiang"), NOBODY, command_id=command_id)


def test_a_repeated_change_of_the_password_is_answered_and_not_done_again(world: World) -> None:
    li, command_id = world.resident("li.guihua"), new_id()
    change = ChangePassword(community_id=COMMUNITY, old_password=PASSWORD, new_password="new-horse-2026")
    assert world.does(change, li, command_id=command_id) == world.does(change, li, command_id=command_id)
    assert world.events().count("password.changed") == 1


def test_a_key_is_shown_once(world: World) -> None:
    command_id, create = new_id(), CreateApiClient(community_id=COMMUNITY, label="物业工单系统")
    first = world.does(create, world.admin, command_id=command_id)
    again = world.does(create, world.admin, command_id=command_id)
    assert first["key"].startswith("sansan-")
    assert again == {"client": first["client"], "key": None}


def test_no_password_is_in_what_makes_two_requests_the_same(world: World) -> None:
    command_id = new_id()
    first = world.does(register(), NOBODY, command_id=command_id)
    assert world.does(register(password="another-horse-26"), NOBODY, command_id=command_id) == first
    world.logged_in("li.guihua")


def test_a_version_that_has_passed_is_a_conflict(world: World) -> None:
    member_id = world.registered("li.guihua")
    verify = VerifyMember(community_id=COMMUNITY, member_id=member_id)
    with pytest.raises(Conflict, match="version 1"):
        world.does(verify, world.admin, if_version=2)
    assert world.does(verify, world.admin, if_version=1)["version"] == 2


def test_a_new_number_counts_for_the_very_next_command(world: World) -> None:
    def waiting(value: int) -> dict[str, Any]:
        day = world.clock().date()
        return world.does(
            SetParameter(community_id=COMMUNITY, name="directory.most_waiting", day=day, value=value), world.admin
        )

    waiting(100)
    for number in range(10):
        world.registered(f"login.{number}")
    waiting(10)
    with pytest.raises(Exception, match="too many registrations"):
        world.registered("login.10")


def test_a_roll_comes_by_its_own_way(world: World) -> None:
    with pytest.raises(Invalid, match="CSV"):
        world.does(ImportRoll(community_id=COMMUNITY, replaces=0, sha256="0" * 64), world.admin)
    command_id = new_id()
    first = world.directory.import_roll(COMMUNITY, ROLL, world.admin, replaces=0, command_id=command_id)
    assert world.directory.import_roll(COMMUNITY, ROLL, world.admin, replaces=0, command_id=command_id) == first


def test_what_is_told_goes_only_to_those_with_a_right_to_it(world: World) -> None:
    li = world.resident("li.guihua")
    assert world.directory.profile(li.member_id, li).phone == "13000000001"
    assert world.directory.profiles(COMMUNITY, [li.member_id], world.official(Role.GRID_OFFICER))[0].name == "李桂华"
    entrance = world.all("homes")[0]["entrance_id"]
    assert [each.name for each in world.directory.homes(COMMUNITY, entrance)] == [
        "101",
        "102",
        "201",
        "202",
        "301",
        "302",
    ]
    world.directory.import_roll(COMMUNITY, ROLL, world.admin, replaces=0)
    assert len(world.directory.roll(COMMUNITY, world.admin).entries) == 5


def test_a_defect_is_raised_and_nothing_stays(world: World) -> None:
    with world.directory.desk.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE people"))
    with pytest.raises(sa.exc.DBAPIError):
        world.does(register(), NOBODY)
    assert world.events().count("member.registered") == 1


def test_it_opens_with_the_settings(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANSAN_DATA_DIRECTORY", str(tmp_path))
    monkeypatch.delenv("SANSAN_DATABASE_URL", raising=False)
    (tmp_path / "data").mkdir()
    directory = Directory.open(read_settings())
    assert len(directory.keys.public()["keys"]) == 1
    directory.close()


def test_nobody_in_particular_is_nobody(world: World) -> None:
    with pytest.raises(NotFound):
        world.directory.profile("", NOBODY)
    with pytest.raises(NotAuthenticated):
        world.directory.refresh("")

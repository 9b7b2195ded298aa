"""Log-in: one answer for everything that is wrong, slower and slower for those who guess, open for those who know."""

import pytest
import sqlalchemy as sa

from gateway.directory import guessing, passwords
from gateway.directory.answers import TooManyAttempts
from gateway.directory.contract import ChangePassword, CreateApiClient, EnrolMember, RegisterMember, RevokeApiClient
from gateway.directory.store import people
from services.actor import NOBODY, SYSTEM, Actor, Role
from services.errors import Forbidden, Invalid, NotAuthenticated
from tests.gateway.directory.world import PASSWORD, World
from tests.shared.samples import COMMUNITY


def guess(
    world: World, login: str = "district.admin", source: str = "10.6.6.6", password: str = "wrong"
) -> NotAuthenticated:
    with pytest.raises(NotAuthenticated) as refused:
        world.directory.log_in(login, password, source)
    return refused.value


def test_who_knows_the_password_comes_in(world: World) -> None:
    session = world.directory.log_in("district.admin", PASSWORD, "10.0.0.1")
    assert session.token_type == "Bearer"
    assert session.expires_in == 600
    assert session.refresh_expires_in == 30 * 86_400
    assert not session.change_password
    assert world.verifier.verify(session.access_token, world.clock()).member_id == session.member_id


def test_everything_that_is_wrong_is_answered_with_the_same_words(world: World) -> None:
    answers = [
        guess(world),
        guess(world, "nobody.here"),
        guess(world, "", password=""),
        guess(world, "x" * 200, password="y" * 1000),
        guess(world, "district.admin'--"),
    ]
    assert len({str(answer.to_wire()) for answer in answers}) == 1
    assert type(answers[0]) is NotAuthenticated


def test_guessing_at_a_login_is_slowed_down_whether_anybody_has_it_or_not(world: World) -> None:
    waits = []
    for login in ("district.admin", "nobody.here"):
        for number in range(5):
            guess(world, login, f"10.6.{number}.1")
        slow = guess(world, login, "10.6.6.6", PASSWORD)
        assert isinstance(slow, TooManyAttempts)
        waits.append(slow.retry_after_seconds)
    assert waits[0] == waits[1] == 2


def test_after_the_wait_the_right_password_opens_and_the_count_begins_anew(world: World) -> None:
    for _ in range(5):
        guess(world)
    world.clock.forward(seconds=2)
    world.directory.log_in("district.admin", PASSWORD, "10.0.0.2")
    for _ in range(5):
        assert not isinstance(guess(world), TooManyAttempts)


def test_who_guesses_from_elsewhere_does_not_lock_out_who_is_logged_in(world: World) -> None:
    world.directory.log_in("district.admin", PASSWORD, "10.0.0.1")
    for _ in range(6):
        guess(world, source="10.6.6.6")
    assert isinstance(guess(world, source="10.6.6.7"), TooManyAttempts)
    world.directory.log_in("district.admin", PASSWORD, "10.0.0.1")
    assert isinstance(guess(world, source="10.6.6.7"), TooManyAttempts)


def test_one_source_that_guesses_at_many_logins_is_slowed_down(world: World) -> None:
    source = {guessing.name_of("source", "10.6.6.6"): guessing.SOURCE}
    for _ in range(48):
        with world.directory.desk.engine.begin() as connection:
            guessing.count(connection, source, world.clock())
    for login in ("login.1", "login.2"):
        assert not isinstance(guess(world, login), TooManyAttempts)
    assert isinstance(guess(world, "district.admin", password=PASSWORD), TooManyAttempts)
    world.directory.log_in("district.admin", PASSWORD, "10.0.0.1")


def test_an_outdated_hash_is_renewed_when_its_owner_comes_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = world.all("people")[0]["password_hash"]
    with monkeypatch.context() as patched:
        patched.setattr(passwords, "is_outdated", lambda kept: True)
        world.directory.log_in("district.admin", PASSWORD, "10.0.0.1")
    assert world.all("people")[0]["password_hash"] != before
    world.directory.log_in("district.admin", PASSWORD, "10.0.0.1")


def test_a_refreshed_session_tells_of_roles_as_they_are_now(world: World) -> None:
    session = world.directory.log_in("district.admin", PASSWORD, "10.0.0.1")
    with world.directory.desk.engine.begin() as connection:
        connection.execute(sa.text("UPDATE members SET roles = '[]'"))
    following = world.directory.refresh(session.refresh_token)
    assert world.verifier.verify(following.access_token, world.clock()).districts == {}
    with pytest.raises(NotAuthenticated, match="ended"):
        world.directory.refresh(session.refresh_token)
    with pytest.raises(NotAuthenticated, match="ended"):
        world.directory.refresh(following.refresh_token)


def test_who_logged_out_is_out(world: World) -> None:
    session = world.directory.log_in("district.admin", PASSWORD, "10.0.0.1")
    world.directory.log_out(session.refresh_token)
    world.directory.log_out("nonsense")
    with pytest.raises(NotAuthenticated):
        world.directory.refresh(session.refresh_token)


def test_a_handed_over_password_proves_no_role_until_it_is_changed(world: World) -> None:
    enrol = EnrolMember(community_id=COMMUNITY, login="sun.yuzhen", name="孙玉珍", phone="13000000002")
    enrolled = world.does(enrol, SYSTEM)
    with world.directory.desk.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE members SET roles = '[\"grid_officer\"]' WHERE community_id = 'wuhan-caochang'")
        )
    session = world.directory.log_in("sun.yuzhen", enrolled["password"], "10.0.0.1")
    assert session.change_password
    actor = world.verifier.verify(session.access_token, world.clock())
    assert (actor.roles, actor.districts) == ({}, {})
    change = ChangePassword(community_id=COMMUNITY, old_password=enrolled["password"], new_password="new-horse-2026")
    world.does(change, actor)
    with pytest.raises(NotAuthenticated):
        world.directory.refresh(session.refresh_token)
    session = world.directory.log_in("sun.yuzhen", "new-horse-2026", "10.0.0.1")
    assert not session.change_password
    assert world.verifier.verify(session.access_token, world.clock()).roles[COMMUNITY] == {Role.GRID_OFFICER}


def test_the_old_password_is_asked_for_and_guessing_it_is_slowed_down(world: World) -> None:
    li = world.resident("li.guihua")

    def change(old: str, new: str = "new-horse-2026") -> ChangePassword:
        return ChangePassword(community_id=COMMUNITY, old_password=old, new_password=new)

    for _ in range(5):
        with pytest.raises(Forbidden, match="old password"):
            world.does(change("wrong"), li, source="10.0.0.1")
    with pytest.raises(TooManyAttempts):
        world.does(change(PASSWORD), li, source="10.0.0.1")
    world.clock.forward(seconds=2)
    with pytest.raises(Invalid):
        world.does(change(PASSWORD, "li.guihua1"), li, source="10.0.0.1")
    world.does(change(PASSWORD), li, source="10.0.0.1")
    world.logged_in("li.guihua", "new-horse-2026")


@pytest.mark.parametrize("actor", [NOBODY, SYSTEM, Actor("00000000-0000-0000-0000-000000000009")])
def test_who_is_no_person_has_no_password_to_change(world: World, actor: Actor) -> None:
    change = ChangePassword(community_id=COMMUNITY, old_password=PASSWORD, new_password="new-horse-2026")
    with pytest.raises(NotAuthenticated):
        world.does(change, actor)


def test_registering_again_and_again_from_one_source_is_slowed_down(world: World) -> None:
    def register(number: int) -> None:
        command = RegisterMember(
            community_id=COMMUNITY, login=f"login.{number}", name="李桂华", phone="13000000001", password=PASSWORD
        )
        world.does(command, NOBODY, source="10.6.6.6")

    for number in range(30):
        register(number)
    with pytest.raises(TooManyAttempts):
        register(30)
    assert len(world.all("people")) == 31


def test_an_api_client_comes_in_by_its_key_until_that_is_revoked(world: World) -> None:
    made = world.does(CreateApiClient(community_id=COMMUNITY, label="物业工单系统"), world.admin)
    key, client_id = made["key"], made["client"]["id"]
    session = world.directory.client_token(key)
    actor = world.verifier.verify(session.access_token, world.clock())
    assert (actor.kind, actor.member_id) == ("client", client_id)
    assert actor.roles == {COMMUNITY: {Role.PROPERTY_SYSTEM}}
    assert key.partition(".")[2] not in str(world.all("api_clients")) + str(world.all("inbox")) + str(
        world.all("journal")
    )
    for wrong in (
        "",
        "sansan-",
        "sansan-x.y",
        key + "x",
        key[:-1],
        f"sansan-{'0' * 32}.{key.partition('.')[2]}",
        "é" * 200,
    ):
        with pytest.raises(NotAuthenticated):
            world.directory.client_token(wrong)
    world.does(RevokeApiClient(community_id=COMMUNITY, client_id=client_id), world.admin)
    with pytest.raises(NotAuthenticated):
        world.directory.client_token(key)


def test_passwords_are_kept_only_as_slow_hashes(world: World) -> None:
    world.registered("li.guihua")
    everything = "".join(str(world.all(name)) for name in ("people", "inbox", "journal", "sessions", "due"))
    assert PASSWORD not in everything
    assert all(row["password_hash"].startswith("$argon2id$") for row in world.all("people"))
    assert "password_hash" in people.c

"""A member: each move from each state by each role, as the table says and not otherwise; homes and roles go together."""

from itertools import product

import pytest

from gateway.directory.contract import MemberStatus, Rejection, Tie
from gateway.directory.member import MOST_HOMES, Here, Member
from services.actor import SYSTEM, Actor, Role
from services.errors import Forbidden, Refused, SansanError
from services.ids import derived_id
from tests.shared.samples import COMMUNITY, NOON, OFFICER, REPORTER, moment

HOME, ANOTHER = derived_id("home", "1"), derived_id("home", "2")
OWNS, LIVES = Tie(home_id=HOME, owner=True), Tie(home_id=ANOTHER, owner=False)
REGISTRARS = {Role.GRID_OFFICER, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN}


def here(*roles: Role, by: Actor | None = None) -> Here:
    return Here(by or Actor(OFFICER), frozenset(roles), moment())


def member(status: MemberStatus = MemberStatus.REGISTERED, **changed: object) -> Member:
    made = Member(COMMUNITY, REPORTER, 3, status, (), (), LIVES, False, NOON, NOON)
    for name, thing in changed.items():
        setattr(made, name, thing)
    return made


def test_anybody_registers_and_holds_nothing_by_it() -> None:
    made, registered = Member.begin("register", COMMUNITY, REPORTER, LIVES, here(by=Actor("", kind="nobody")))
    assert (made.status, made.roles, made.homes, made.version) == (MemberStatus.REGISTERED, (), (), 1)
    assert registered.member == made.state()


@pytest.mark.parametrize("role", Role)
def test_only_registrars_enrol(role: Role) -> None:
    if role in REGISTRARS:
        assert Member.begin("enrol", COMMUNITY, REPORTER, None, here(role))[0].status is MemberStatus.VERIFIED
    else:
        with pytest.raises(Forbidden):
            Member.begin("enrol", COMMUNITY, REPORTER, None, here(role))


@pytest.mark.parametrize(("role", "status"), list(product(Role, MemberStatus)))
def test_verification_by_whom_and_of_whom(role: Role, status: MemberStatus) -> None:
    one = member(status)
    if role in REGISTRARS and status is not MemberStatus.EXPIRED:
        one.verify([LIVES], LIVES, here(role))
        assert (one.status, one.roles, one.homes, one.claim) == (
            MemberStatus.VERIFIED, (Role.RESIDENT,), (LIVES,), None,
        )  # fmt: skip
        return
    with pytest.raises(SansanError) as refused:
        one.verify([LIVES], LIVES, here(role))
    assert refused.value.clause == "籍-3"
    assert (one.status, one.version, one.homes) == (status, 3, ())


@pytest.mark.parametrize(("role", "status"), list(product(Role, MemberStatus)))
def test_rejection_by_whom_and_of_whom(role: Role, status: MemberStatus) -> None:
    one = member(status)
    if role in REGISTRARS and status is MemberStatus.REGISTERED:
        assert one.reject(Rejection.WRONG_HOME, here(role)).member.status is MemberStatus.REJECTED
    else:
        with pytest.raises(SansanError):
            one.reject(Rejection.WRONG_HOME, here(role))


@pytest.mark.parametrize("status", MemberStatus)
def test_only_the_system_lets_only_a_registration_expire(status: MemberStatus) -> None:
    with pytest.raises(Forbidden):
        member(status).expire(here(Role.DISTRICT_ADMIN))
    if status is MemberStatus.REGISTERED:
        assert member(status).expire(here(by=SYSTEM)).member.status is MemberStatus.EXPIRED
    else:
        with pytest.raises(Refused):
            member(status).expire(here(by=SYSTEM))


def test_nobody_verifies_themselves() -> None:
    with pytest.raises(Refused, match="themselves"):
        member(roles=(Role.GRID_OFFICER,)).verify([OWNS], OWNS, here(Role.GRID_OFFICER, by=Actor(REPORTER)))


def test_owning_counts_more_than_living_in_the_same_home() -> None:
    one = member(MemberStatus.VERIFIED, homes=(Tie(home_id=HOME, owner=False),), roles=(Role.RESIDENT,))
    one.verify([OWNS], OWNS, here(Role.GRID_OFFICER))
    assert one.homes == (OWNS,)
    one.verify([Tie(home_id=HOME, owner=False)], None, here(Role.GRID_OFFICER))
    assert one.homes == (OWNS,)
    assert one.roles == (Role.OWNER, Role.RESIDENT)


def test_there_is_a_limit_on_homes() -> None:
    ties = [Tie(home_id=derived_id("home", str(number)), owner=True) for number in range(MOST_HOMES + 1)]
    with pytest.raises(Refused, match="at most"):
        member().verify(ties, None, here(Role.GRID_OFFICER))


def test_a_role_is_given_once_and_taken_once() -> None:
    one = member(MemberStatus.VERIFIED, homes=(OWNS,), roles=(Role.OWNER,))
    granted = one.grant(Role.OWNERS_COMMITTEE, here(Role.COMMUNITY_ADMIN))
    assert granted.member.roles == (Role.OWNER, Role.OWNERS_COMMITTEE)
    assert granted.member.version == 4
    with pytest.raises(Refused, match="already"):
        one.grant(Role.OWNERS_COMMITTEE, here(Role.COMMUNITY_ADMIN))
    one.revoke(Role.OWNERS_COMMITTEE, here(by=Actor(REPORTER)))
    with pytest.raises(Refused, match="does not hold"):
        one.revoke(Role.OWNERS_COMMITTEE, here(by=Actor(REPORTER)))


def test_with_the_owner_goes_what_rests_on_owning() -> None:
    roles = (Role.BUILDING_LEADER, Role.GRID_OFFICER, Role.OWNER, Role.OWNERS_COMMITTEE)
    one = member(MemberStatus.VERIFIED, homes=(OWNS,), roles=roles)
    one.revoke(Role.OWNER, here(Role.GRID_OFFICER))
    assert list(one.homes) == []
    assert list(one.roles) == [Role.GRID_OFFICER]


def test_a_new_roll_changes_what_is_owned_and_nothing_else() -> None:
    one = member(MemberStatus.VERIFIED, homes=(OWNS, LIVES), roles=(Role.OWNER, Role.OWNERS_COMMITTEE, Role.RESIDENT))
    changed = one.own(gained=[ANOTHER], lost=[HOME], at=NOON)
    assert one.homes == (Tie(home_id=ANOTHER, owner=True),)
    assert one.roles == (Role.OWNER, Role.OWNERS_COMMITTEE, Role.RESIDENT)
    assert (changed.gained, changed.lost) == ((ANOTHER,), (HOME,))
    one.own(gained=[], lost=[ANOTHER], at=NOON)
    assert list(one.homes) == []
    assert list(one.roles) == [Role.RESIDENT]


def test_an_expired_registration_can_be_renewed() -> None:
    one = member(MemberStatus.EXPIRED)
    assert one.join_again(OWNS, here(by=Actor(REPORTER))).member.claim == OWNS
    assert one.status is MemberStatus.REGISTERED
    with pytest.raises(Refused):
        one.join_again(OWNS, here(by=Actor(REPORTER)))


def test_a_change_of_the_password_is_told_with_a_new_version() -> None:
    changed = member().password_changed(NOON, reset=True)
    assert (changed.reset, changed.member.version) == (True, 4)

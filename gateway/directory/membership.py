"""What the directory does with members: one function for each command about people and their roles."""

from datetime import timedelta
from typing import Any

from gateway.directory import ownership, people
from gateway.directory.contract import (
    ChangePassword,
    EnrolMember,
    GrantRole,
    JoinCommunity,
    MemberState,
    NewPassword,
    RegisterMember,
    RejectMember,
    ResetPassword,
    RevokeRole,
    Tie,
    VerifyMember,
)
from gateway.directory.given import Given, here_of
from gateway.directory.member import Here, Member
from gateway.directory.people import KnownPerson, NewHash
from gateway.directory.policy import MOST_WAITING, REGISTRATION_DAYS, permit_reset
from services.actor import NOBODY, Role
from services.errors import Conflict, Forbidden, NotFound, Refused
from services.ids import new_id
from services.schedule import Due
from services.work import Work

EXPIRY = "expire_registration"


def register_member(work: Work, command: RegisterMember, given: Given) -> MemberState:
    """Begin a registration that waits for somebody of the community; after some days it is forgotten.

    Whoever nobody knows yet acts under the id that they get by this.
    """
    here = here_of(work)
    _check_claim(work, here, command.claim)
    id_ = work.actor.member_id if work.actor.kind == NOBODY.kind else new_id()
    member = new_member(work, "register", command.claim, here, id_)
    keep_person(work, member.id, command, given.secret_hash, handed_over=False)
    work.schedule(EXPIRY, member.id, work.now + timedelta(days=here.at.value(REGISTRATION_DAYS)))
    return member.state()


def enrol_member(work: Work, command: EnrolMember, given: Given) -> NewPassword:
    """Register somebody whom one has seen; the password is shown once and is to be changed."""
    member = new_member(work, "enrol", None, here_of(work))
    keep_person(work, member.id, command, given.secret_hash, handed_over=True)
    return NewPassword(member=member.state())


def join_community(work: Work, command: JoinCommunity, given: Given) -> MemberState:
    """Ask to be a member here, too."""
    here = here_of(work)
    if work.actor.kind != "member" or here.in_district:
        raise Forbidden("only a person can join a community", "只有个人可以加入社区", "籍-1")
    _check_claim(work, here, command.claim)
    member = work.find(Member, work.actor.member_id)
    if member is None:
        member = new_member(work, "register", command.claim, here, work.actor.member_id)
    else:
        work.record(member.join_again(command.claim, here))
    work.schedule(EXPIRY, member.id, work.now + timedelta(days=here.at.value(REGISTRATION_DAYS)))
    return member.state()


def verify_member(work: Work, command: VerifyMember, given: Given) -> MemberState:
    """Confirm who somebody is, and the home that ties them to the community; an owner must stand in the roll."""
    here = here_of(work)
    member = work.load(Member, command.member_id)
    person = people.person_of(work.connection, command.member_id)
    if person is None:
        raise Refused("this registration was deleted; register anew", "该注册信息已删除,请重新注册", "籍-3")
    ties: list[Tie] = []
    if command.home is not None:
        ties = _ties(work, command.home, person) if command.home.owner else [_known(work, command.home)]
    work.record(member.verify(ties, command.home, here))
    return member.state()


def reject_member(work: Work, command: RejectMember, given: Given) -> MemberState:
    """Turn a registration down; name and phone go unless the person belongs to another community."""
    member = work.load(Member, command.member_id)
    work.record(member.reject(command.reason, here_of(work)))
    work.stage(people.forget_people, member.id)
    return member.state()


def grant_role(work: Work, command: GrantRole, given: Given) -> MemberState:
    """Give a role; somebody who is verified elsewhere becomes a member here by it."""
    here = here_of(work)
    member = work.find(Member, command.member_id)
    if member is None:
        if not people.is_verified(work.connection, command.member_id):
            raise NotFound("there is no such member", "没有该成员")
        member = new_member(work, "enrol", None, here, command.member_id)
    work.record(member.grant(command.role, here))
    return member.state()


def revoke_role(work: Work, command: RevokeRole, given: Given) -> MemberState:
    """Take a role, or lay it down; a district keeps at least one admin."""
    member = work.load(Member, command.member_id)
    work.record(member.revoke(command.role, here_of(work)))
    if command.role is Role.DISTRICT_ADMIN and not people.other_admins(work.connection, work.community_id, member.id):
        raise Refused("a district keeps at least one admin", "区管理员至少保留一人", "权-8")
    if command.role is Role.OWNER:
        work.stage(ownership.unlink_members, (work.community_id, member.id))
    return member.state()


def change_password(work: Work, command: ChangePassword, given: Given) -> MemberState:
    """Change one's own password; the old one was checked before."""
    member = work.load(Member, work.actor.member_id)
    work.stage(people.set_passwords, NewHash(member.id, given.secret_hash, False, given.seen_hash))
    work.record(member.password_changed(work.now, reset=False))
    return member.state()


def reset_password(work: Work, command: ResetPassword, given: Given) -> NewPassword:
    """Give a member a password to be changed."""
    here = here_of(work)
    member = work.load(Member, command.member_id)
    elsewhere = people.belongs_elsewhere(work.connection, member.id, work.community_id)
    permit_reset(member, elsewhere, work.actor, here.held, here.in_district)
    if people.person_of(work.connection, member.id) is None:
        raise Refused("this registration was deleted; register anew", "该注册信息已删除,请重新注册", "号-3")
    work.stage(people.set_passwords, NewHash(member.id, given.secret_hash, True))
    work.record(member.password_changed(work.now, reset=True))
    return NewPassword(member=member.state())


def expire_registration(work: Work, due: Due) -> None:
    """Forget a registration that nobody verified; refused, and so passed over, where somebody did."""
    member = work.load(Member, due.subject)
    work.record(member.expire(here_of(work)))
    work.stage(people.forget_people, member.id)


def new_member(work: Work, move: str, claim: Tie | None, here: Here, id_: str = "") -> Member:
    """A membership that begins here, for somebody new or for the person of an id."""
    member, registered = Member.begin(move, work.community_id, id_ or new_id(), claim, here)
    work.add(member)
    work.record(registered)
    return member


def keep_person(work: Work, member_id: str, told: Any, password_hash: str, handed_over: bool) -> None:
    """Keep what a command tells of a person. Errors: Conflict for a login that somebody has."""
    if people.person_with(work.connection, told.login):
        raise Conflict("somebody has this login already", "该登录名已被使用")
    person = KnownPerson(
        work.community_id, member_id, told.login, told.name.strip(), told.phone, password_hash, handed_over, work.now
    )
    work.stage(people.add_people, person)


def _check_claim(work: Work, here: Here, claim: Tie | None) -> None:
    if here.in_district:
        raise NotFound("there is no such community", "没有此社区")
    if claim is not None:
        _known(work, claim)
    if people.count_waiting(work.connection, work.community_id) >= here.at.value(MOST_WAITING):
        raise Refused("too many registrations wait already; come back later", "待核实的注册过多,请稍后再试", "籍-6")


def _known(work: Work, tie: Tie) -> Tie:
    if not ownership.is_home(work.connection, work.community_id, tie.home_id):
        raise Refused("there is no such home in this community", "本社区没有这一户", "籍-1")
    return tie


def _ties(work: Work, home: Tie, person: KnownPerson) -> list[Tie]:
    """Every home of the owner whom the roll names for this one (册-4). Errors: Refused when it does not name them."""
    _known(work, home)
    named = ownership.owners_of(work.connection, work.community_id, home.home_id)
    same = [owner for owner in named if ownership.same_name(owner.name, person.name)]
    free = [owner for owner in same if owner.member_id in (None, person.id)]
    if not free:
        taken = Refused("another member is known as this owner already", "该业主已由另一成员认领", "册-4")
        absent = Refused("the roll does not name this person for this home", "名册中该户业主不是此人", "册-4")
        raise taken if same else absent
    work.stage(ownership.link_owners, (work.community_id, free[0].id, person.id))
    return [
        Tie(home_id=home_id, owner=True)
        for home_id in ownership.homes_of(work.connection, work.community_id, free[0].id)
    ]

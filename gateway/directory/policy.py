"""The clauses of membership (籍), roles (权), the roll (册) and log-in (号): who may do what with whom, and the numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from gateway.directory.contract import (
    ADMINS,
    ANYBODY,
    DISTRICT_ADMINS,
    LOGGED_IN,
    REGISTRARS,
    MemberStatus,
    Tie,
    officials,
)
from services.actor import ROLE_LABELS, THE_SYSTEM, Actor, Role, Who, holders
from services.errors import Forbidden, Refused, Words
from services.lifecycle import Move
from services.parameters import Parameter

REGISTRATION_DAYS = Parameter(
    name="directory.registration_days",
    en="days in which a registration must be verified; after them its name and phone are deleted",
    zh="注册待核实的天数,逾期删除姓名和电话",
    unit="days",
    clause="籍-5",
    values={date(2022, 5, 1): 30},
    least=1,
    most=90,
)

MOST_WAITING = Parameter(
    name="directory.most_waiting",
    en="registrations that may wait for verification at the same time",
    zh="同时等待核实的注册数上限",
    unit="members",
    clause="籍-6",
    values={date(2022, 5, 1): 3000},
    least=10,
    most=100_000,
)

PARAMETERS = (REGISTRATION_DAYS, MOST_WAITING)


class AMember(Protocol):
    """What the checks read of a member."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> MemberStatus: ...
    @property
    def roles(self) -> tuple[Role, ...]: ...
    @property
    def homes(self) -> tuple[Tie, ...]: ...


LIFECYCLE = (
    #    move         by          from                    to                       clause
    Move("register",  ANYBODY,    None,                   MemberStatus.REGISTERED, "籍-1"),
    Move("enrol",     REGISTRARS, None,                   MemberStatus.VERIFIED,   "籍-2"),
    Move("join",      LOGGED_IN,  MemberStatus.EXPIRED,   MemberStatus.REGISTERED, "籍-1"),
    Move("verify",    REGISTRARS, (MemberStatus.REGISTERED, MemberStatus.VERIFIED, MemberStatus.REJECTED),
         MemberStatus.VERIFIED, "籍-3"),
    Move("reject",    REGISTRARS, MemberStatus.REGISTERED, MemberStatus.REJECTED,  "籍-4"),
    Move("expire",    THE_SYSTEM, MemberStatus.REGISTERED, MemberStatus.EXPIRED,   "籍-5"),
)  # fmt: skip


def is_an_owner(member: AMember) -> Words | None:
    """权-5: the owners' committee consists of owners."""
    if not any(tie.owner for tie in member.homes):
        return Words(
            "only an owner who stands in the roll can be on the owners' committee", "业委会成员须为名册所载业主"
        )
    return None


def lives_or_owns_here(member: AMember) -> Words | None:
    """权-2: a building leader is a neighbour."""
    return None if member.homes else Words("a building leader must live or own here", "楼栋长须为本社区居民或业主")


@dataclass(frozen=True)
class Grant:
    """One row of the table of roles: who gives it, who takes it, under which clause, only to whom."""

    role: Role
    given_by: Who | None
    taken_by: Who
    clause: str
    only_if: tuple[Callable[[AMember], Words | None], ...] = ()
    in_district: bool = False


MANAGERS = officials(Role.PROPERTY_MANAGER, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN)

GRANTS = (
    #     role                    given by         taken by         clause  only if
    Grant(Role.RESIDENT,          None,            REGISTRARS,      "权-1"),   # given by verification of a home
    Grant(Role.OWNER,             None,            REGISTRARS,      "权-1"),   # given by verification against the roll
    Grant(Role.BUILDING_LEADER,   REGISTRARS,      REGISTRARS,      "权-2", (lives_or_owns_here,)),
    Grant(Role.PROPERTY_STEWARD,  MANAGERS,        MANAGERS,        "权-3"),
    Grant(Role.GRID_OFFICER,      ADMINS,          ADMINS,          "权-4"),
    Grant(Role.OWNERS_COMMITTEE,  ADMINS,          ADMINS,          "权-5", (is_an_owner,)),
    Grant(Role.PARTY_COMMITTEE,   ADMINS,          ADMINS,          "权-6"),
    Grant(Role.PROPERTY_MANAGER,  ADMINS,          ADMINS,          "权-6"),
    Grant(Role.COMMUNITY_ADMIN,   DISTRICT_ADMINS, DISTRICT_ADMINS, "权-7"),
    Grant(Role.DISTRICT_ADMIN,    DISTRICT_ADMINS, DISTRICT_ADMINS, "权-8", (), True),
)  # fmt: skip


def permit_grant(role: Role, member: AMember, by: Actor, held: frozenset[Role], in_district: bool) -> None:
    """权-1 to 权-9: whether this actor may give the member this role here.

    Errors: Forbidden for the wrong person, Refused for the wrong role or member, each naming the clause.
    """
    grant = _grant_of(role, in_district)
    label = ROLE_LABELS[role]
    if grant.given_by is None:
        raise Refused(
            f"{label[0]} comes with the verification of a home", f"{label[1]}身份须经核实房屋取得", grant.clause
        )
    if not grant.given_by.allows(by, held):
        raise _only(grant.given_by, grant.clause)
    if by.member_id == member.id:
        raise Forbidden("nobody gives a role to themselves", "任何人不得授予自己角色", "权-9")
    if member.status is not MemberStatus.VERIFIED:
        raise Refused("only a verified member can hold a role", "须先核实身份才能授予角色", "籍-3")
    for check in grant.only_if:
        if reason := check(member):
            raise Refused.because(reason, grant.clause)


def permit_revocation(role: Role, member: AMember, by: Actor, held: frozenset[Role], in_district: bool) -> None:
    """权-1 to 权-8: whether this actor may take the role; everybody may lay down their own (权-10)."""
    grant = _grant_of(role, in_district)
    if by.member_id != member.id and not grant.taken_by.allows(by, held):
        raise _only(grant.taken_by, grant.clause)


def permit_reset(member: AMember, elsewhere: bool, by: Actor, held: frozenset[Role], in_district: bool) -> None:
    """号-3: only who could take every role of a member may give them a new password, or it would be a way to their roles."""
    if by.member_id == member.id:
        raise Refused("change your own password with the old one", "修改自己的密码请提供原密码", "号-3")
    if elsewhere and not by.is_system:
        raise Refused(
            "this member belongs to other communities too; ask the operator",
            "该成员还属于其他社区,请联系运维人员",
            "号-3",
        )
    if not REGISTRARS.allows(by, held):
        raise _only(REGISTRARS, "号-3")
    for role in member.roles:
        permit_revocation(role, member, by, held, in_district)


def _grant_of(role: Role, in_district: bool) -> Grant:
    found = next((grant for grant in GRANTS if grant.role is role and grant.in_district == in_district), None)
    if found is None:
        raise Refused("this role is not held by a person here", "此处不能授予该角色", "权-8")
    return found


def _only(who: Who, clause: str) -> Forbidden:
    return Forbidden(f"only {who.en} may do this here", f"只有{who.zh}可以进行此操作", clause)


NAMES_FOR = holders(
    Role.GRID_OFFICER,
    Role.BUILDING_LEADER,
    Role.PROPERTY_STEWARD,
    Role.PROPERTY_MANAGER,
    Role.PARTY_COMMITTEE,
    Role.OWNERS_COMMITTEE,
    Role.COMMUNITY_ADMIN,
    Role.DISTRICT_ADMIN,
)
"""籍-7: who may know the names of a community's members."""

PHONES_FOR = holders(Role.GRID_OFFICER, Role.PROPERTY_STEWARD, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN)
"""籍-8: who may know their phones too."""

ROLL_FOR = holders(Role.OWNERS_COMMITTEE, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN)
"""册-6: who may read the owners' roll."""

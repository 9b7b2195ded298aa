"""Who acts: a member, an API client or the system itself, with the roles that a signed token proves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a person is in a community (or, for the last one, in a district)."""

    RESIDENT = "resident"
    OWNER = "owner"
    GRID_OFFICER = "grid_officer"
    BUILDING_LEADER = "building_leader"
    PROPERTY_STEWARD = "property_steward"
    PROPERTY_MANAGER = "property_manager"
    PROPERTY_SYSTEM = "property_system"
    PARTY_COMMITTEE = "party_committee"
    OWNERS_COMMITTEE = "owners_committee"
    COMMUNITY_ADMIN = "community_admin"
    DISTRICT_ADMIN = "district_admin"


ROLE_LABELS: Mapping[Role, tuple[str, str]] = {
    Role.RESIDENT: ("resident", "居民"),
    Role.OWNER: ("owner", "业主"),
    Role.GRID_OFFICER: ("grid officer", "网格员"),
    Role.BUILDING_LEADER: ("building leader", "楼栋长"),
    Role.PROPERTY_STEWARD: ("property steward", "物业管家"),
    Role.PROPERTY_MANAGER: ("property manager", "物业经理"),
    Role.PROPERTY_SYSTEM: ("property company's system", "物业系统"),
    Role.PARTY_COMMITTEE: ("party committee", "社区党委"),
    Role.OWNERS_COMMITTEE: ("owners' committee", "业委会"),
    Role.COMMUNITY_ADMIN: ("community admin", "社区管理员"),
    Role.DISTRICT_ADMIN: ("district admin", "区管理员"),
}

STAFF = frozenset(
    {
        Role.GRID_OFFICER,
        Role.BUILDING_LEADER,
        Role.PROPERTY_STEWARD,
        Role.PROPERTY_MANAGER,
        Role.PROPERTY_SYSTEM,
        Role.PARTY_COMMITTEE,
        Role.OWNERS_COMMITTEE,
        Role.COMMUNITY_ADMIN,
        Role.DISTRICT_ADMIN,
    }
)

SYSTEM_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Actor:
    """Who acts, and where they hold which roles.

    `roles` maps a community id to the roles held there; `districts` maps a district id to the roles held in all of it.
    """

    member_id: str
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    districts: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    kind: str = "member"

    def roles_in(self, community_id: str, district_id: str = "") -> frozenset[Role]:
        """The roles that count in a community of a district."""
        return self.roles.get(community_id, frozenset()) | self.districts.get(district_id, frozenset())

    @property
    def is_system(self) -> bool:
        """Whether the system itself acts: a deadline, a silence, a schedule."""
        return self.kind == "system"


SYSTEM = Actor(SYSTEM_ID, kind="system")
NOBODY = Actor("", kind="nobody")


def actor_of(claims: Mapping[str, Any]) -> Actor:
    """The actor that the claims of a verified token describe: a member or a client, never the system.

    Roles that are not known here are left out.
    """
    return Actor(
        member_id=str(claims["sub"]),
        roles=_roles(claims.get("roles", {})),
        districts=_roles(claims.get("districts", {})),
        kind="client" if claims.get("kind") == "client" else "member",
    )


def _roles(held: Mapping[str, Iterable[str]]) -> dict[str, frozenset[Role]]:
    known = set(Role)
    return {place: frozenset(Role(name) for name in names if name in known) for place, names in held.items()}


@dataclass(frozen=True)
class Who:
    """Who may do something: holders of any of some roles, the member or members whom the thing concerns, or the system.

    `concerned` names the attribute of the thing that holds that member's id, or a tuple of such ids.
    """

    en: str
    zh: str
    roles: frozenset[Role] = frozenset()
    concerned: str = ""
    system: bool = False

    def allows(self, actor: Actor, held: frozenset[Role], thing: object = None) -> bool:
        """Whether the actor, who holds these roles in the community, is meant."""
        if actor.is_system:
            return self.system
        if held & self.roles:
            return True
        if not self.concerned or not held:
            return False
        ids = getattr(thing, self.concerned, None)
        return actor.member_id in ids if isinstance(ids, tuple) else ids == actor.member_id


def holders(*roles: Role) -> Who:
    """Whoever holds one of the roles, labelled with their names."""
    return Who(
        en=", ".join(ROLE_LABELS[role][0] for role in roles),
        zh="、".join(ROLE_LABELS[role][1] for role in roles),
        roles=frozenset(roles),
    )


def concerned(attribute: str, en: str, zh: str) -> Who:
    """The member whose id, or the members whose ids, the thing holds in this attribute."""
    return Who(en=en, zh=zh, concerned=attribute)


MEMBER = Who(en="member", zh="社区成员", roles=frozenset(Role) - {Role.PROPERTY_SYSTEM})
STAFF_MEMBERS = Who(en="staff", zh="工作人员", roles=STAFF - {Role.PROPERTY_SYSTEM})
THE_SYSTEM = Who(en="the system", zh="系统", system=True)

"""A member of a community or of a district: registered, verified, given roles; the name is kept elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from gateway.directory.contract import (
    MemberExpired,
    MemberRegistered,
    MemberRejected,
    MemberState,
    MemberStatus,
    MemberVerified,
    OwnershipChanged,
    PasswordChanged,
    Rejection,
    RoleGranted,
    RoleRevoked,
    Tie,
)
from gateway.directory.policy import LIFECYCLE, permit_grant, permit_revocation
from services.actor import Actor, Role
from services.clock import Moment
from services.errors import Refused
from services.lifecycle import permit

MOST_HOMES = 500


@dataclass(frozen=True)
class Here:
    """Who acts here, with which roles, when; `in_district` where the place is a district and no community."""

    by: Actor
    held: frozenset[Role]
    at: Moment
    in_district: bool = False


@dataclass
class Member:
    """Somebody's membership of one place: one row of the table `members`; `id` is the person's."""

    community_id: str
    id: str
    version: int
    status: MemberStatus
    roles: tuple[Role, ...]
    homes: tuple[Tie, ...]
    claim: Tie | None
    in_district: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def begin(
        cls, move: str, community_id: str, id_: str, claim: Tie | None, here: Here
    ) -> "tuple[Member, MemberRegistered]":
        """A new membership: `register` oneself (籍-1), or be enrolled by somebody of the community (`enrol`, 籍-2)."""
        target = permit(LIFECYCLE, move, None, here.by, here.held, here.at).target
        now = here.at.now
        member = cls(community_id, id_, 1, MemberStatus(target), (), (), claim, here.in_district, now, now)
        return member, MemberRegistered(member=member.state())

    def join_again(self, claim: Tie | None, here: Here) -> MemberRegistered:
        """Ask once more after a registration expired (籍-1)."""
        self._move("join", here)
        self.claim = claim
        return MemberRegistered(member=self.state())

    def verify(self, ties: Collection[Tie], home: Tie | None, here: Here) -> MemberVerified:
        """Confirmed by somebody of the community, with the homes that tie the member to it (籍-3); not by oneself."""
        if here.by.member_id == self.id:
            raise Refused("nobody verifies themselves", "任何人不得核实自己的身份", "籍-3")
        self._move("verify", here)
        known = {tie.home_id: tie for tie in self.homes}
        known |= {tie.home_id: tie for tie in ties if tie.owner or tie.home_id not in known}
        if len(known) > MOST_HOMES:
            raise Refused(f"a member has at most {MOST_HOMES} homes here", f"每名成员最多 {MOST_HOMES} 户", "籍-3")
        self.homes = tuple(known.values())
        self.claim = None
        for tie in ties:
            self._hold(Role.OWNER if tie.owner else Role.RESIDENT)
        return MemberVerified(member=self.state(), home=home)

    def reject(self, reason: Rejection, here: Here) -> MemberRejected:
        """Turned down (籍-4)."""
        self._move("reject", here)
        self.claim = None
        return MemberRejected(member=self.state(), reason=reason)

    def expire(self, here: Here) -> MemberExpired:
        """Not verified in time (籍-5)."""
        self._move("expire", here)
        self.claim = None
        return MemberExpired(member=self.state())

    def grant(self, role: Role, here: Here) -> RoleGranted:
        """Given a role (权-1 to 权-9)."""
        permit_grant(role, self, here.by, here.held, here.in_district)
        if role in self.roles:
            raise Refused("the member holds this role already", "该成员已有此角色", "权-1")
        self._hold(role)
        self._touch(here.at.now)
        return RoleGranted(member=self.state(), role=role)

    def revoke(self, role: Role, here: Here) -> RoleRevoked:
        """A role taken, or laid down (权-10); what it rests on goes with it: an owner without homes is none."""
        permit_revocation(role, self, here.by, here.held, here.in_district)
        if role not in self.roles:
            raise Refused("the member does not hold this role", "该成员没有此角色", "权-1")
        if role in (Role.OWNER, Role.RESIDENT):
            self.homes = tuple(tie for tie in self.homes if tie.owner != (role is Role.OWNER))
        self._drop(role)
        self._touch(here.at.now)
        return RoleRevoked(member=self.state(), role=role)

    def own(self, gained: Collection[str], lost: Collection[str], at: datetime) -> OwnershipChanged:
        """A new roll: other homes; with the last one the owner's role goes and what rests on it (册-5)."""
        kept = [tie for tie in self.homes if not (tie.owner and tie.home_id in lost) and tie.home_id not in gained]
        self.homes = (*kept, *(Tie(home_id=home_id, owner=True) for home_id in sorted(gained)))[:MOST_HOMES]
        if any(tie.owner for tie in self.homes):
            self._hold(Role.OWNER)
        else:
            self._drop(Role.OWNER)
        self._touch(at)
        return OwnershipChanged(member=self.state(), gained=tuple(sorted(gained)), lost=tuple(sorted(lost)))

    def password_changed(self, at: datetime, reset: bool) -> PasswordChanged:
        """Tell that the password changed (号-2, 号-3)."""
        self._touch(at)
        return PasswordChanged(member=self.state(), reset=reset)

    def state(self) -> MemberState:
        """Its visible state."""
        return MemberState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            status=self.status,
            roles=self.roles,
            homes=self.homes,
            claim=self.claim,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    def _move(self, name: str, here: Here) -> None:
        self.status = MemberStatus(permit(LIFECYCLE, name, self, here.by, here.held, here.at).target)
        self._touch(here.at.now)

    def _hold(self, role: Role) -> None:
        self.roles = tuple(sorted({*self.roles, role}))

    def _drop(self, role: Role) -> None:
        resting = {role, Role.OWNERS_COMMITTEE} if role is Role.OWNER else {role}
        if not self.homes:
            resting.add(Role.BUILDING_LEADER)
        self.roles = tuple(held for held in self.roles if held not in resting)

    def _touch(self, at: datetime) -> None:
        self.version += 1
        self.updated_at = at

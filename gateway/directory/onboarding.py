"""A community begins with one YAML file: its district, its estates down to every home, its people and what they are.

Doing it again changes nothing and goes on where it was interrupted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.directory import ownership, people, reading
from gateway.directory.blueprint import Blueprint, PersonPlan
from gateway.directory.contract import (
    CreateDistrict,
    EnrolMember,
    GrantRole,
    MemberStatus,
    OnboardCommunity,
    Person,
    RegisterMember,
    Tie,
    VerifyMember,
)
from gateway.directory.facade import Directory
from gateway.directory.passwords import random_password
from gateway.directory.places import lay_out
from services.actor import SYSTEM, Role
from services.database import reading as read_only
from services.errors import Conflict, Refused


@dataclass(frozen=True)
class Onboarded:
    """What is there now: ids of the members by login, the passwords to hand over (by login), the roll's version."""

    community_id: str
    members: Mapping[str, str]
    passwords: Mapping[str, str]
    roll_version: int


def onboard(directory: Directory, plan: Blueprint, roll: Iterable[bytes] | None = None) -> Onboarded:
    """Bring in the community of a plan, its roll (a CSV file in pieces) unless it has one, and its people.

    The operator does this: whoever may call it is asked for nothing. Errors: Conflict when the community is there with
    other places; Invalid for a bad roll; Refused or Invalid for what a rule does not allow.
    """
    work = _Onboarding(directory, plan)
    work.begin_district()
    work.bring_in()
    version = work.import_roll(roll)
    for person in plan.people:
        work.take_in(person)
    return Onboarded(plan.community.id, work.members, work.passwords, version)


class _Onboarding:
    def __init__(self, directory: Directory, plan: Blueprint) -> None:
        self._directory = directory
        self._plan = plan
        self.members: dict[str, str] = {}
        self.passwords: dict[str, str] = {}

    def begin_district(self) -> None:
        """Create the district with the first of the people who is to be its admin."""
        district = self._plan.district
        with read_only(self._directory.desk.engine) as connection:
            if people.is_district(connection, district.id):
                return
        first = next((person for person in self._plan.people if Role.DISTRICT_ADMIN in person.roles), None)
        if first is None:
            raise Refused(
                "a new district needs somebody whose role is district_admin", "新的区须有一名区管理员", "权-8"
            )
        password = first.password or random_password()
        if first.password is None:
            self.passwords[first.login] = password
        admin = Person(login=first.login, name=first.name, phone=first.phone, password=password)
        self._directory.perform(CreateDistrict(community_id=district.id, name=district.name, admin=admin), SYSTEM)

    def bring_in(self) -> None:
        """Onboard the community unless it is there with the same places."""
        community = self._plan.community
        command = OnboardCommunity(
            community_id=community.id,
            district_id=self._plan.district.id,
            name=community.name,
            zone=community.zone,
            estates=self._plan.estate_plans(),
            parameters=community.parameters,
        )
        with read_only(self._directory.desk.engine) as connection:
            place = reading.find_place(connection, community.id)
        if place is None:
            self._directory.perform(command, SYSTEM)
        elif place.estates != lay_out(community.id, command.estates)[0]:
            raise Conflict("this community was onboarded with other places", "该社区已录入,且房屋与此文件不同")

    def import_roll(self, roll: Iterable[bytes] | None) -> int:
        """Import the first roll; the version that is there now, 0 where there is none."""
        with read_only(self._directory.desk.engine) as connection:
            version = ownership.roll_version(connection, self._plan.community.id)
        if roll is None or version:
            return version
        state = self._directory.import_roll(self._plan.community.id, roll, SYSTEM, replaces=0)
        return int(state["version"])

    def take_in(self, person: PersonPlan) -> None:
        """Register somebody, tie them to their homes, give them their roles: whatever of it is missing."""
        community, district = self._plan.community.id, self._plan.district.id
        member_id = self.members[person.login] = self._member_of(person)
        ties = [Tie(home_id=home.id_in(community, self._plan.estates), owner=home.owner) for home in person.homes]
        known = self._membership(community, member_id)
        if known is not None and known.status is not MemberStatus.VERIFIED and not ties:
            self._directory.perform(VerifyMember(community_id=community, member_id=member_id), SYSTEM)
        for tie in ties:
            if known is None or tie not in known.homes:
                self._directory.perform(VerifyMember(community_id=community, member_id=member_id, home=tie), SYSTEM)
        for role in person.roles:
            place = district if role is Role.DISTRICT_ADMIN else community
            here = self._membership(place, member_id)
            if here is None or role not in here.roles:
                self._directory.perform(GrantRole(community_id=place, member_id=member_id, role=role), SYSTEM)

    def _member_of(self, person: PersonPlan) -> str:
        with read_only(self._directory.desk.engine) as connection:
            if known := people.person_with(connection, person.login):
                return known.id
        place, login, name, phone = self._plan.community.id, person.login, person.name, person.phone
        if person.password is None:
            enrol = EnrolMember(community_id=place, login=login, name=name, phone=phone)
            result = self._directory.perform(enrol, SYSTEM)
            self.passwords[login] = result["password"]
            return str(result["member"]["id"])
        register = RegisterMember(community_id=place, login=login, name=name, phone=phone, password=person.password)
        return str(self._directory.perform(register, SYSTEM)["id"])

    def _membership(self, place: str, member_id: str) -> Any:
        with read_only(self._directory.desk.engine) as connection:
            return people.membership_of(connection, place, member_id)

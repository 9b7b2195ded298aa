"""A small community in a directory of its own, and what its people can ask of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL

from gateway.directory import sessions
from gateway.directory.blueprint import BuildingGroup
from gateway.directory.contract import (
    CreateDistrict,
    EnrolMember,
    EstatePlan,
    GrantRole,
    OnboardCommunity,
    Person,
    RegisterMember,
    Tie,
    VerifyMember,
)
from gateway.directory.facade import Directory
from gateway.directory.places import place_id
from gateway.directory.store import METADATA
from gateway.identity import Keys
from services.actor import SYSTEM, Actor, Role
from services.database import open_engine
from services.issues.policy import PARAMETERS
from services.tokens import Verifier
from tests.shared.desks import SetClock
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, DISTRICT

ESTATE = "东立国际小区"
PASSWORD = "correct-horse-2026"
HEADER = "building,entrance,home,area,owner,name,phone,share,kind\n"


def home(building: int, entrance: int, name: str) -> str:
    """The id of a home in the small community: 3 buildings of 2 entrances, 101 to 302."""
    return place_id(COMMUNITY, ESTATE, str(building), str(entrance), name)


def estate_plans() -> tuple[EstatePlan, ...]:
    """3 buildings with 2 entrances of 3 floors of 2 homes."""
    buildings = tuple(BuildingGroup(names="1-3", entrances=2, floors=3, homes_per_floor=2).plans())
    return (EstatePlan(name=ESTATE, buildings=buildings),)


def roll(*rows: str) -> list[bytes]:
    """A roll out of some lines; each is `building,entrance,home,area,owner,name,phone,share,kind`."""
    return [(HEADER + "\n".join(rows)).encode()]


ROLL = roll(
    "1,1,101,89.35,A1,李桂华,13000000001,1,person",
    "1,1,102,100.00,A2,王强,13000000002,1/2,person",
    "1,1,102,100.00,A3,赵敏,13000000003,1/2,person",
    "2,1,201,120.50,A1,李桂华,13000000001,1,person",
    "3,2,302,75.00,DEV,东立置业,,1,developer",
    "3,2,301,75.00,DEV,东立置业,,1,developer",
)


class World:
    """The directory with its clock, and the people in it by what they are called in the tests."""

    def __init__(self, directory: Directory, clock: SetClock, keys: Path) -> None:
        self.directory = directory
        self.clock = clock
        self.verifier = Verifier(keys)
        self.admin = self._begin()

    def _begin(self) -> Actor:
        admin = Person(login="district.admin", name="吴建国", phone="13000000000", password=PASSWORD)
        self.does(CreateDistrict(community_id=DISTRICT, name="江岸区", admin=admin), SYSTEM)
        plan = OnboardCommunity(community_id=COMMUNITY, district_id=DISTRICT, name="操场社区", estates=estate_plans())
        self.does(plan, SYSTEM)
        return self.actor(str(self.all("people")[0]["id"]))

    def does(self, command: Any, actor: Actor, **told: Any) -> dict[str, Any]:
        """Perform a command."""
        return self.directory.perform(command, actor, **told)

    def logged_in(self, login: str, password: str = PASSWORD, source: str = "10.0.0.1") -> Actor:
        """Who a new session's token proves."""
        session = self.directory.log_in(login, password, source)
        return self.verifier.verify(session.access_token, self.clock())

    def official(self, role: Role, place: str = COMMUNITY) -> Actor:
        """Somebody new who was enrolled and given a role by the operator."""
        login = f"{role.value.replace('_', '.')}.{len(self.all('people'))}"
        enrol = EnrolMember(community_id=COMMUNITY, login=login, name="某某某", phone="13900000000")
        member_id = self.does(enrol, SYSTEM)["member"]["id"]
        self.does(GrantRole(community_id=place, member_id=member_id, role=role), SYSTEM)
        return self.actor(member_id)

    def registered(self, login: str, name: str = "李桂华", phone: str = "13000000001", claim: Tie | None = None) -> str:
        """The id of somebody who registered and was not verified."""
        command = RegisterMember(
            community_id=COMMUNITY, login=login, name=name, phone=phone, password=PASSWORD, claim=claim
        )
        return str(self.does(command, SYSTEM)["id"])

    def resident(self, login: str, tie: Tie | None = None, name: str = "李桂华") -> Actor:
        """Somebody who registered and was verified for a home."""
        member_id = self.registered(login, name)
        tie = tie or Tie(home_id=home(1, 1, "101"), owner=False)
        self.does(VerifyMember(community_id=COMMUNITY, member_id=member_id, home=tie), SYSTEM)
        return self.actor(member_id)

    def second_community(self) -> None:
        """One more community of the district, with the same places."""
        plan = OnboardCommunity(
            community_id=ANOTHER_COMMUNITY, district_id=DISTRICT, name="百步亭社区", estates=estate_plans()
        )
        self.does(plan, SYSTEM)

    def actor(self, member_id: str) -> Actor:
        """A member with the roles of this moment."""
        with self.directory.desk.engine.connect() as connection:
            return sessions.actor_of_member(connection, member_id)

    def all(self, table: str) -> list[Mapping[str, Any]]:
        """Every row of a table."""
        with self.directory.desk.engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.select(METADATA.tables[table])).mappings()]

    def events(self) -> list[str]:
        """The types of all events so far, without the service and the version."""
        rows = sorted(self.all("journal"), key=lambda row: str(row["id"]))
        return [str(row["type"]).removeprefix("directory.").removesuffix(".v1") for row in rows]


@contextmanager
def world_on(url: URL, folder: Path) -> Iterator[World]:
    """A small community in an empty database."""
    clock = SetClock()
    engine = open_engine(url)
    METADATA.create_all(engine)
    directory = Directory(engine, Keys(folder / "keys", clock), clock, parameters=PARAMETERS)
    yield World(directory, clock, folder / "keys")
    directory.close()

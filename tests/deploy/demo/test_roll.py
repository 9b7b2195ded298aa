"""The roll that was made up: the same bytes every time, good in every line, and like a real one."""

import hashlib

from deploy.demo.onboarding import COMMUNITY, the_plan
from deploy.demo.roll import roll_csv
from gateway.directory.answers import OwnerKind
from gateway.directory.places import lay_out
from gateway.directory.roll import Roll
from gateway.directory.roll_csv import read_roll

SHA256 = "5750d0"


def the_roll(seed: int = 1) -> Roll:
    plan = the_plan()
    _, homes = lay_out(COMMUNITY, plan.estate_plans())
    return read_roll(roll_csv(plan, seed), COMMUNITY, {home.id for home in homes}, [plan.estates[0].name])


def test_the_same_plan_gives_the_same_bytes_everywhere() -> None:
    found = hashlib.sha256(b"".join(roll_csv(the_plan()))).hexdigest()
    assert found[:6] == SHA256


def test_every_home_is_in_it_with_owners_as_in_life() -> None:
    roll = the_roll()
    assert len(roll.parts) == 5700
    assert 5_000_000 < roll.area / 10 < 7_000_000
    couples = [part for part in roll.parts.values() if len(part.shares) == 2]
    developers = [owner for owner in roll.owners.values() if owner.kind is OwnerKind.DEVELOPER]
    assert 400 < len(couples) < 900
    assert len(developers) == 1
    assert any(len(homes) > 1 for _, homes in roll.homes_by_owner().values())
    assert roll.headcount < len(roll.parts)


def test_the_people_of_the_plan_own_what_the_plan_says() -> None:
    plan, owned = the_plan(), the_roll().homes_by_owner()
    names = dict(owned.values())
    for person in plan.people:
        homes = {home.id_in(COMMUNITY, plan.estates) for home in person.homes if home.owner}
        assert not homes or homes == next(found for name, found in owned.values() if found & homes)
        assert not homes or person.name in names


def test_another_seed_gives_other_people() -> None:
    assert the_roll(1).hash != the_roll(2).hash

"""A service knows of a community what the directory told last, whatever the order in which it hears."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from gateway.directory.contract import (
    Building,
    CommunityChanged,
    CommunityOnboarded,
    CommunityState,
    Estate,
    ParameterSetting,
)
from services.communities import Communities, Community, keep_communities, remember
from services.ids import derived_id
from services.issues.store import STORE
from services.work import Desk
from tests.shared.desks import SetClock, event, perform, rows
from tests.shared.samples import BUILDING, COMMUNITY, NOON, caochang

NEW = "wuhan-new"
DAYS = {"issues.reopening_days": ((date(2024, 1, 1), 9), (date(2024, 6, 1), 3))}


def keep(desk: Desk, *communities: Community) -> None:
    """Keep them in one transaction."""
    with desk.engine.begin() as connection:
        keep_communities(connection, STORE, communities)


def known(desk: Desk, community_id: str, at: float = 0.0, by: Communities | None = None) -> Community | None:
    """What is known at a time in seconds."""
    with desk.engine.connect() as connection:
        return (by or Communities(STORE)).find(connection, community_id, at)


def test_what_was_kept_is_found_whole(desk: Desk) -> None:
    kept = caochang(NEW, 3, zone="Asia/Urumqi", parameters=DAYS, buildings=frozenset({"b", "a"}))
    keep(desk, kept)
    assert known(desk, NEW) == kept
    assert known(desk, "wuhan-unheard-of") is None


@pytest.mark.parametrize("versions", list(permutations([1, 2, 3])))
def test_the_newest_version_stays_in_whatever_order_it_comes(desk: Desk, versions: tuple[int, ...]) -> None:
    for version in versions:
        keep(desk, caochang(NEW, version, district_id=f"district-{version}"))
    found = known(desk, NEW)
    assert found
    assert (found.version, found.district_id) == (3, "district-3")


def test_of_many_versions_in_one_batch_the_newest_is_kept(desk: Desk) -> None:
    keep(desk, caochang(NEW, 2), caochang(NEW, 5, district_id="last"), caochang(NEW, 3), caochang("wuhan-other", 1))
    found = known(desk, NEW)
    assert found
    assert (found.version, found.district_id) == (5, "last")
    keep(desk, caochang(NEW, 4, district_id="late"))
    assert known(desk, NEW) == found
    assert len(rows(desk, "communities")) == 4


def test_what_is_known_is_looked_up_again_after_five_seconds(desk: Desk) -> None:
    communities = Communities(STORE)
    keep(desk, caochang(NEW, 1))
    known(desk, NEW, 100.0, communities)
    keep(desk, caochang(NEW, 2))
    versions = {at: known(desk, NEW, at, communities) for at in (100.0, 104.9, 105.0)}
    assert {at: found and found.version for at, found in versions.items()} == {100.0: 1, 104.9: 1, 105.0: 2}


def test_what_is_not_known_is_looked_up_each_time(desk: Desk) -> None:
    communities = Communities(STORE)
    assert known(desk, NEW, 1.0, communities) is None
    keep(desk, caochang(NEW, 1))
    assert known(desk, NEW, 1.0, communities)


def test_a_community_has_its_own_moment() -> None:
    moment = caochang(zone="Asia/Urumqi", parameters=DAYS).moment(SetClock(NOON))
    assert (moment.now, moment.local.hour) == (NOON, 10)
    assert moment.overrides == DAYS


def state(version: int = 1, **changed: Any) -> CommunityState:
    """A community as the directory tells of it."""
    return CommunityState(
        **{
            "community_id": NEW,
            "id": derived_id(NEW),
            "version": version,
            "district_id": "wuhan-jiangan",
            "name": "新社区",
            "estates": (
                Estate(id=derived_id("e"), name="东立国际", buildings=(Building(id=BUILDING, name="1栋"),)),
                Estate(id=derived_id("f"), name="另一个", buildings=(Building(id=derived_id("b2"), name="2栋"),)),
            ),
            "parameters": tuple(
                ParameterSetting(name=name, day=day, value=value)
                for name, values in DAYS.items()
                for day, value in values
            ),
            "created_at": NOON,
            "updated_at": NOON,
            **changed,
        }
    )


def test_the_directory_is_heard(desk: Desk) -> None:
    reacts = {CommunityOnboarded: remember, CommunityChanged: remember}
    perform(desk, event(CommunityOnboarded(community=state()), reacts))
    found = known(desk, NEW)
    assert found == Community(NEW, 1, "wuhan-jiangan", "Asia/Shanghai", DAYS, frozenset({BUILDING, derived_id("b2")}))
    newer, older = state(3, zone="Asia/Urumqi"), state(2, zone="UTC")
    perform(desk, *(event(CommunityChanged(community=each), reacts) for each in (newer, older)))
    found = known(desk, NEW)
    assert found
    assert (found.version, found.zone) == (3, "Asia/Urumqi")
    assert COMMUNITY in {row.community_id for row in rows(desk, "communities")}

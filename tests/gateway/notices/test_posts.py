"""Who holds a post of the staff is known by it as soon as the view of members is, and no longer than that."""

import sqlalchemy as sa

from gateway.directory.contract import MemberExpired, MemberStatus, RoleRevoked
from gateway.store import notice_posts
from services.actor import Role
from services.database import reading
from tests.gateway.notices.house import ADMIN, RULER, SECONDER, House, member_state, verified
from tests.shared.samples import COMMUNITY, DISTRICT, OFFICER

BOTH = {
    (COMMUNITY, "grid_officer", OFFICER),
    (COMMUNITY, "community_admin", ADMIN),
    (DISTRICT, "district_admin", RULER),
}


def posts(house: House) -> set[tuple[str, str, str]]:
    with reading(house.engine) as connection:
        return {(row.community_id, row.role, row.member_id) for row in connection.execute(sa.select(notice_posts))}


def test_only_posts_of_the_staff_are_entered(house: House) -> None:
    assert posts(house) == BOTH


def test_a_post_that_was_given_or_taken_is_entered_or_gone(house: House) -> None:
    house.tell(verified(SECONDER, Role.OWNER, Role.OWNERS_COMMITTEE, version=2))
    assert posts(house) - BOTH == {(COMMUNITY, "owners_committee", SECONDER)}
    house.tell(RoleRevoked(member=member_state(SECONDER, Role.OWNER, version=3), role=Role.OWNERS_COMMITTEE))
    house.tell(MemberExpired(member=member_state(OFFICER, Role.GRID_OFFICER, version=2, status=MemberStatus.EXPIRED)))
    assert posts(house) == BOTH - {(COMMUNITY, "grid_officer", OFFICER)}


def test_an_older_event_that_comes_late_gives_no_post_back(house: House) -> None:
    house.tell(RoleRevoked(member=member_state(OFFICER, version=3), role=Role.GRID_OFFICER))
    house.tell(verified(OFFICER, Role.GRID_OFFICER, version=2))
    assert posts(house) == BOTH - {(COMMUNITY, "grid_officer", OFFICER)}

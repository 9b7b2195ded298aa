"""What the views know around an event: looked up for a batch at once, and nothing where nobody has told yet."""

from gateway.notices import known
from gateway.notices.known import Known, KnownPlace, Matter
from services.actor import Role
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import PUBLIC, STAFF
from services.ids import new_id
from services.issues.contract import Bond
from services.projects.contract import ProjectBegun, ProjectState, TopicRaised, TopicState
from tests.gateway.notices import happenings
from tests.gateway.notices.house import ADMIN, FOLLOWER, RULER, SECONDER, House, in_zone
from tests.shared.samples import COMMUNITY, DISTRICT, ISSUE, OFFICER, PROJECT, REPORTER


def test_what_was_told_is_known(house: House) -> None:
    house.tell(
        TopicRaised(topic=happenings.topic()), ProjectBegun(project=happenings.project()), in_zone("Europe/Berlin")
    )
    key, unknown = (COMMUNITY, ISSUE), (COMMUNITY, new_id())
    with house.engine.connect() as connection:
        assert known.issues(connection, [key, unknown])[key].reporter_id == REPORTER
        found = known.followers(connection, [key, unknown])
        assert {(each.member_id, each.bond) for each in found[key]} == {
            (FOLLOWER, Bond.FOLLOWER),
            (SECONDER, Bond.ME_TOO),
        }
        assert known.matters(connection, TopicState, [(COMMUNITY, happenings.TOPIC)]) == {
            (COMMUNITY, happenings.TOPIC): Matter("建设充电车棚", (ISSUE,))
        }
        assert list(known.matters(connection, ProjectState, [(COMMUNITY, PROJECT), unknown])) == [(COMMUNITY, PROJECT)]
        assert known.places(connection, [COMMUNITY, "no-such"]) == {COMMUNITY: KnownPlace(DISTRICT, "Europe/Berlin")}
        assert known.holders(connection, [(COMMUNITY, Role.COMMUNITY_ADMIN), (DISTRICT, Role.DISTRICT_ADMIN)]) == {
            (COMMUNITY, "community_admin"): [ADMIN],
            (DISTRICT, "district_admin"): [RULER],
        }
        assert known.roles(connection, [(COMMUNITY, OFFICER), unknown]) == {(COMMUNITY, OFFICER): {Role.GRID_OFFICER}}


def test_nothing_is_asked_where_nothing_is_wanted(house: House) -> None:
    with house.engine.connect() as connection:
        for ask in (known.issues, known.followers, known.officers, known.holders, known.roles):
            assert ask(connection, []) == {}


def test_a_sight_comes_from_the_roles_here_and_in_the_district() -> None:
    around = Known(
        places={COMMUNITY: KnownPlace(DISTRICT)},
        roles={
            (COMMUNITY, REPORTER): frozenset({Role.RESIDENT}),
            (COMMUNITY, OFFICER): frozenset({Role.GRID_OFFICER}),
            (DISTRICT, RULER): frozenset({Role.DISTRICT_ADMIN}),
        },
    )
    seen = {id_: around.sight(COMMUNITY, id_).audience for id_ in (REPORTER, OFFICER, RULER, FOLLOWER)}
    assert seen == {REPORTER: FOR_COMMUNITY, OFFICER: STAFF, RULER: STAFF, FOLLOWER: PUBLIC}
    assert around.sight("no-such", RULER).audience == PUBLIC

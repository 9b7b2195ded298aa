"""A member follows an issue once: by one id, with one bond, until they do not want to any longer."""

from services.issues.contract import Bond
from services.issues.following import Following, following_id
from tests.shared.samples import COMMUNITY, ISSUE, NEIGHBOUR, REPORTER, moment


def following(bond: Bond = Bond.FOLLOWER) -> Following:
    """The neighbour's following of the issue."""
    return Following.begin(COMMUNITY, ISSUE, NEIGHBOUR, bond, moment())[0]


def test_its_id_is_made_of_the_issue_and_the_member() -> None:
    made, told = Following.begin(COMMUNITY, ISSUE, NEIGHBOUR, Bond.ME_TOO, moment(), through=REPORTER)
    assert made.id == following_id(ISSUE, NEIGHBOUR) != following_id(ISSUE, REPORTER)
    assert told.following == made.state()
    assert (told.following.bond, told.following.active, told.following.through) == (Bond.ME_TOO, True, REPORTER)


def test_it_counts_as_its_bond_and_only_while_it_lasts() -> None:
    made = following()
    assert made.counts() == (0, 1)
    made.become(Bond.ME_TOO, moment())
    assert (made.counts(), made.version) == ((1, 0), 2)
    assert made.end(moment()).following.active is False
    assert (made.counts(), made.version) == ((0, 0), 3)
    made.become(Bond.FOLLOWER, moment())
    assert made.counts() == (0, 1)

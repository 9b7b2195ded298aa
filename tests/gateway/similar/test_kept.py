"""Of an open issue a few numbers are kept; of any other, and of what only one member may see, none by which it is found."""

import pytest

from gateway.similar.cells import cell_of
from gateway.similar.kept import (
    FOR_MEMBERS,
    FOR_STAFF,
    KEYS,
    OPEN,
    first_pairs,
    in_building,
    in_category,
    in_cell,
    kept,
    saying,
    trace_of,
)
from gateway.similar.likeness import sketch
from gateway.store import RANKS
from services.declare import COMMUNITY as FOR_COMMUNITY
from services.declare import ONE_MEMBER, PUBLIC, STAFF
from services.issues.contract import Place, Point, Status
from services.wire import to_data
from tests.shared.samples import BUILDING, COMMUNITY, issue_state

POINT = Point(lat=30.6225, lon=114.3125)


def of(audience: str = FOR_COMMUNITY, **changed: object) -> dict[str, object]:
    state = issue_state(**{"status": Status.REPORTED, "place": Place(building_id=BUILDING, point=POINT), **changed})
    return kept(to_data(state), RANKS[audience])


@pytest.mark.parametrize("status", list(Status))
def test_only_of_an_open_issue_anything_is_kept(status: Status) -> None:
    assert any(of(status=status).values()) == (status in OPEN)


def test_settled_rejected_withdrawn_and_merged_issues_are_not_open() -> None:
    closed = {Status.RESOLVED, Status.CONFIRMED, Status.REJECTED, Status.WITHDRAWN, Status.MERGED}
    assert set(Status) - OPEN == closed


@pytest.mark.parametrize(
    ("audience", "found_by"), [(PUBLIC, FOR_MEMBERS), (FOR_COMMUNITY, FOR_MEMBERS), (STAFF, FOR_STAFF)]
)
def test_it_is_found_by_cell_building_category_and_words_among_what_its_audience_sees(
    audience: str, found_by: str
) -> None:
    where = COMMUNITY, found_by, "facility"
    found = of(audience)
    assert found["cell_key"] == in_cell(*where, cell_of(POINT))
    assert found["building_key"] == in_building(*where, BUILDING)
    assert found["category_key"] == in_category(*where)
    assert found["words_key"] == saying(*where, first_pairs("井盖破损", "")[0])


def test_what_only_one_member_may_see_has_a_trace_and_no_number() -> None:
    found = of(ONE_MEMBER)
    assert [found[key] for key in KEYS] == [None] * 4
    assert found["trace"]


def test_a_trace_tells_the_place_and_the_words_again() -> None:
    found, nowhere = of()["trace"], of(place=Place(spot="三号楼前"))["trace"]
    assert isinstance(found, bytes)
    assert isinstance(nowhere, bytes)
    assert trace_of(found).point == POINT
    assert trace_of(nowhere).point is None
    assert trace_of(found).sketch == int.from_bytes(sketch("井盖破损", "三号楼前的井盖破了。"))


def test_a_title_without_a_single_letter_has_no_number_for_its_words() -> None:
    assert of(title="🙂🙂", text="!!!")["words_key"] is None
    assert of(title="🙂🙂", text="井盖")["words_key"] is not None


def test_every_number_fits_into_the_column_and_is_the_same_in_every_process() -> None:
    number = in_category(COMMUNITY, FOR_MEMBERS, "facility")
    assert 0 <= number < 2**63
    assert number == in_category(COMMUNITY, FOR_MEMBERS, "facility")
    assert number != in_category(COMMUNITY, FOR_STAFF, "facility")


def test_an_issue_without_a_point_is_found_by_the_rest() -> None:
    old = to_data(issue_state(status=Status.REPORTED))
    assert kept(old, RANKS[FOR_COMMUNITY])["cell_key"] is None
    assert kept(old, RANKS[FOR_COMMUNITY])["category_key"] is not None

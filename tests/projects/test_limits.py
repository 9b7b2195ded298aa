"""What a contract limits is refused before it is told of."""

from services.errors import Refused
from services.projects.contract import AcceptanceState, HearingState, ProjectState
from services.projects.limits import room_in
from tests.projects.building import no


def test_a_list_takes_as_many_items_as_its_contract_says_and_no_more() -> None:
    for view, member, most in (
        (ProjectState, "doubts", 500),
        (ProjectState, "supervisors", 600),
        (AcceptanceState, "checks", 1000),
        (HearingState, "questions", 500),
    ):
        room_in(view, member, [None] * (most - 1), "关-2")
        no(Refused, "关-2", str(most), room_in, view, member, [None] * most, "关-2")

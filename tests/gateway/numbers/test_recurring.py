"""A proposal is one that the weekly meeting takes as it stands."""

from uuid import UUID

from gateway.numbers.place import Place
from gateway.numbers.recurring import WEIGHTS, Matter, MatterIssue, RecurringMatter, grouped, id_of, told
from services.errors import Words
from services.ids import derived_id
from services.issues.contract import Status
from services.projects.contract import RaiseTopic
from services.schemas import load
from services.wire import to_data
from tests.shared.samples import COMMUNITY

BUILDING = derived_id("building")
MATTER = Matter("manhole x", "manhole", BUILDING, None, 12, 8, 2, 15, 3, 61)
READY = MatterIssue(issue_id=derived_id("1"), status=Status.ESCALATED, raisable=True)
SETTLED = MatterIssue(issue_id=derived_id("2"), status=Status.RESOLVED, raisable=False)
PLACE = Place(buildings={BUILDING: "3栋"}, categories={"manhole": Words("Manhole covers", "井盖")})


def test_what_is_proposed_can_be_raised_as_it_stands() -> None:
    proposal = to_data(told(MATTER, [READY, SETTLED], PLACE, "2024-05").proposal)
    topic = load(RaiseTopic, {"community_id": COMMUNITY, **proposal})
    assert topic.issue_ids == (READY.issue_id,)
    assert topic.title == "3栋井盖反复出现"
    assert "12 件" in topic.text
    assert "8 天" in topic.text


def test_long_names_still_make_a_title() -> None:
    spot = Matter("k", "c" * 40, None, "很长的地点" * 40, 2, 2, 0, 0, 2, 8)
    assert load(RecurringMatter, to_data(told(spot, [READY], Place(), "2024-05"))).proposal.title


def test_an_id_reads_the_same_from_either_database() -> None:
    for form in (READY.issue_id, UUID(READY.issue_id), UUID(READY.issue_id).hex):
        assert id_of(form) == READY.issue_id
    assert grouped([("k", UUID(READY.issue_id), "escalated", 1)]) == {"k": [READY]}


def test_the_weights_are_those_that_are_told() -> None:
    assert WEIGHTS == {"issues": 2, "days": 2, "reopened": 3, "me_toos": 1}

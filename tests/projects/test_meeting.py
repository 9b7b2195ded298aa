"""Three parties sit, move, agree; a project begins only when all three sit and all three agreed."""

from collections.abc import Callable
from itertools import combinations

import pytest

from services.errors import Forbidden, NotFound, Refused, SansanError
from services.parties import Party
from services.projects.contract import (
    MeetingAttended,
    MeetingClosed,
    MeetingConvened,
    MeetingState,
    MeetingStatus,
    ResolutionAdopted,
    ResolutionAgreed,
    ResolutionMoved,
)
from services.projects.meeting import Meeting
from services.wire import hints_of
from tests.projects.made import (
    CHAIR,
    MANAGER,
    MEETING,
    OF_PARTY,
    SECRETARY,
    at_noon,
    held,
    id_of,
    meeting,
    move_resolution,
    topic,
)
from tests.shared.samples import NOON, PROJECT, member

COMMITTEE, COMPANY, OWNERS = Party
WHO = {party: (OF_PARTY[party], held(OF_PARTY[party]), at_noon()) for party in Party}
BY_CHAIR = WHO[OWNERS]


def moved(*sitting: Party) -> Meeting:
    """A meeting in which the owners' committee moved a resolution."""
    thing = meeting(*sitting)
    thing.move_resolution(move_resolution(), topic(), *BY_CHAIR)
    return thing


def refused(thing: Meeting, act: Callable[[], object], kind: type[SansanError] = Refused, clause: str = "例-3") -> str:
    """Why an act is refused; the meeting stays as it was. The reason in English."""
    before = thing.state()
    with pytest.raises(kind) as no:
        act()
    assert type(no.value) is kind
    assert no.value.clause == clause
    assert thing.state() == before
    return f"{no.value.reason.en} {no.value.reason.zh}"


def test_a_meeting_is_convened_about_topics() -> None:
    thing, told = Meeting.convene(MEETING, [topic()], SECRETARY, held(SECRETARY), at_noon())
    assert told == MeetingConvened(meeting=thing.state())
    assert (thing.status, thing.topic_ids, thing.attendance) == (MeetingStatus.OPEN, (topic().id,), ())


def test_what_became_a_project_is_no_topic_any_more() -> None:
    gone = topic(id=id_of("gone"))
    gone.adopt(PROJECT, *WHO[COMMITTEE])
    with pytest.raises(Refused) as no:
        Meeting.convene(MEETING, [topic(), gone], *WHO[COMMITTEE])
    assert no.value.clause == "例-2"
    thing = Meeting.convene(MEETING, [topic(id=gone.id)], *WHO[COMMITTEE])[0]
    thing.attend(OWNERS, *BY_CHAIR)
    refused(thing, lambda: thing.move_resolution(move_resolution(), gone, *BY_CHAIR))


def test_whoever_sits_is_written_down() -> None:
    thing = meeting()
    told = thing.attend(OWNERS, *BY_CHAIR)
    assert told == MeetingAttended(meeting=thing.state(), party=OWNERS)
    assert [(each.party, each.member_id, each.at) for each in thing.attendance] == [(OWNERS, CHAIR.member_id, NOON)]


def test_one_sits_for_ones_own_party_and_for_one_only() -> None:
    thing = meeting(OWNERS)
    assert "party committee" in refused(thing, lambda: thing.attend(COMMITTEE, *WHO[COMPANY]), Forbidden, "例-2")
    both = member(CHAIR.member_id, *(party.role for party in Party))
    refused(thing, lambda: thing.attend(COMMITTEE, both, held(both), at_noon()), clause="例-2")
    refused(thing, lambda: thing.attend(OWNERS, *BY_CHAIR), clause="例-2")


def test_a_room_holds_a_limited_number() -> None:
    thing = meeting()
    for number in range(100):
        each = member(id_of(str(number)), OWNERS.role)
        thing.attend(OWNERS, each, held(each), at_noon())
    refused(thing, lambda: thing.attend(OWNERS, *BY_CHAIR), clause="例-2")


def test_whoever_moves_agrees_by_that() -> None:
    thing = meeting(OWNERS)
    told = thing.move_resolution(move_resolution(), topic(), *BY_CHAIR)
    assert told == ResolutionMoved(meeting=thing.state(), number=1)
    assert (thing.resolutions[0].moved_by, thing.resolutions[0].agreed) == (OWNERS, (OWNERS,))
    assert thing.move_resolution(move_resolution(), topic(), *BY_CHAIR).number == 2


def test_only_a_party_that_sits_moves_and_agrees_and_only_about_what_is_on_the_agenda() -> None:
    thing = moved(OWNERS)
    command = move_resolution(party=COMMITTEE)
    assert "does not sit" in refused(thing, lambda: thing.move_resolution(command, topic(), *WHO[COMMITTEE]))
    assert "社区党委" in refused(thing, lambda: thing.agree(1, COMMITTEE, *WHO[COMMITTEE]))
    refused(thing, lambda: thing.move_resolution(command, topic(), *BY_CHAIR), Forbidden)
    refused(thing, lambda: thing.agree(1, COMMITTEE, *BY_CHAIR), Forbidden)
    other = topic(id=id_of("other topic"))
    refused(thing, lambda: thing.move_resolution(move_resolution(), other, *BY_CHAIR))


def test_a_party_agrees_once_to_what_was_moved() -> None:
    thing = moved(*Party)
    told = thing.agree(1, COMPANY, *WHO[COMPANY])
    assert told == ResolutionAgreed(meeting=thing.state(), number=1, party=COMPANY)
    for party in (OWNERS, COMPANY):
        refused(thing, lambda party=party: thing.agree(1, party, *WHO[party]))  # type: ignore[misc]
    refused(thing, lambda: thing.agree(2, COMPANY, *WHO[COMPANY]), NotFound)


def test_there_are_at_most_fifty_resolutions() -> None:
    thing = meeting(OWNERS)
    for _ in range(50):
        thing.move_resolution(move_resolution(), topic(), *BY_CHAIR)
    refused(thing, lambda: thing.move_resolution(move_resolution(), topic(), *BY_CHAIR))


@pytest.mark.parametrize("sitting", [each for size in (1, 2) for each in combinations(Party, size) if OWNERS in each])
def test_without_a_quorum_nothing_is_adopted_and_the_missing_party_is_named(sitting: tuple[Party, ...]) -> None:
    thing = moved(*sitting)
    for party in set(sitting) - {OWNERS}:
        thing.agree(1, party, *WHO[party])
    reason = refused(thing, lambda: thing.adopt(1, PROJECT, *BY_CHAIR))
    assert "quorum" in reason
    for party in Party:
        assert (party.zh in reason) == (party.replace("_", " ") in reason) == (party not in sitting)


@pytest.mark.parametrize("agreeing", [(), (COMMITTEE,), (COMPANY,)])
def test_without_all_three_nothing_is_adopted_and_who_is_missing_is_named(agreeing: tuple[Party, ...]) -> None:
    thing = moved(*Party)
    for party in agreeing:
        thing.agree(1, party, *WHO[party])
    reason = refused(thing, lambda: thing.adopt(1, PROJECT, *BY_CHAIR))
    for party in (COMMITTEE, COMPANY):
        assert (party.zh in reason) == (party.replace("_", " ") in reason) == (party not in agreeing)


def test_what_all_three_agree_to_is_adopted_once() -> None:
    thing = moved(*Party)
    for party in (COMMITTEE, COMPANY):
        thing.agree(1, party, *WHO[party])
    resolution, told = thing.adopt(1, PROJECT, *WHO[COMPANY])
    assert told == ResolutionAdopted(meeting=thing.state(), number=1)
    assert thing.resolutions == (resolution,)
    assert resolution.project_id == PROJECT
    refused(thing, lambda: thing.adopt(1, PROJECT, *BY_CHAIR))
    refused(thing, lambda: thing.agree(1, COMPANY, *WHO[COMPANY]))
    refused(thing, lambda: thing.adopt(2, PROJECT, *BY_CHAIR), NotFound)


def test_nothing_happens_in_a_closed_meeting() -> None:
    thing = moved(*Party)
    told = thing.close(MANAGER, held(MANAGER), at_noon())
    assert told == MeetingClosed(meeting=thing.state())
    refused(thing, lambda: thing.attend(OWNERS, *BY_CHAIR), clause="例-2")
    refused(thing, lambda: thing.move_resolution(move_resolution(), topic(), *BY_CHAIR))
    refused(thing, lambda: thing.agree(1, COMPANY, *WHO[COMPANY]))
    refused(thing, lambda: thing.adopt(1, PROJECT, *BY_CHAIR))
    refused(thing, lambda: thing.close(*BY_CHAIR), clause="例-2")


def test_every_act_is_a_version_and_the_state_shows_every_member() -> None:
    thing = moved(*Party)
    assert thing.version == 5
    shown = {name: getattr(thing.state(), name) for name in hints_of(MeetingState) if name != "audience"}
    assert shown == vars(thing)

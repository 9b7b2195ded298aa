"""A vote is over a frozen roll, shows who took part while it is open, and who consented only when it was counted."""

from datetime import date, timedelta
from typing import Any

import pytest

from gateway.directory.contract import RollHome
from services.errors import Forbidden, Refused
from services.projects.contract import (
    BallotCountedIn,
    BallotState,
    Choice,
    PaperBallotsEntered,
    VoteClosed,
    VoteOpened,
    VoteState,
    VoteStatus,
)
from services.projects.tally import Tally, Weight
from services.projects.votes import Vote, WholeRoll
from services.wire import hints_of
from tests.projects.made import CHAIR, HASH, ROLL, SECRETARY, VOTE, at_noon, held, home, id_of, open_vote, owner, vote
from tests.shared.samples import COMMUNITY, NOON, moment

BY_CHAIR = (CHAIR, held(CHAIR))


def cast(thing: Vote, name: str, *homes: RollHome, took_part: tuple[RollHome, ...] = ()) -> Any:
    """An owner votes for some homes."""
    persons = {each.person_id for each in took_part}
    return thing.cast(id_of(f"ballot of {name}"), Choice.YES, homes, persons, owner(name), at_noon())


def test_a_vote_freezes_the_roll() -> None:
    thing, told = Vote.open(VOTE, open_vote(), ROLL, *BY_CHAIR, at_noon())
    assert told == VoteOpened(vote=thing.state())
    assert (thing.roll_version, thing.roll_hash, thing.area, thing.headcount) == (3, HASH, 300, 3)
    assert (thing.status, thing.matter, thing.closes_at) == (VoteStatus.OPEN, 8, NOON + timedelta(days=15))


@pytest.mark.parametrize("weight", [Weight(), Weight(0, 3), Weight(300, 0)])
def test_nobody_is_asked_over_an_empty_roll(weight: Weight) -> None:
    with pytest.raises(Refused, match="nobody is in") as no:
        vote(WholeRoll(3, HASH, weight))
    assert no.value.clause == "决-2"


@pytest.mark.parametrize(
    ("days", "possible"), [(-1, False), (0, False), (1 / 86400, True), (60, True), (60.001, False)]
)
def test_a_vote_ends_in_the_future_and_within_its_days(days: float, possible: bool) -> None:
    if possible:
        assert vote(days=days).status is VoteStatus.OPEN
        return
    with pytest.raises(Refused, match="within 60 days") as no:
        vote(days=days)
    assert no.value.clause == "决-2"


def test_the_longest_vote_is_the_communitys() -> None:
    shorter = moment(projects__longest_vote_days=[(date(2024, 1, 1), 10)])
    with pytest.raises(Refused, match="within 10 days"):
        Vote.open(VOTE, open_vote(days=11), ROLL, *BY_CHAIR, shorter)


def test_only_the_owners_committee_asks_and_only_owners_answer_in_time() -> None:
    with pytest.raises(Forbidden):
        Vote.open(VOTE, open_vote(), ROLL, SECRETARY, held(SECRETARY), at_noon())
    thing, one = vote(), owner("one")
    thing.permit("cast", one, held(one), at_noon(days=15, microseconds=-1))
    with pytest.raises(Forbidden):
        thing.permit("cast", SECRETARY, held(SECRETARY), at_noon())
    with pytest.raises(Refused, match="time of this vote is over") as no:
        thing.permit("cast", one, held(one), at_noon(days=15))
    assert no.value.clause == "决-4"


def test_a_ballot_counts_its_homes_and_each_person_once() -> None:
    thing = vote()
    first, second, third = home("1", 100, "a"), home("2", 50, "a"), home("3", 150, "b")
    ballot, homes, counted_in = cast(thing, "one", first, second)
    assert [(each.home_id, each.ballot, each.area, each.cast_by, each.on_paper) for each in homes] == [
        (first.home_id, 1, 100, id_of("one"), False),
        (second.home_id, 1, 50, id_of("one"), False),
    ]
    assert counted_in == BallotCountedIn(vote=thing.state())
    assert (ballot.number, ballot.homes) == (1, (first.home_id, second.home_id))
    assert (thing.participating_area, thing.participating_headcount, thing.version) == (150, 1, 2)
    another, *_ = cast(thing, "two", third, took_part=())
    assert (another.number, thing.participating_area, thing.participating_headcount) == (2, 300, 2)


def test_a_person_who_took_part_is_not_counted_again() -> None:
    thing = vote()
    cast(thing, "one", home("1", 100, "a"))
    cast(thing, "two", home("2", 50, "a"), took_part=(home("2", 50, "a"),))
    assert (thing.participating_area, thing.participating_headcount, thing.ballots) == (150, 1, 2)


def test_what_an_owner_chose_is_told_to_that_owner_only() -> None:
    ballot, *_ = cast(vote(), "one", home("1"))
    assert ballot.state().audience == "member"
    shown = {name: getattr(ballot.state(), name) for name in hints_of(BallotState) if name != "audience"}
    assert shown | {"number": 1} == vars(ballot)
    assert shown["member_id"] == id_of("one")


def test_ballots_on_paper_are_numbered_after_the_others_and_name_who_entered_them() -> None:
    thing = vote()
    cast(thing, "one", home("1", 100, "a"))
    papers = [(home("2", 50, "a"), Choice.NO), (home("3", 60, "b"), Choice.YES), (home("4", 70, "b"), Choice.NO)]
    homes, told = thing.enter_paper(papers, {papers[0][0].person_id}, CHAIR, at_noon())
    assert told == PaperBallotsEntered(vote=thing.state(), homes=3)
    assert [(each.ballot, each.choice) for each in homes] == [(2, "no"), (3, "yes"), (4, "no")]
    assert all((each.cast_by, each.on_paper) == (CHAIR.member_id, True) for each in homes)
    assert (thing.ballots, thing.participating_area, thing.participating_headcount) == (4, 280, 2)
    with pytest.raises(Refused, match="time of this vote is over"):
        thing.permit("enter_paper", *BY_CHAIR, at_noon(days=15))


def test_a_ballot_for_nothing_is_a_defect() -> None:
    with pytest.raises(AssertionError):
        cast(vote(), "one")


@pytest.mark.parametrize(("yes", "status"), [(Weight(150, 2), VoteStatus.PASSED), (Weight(149, 2), VoteStatus.FAILED)])
def test_a_vote_is_counted_when_its_time_is_over(yes: Weight, status: VoteStatus) -> None:
    thing = vote()
    cast(thing, "one", home("1", 100), home("2", 100))
    assert (thing.state().yes_area, thing.state().yes_headcount) == (None, None)
    told, failed = thing.close(Tally(Weight(200, 2), yes), *BY_CHAIR, at_noon(days=15))
    assert told == VoteClosed(vote=thing.state())
    assert (thing.status, thing.yes_area, thing.yes_headcount) == (status, yes.area, yes.headcount)
    assert (failed is None) == (status is VoteStatus.PASSED)
    with pytest.raises(Refused):
        thing.close(Tally(Weight(200, 2), yes), *BY_CHAIR, at_noon(days=16))
    with pytest.raises(Refused):
        thing.permit("cast", owner("two"), held(owner("two")), at_noon())


def test_a_vote_is_counted_earlier_only_when_every_owner_took_part() -> None:
    thing = vote()
    cast(thing, "one", home("1", 100), home("2", 100))
    with pytest.raises(Refused, match="owners can still vote") as no:
        thing.close(Tally(Weight(200, 2), Weight(200, 2)), *BY_CHAIR, at_noon())
    assert no.value.clause == "决-3"
    cast(thing, "two", home("3", 100))
    with pytest.raises(Forbidden):
        thing.close(Tally(Weight(300, 3), Weight(300, 3)), SECRETARY, held(SECRETARY), at_noon())
    assert thing.close(Tally(Weight(300, 3), Weight(300, 3)), *BY_CHAIR, at_noon())[1] is None


def test_a_count_that_is_not_what_was_shown_is_a_defect() -> None:
    with pytest.raises(AssertionError, match="not what was shown"):
        vote().close(Tally(Weight(300, 3), Weight(300, 3)), *BY_CHAIR, at_noon(days=15))


def test_the_state_shows_every_member_but_the_services_own() -> None:
    thing = vote()
    shown = {name: getattr(thing.state(), name) for name in hints_of(VoteState) if name != "audience"}
    assert shown | {"roll_version": 3, "ballots": 0} == vars(thing)
    assert thing.community_id == COMMUNITY

"""A draw is decided by nobody: a frozen list, three secrets that nobody could change, and the picks that follow from them."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.actor import SYSTEM, Role
from services.errors import Forbidden, Refused
from services.experts.contract import (
    DrawCommitted,
    DrawFrozen,
    DrawStatus,
    DrawVoided,
    JurorReplaced,
    JuryDrawn,
    SecretRevealed,
)
from services.experts.draw import hash_of_list, picks, verify
from services.experts.model import Draw
from services.experts.policy import MOST_CANDIDATES
from services.parties import Party
from tests.experts.drawn import (
    DRAW,
    REVEAL_BY,
    SECRETS,
    SPEAKERS,
    asked,
    commit,
    committed,
    decline,
    drawn,
    frozen,
    person,
    pool,
    proof,
    reveal,
)
from tests.shared.samples import COMMUNITY, NOON, PROJECT, RESIDENT, member, moment

FIRST, SECOND, THIRD = Party


def test_a_list_is_numbered_from_one_in_the_order_of_the_ids_and_hashed() -> None:
    draw, told = Draw.freeze(asked(), pool(7), SYSTEM, moment())
    assert told == DrawFrozen(draw=draw.state())
    assert [each.number for each in draw.candidates] == [1, 2, 3, 4, 5, 6, 7]
    assert [(each.expert_id, each.member_id) for each in draw.candidates] == pool(7)
    assert draw.list_hash == hash_of_list(enumerate((expert_id for expert_id, _ in pool(7)), 1))
    assert (draw.id, draw.project_id, draw.version, draw.status) == (DRAW, PROJECT, 1, DrawStatus.FROZEN)


@pytest.mark.parametrize(("size", "kept"), [(0, 0), (4, 4), (MOST_CANDIDATES + 1, 0)])
def test_a_list_that_nobody_can_be_drawn_from_is_void_at_once(size: int, kept: int) -> None:
    listed = pool(size) if size < 10 else [(person(0).member_id, person(0).member_id)] * size
    draw, told = Draw.freeze(asked(), listed, SYSTEM, moment())
    assert isinstance(told, DrawVoided)
    assert told == DrawVoided(draw=draw.state(), reason=draw.void_because or "")
    assert (draw.status, draw.version, len(draw.candidates)) == (DrawStatus.VOID, 1, kept)
    assert "candidates" in told.reason
    assert "候选专家" in told.reason


def test_only_the_system_freezes_a_list() -> None:
    for size in (3, 9):
        with pytest.raises(Forbidden):
            Draw.freeze(asked(), pool(size), SPEAKERS[FIRST], moment())


@pytest.mark.parametrize("order", list(permutations(Party)))
def test_whatever_the_order_the_same_secrets_draw_the_same_jury(order: tuple[Party, ...]) -> None:
    draw = frozen()
    told = [commit(draw, party) for party in order]
    assert all(isinstance(each, DrawCommitted) for each in told)
    assert [each.draw.status for each in told] == [DrawStatus.FROZEN, DrawStatus.FROZEN, DrawStatus.COMMITTED]
    assert [each.party for each in draw.commitments] == list(Party)
    revealed = [reveal(draw, party) for party in reversed(order)]
    assert [type(each) for each in revealed] == [SecretRevealed, SecretRevealed, JuryDrawn]
    assert draw.key == "".join(f"{int(SECRETS[party], 16)}./" for party in Party)
    numbers = picks(draw.key, 9, 5)
    assert [seat.number for seat in draw.picks] == numbers
    assert [seat.pick for seat in draw.picks] == [0, 1, 2, 3, 4]
    assert revealed[-1].jurors == draw.jurors == tuple(draw.candidates[number - 1].member_id for number in numbers)
    assert (draw.status, draw.version) == (DrawStatus.DRAWN, 7)


def test_nothing_is_told_of_the_picks_before_the_last_secret() -> None:
    draw = committed()
    for party in (FIRST, THIRD):
        told = reveal(draw, party)
        assert (told.draw.key, told.draw.picks, told.party) == ("", (), party)


def test_a_party_commits_and_reveals_once() -> None:
    draw = frozen()
    commit(draw, FIRST)
    with pytest.raises(Refused, match="already") as no:
        commit(draw, FIRST, "0" * 32)
    assert no.value.clause == "抽-2"
    commit(draw, SECOND)
    commit(draw, THIRD)
    with pytest.raises(Refused, match="already"):
        commit(draw, THIRD)
    reveal(draw, SECOND)
    with pytest.raises(Refused, match="already") as no:
        reveal(draw, SECOND)
    assert no.value.clause == "抽-3"
    reveal(draw, FIRST)
    reveal(draw, THIRD)
    with pytest.raises(Refused, match="while drawn"):
        reveal(draw, THIRD)


@pytest.mark.parametrize("number", range(3))
def test_no_secret_is_revealed_before_all_have_committed(number: int) -> None:
    draw = frozen()
    for party in list(Party)[:number]:
        commit(draw, party)
    before = draw.state()
    for party in Party:
        with pytest.raises(Refused, match="cannot reveal"):
            reveal(draw, party)
    assert draw.state() == before


def test_only_the_secret_that_was_committed_to_is_taken() -> None:
    draw = committed()
    before = draw.state()
    for wrong in ("0" * 32, SECRETS[SECOND]):
        with pytest.raises(Refused, match="not the secret") as no:
            reveal(draw, FIRST, wrong)
        assert no.value.clause == "抽-3"
    assert draw.state() == before
    reveal(draw, FIRST)


def test_a_clock_that_is_behind_makes_no_draw_look_wrong() -> None:
    draw = committed()
    for party in Party:
        reveal(draw, party, at=moment(NOON - timedelta(seconds=1)))
    assert [each.revealed_at for each in draw.commitments] == [NOON] * 3
    assert verify(proof(draw)) == []


@pytest.mark.parametrize("party", Party)
def test_nobody_speaks_for_a_party_but_its_own(party: Party) -> None:
    draw, ready = frozen(), committed()
    others = [SPEAKERS[each] for each in Party if each is not party]
    for somebody in (*others, RESIDENT, member(RESIDENT.member_id, Role.COMMUNITY_ADMIN), SYSTEM):
        held = somebody.roles_in(COMMUNITY)
        with pytest.raises(Forbidden):
            draw.commit(party, "0" * 64, somebody, held, moment())
        with pytest.raises(Forbidden):
            ready.reveal(party, SECRETS[party], somebody, held, moment())
    assert draw.state() == frozen().state()
    assert ready.state() == committed().state()


def test_what_comes_at_the_deadline_is_too_late() -> None:
    draw = frozen()
    late, just = moment(REVEAL_BY), moment(REVEAL_BY - timedelta(microseconds=1))
    with pytest.raises(Refused, match="deadline"):
        commit(draw, FIRST, at=late)
    for party in Party:
        commit(draw, party, at=just)
    with pytest.raises(Refused, match="deadline"):
        reveal(draw, FIRST, at=late)


@pytest.mark.parametrize(
    ("draw", "reason"),
    [
        (frozen(), "not committed in time: party committee, property company, owners committee"),
        (committed(), "not revealed"),
    ],
)
def test_a_draw_that_is_not_drawn_in_time_is_void(draw: Draw, reason: str) -> None:
    with pytest.raises(Refused, match="still has time"):
        draw.expire(SYSTEM, moment(REVEAL_BY - timedelta(microseconds=1)))
    version = draw.version
    told = draw.expire(SYSTEM, moment(REVEAL_BY))
    assert told.reason.startswith(reason)
    assert told.reason == draw.void_because
    assert (draw.status, draw.version) == (DrawStatus.VOID, version + 1)
    with pytest.raises(Refused):
        draw.expire(SYSTEM, moment(REVEAL_BY))


def test_a_jury_that_is_drawn_does_not_expire() -> None:
    with pytest.raises(Refused, match="while drawn"):
        drawn().expire(SYSTEM, moment(REVEAL_BY))


def test_whoever_declines_is_followed_by_the_next_pick() -> None:
    draw = drawn()
    first, *others = draw.jurors
    told = decline(draw, first)
    assert isinstance(told, JurorReplaced)
    numbers = picks(draw.key, 9, 6)
    assert [seat.number for seat in draw.picks] == numbers
    assert told.jurors == (*others, draw.candidates[numbers[-1] - 1].member_id)
    assert (told.declined, draw.picks[0].reason, draw.status) == (first, "近期出差", DrawStatus.DRAWN)
    assert draw.picks[0].declined_at == NOON + timedelta(hours=2)
    assert draw.picks[5].declined_at is None


def test_nobody_declines_who_does_not_sit() -> None:
    draw = drawn()
    first = draw.jurors[0]
    decline(draw, first)
    outsider = next(each.member_id for each in draw.candidates if each.member_id not in (first, *draw.jurors))
    before = draw.state()
    for somebody in (first, outsider, RESIDENT.member_id, SYSTEM.member_id):
        with pytest.raises(Forbidden) as no:
            decline(draw, somebody)
        assert no.value.clause == "抽-5"
    assert draw.state() == before


def test_when_everybody_was_drawn_nobody_replaces() -> None:
    draw = drawn(6)
    sitting = [len(decline(draw, draw.jurors[0]).jurors) for _ in range(6)]
    assert sitting == [5, 4, 3, 2, 1, 0]
    assert len(draw.picks) == 6


def test_before_the_draw_nobody_has_a_seat_to_decline() -> None:
    with pytest.raises(Forbidden):
        decline(committed(), person(0).member_id)


def test_the_state_shows_every_member_of_the_draw() -> None:
    draw = drawn(declining=[1])
    assert {name: getattr(draw.state(), name) for name in vars(draw)} == vars(draw)

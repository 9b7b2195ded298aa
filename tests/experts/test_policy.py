"""Exactly the moves of the tables are possible, for exactly whom they name; a deadline is a deadline to the microsecond."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.actor import SYSTEM, Actor, Role
from services.declare import commands_of
from services.errors import Forbidden, Refused
from services.experts.contract import VERIFIERS, Commitment, DrawStatus, ExpertStatus
from services.experts.policy import (
    DRAW_LIFECYCLE,
    EXPERT_LIFECYCLE,
    GROUPS,
    MOST_CANDIDATES,
    PARAMETERS,
    deadline_is_over,
    in_time,
    known_groups,
    others_have_committed,
    others_have_revealed,
    unfit_list,
    who_was_late,
)
from services.lifecycle import Lifecycle, move_of, permit
from services.parties import THREE_PARTIES, Party
from tests.experts.drawn import SECRETS, sha256
from tests.shared.samples import COMMUNITY, NEIGHBOUR, NOON, REPORTER, moment

E, D = ExpertStatus, DrawStatus
MEMBERS = set(Role) - {Role.PROPERTY_SYSTEM}
PARTIES = {Role.PARTY_COMMITTEE, Role.PROPERTY_MANAGER, Role.OWNERS_COMMITTEE}
CHECKERS = {Role.PARTY_COMMITTEE, Role.COMMUNITY_ADMIN}

# The lifecycles in other words: move, state → who may; a sitting juror may while holding any role in the community.
BY_ROLE: dict[tuple[str, StrEnum | None], set[Role]] = {
    ("register", None): MEMBERS,
    ("verify", E.REGISTERED): CHECKERS,
    ("verify", E.VERIFIED): CHECKERS,
    ("commit", D.FROZEN): PARTIES,
    ("commit_last", D.FROZEN): PARTIES,
    ("reveal", D.COMMITTED): PARTIES,
    ("reveal_last", D.COMMITTED): PARTIES,
}
BY_JUROR = {("decline", D.DRAWN)}
BY_SYSTEM = {("freeze", None), ("give_up", None), ("expire", D.FROZEN), ("expire", D.COMMITTED)}
LEADS_TO = {
    "register": E.REGISTERED,
    "verify": E.VERIFIED,
    "freeze": D.FROZEN,
    "give_up": D.VOID,
    "commit": D.FROZEN,
    "commit_last": D.COMMITTED,
    "reveal": D.COMMITTED,
    "reveal_last": D.DRAWN,
    "decline": D.DRAWN,
    "expire": D.VOID,
}
BEGINS = {"register", "freeze", "give_up"}


def given_by(*parties: Party, revealed: tuple[Party, ...] = ()) -> tuple[Commitment, ...]:
    """The commitments of some parties, of which some were revealed."""
    return tuple(
        Commitment(
            party=party, sha256=sha256(SECRETS[party]), at=NOON, secret=SECRETS[party] if party in revealed else None
        )
        for party in parties
    )


@dataclass
class Thing:
    """An expert or a draw as the lifecycle asks of it: its last party is owed."""

    status: StrEnum
    jurors: tuple[str, ...] = (REPORTER,)
    reveal_by: datetime = NOON
    commitments: tuple[Commitment, ...] = given_by(*list(Party)[:2], revealed=tuple(Party)[:2])


def passes(
    life: Lifecycle, name: str, state: StrEnum | None, who: Actor, held: frozenset[Role], late: bool = False
) -> bool:
    """Whether the move is possible; where it is, it leads where it should."""
    at = moment(NOON if late else NOON - timedelta(microseconds=1))
    try:
        move = permit(life, name, None if state is None else Thing(state), who, held, at)
    except (Forbidden, Refused):
        return False
    assert move.target == LEADS_TO[name]
    return True


CASES = [
    (life, move.name, state)
    for life, states in ((EXPERT_LIFECYCLE, ExpertStatus), (DRAW_LIFECYCLE, DrawStatus))
    for move, state in product(life, [None, *states])
    if state is not None or move.name in BEGINS
]


@pytest.mark.parametrize("role", [None, *Role])
def test_of_every_move_state_and_role_exactly_the_allowed_ones_pass(role: Role | None) -> None:
    held = frozenset({role} if role else ())
    somebody, juror = Actor(NEIGHBOUR, {COMMUNITY: held}), Actor(REPORTER, {COMMUNITY: held})
    for life, name, state in CASES:
        by_role = role in BY_ROLE.get((name, state), set())
        assert passes(life, name, state, somebody, held) == by_role, (name, state)
        by_juror = bool(held) and (name, state) in BY_JUROR
        assert passes(life, name, state, juror, held) == (by_role or by_juror), (name, state)


def test_the_system_makes_its_own_moves_only() -> None:
    for (life, name, state), held in product(CASES, [frozenset[Role](), frozenset(Role)]):
        assert passes(life, name, state, SYSTEM, held, late=True) == ((name, state) in BY_SYSTEM), (name, state)


def test_the_tables_have_no_move_twice_and_every_state_is_reached() -> None:
    moves = [*EXPERT_LIFECYCLE, *DRAW_LIFECYCLE]
    assert len({move.name for move in moves}) == len(moves) == len(LEADS_TO)
    assert {move.target for move in moves} == {*ExpertStatus, *DrawStatus}


def test_every_move_names_its_clause() -> None:
    assert all(move.clause.startswith("专-") for move in EXPERT_LIFECYCLE)
    assert all(move.clause.startswith("抽-") for move in DRAW_LIFECYCLE)
    assert len({"register", "verify"} & {move.name for move in EXPERT_LIFECYCLE}) == 2


def test_who_may_is_the_same_in_the_contract_and_in_the_policy() -> None:
    commands = commands_of("experts")
    assert commands["register_expert"].by is move_of(EXPERT_LIFECYCLE, "register").by
    assert commands["verify_expert"].by is move_of(EXPERT_LIFECYCLE, "verify").by is VERIFIERS
    for method, moves in (("commit_to_draw", ("commit", "commit_last")), ("reveal_secret", ("reveal", "reveal_last"))):
        assert {move_of(DRAW_LIFECYCLE, move).by for move in moves} == {commands[method].by} == {THREE_PARTIES}


@given(before=st.timedeltas(timedelta(microseconds=1), timedelta(days=900)))
def test_a_draw_is_in_time_until_its_deadline_and_void_from_it_on(before: timedelta) -> None:
    draw = Thing(D.FROZEN)
    assert in_time(draw, moment(NOON - before)) is None
    assert deadline_is_over(draw, moment(NOON - before))
    for late in (timedelta(), before):
        assert in_time(draw, moment(NOON + late))
        assert deadline_is_over(draw, moment(NOON + late)) is None


@pytest.mark.parametrize("number", range(3))
def test_the_last_party_is_last_only_when_the_others_have_done_their_part(number: int) -> None:
    some, everybody = tuple(Party)[:number], tuple(Party)
    assert (others_have_committed(Thing(D.FROZEN, commitments=given_by(*some)), moment()) is None) == (number == 2)
    revealing = Thing(D.COMMITTED, commitments=given_by(*everybody, revealed=some))
    assert (others_have_revealed(revealing, moment()) is None) == (number == 2)


@pytest.mark.parametrize(
    ("late", "en", "zh"),
    [
        (
            given_by(),
            "not committed in time: party committee, property company, owners committee",
            "社区党委、物业公司、业委会",
        ),
        (
            given_by(Party.PROPERTY_COMPANY),
            "not committed in time: party committee, owners committee",
            "社区党委、业委会",
        ),
        (
            given_by(*Party, revealed=(Party.PARTY_COMMITTEE,)),
            "not revealed in time: property company, owners committee",
            "未按时公开密数:物业公司、业委会",
        ),
    ],
)
def test_whoever_was_late_is_named(late: tuple[Commitment, ...], en: str, zh: str) -> None:
    reason = who_was_late(late)
    assert reason.en == en
    assert reason.zh.endswith(zh)
    assert len(f"{reason.en} ({reason.zh})") <= 200


def test_a_list_fits_with_as_many_as_there_are_seats_and_not_more_than_a_draw_can_have() -> None:
    fitting = [unfit_list(range(size), 5) is None for size in (0, 4, 5, MOST_CANDIDATES, MOST_CANDIDATES + 1)]
    assert fitting == [False, False, True, True, False]


def test_groups_are_data_each_with_its_labels() -> None:
    assert {group.code: group.zh for group in GROUPS} == {
        "plan_evaluation": "方案评定组",
        "construction_supervision": "施工监督组",
        "completion_acceptance": "竣工验收组",
        "legal_advice": "法律咨询",
        "mediation": "矛盾调解",
    }
    assert all(group.en for group in GROUPS)


@given(st.lists(st.sampled_from([group.code for group in GROUPS]), min_size=1, max_size=20))
def test_groups_are_taken_once_each_in_the_order_of_the_table(codes: list[str]) -> None:
    found = known_groups(codes)
    assert set(found) == set(codes)
    assert list(found) == [group.code for group in GROUPS if group.code in codes]


def test_an_unknown_group_is_refused_and_named() -> None:
    with pytest.raises(Refused, match="no such group: astrology, fengshui") as no:
        known_groups(["mediation", "fengshui", "astrology"])
    assert no.value.clause == "专-3"


def test_the_numbers_of_experts_are_named_as_theirs() -> None:
    assert all(parameter.name.startswith("experts.") for parameter in PARAMETERS)

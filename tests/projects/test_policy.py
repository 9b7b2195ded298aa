"""Exactly the moves of the tables are possible, for exactly whom they name; the gates say why they are shut."""

from datetime import date, timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from services.actor import SYSTEM, Actor, Role
from services.declare import COMMANDS
from services.errors import Forbidden, Refused
from services.lifecycle import Lifecycle, move_of, permit
from services.projects import contract as c
from services.projects import policy
from services.projects.contract import (
    Doubt,
    MeetingStatus,
    ProjectStatus,
    Satisfaction,
    StopOrder,
    TopicStatus,
    VoteStatus,
)
from services.projects.policy import (
    CONSTRUCTION_GATE,
    DESIGN_GATE,
    ENOUGH_JURORS_PERCENT,
    FINAL_PAYMENT_PERCENT,
    JURY_SEATS,
    LIFECYCLE,
    LONGEST_VOTE_DAYS,
    MEETING_LIFECYCLE,
    PARAMETERS,
    REVEAL_HOURS,
    TOPIC_LIFECYCLE,
    VOTE_LIFECYCLE,
)
from tests.projects.made import JURORS, at_noon, id_of, judgement, project
from tests.shared.samples import COMMUNITY, NOON, moment

S, T, M, V = ProjectStatus, TopicStatus, MeetingStatus, VoteStatus
MEMBERS = set(Role) - {Role.PROPERTY_SYSTEM}
PARTIES = {Role.PARTY_COMMITTEE, Role.PROPERTY_MANAGER, Role.OWNERS_COMMITTEE}
COMMITTEE, MANAGER, OWNER = {Role.OWNERS_COMMITTEE}, {Role.PROPERTY_MANAGER}, {Role.OWNER}

# Each lifecycle in other words: move → from where, to where, by whom.
Words = dict[str, tuple[Any, Any, set[Role]]]
PROJECTS: Words = {
    "begin": (None, S.DISCUSSING, PARTIES),
    "propose": (S.DISCUSSING, S.DISCUSSING, MEMBERS),
    "request_jury": (S.DISCUSSING, S.JUDGING, PARTIES),
    "judge": (S.JUDGING, S.JUDGING, set()),
    "pass_design": (S.JUDGING, S.DESIGNED, PARTIES),
    "discuss_again": (S.JUDGING, S.DISCUSSING, PARTIES),
    "put_to_vote": (S.DESIGNED, S.VOTING, COMMITTEE),
    "decide": (S.VOTING, S.DECIDED, COMMITTEE),
    "vote_down": (S.VOTING, S.DISCUSSING, COMMITTEE),
    "sign_contract": (S.DECIDED, S.CONTRACTED, COMMITTEE),
    "start_works": (S.CONTRACTED, S.BUILDING, MANAGER),
    "stop_works": (S.BUILDING, S.STOPPED, set()),
    "rectify": (S.STOPPED, S.STOPPED, MANAGER),
    "resume_works": (S.STOPPED, S.BUILDING, set()),
    "complete": (S.BUILDING, S.ACCEPTING, MANAGER),
    "accept": (S.ACCEPTING, S.ACCEPTED, set()),
    "close": (S.ACCEPTED, S.CLOSED, PARTIES),
}
TOPICS: Words = {"raise": (None, T.RAISED, PARTIES), "adopt": (T.RAISED, T.ADOPTED, PARTIES)}
MEETINGS: Words = {
    "convene": (None, M.OPEN, PARTIES),
    "attend": (M.OPEN, M.OPEN, PARTIES),
    "move_resolution": (M.OPEN, M.OPEN, PARTIES),
    "agree": (M.OPEN, M.OPEN, PARTIES),
    "adopt": (M.OPEN, M.OPEN, PARTIES),
    "close": (M.OPEN, M.CLOSED, PARTIES),
}
VOTES: Words = {
    "open": (None, V.OPEN, COMMITTEE),
    "cast": (V.OPEN, V.OPEN, OWNER),
    "enter_paper": (V.OPEN, V.OPEN, COMMITTEE),
    "pass": (V.OPEN, V.PASSED, COMMITTEE),
    "fail": (V.OPEN, V.FAILED, COMMITTEE),
}
BY_JUROR, BY_SUPERVISOR, BY_SYSTEM = {"judge"}, {"stop_works", "resume_works"}, {"discuss_again", "accept"}
TABLES = [
    pytest.param(lifecycle, words, states, id=name)
    for name, lifecycle, words, states in (
        ("project", LIFECYCLE, PROJECTS, S),
        ("topic", TOPIC_LIFECYCLE, TOPICS, T),
        ("meeting", MEETING_LIFECYCLE, MEETINGS, M),
        ("vote", VOTE_LIFECYCLE, VOTES, V),
    )
]


def thing(state: Any) -> Any:
    """Something in a state, with all that any move asks for."""
    if state is None:
        return None
    ready = SimpleNamespace(**vars(project(S.DISCUSSING)))
    vars(ready).update(status=state, area=100, participating_area=100, closes_at=NOON + timedelta(hours=1))
    vars(ready).update(jurors=tuple(JURORS), supervisors=(id_of("supervisor"),))
    return ready


def passes(lifecycle: Lifecycle, words: Words, name: str, state: Any, who: Actor, held: frozenset[Role]) -> bool:
    """Whether the move is possible; where it is, it leads where it should."""
    try:
        move = permit(lifecycle, name, thing(state), who, held, at_noon())
    except (Forbidden, Refused):
        return False
    assert move.target == words[name][1]
    return True


@pytest.mark.parametrize(("lifecycle", "words", "states"), TABLES)
def test_of_every_move_state_and_role_exactly_the_allowed_ones_pass(
    lifecycle: Lifecycle, words: Words, states: Any
) -> None:
    people = {"somebody": set(), JURORS[0]: BY_JUROR, id_of("supervisor"): BY_SUPERVISOR}
    for name, state, role, (id_, special) in product(words, states, [None, *Role], people.items()):
        source, _, roles = words[name]
        if source is None:
            continue
        held = frozenset({role} if role else ())
        may = role in roles or (bool(held) and name in special)
        who = Actor(id_, {COMMUNITY: held})
        assert passes(lifecycle, words, name, state, who, held) == (may and state == source), (name, state, role, id_)


@pytest.mark.parametrize(("lifecycle", "words", "states"), TABLES)
def test_a_life_begins_by_whom_the_table_names(lifecycle: Lifecycle, words: Words, states: Any) -> None:
    (first,) = (name for name, (source, _, _) in words.items() if source is None)
    for role in [None, *Role]:
        held = frozenset({role} if role else ())
        assert passes(lifecycle, words, first, None, Actor("x", {COMMUNITY: held}), held) == (role in words[first][2])
    for state in states:
        assert not passes(lifecycle, words, first, state, Actor("x"), frozenset(Role))


@pytest.mark.parametrize(("lifecycle", "words", "states"), TABLES)
def test_the_system_makes_its_own_moves_only(lifecycle: Lifecycle, words: Words, states: Any) -> None:
    for name, state, held in product(words, states, (frozenset[Role](), frozenset(Role))):
        may = lifecycle is LIFECYCLE and name in BY_SYSTEM and state == words[name][0]
        assert passes(lifecycle, words, name, state, SYSTEM, held) == may, (name, state)


@pytest.mark.parametrize(("lifecycle", "words", "states"), TABLES)
def test_no_table_has_a_move_twice_and_every_state_is_reached(lifecycle: Lifecycle, words: Words, states: Any) -> None:
    assert [move.name for move in lifecycle] == list(words)
    assert {move.target for move in lifecycle} == set(states)
    assert len({state.zh for state in states}) == len(states)
    assert all(move.clause[0] in "例关决行评" for move in lifecycle)


@pytest.mark.parametrize(
    ("lifecycle", "name", "command"),
    [
        (TOPIC_LIFECYCLE, "raise", c.RaiseTopic),
        (MEETING_LIFECYCLE, "convene", c.ConveneMeeting),
        (MEETING_LIFECYCLE, "attend", c.AttendMeeting),
        (MEETING_LIFECYCLE, "move_resolution", c.MoveResolution),
        (MEETING_LIFECYCLE, "agree", c.AgreeToResolution),
        (MEETING_LIFECYCLE, "adopt", c.AdoptResolution),
        (MEETING_LIFECYCLE, "close", c.CloseMeeting),
        (LIFECYCLE, "propose", c.ProposeAlternative),
        (LIFECYCLE, "request_jury", c.RequestJury),
        (LIFECYCLE, "pass_design", c.PassDesignGate),
        (LIFECYCLE, "put_to_vote", c.OpenVote),
        (VOTE_LIFECYCLE, "open", c.OpenVote),
        (VOTE_LIFECYCLE, "cast", c.CastBallot),
        (VOTE_LIFECYCLE, "enter_paper", c.EnterPaperBallots),
        (VOTE_LIFECYCLE, "pass", c.CloseVote),
        (VOTE_LIFECYCLE, "fail", c.CloseVote),
        (LIFECYCLE, "decide", c.CloseVote),
        (LIFECYCLE, "vote_down", c.CloseVote),
    ],
)
def test_who_may_is_the_same_in_the_contract_and_in_the_policy(lifecycle: Lifecycle, name: str, command: type) -> None:
    assert COMMANDS[command].by is move_of(lifecycle, name).by


def test_whoever_may_discuss_again_is_one_of_the_parties_or_the_system() -> None:
    assert move_of(LIFECYCLE, "discuss_again").by.roles == COMMANDS[c.DiscussAgain].by.roles


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"jurors": ()}, "no jury was drawn"),
        ({"judgements": ()}, "only 0 of 5 jurors"),
        ({"judgements": (judgement(0), judgement(1))}, "only 2 of 5 jurors"),
        ({"judgements": (judgement(0), judgement(1, False), judgement(2, False))}, "did not find the design feasible"),
        (
            {"judgements": tuple(judgement(number, number < 2) for number in range(4))},
            "did not find the design feasible",
        ),
        ({"jurors": JURORS[1:], "judgements": (judgement(0), judgement(1), judgement(2))}, "only 2 of 4 jurors"),
        ({"judgements": (judgement(0), judgement(1), judgement(2, False))}, None),
        ({}, None),
    ],
)
def test_the_design_gate_opens_for_a_drawn_jury_that_answered_and_agreed(
    changed: dict[str, Any], reason: str | None
) -> None:
    found = DESIGN_GATE.reasons(project(S.JUDGING, **changed), at_noon())
    assert (reason in found[0].en) if reason else not found


def test_how_many_jurors_are_enough_is_the_communitys() -> None:
    all_of_them = moment(projects__enough_jurors_percent=[(date(2024, 1, 1), 100)])
    assert len(DESIGN_GATE.reasons(project(S.JUDGING), all_of_them)) == 1


def test_the_construction_gate_waits_for_an_expert_and_for_whoever_doubts() -> None:
    doubt = Doubt(member_id=id_of("doubter"), words="回填看起来太松", at=NOON)
    shut = project(S.CONTRACTED, experts_supervising=(), doubts=(doubt,))
    assert len(CONSTRUCTION_GATE.reasons(shut, at_noon())) == 2
    assert CONSTRUCTION_GATE.reasons(project(S.CONTRACTED), at_noon()) == []


@pytest.mark.parametrize(
    ("name", "state", "changed"),
    [
        ("resume_works", S.STOPPED, {"stop_orders": ()}),
        ("resume_works", S.STOPPED, {"stop_orders": (StopOrder(number=1, reason="x", by=JURORS[0], at=NOON),)}),
        ("complete", S.BUILDING, {"acceptors": ()}),
        ("close", S.ACCEPTED, {"final_paid": False}),
        ("close", S.ACCEPTED, {"after": Satisfaction()}),
    ],
)
def test_a_move_waits_for_what_it_asks_for(name: str, state: ProjectStatus, changed: dict[str, Any]) -> None:
    move = move_of(LIFECYCLE, name)
    assert any(check(project(state, **changed), at_noon()) for check in move.only_if)
    assert not any(check(project(state), at_noon()) for check in move.only_if)


@pytest.mark.parametrize(
    ("hours", "took_part", "can_cast", "can_count"),
    [(0, 99, True, False), (0, 100, True, True), (1, 0, False, True)],
)
def test_a_vote_is_counted_when_nobody_can_vote_any_more(
    hours: int, took_part: int, can_cast: bool, can_count: bool
) -> None:
    vote: Any = SimpleNamespace(area=100, participating_area=took_part, closes_at=NOON + timedelta(hours=1))
    assert (policy.its_time_is_not_over(vote, at_noon(hours=hours)) is None) == can_cast
    assert (policy.its_time_is_over_or_all_took_part(vote, at_noon(hours=hours)) is None) == can_count


def test_the_numbers_are_those_of_the_scheme() -> None:
    assert PARAMETERS == (JURY_SEATS, ENOUGH_JURORS_PERCENT, REVEAL_HOURS, FINAL_PAYMENT_PERCENT, LONGEST_VOTE_DAYS)
    assert [parameter.on(date(2022, 5, 1)) for parameter in PARAMETERS] == [5, 60, 72, 10, 60]
    for parameter in PARAMETERS:
        assert parameter.name.startswith("projects.")
        assert all(parameter.least <= value <= parameter.most for value in parameter.values.values())

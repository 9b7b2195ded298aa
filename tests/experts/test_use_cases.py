"""What the service does with each command, event and deadline: the state, what is told, and what is planned."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from services.actor import SYSTEM, Actor, Role
from services.declare import COMMANDS
from services.errors import Forbidden, NotFound, Refused, SansanError
from services.experts.contract import (
    CommitToDraw,
    DeclareConflict,
    DeclineSeat,
    DrawStatus,
    JuryDrawn,
    RegisterExpert,
    RevealSecret,
    VerifyExpert,
)
from services.experts.draw import expert_of, verify
from services.experts.use_cases import DOES, DUE, REACTS
from services.ids import derived_id, new_id
from services.parties import Party
from services.schemas import load
from services.wire import from_json
from services.work import Desk, Job
from tests.experts.drawn import ADMIN, DRAW, GROUP, REVEAL_BY, SECRETS, SPEAKERS, asked, person, sha256
from tests.shared.desks import SetClock, event, job, perform, rows
from tests.shared.samples import (
    ANOTHER_COMMUNITY,
    COMMUNITY,
    PROJECT,
    RESIDENT,
    member,
    project_state,
)


def register(number: int) -> Job:
    """Somebody offers their knowledge."""
    command = RegisterExpert(community_id=COMMUNITY, profession="lawyer", qualification="执业十年")
    return job(command, person(number), does=DOES)


def verified(number: int, groups: Sequence[str] = (GROUP,), by: Actor = ADMIN) -> Job:
    """The admin verifies somebody."""
    expert_id = expert_of(COMMUNITY, person(number).member_id)
    return job(VerifyExpert(community_id=COMMUNITY, expert_id=expert_id, groups=tuple(groups)), by, does=DOES)


def too_close(number: int, project_id: str = PROJECT, reason: str = "承包商是我弟弟") -> Job:
    """Somebody declares a conflict."""
    command = DeclareConflict(community_id=COMMUNITY, project_id=project_id, reason=reason)
    return job(command, person(number), does=DOES)


def wanted(**changed: Any) -> Job:
    """Projects asks for a jury."""
    return event(asked(**changed), REACTS, consumer="experts.on.projects")


def commit(party: Party, secret: str = "", by: Actor | None = None, community_id: str = COMMUNITY) -> Job:
    """A party commits."""
    command = CommitToDraw(
        community_id=community_id, draw_id=DRAW, party=party, sha256=sha256(secret or SECRETS[party])
    )
    return job(command, by or SPEAKERS[party], does=DOES)


def reveal(party: Party, secret: str = "", by: Actor | None = None, community_id: str = COMMUNITY) -> Job:
    """A party reveals."""
    command = RevealSecret(community_id=community_id, draw_id=DRAW, party=party, secret=secret or SECRETS[party])
    return job(command, by or SPEAKERS[party], does=DOES)


def decline(member_id: str) -> Job:
    """Somebody declines a seat."""
    command = DeclineSeat(community_id=COMMUNITY, draw_id=DRAW, reason="近期出差")
    return job(command, member(member_id, Role.RESIDENT), does=DOES)


def pooled(desk: Desk, size: int) -> None:
    """A pool of so many verified experts."""
    perform(desk, *(register(number) for number in range(size)))
    perform(desk, *(verified(number) for number in range(size)))


def seated(desk: Desk, size: int = 9) -> Any:
    """The draw, drawn."""
    pooled(desk, size)
    perform(desk, wanted())
    perform(desk, *(commit(party) for party in Party))
    return perform(desk, *(reveal(party) for party in Party))[-1]


def no(desk: Desk, refused: Job) -> SansanError:
    """The refusal of a job."""
    outcome = desk.perform([refused])[0]
    assert outcome.failure is None
    assert outcome.refusal is not None
    return outcome.refusal


def told(desk: Desk) -> list[str]:
    """What happened to draws, in order."""
    return [row.type.split(".")[2] for row in rows(desk, "journal") if row.type.startswith("experts.draw.")]


def sitting(draw: Any) -> list[str]:
    """The members who sit."""
    return [seat["member_id"] for seat in draw["picks"] if seat["declined_at"] is None]


def the_draw(desk: Desk) -> Any:
    """The one draw in the table."""
    (row,) = rows(desk, "draws")
    return row


def test_a_whole_draw_from_the_pool_to_the_last_seat(desk: Desk) -> None:
    draw = seated(desk)
    assert (draw["status"], draw["version"], len(draw["candidates"]), len(draw["picks"])) == ("drawn", 7, 9, 5)
    assert told(desk) == ["frozen", "committed", "committed", "committed", "revealed", "revealed", "drawn"]
    last = load(JuryDrawn, from_json(rows(desk, "journal")[-1].data))
    assert list(last.jurors) == sitting(draw)
    assert verify(draw) == []
    first, outsider = (
        sitting(draw)[0],
        next(each for each in draw["candidates"] if each["member_id"] not in sitting(draw)),
    )
    for somebody in (outsider["member_id"], RESIDENT.member_id):
        assert no(desk, decline(somebody)).clause == "抽-5"
    replaced = perform(desk, decline(first))[0]
    assert verify(replaced) == []
    assert sitting(replaced) == [*sitting(draw)[1:], replaced["picks"][5]["member_id"]]
    journal = rows(desk, "journal")[-1]
    assert (journal.type, journal.audience) == ("experts.draw.replaced.v1", "public")
    assert from_json(journal.data) == {"draw": replaced, "declined": first, "jurors": sitting(replaced)}
    assert isinstance(no(desk, decline(first)), Forbidden)


def test_an_expert_registers_once_and_is_verified_by_others_as_often_as_groups_change(desk: Desk) -> None:
    state = perform(desk, register(1))[0]
    assert (state["id"], state["status"]) == (derived_id(COMMUNITY, "expert", person(1).member_id), "registered")
    again = no(desk, register(1))
    assert isinstance(again, Refused)
    assert again.clause == "专-1"
    outcomes = desk.perform([register(2), register(2)])
    assert [outcome.refusal is None for outcome in outcomes] == [True, False]
    assert len(rows(desk, "experts")) == 2
    assert perform(desk, verified(1))[0]["groups"] == [GROUP]
    assert perform(desk, verified(1, ["mediation"]))[0]["groups"] == ["mediation"]
    assert isinstance(no(desk, verified(1, ["fengshui"])), Refused)
    assert isinstance(no(desk, verified(1, by=person(2))), Forbidden)
    assert no(desk, verified(1, by=member(person(1).member_id, Role.COMMUNITY_ADMIN))).clause == "专-2"


def test_a_conflict_is_declared_by_an_expert_and_kept_once(desk: Desk) -> None:
    assert no(desk, too_close(1)).clause == "专-4"
    perform(desk, register(1))
    first, again = perform(desk, too_close(1), too_close(1, reason="也是我的邻居"))
    assert again == first
    assert perform(desk, too_close(1))[0]["reason"] == "承包商是我弟弟"
    assert [row.type for row in rows(desk, "journal")].count("experts.conflict.declared.v1") == 1
    assert perform(desk, too_close(1, project_id=new_id()))[0]["id"] != first["id"]


def test_the_list_leaves_out_who_is_excluded_too_close_or_of_another_group(desk: Desk) -> None:
    pooled(desk, 9)
    perform(desk, too_close(0), too_close(1, project_id=new_id()), register(9), verified(2, ["mediation"]))
    perform(desk, wanted(excluded=(person(3).member_id,)))
    draw = the_draw(desk)
    assert {each.member_id for each in draw.candidates} == {person(number).member_id for number in (1, 4, 5, 6, 7, 8)}
    perform(desk, too_close(4), verified(5, ["mediation"]))
    assert the_draw(desk).candidates == draw.candidates
    assert verify(perform(desk, commit(Party.PARTY_COMMITTEE))[0]) == []


def test_a_second_request_for_the_same_draw_changes_nothing(desk: Desk) -> None:
    pooled(desk, 6)
    perform(desk, wanted(), wanted(seats=3))
    perform(desk, register(6))
    perform(desk, verified(6))
    perform(desk, wanted(reveal_by=REVEAL_BY + timedelta(days=1)))
    draw = the_draw(desk)
    assert (draw.version, draw.seats, len(draw.candidates)) == (1, 5, 6)
    assert told(desk) == ["frozen"]
    assert [(row.kind, row.subject, row.due_at) for row in rows(desk, "due")] == [("void_the_draw", DRAW, REVEAL_BY)]


def test_too_small_a_pool_is_void_at_once(desk: Desk) -> None:
    pooled(desk, 4)
    perform(desk, wanted())
    draw = the_draw(desk)
    assert (draw.status, len(draw.candidates)) == (DrawStatus.VOID, 4)
    assert told(desk) == ["voided"]
    assert from_json(rows(desk, "journal")[-1].data)["reason"].startswith("only 4 candidates for 5 seats")
    assert rows(desk, "due") == []
    assert isinstance(no(desk, commit(Party.PARTY_COMMITTEE)), Refused)


def void(desk: Desk, clock: SetClock, steps: Iterable[Job]) -> Any:
    """The draw after its deadline, when only some steps were made."""
    pooled(desk, 5)
    perform(desk, wanted())
    perform(desk, *steps)
    clock.now = REVEAL_BY - timedelta(microseconds=1)
    assert desk.do_due(DUE, SYSTEM) == []
    clock.now = REVEAL_BY
    for late in (commit(Party.PARTY_COMMITTEE), reveal(Party.PROPERTY_COMPANY)):
        assert isinstance(no(desk, late), Refused)
    desk.do_due(DUE, SYSTEM)
    assert rows(desk, "due") == []
    last = rows(desk, "journal")[-1]
    assert (last.type, last.actor) == ("experts.draw.voided.v1", SYSTEM.member_id)
    assert verify(from_json(last.data)["draw"]) == []
    return from_json(last.data)


def test_a_draw_without_all_commitments_is_void_and_says_whose_are_missing(desk: Desk, clock: SetClock) -> None:
    last = void(desk, clock, [commit(Party.PROPERTY_COMPANY)])
    assert last["reason"] == (
        "not committed in time: party committee, owners committee (未按时提交承诺:社区党委、业委会)"
    )
    assert last["draw"]["void_because"] == last["reason"]


def test_a_draw_without_all_secrets_is_void_and_says_whose_are_missing(desk: Desk, clock: SetClock) -> None:
    steps = [*(commit(party) for party in Party), reveal(Party.OWNERS_COMMITTEE), reveal(Party.PARTY_COMMITTEE)]
    last = void(desk, clock, steps)
    assert last["reason"] == "not revealed in time: property company (未按时公开密数:物业公司)"
    assert last["draw"]["picks"] == []


def test_a_jury_that_was_drawn_outlives_the_deadline(desk: Desk, clock: SetClock) -> None:
    seated(desk)
    clock.now = REVEAL_BY
    desk.do_due(DUE, SYSTEM)
    assert the_draw(desk).status is DrawStatus.DRAWN
    assert rows(desk, "due") == []
    assert told(desk)[-1] == "drawn"


def test_wrong_role_wrong_party_twice_too_early_and_wrong_secret_change_nothing(desk: Desk) -> None:
    pooled(desk, 5)
    perform(desk, wanted())
    mine, theirs = Party.PARTY_COMMITTEE, Party.PROPERTY_COMPANY
    perform(desk, commit(mine))
    for refused in (commit(theirs, by=RESIDENT), commit(theirs, by=SPEAKERS[mine]), reveal(mine, by=RESIDENT)):
        assert isinstance(no(desk, refused), Forbidden)
    for refused in (commit(mine), commit(mine, "0" * 32), reveal(mine)):
        assert isinstance(no(desk, refused), Refused)
    perform(desk, *(commit(party) for party in Party if party is not mine))
    assert no(desk, reveal(mine, "0" * 32)).clause == "抽-3"
    perform(desk, reveal(mine))
    assert isinstance(no(desk, reveal(mine)), Refused)
    assert isinstance(no(desk, decline(person(0).member_id)), Forbidden)
    assert told(desk) == ["frozen", "committed", "committed", "committed", "revealed"]


def test_when_the_pool_is_exhausted_fewer_sit(desk: Desk) -> None:
    draw = seated(desk, 5)
    fewer = perform(desk, decline(sitting(draw)[2]))[0]
    assert sitting(fewer) == [*sitting(draw)[:2], *sitting(draw)[3:]]
    assert from_json(rows(desk, "journal")[-1].data)["jurors"] == sitting(fewer)
    assert verify(fewer) == []


def test_another_community_knows_nothing_of_it(desk: Desk) -> None:
    seated(desk)
    party = Party.PARTY_COMMITTEE
    elsewhere = Actor(SPEAKERS[party].member_id, {ANOTHER_COMMUNITY: frozenset({party.role})})
    assert isinstance(no(desk, commit(party, by=elsewhere, community_id=ANOTHER_COMMUNITY)), NotFound)
    assert isinstance(no(desk, reveal(party, by=elsewhere)), Forbidden)
    perform(desk, wanted(project=project_state(community_id=ANOTHER_COMMUNITY)))
    here, there = sorted(rows(desk, "draws"), key=lambda row: row.community_id == ANOTHER_COMMUNITY)
    assert (here.status, there.status, there.candidates) == (DrawStatus.DRAWN, DrawStatus.VOID, ())


def test_what_is_unknown_is_said_to_be_unknown(desk: Desk) -> None:
    unknown = [verified(1), *(make(party) for make in (commit, reveal) for party in Party), decline(RESIDENT.member_id)]
    assert all(isinstance(no(desk, each), NotFound) for each in unknown)


def test_the_tables_name_every_command_and_what_is_heard() -> None:
    assert set(DOES) == {cls for cls, spec in COMMANDS.items() if spec.service == "experts"}
    assert {cls.__name__ for cls in REACTS} == {"CommunityOnboarded", "CommunityChanged", "JuryRequested"}
    assert set(DUE) == {"void_the_draw"}

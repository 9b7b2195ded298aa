"""The owners' vote through the desk: a frozen roll, one ballot for each home, the double majority."""

from threading import Thread
from typing import Any

from gateway.directory.contract import RollImported
from services.errors import Forbidden, NotFound, Refused, SansanError, Unavailable
from services.projects.contract import (
    CastBallot,
    Choice,
    CloseVote,
    EnterPaperBallots,
    PaperBallot,
    ProjectStatus,
)
from services.projects.use_cases import DOES
from services.wire import from_json
from services.work import Desk, result_of
from tests.projects.made import (
    CHAIR,
    DESIGNER,
    SECRETARY,
    STRANGER,
    VOTE,
    do,
    hear,
    home,
    id_of,
    kept,
    open_vote,
    owner,
    owning,
    pages,
    project,
    refusal,
    roll,
    told,
    verified,
)
from tests.shared.desks import SetClock, desks, job, perform, rows
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, PROJECT

# Six homes of five persons: the first two are one couple's, each of whom is a member and owns both.
HOMES = [home("1", 8_000, "couple"), home("2", 8_000, "couple"), *(home(str(number)) for number in range(3, 7))]
WHOSE = {"wife": HOMES[:2], "husband": HOMES[:2], "c": HOMES[2:3], "d": HOMES[3:4], "e": HOMES[4:5], "f": HOMES[5:]}


def cast(vote_id: str, choice: Choice = Choice.YES, community_id: str = COMMUNITY) -> CastBallot:
    """A ballot."""
    return CastBallot(community_id=community_id, vote_id=vote_id, choice=choice)


def close(vote_id: str, community_id: str = COMMUNITY) -> CloseVote:
    """The count."""
    return CloseVote(community_id=community_id, vote_id=vote_id)


def asked(desk: Desk, matter: int = 9) -> str:
    """The id of a vote about a design that passed its gate, over the roll that the directory told of."""
    kept(desk, project(ProjectStatus.DESIGNED, vote_id=None))
    hear(desk, *pages(HOMES), *(verified(owning(id_of(name), *own)) for name, own in WHOSE.items()))
    vote: dict[str, Any] = do(desk, open_vote(matter=matter), CHAIR)
    assert (vote["area"], vote["headcount"], vote["roll_hash"]) == (56_000, 5, roll(HOMES).hash)
    return str(vote["id"])


def count(desk: Desk) -> tuple[int, int, int | None, int | None]:
    """What the vote shows."""
    (row,) = rows(desk, "votes")
    return row.participating_area, row.participating_headcount, row.yes_area, row.yes_headcount


def test_the_owners_decide_by_the_double_majority(desk: Desk, clock: SetClock) -> None:
    vote_id = asked(desk)
    (state,) = rows(desk, "projects")
    assert (state.status, state.vote_id) == (ProjectStatus.VOTING, vote_id)
    ballot = do(desk, cast(vote_id), owner("wife"))
    assert set(ballot["homes"]) == {each.home_id for each in HOMES[:2]}
    assert (ballot["audience"], ballot["choice"]) == ("member", "yes")
    assert "already" in refusal(desk, cast(vote_id, Choice.NO), owner("husband")).reason.en
    batch = [
        job(cast(vote_id, Choice.YES if name != "e" else Choice.ABSTAIN), owner(name), does=DOES) for name in "cde"
    ]
    perform(desk, *batch)
    assert count(desk) == (46_000, 4, None, None)
    shown = [from_json(row.data)["vote"] for row in rows(desk, "journal") if row.type == "projects.vote.counted_in.v1"]
    assert [each["participating_area"] for each in shown] == [16_000, 26_000, 36_000, 46_000]
    assert all(each["yes_area"] is None for each in shown)
    secret = [row for row in rows(desk, "journal") if row.type == "projects.ballot.cast.v1"]
    assert {(row.audience, row.member_id) for row in secret} == {("member", id_of(name)) for name in ("wife", *"cde")}
    assert refusal(desk, close(vote_id), CHAIR).clause == "决-3"
    clock.forward(days=15)
    no = refusal(desk, cast(vote_id), owner("f"))
    assert (type(no), no.clause) == (Refused, "决-4")
    closed = do(desk, close(vote_id), CHAIR)
    assert (closed["status"], closed["yes_area"], closed["yes_headcount"]) == ("passed", 36_000, 3)
    assert rows(desk, "projects")[0].status is ProjectStatus.DECIDED
    assert told(desk)[:2] == ["project.put_to_vote", "vote.opened"]
    assert told(desk)[-2:] == ["vote.closed", "project.decided"]
    assert isinstance(refusal(desk, close(vote_id), CHAIR), Refused)
    assert isinstance(refusal(desk, cast(vote_id), owner("f")), Refused)


def test_ballots_on_paper_are_entered_a_pack_at_a_time(desk: Desk) -> None:
    def pack(*papers: tuple[int, Choice], vote_id: str = "", **place: Any) -> EnterPaperBallots:
        ballots = [PaperBallot(home_id=HOMES[number].home_id, choice=choice) for number, choice in papers]
        return EnterPaperBallots(
            **{"community_id": COMMUNITY, "vote_id": vote_id or this, "ballots": tuple(ballots), **place}
        )

    this = asked(desk)
    do(desk, cast(this), owner("c"))
    yes, no = Choice.YES, Choice.NO
    shown = do(desk, pack((0, no), (1, yes), (3, yes)), CHAIR)
    assert (shown["participating_area"], shown["participating_headcount"], shown["yes_area"]) == (36_000, 3, None)
    last = rows(desk, "journal")[-1]
    assert (last.type, last.actor) == ("projects.vote.paper_entered.v1", CHAIR.member_id)
    assert from_json(last.data) == {"vote": shown, "homes": 3}
    on_paper = [row for row in rows(desk, "ballot_homes") if row.on_paper]
    assert {row.cast_by for row in on_paper} == {CHAIR.member_id}
    assert len(on_paper) == 3
    assert "already" in refusal(desk, cast(this), owner("wife")).reason.en
    for command, actor, kind, lines in (
        (pack((4, yes), (2, yes), (4, no), (3, no)), CHAIR, Refused, [2, 3, 4]),
        (pack((4, yes), ballots=(PaperBallot(home_id=id_of("nowhere"), choice=yes),)), CHAIR, Refused, [1]),
        (pack((4, yes)), SECRETARY, Forbidden, []),
        (pack((4, yes), vote_id=VOTE), CHAIR, NotFound, []),
        (pack((4, yes), community_id=ANOTHER_COMMUNITY), STRANGER, NotFound, []),
    ):
        wrong = refusal(desk, command, actor)
        assert (type(wrong), [each["line"] for each in wrong.details]) == (kind, lines)
    do(desk, pack((4, yes), (5, yes)), CHAIR)
    closed = do(desk, close(this), CHAIR)
    assert (closed["status"], closed["yes_area"], closed["yes_headcount"]) == ("passed", 48_000, 4)


def test_a_vote_that_fails_takes_the_project_back_with_the_reason(desk: Desk) -> None:
    vote_id = asked(desk, matter=7)
    for name, choice in {
        "wife": Choice.YES,
        **dict.fromkeys("cd", Choice.YES),
        **dict.fromkeys("ef", Choice.NO),
    }.items():
        do(desk, cast(vote_id, choice), owner(name))
    closed = do(desk, close(vote_id), CHAIR)  # every owner took part: earlier than its time
    assert (closed["status"], closed["yes_area"], closed["yes_headcount"]) == ("failed", 36_000, 3)
    assert rows(desk, "projects")[0].status is ProjectStatus.DISCUSSING
    last = rows(desk, "journal")[-1]
    assert last.type == "projects.project.discussed_again.v1"
    assert "四分之三" in from_json(last.data)["reason"]


def test_what_is_refused_about_a_vote_changes_nothing(desk: Desk) -> None:
    kept(desk, project(ProjectStatus.DESIGNED, vote_id=None))
    first, second = pages(HOMES, page=3)
    assert isinstance(refusal(desk, open_vote(), CHAIR), Unavailable)
    hear(desk, first)
    no = refusal(desk, open_vote(), CHAIR)
    assert (type(no), no.clause) == (Unavailable, "决-2")
    hear(desk, second)
    opens: list[tuple[Any, Any, type, str]] = [
        (open_vote(days=0), CHAIR, Refused, "决-2"),
        (open_vote(days=61), CHAIR, Refused, "决-2"),
        (open_vote(), SECRETARY, Forbidden, "决-1"),
        (open_vote(community_id=ANOTHER_COMMUNITY), STRANGER, NotFound, ""),
        (cast(VOTE), owner("c"), NotFound, ""),
    ]
    for command, actor, kind, clause in opens:
        no = refusal(desk, command, actor)
        assert (type(no), no.clause) == (kind, clause), command
    vote_id = do(desk, open_vote(), CHAIR)["id"]
    assert isinstance(refusal(desk, open_vote(), CHAIR), Refused)
    hear(desk, verified(owning(id_of("c"), home("nowhere"))))
    casts: list[tuple[Any, Any, type, str]] = [
        (cast(vote_id), DESIGNER, Forbidden, "决-4"),
        (cast(vote_id), owner("nobody knows"), Refused, "决-4"),
        (cast(vote_id), owner("c"), Refused, "决-4"),
        (cast(vote_id, community_id=ANOTHER_COMMUNITY), STRANGER, NotFound, ""),
        (close(vote_id), SECRETARY, Forbidden, "决-3"),
        (close(vote_id), CHAIR, Refused, "决-3"),
        (close(vote_id, ANOTHER_COMMUNITY), STRANGER, NotFound, ""),
    ]
    for command, actor, kind, clause in casts:
        no = refusal(desk, command, actor)
        assert (type(no), no.clause) == (kind, clause), command


def test_the_roll_stays_as_it_was_when_the_vote_opened_and_homes_are_voted_for_once(desk: Desk) -> None:
    vote_id = asked(desk)
    do(desk, cast(vote_id, Choice.NO), owner("c"))
    newer = [home("3", 99_000), *HOMES[:2], *HOMES[3:]]
    hear(desk, *pages(newer, version=2))
    hear(desk, verified(owning(id_of("d"), HOMES[2], HOMES[3], version=3)))
    assert len(do(desk, cast(vote_id), owner("d"))["homes"]) == 1
    assert count(desk)[:2] == (20_000, 2)
    hear(desk, verified(owning(id_of("c"), HOMES[4], version=3)))
    assert do(desk, cast(vote_id), owner("c"))["homes"] == [HOMES[4].home_id]
    hear(desk, RollImported(roll=roll([], version=3)))
    kept(desk, project(ProjectStatus.DESIGNED, id=id_of("another project"), vote_id=None))
    no = refusal(desk, open_vote(id_of("another project")), CHAIR)
    assert (type(no), no.clause) == (Refused, "决-2")


def test_a_couple_who_vote_at_once_cast_one_ballot(desk: Desk, clock: SetClock) -> None:
    vote_id = asked(desk)
    people = ["wife", "husband", "c", "d", "e", "f"]
    answers: dict[str, Any] = {}

    def vote(at: Desk, name: str) -> None:
        (outcome,) = at.perform([job(cast(vote_id), owner(name), does=DOES)])
        try:
            answers[name] = outcome.failure or result_of(outcome.reply)
        except SansanError as error:
            answers[name] = error

    with desks(desk.store, desk.engine.url, clock, len(people)) as many:
        threads = [Thread(target=vote, args=pair) for pair in zip(many, people, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    cast_ones = [name for name, answer in answers.items() if isinstance(answer, dict)]
    assert all(isinstance(answer, dict | SansanError) for answer in answers.values()), answers
    assert len({"wife", "husband"} & set(cast_ones)) <= 1
    homes = rows(desk, "ballot_homes")
    assert len(homes) == sum(len(answers[name]["homes"]) for name in cast_ones)
    assert count(desk)[:2] == (sum(row.area for row in homes), len({row.person_id for row in homes}))
    assert sorted(row.number for row in rows(desk, "ballots")) == list(range(1, len(cast_ones) + 1))


def test_a_project_of_another_kind_is_not_asked_about(desk: Desk) -> None:
    kept(desk, project(ProjectStatus.JUDGING))
    no = refusal(desk, open_vote(PROJECT), CHAIR)
    assert (type(no), no.clause) == (Refused, "决-1")

"""Whoever reported what was settled and confirmed is credited once, whatever is told how often and by whom at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy.engine import URL

from services.communities import keep_communities
from services.database import open_engine
from services.ids import derived_id, new_id
from services.issues.contract import IssueConfirmed
from services.points.contract import PointsCredited
from services.points.store import METADATA, STORE
from services.points.use_cases import DOES, REACTS
from services.schemas import load
from services.wire import from_json
from services.work import Desk, Job
from tests.points.books import balances, check, confirmed
from tests.shared.desks import SetClock, desks, done, perform, rows
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, ISSUE, NEIGHBOUR, OFFICER, REPORTER, caochang


def set_points(desk: Desk, points: int, version: int) -> None:
    """The community gives other points from today on."""
    own = caochang(version=version, parameters={"points.confirmed_report_points": [(date(2024, 5, 20), points)]})
    with desk.engine.begin() as connection:
        keep_communities(connection, STORE, [own])
    desk.communities.forget(COMMUNITY)


def test_a_confirmed_report_is_credited_and_told(desk: Desk) -> None:
    heard = confirmed()
    perform(desk, heard)
    assert balances(desk) == {REPORTER: 5, None: -5}
    check(desk)
    (row,) = rows(desk, "journal")
    told = load(PointsCredited, from_json(row.data))
    assert (told.account.member_id, told.account.balance, told.transfer.cause) == (REPORTER, 5, ISSUE)
    assert (row.audience, row.member_id, row.causation_id) == ("member", REPORTER, heard.id)


def test_the_same_event_again_credits_nothing(desk: Desk) -> None:
    heard = confirmed()
    for _ in range(3):
        perform(desk, heard, heard)
    assert balances(desk) == {REPORTER: 5, None: -5}
    assert len(rows(desk, "journal")) == 1
    check(desk)


@pytest.mark.parametrize("together", [True, False])
def test_the_same_issue_told_as_another_event_credits_nothing(desk: Desk, together: bool) -> None:
    jobs = [confirmed(), confirmed(), confirmed()]
    if together:
        perform(desk, *jobs)
    else:
        for each in jobs:
            perform(desk, each)
    assert balances(desk) == {REPORTER: 5, None: -5}
    assert len(rows(desk, "journal")) == len(rows(desk, "transfers")) == 1
    check(desk)


def test_each_issue_is_credited_to_its_own_reporter(desk: Desk) -> None:
    perform(desk, confirmed(new_id()), confirmed(new_id()), confirmed(new_id(), NEIGHBOUR))
    assert balances(desk) == {REPORTER: 10, NEIGHBOUR: 5, None: -15}
    check(desk)


def test_each_community_has_books_of_its_own(desk: Desk) -> None:
    perform(desk, confirmed(), confirmed(community_id=ANOTHER_COMMUNITY))
    accounts = rows(desk, "accounts")
    assert len(accounts) == 4
    for community_id in (COMMUNITY, ANOTHER_COMMUNITY):
        assert sum(account.balance for account in accounts if account.community_id == community_id) == 0
    check(desk)


def test_a_community_gives_its_own_number_of_points_or_none(desk: Desk) -> None:
    set_points(desk, 8, 2)
    perform(desk, confirmed(new_id()))
    set_points(desk, 0, 3)
    perform(desk, confirmed(new_id()))
    assert balances(desk) == {REPORTER: 8, None: -8}
    assert len(rows(desk, "journal")) == 1
    check(desk)


def test_many_at_once_credit_everybody_exactly_once(desk: Desk, database_url: URL, clock: SetClock) -> None:
    """All credits touch the issuance account; whoever is overtaken tries again until it is done."""
    members = [REPORTER, NEIGHBOUR, OFFICER]
    told = [(new_id(), derived_id("issue", f"{number}"), members[number % 3]) for number in range(60)]
    with desks(STORE, database_url, clock, 4) as others:

        def hear(number: int) -> None:
            waiting = [confirmed(issue_id, member_id, id_) for id_, issue_id, member_id in told[number * 10 :]]
            while waiting:
                batch, rest = waiting[:7], waiting[7:]
                outcomes = others[number].perform(batch)
                assert not [outcome.failure for outcome in outcomes if outcome.failure]
                waiting = rest + [each for each, outcome in zip(batch, outcomes, strict=True) if outcome.refusal]

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(hear, range(4)))
    assert balances(desk) == {REPORTER: 100, NEIGHBOUR: 100, OFFICER: 100, None: -300}
    assert len(rows(desk, "journal")) == 60
    check(desk)


class Ledger(RuleBasedStateMachine):
    """The service beside a model that is a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        engine = open_engine(URL.create("sqlite", database=str(Path(self.folder.name) / "points.db")))
        METADATA.create_all(engine)
        self.desk = Desk(engine, STORE, SetClock())
        self.points, self.version = 5, 1
        self.earned: dict[str, tuple[str, int]] = {}
        self.told: list[Job] = []
        with engine.begin() as connection:
            keep_communities(connection, STORE, [caochang()])

    def hear(self, *jobs: tuple[str, str, Job]) -> None:
        """The service and the model hear the same."""
        done(self.desk.perform([job for _, _, job in jobs]))
        for issue_id, member_id, job in jobs:
            if self.points:
                self.earned.setdefault(issue_id, (member_id, self.points))
            self.told.append(job)

    @rule(
        batch=st.lists(
            st.tuples(st.sampled_from("abcdefgh"), st.sampled_from([REPORTER, NEIGHBOUR, OFFICER])), max_size=6
        )
    )
    def issues_are_confirmed(self, batch: list[tuple[str, str]]) -> None:
        """Some issues, perhaps the same ones again, perhaps by a forged reporter."""
        made = [(derived_id("issue", name), member_id) for name, member_id in batch]
        self.hear(*((issue_id, member_id, confirmed(issue_id, member_id)) for issue_id, member_id in made))

    @rule(data=st.data())
    def a_message_comes_again(self, data: st.DataObject) -> None:
        """The broker delivers again what it delivered before."""
        if self.told:
            done(self.desk.perform([data.draw(st.sampled_from(self.told))]))

    @rule(points=st.integers(0, 20))
    def the_community_changes_the_points(self, points: int) -> None:
        """From now on another number."""
        self.version += 1
        self.points = points
        set_points(self.desk, points, self.version)

    @invariant()
    def the_books_agree_with_the_model(self) -> None:
        """Nothing was lost, made up or counted twice."""
        model: dict[Any, int] = {}
        for member_id, points in self.earned.values():
            model[member_id] = model.get(member_id, 0) + points
        if model:
            model[None] = -sum(model.values())
        assert balances(self.desk) == model
        assert len(rows(self.desk, "transfers")) == len(rows(self.desk, "journal")) == len(self.earned)
        check(self.desk)

    def teardown(self) -> None:
        """Throw the books away."""
        self.desk.engine.dispose()
        self.folder.cleanup()


TestTheBooksAgreeWithASimpleModel = Ledger.TestCase
TestTheBooksAgreeWithASimpleModel.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)


def test_the_tables_name_what_is_done_and_heard() -> None:
    assert DOES == {}
    assert IssueConfirmed in REACTS
    assert {cls.__name__ for cls in REACTS} == {"CommunityOnboarded", "CommunityChanged", "IssueConfirmed"}

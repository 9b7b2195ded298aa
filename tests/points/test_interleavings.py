"""Whatever comes at once, in whatever order and however often: the books agree with a model that is a dictionary."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy.engine import URL

from services.actor import SYSTEM, Role
from services.communities import keep_communities
from services.database import open_engine
from services.errors import Conflict, Refused
from services.ids import derived_id, new_id
from services.points.store import METADATA, STORE
from services.points.use_cases import DUE
from services.work import Desk, Job, Outcome
from tests.points.books import SPENT, answer, balances, check, confirmed, give, held, offered, redeem, redeemed
from tests.shared.desks import SetClock, desks, done, rows
from tests.shared.samples import COMMUNITY, NEIGHBOUR, OFFICER, REPORTER, caochang, member

MEMBERS = [REPORTER, NEIGHBOUR, OFFICER]


def at_once(others: Sequence[Desk], jobs: Sequence[Job], batch: int) -> list[Outcome]:
    """What becomes of jobs that some desks do at once, some at a time; what lost a race is asked again."""

    def do(number: int) -> list[Outcome]:
        waiting, ended = list(jobs[number :: len(others)]), []
        while waiting:
            now, waiting = waiting[:batch], waiting[batch:]
            for each, outcome in zip(now, others[number].perform(now), strict=True):
                assert outcome.failure is None
                if isinstance(outcome.refusal, Conflict):
                    waiting.append(replace(each, id=new_id() if each.request else each.id))
                else:
                    ended.append(outcome)
        return ended

    with ThreadPoolExecutor(len(others)) as threads:
        return [outcome for found in threads.map(do, range(len(others))) for outcome in found]


def test_many_at_once_credit_everybody_exactly_once(desk: Desk, database_url: URL, clock: SetClock) -> None:
    """All credits touch the issuance account; whoever is overtaken tries again until it is done."""
    told = [confirmed(derived_id("issue", f"{number}"), MEMBERS[number % 3]) for number in range(60)]
    with desks(STORE, database_url, clock, 4) as others:
        assert not [outcome for outcome in at_once(others, told + told[:30], 7) if outcome.refusal]
    assert balances(desk) == {REPORTER: 100, NEIGHBOUR: 100, OFFICER: 100, None: -300}
    assert len(rows(desk, "journal")) == 60
    check(desk)


@pytest.mark.parametrize("batch", [1, 5])
def test_of_twenty_redemptions_of_100_from_100_points_one_succeeds(
    desk: Desk, database_url: URL, clock: SetClock, batch: int
) -> None:
    give(desk, 100)
    reward_id = offered(desk)
    with desks(STORE, database_url, clock, 5) as others:
        outcomes = at_once(others, [redeem(reward_id) for _ in range(20)], batch)
    refusals = [outcome.refusal for outcome in outcomes if outcome.refusal]
    assert (len(outcomes), len(refusals)) == (20, 19)
    assert all(isinstance(refusal, Refused) and refusal.clause == "分-2" for refusal in refusals)
    assert (balances(desk), held(desk)) == ({REPORTER: 100, None: -100}, {REPORTER: 100})
    assert len(rows(desk, "redemptions")) == 1
    check(desk)


def test_of_many_answers_at_once_one_ends_the_voucher(desk: Desk, database_url: URL, clock: SetClock) -> None:
    voucher = redeemed(desk)
    jobs = [answer(deed, voucher) for deed in ("confirm", "cancel", "refuse") * 4]
    with desks(STORE, database_url, clock, 4) as others:
        outcomes = at_once(others, jobs, 1)
    assert len([outcome for outcome in outcomes if outcome.refusal is None]) == 1
    assert held(desk) == {}
    assert len([row for row in rows(desk, "transfers") if row.hold_id]) == 1
    check(desk)


@dataclass
class Voucher:
    """What the model knows of a redemption."""

    member_id: str
    points: int
    until: datetime
    status: str = "issued"


class Ledger(RuleBasedStateMachine):
    """The service beside a model that is a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        engine = open_engine(URL.create("sqlite", database=str(Path(self.folder.name) / "points.db")))
        METADATA.create_all(engine)
        self.clock = SetClock()
        self.desk = Desk(engine, STORE, self.clock)
        self.points, self.version = 5, 1
        self.earned: dict[str, tuple[str, int]] = {}
        self.vouchers: dict[str, Voucher] = {}
        self.told: list[Job] = []
        with engine.begin() as connection:
            keep_communities(connection, STORE, [caochang()])
        self.rewards = {price: offered(self.desk, price) for price in (3, 10)}

    def balance(self, member_id: str) -> int:
        """What the model says that a member has."""
        earned = sum(points for who, points in self.earned.values() if who == member_id)
        return earned - self.of(member_id, "confirmed")

    def of(self, member_id: str, status: str) -> int:
        """The points of a member's vouchers of a status."""
        return sum(
            each.points for each in self.vouchers.values() if (each.member_id, each.status) == (member_id, status)
        )

    @rule(batch=st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(MEMBERS)), max_size=6))
    def issues_are_confirmed(self, batch: list[tuple[str, str]]) -> None:
        """Some issues, perhaps the same ones again, perhaps by a forged reporter."""
        jobs = []
        for name, member_id in batch:
            issue_id = derived_id("issue", name)
            jobs.append(confirmed(issue_id, member_id))
            if self.points:
                self.earned.setdefault(issue_id, (member_id, self.points))
        done(self.desk.perform(jobs))
        self.told += jobs

    @rule(data=st.data())
    def a_message_comes_again(self, data: st.DataObject) -> None:
        """The broker delivers again what it delivered before, or a client asks again."""
        if self.told:
            assert self.desk.perform([data.draw(st.sampled_from(self.told))])[0].repeated

    @rule(points=st.integers(0, 20))
    def the_community_changes_the_points(self, points: int) -> None:
        """From now on another number."""
        self.version += 1
        self.points = points
        numbers = {"points.confirmed_report_points": [(date(2024, 5, 20), points)]}
        with self.desk.engine.begin() as connection:
            keep_communities(connection, STORE, [caochang(version=self.version, parameters=numbers)])
        self.desk.communities.forget(COMMUNITY)

    @rule(wanted=st.lists(st.tuples(st.sampled_from(MEMBERS), st.sampled_from([3, 10])), max_size=4))
    def members_redeem(self, wanted: list[tuple[str, int]]) -> None:
        """Some of them more than they have."""
        jobs = [redeem(self.rewards[price], member(who, Role.RESIDENT)) for who, price in wanted]
        for (who, price), each, outcome in zip(wanted, jobs, self.desk.perform(jobs), strict=True):
            self.told.append(each)
            if self.balance(who) - self.of(who, "issued") < price:
                assert isinstance(outcome.refusal, Refused)
                continue
            (state,) = done([outcome])
            self.vouchers[state["id"]] = Voucher(who, price, datetime.fromisoformat(state["valid_until"]))

    @rule(data=st.data(), deeds=st.lists(st.sampled_from(["confirm", "cancel", "refuse"]), min_size=1, max_size=3))
    def a_voucher_is_answered(self, data: st.DataObject, deeds: list[str]) -> None:
        """Perhaps more than once, perhaps when it is out of date."""
        if not self.vouchers:
            return
        id_ = data.draw(st.sampled_from(sorted(self.vouchers)))
        voucher = self.vouchers[id_]
        jobs = [answer(deed, id_, member(voucher.member_id, Role.PROPERTY_MANAGER)) for deed in deeds]
        for deed, outcome in zip(deeds, self.desk.perform(jobs), strict=True):
            if voucher.status != "issued" or (deed == "confirm" and self.clock.now >= voucher.until):
                assert isinstance(outcome.refusal, Refused)
                continue
            done([outcome])
            voucher.status = "confirmed" if deed == "confirm" else "void"
        self.told += jobs

    @rule(days=st.integers(1, 25))
    def time_passes(self, days: int) -> None:
        """Some days, in which nobody looks at the schedule."""
        self.clock.forward(days=days)

    @rule()
    def the_schedule_is_done(self) -> None:
        """What is out of date expires, unless it ended before."""
        self.desk.do_due(DUE, SYSTEM)
        for voucher in self.vouchers.values():
            if voucher.status == "issued" and self.clock.now >= voucher.until:
                voucher.status = "expired"

    @invariant()
    def the_books_agree_with_the_model(self) -> None:
        """Nothing was lost, made up, counted or spent twice."""
        known = balances(self.desk)
        assert {who: known.get(who, 0) for who in MEMBERS} == {who: self.balance(who) for who in MEMBERS}
        assert known.get(SPENT, 0) == sum(self.of(who, "confirmed") for who in MEMBERS)
        assert known.get(None, 0) == -sum(points for _, points in self.earned.values())
        assert held(self.desk) == {who: points for who in MEMBERS if (points := self.of(who, "issued"))}
        assert {row.id: row.status for row in rows(self.desk, "redemptions")} == {
            id_: voucher.status for id_, voucher in self.vouchers.items()
        }
        check(self.desk)

    def teardown(self) -> None:
        """Throw the books away."""
        self.desk.engine.dispose()
        self.folder.cleanup()


TestTheBooksAgreeWithASimpleModel = Ledger.TestCase
TestTheBooksAgreeWithASimpleModel.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)

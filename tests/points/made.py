"""Accounts, redemptions and the events that earn points, as they come out of the tables and off the bus."""

from typing import Any

from services.experts.contract import ExpertState, ExpertStatus, ExpertVerified
from services.ids import derived_id
from services.points.contract import RedemptionStatus
from services.points.redemptions import Redemption
from services.projects.contract import (
    AcceptanceSigned,
    AcceptanceState,
    AcceptanceStatus,
    BallotCast,
    BallotState,
    Choice,
    DesignJudged,
    DiaryEntryState,
    DiaryWritten,
    OpinionGiven,
    OpinionState,
    ProjectState,
    ProjectStatus,
    Step,
    StopOrder,
    WorksStopped,
)
from tests.shared.samples import COMMUNITY, ISSUE, NOON, REPORTER


def id_of(name: str) -> str:
    """An id that comes out the same for the same name."""
    return derived_id("points", name)


def named(**members: Any) -> dict[str, Any]:
    """The members that every state has."""
    return {"community_id": COMMUNITY, "version": 1, "created_at": NOON, "updated_at": NOON, **members}


def redemption(status: RedemptionStatus | None, **changed: Any) -> Redemption:
    """A redemption of the reporter in a state, valid until noon unless something else is said."""
    assert status is not None
    made = named(
        id=id_of("redemption"),
        status=status,
        reward_id=id_of("reward"),
        member_id=REPORTER,
        home_id=id_of("home"),
        points=100,
        value=1000,
        valid_until=NOON,
        reference=None,
        reason=None,
    )
    return Redemption(**{**made, **changed})


def project(name: str = "sheds", stops: int = 0, draw: str | None = "first") -> ProjectState:
    """A project that was stopped some times."""
    orders = tuple(
        StopOrder(number=number, reason="线缆未穿管", by=REPORTER, at=NOON) for number in range(1, stops + 1)
    )
    members = named(
        id=id_of(name), status=ProjectStatus.JUDGING, step=Step.DISCUSS, title="电动车棚", budget=10_000_000
    )
    members |= {"purpose": "集中充电", "topic_id": id_of("topic"), "issue_ids": (ISSUE,), "stop_orders": orders}
    return ProjectState(**members, draw_id=id_of(draw) if draw else None)


def verified(name: str = "expert", who: str = REPORTER, version: int = 2) -> ExpertVerified:
    """An expert was verified."""
    members = named(id=id_of(name), status=ExpertStatus.VERIFIED, member_id=who, profession="fire_safety")
    return ExpertVerified(expert=ExpertState(**{**members, "version": version}, qualification="注册消防工程师"))


def judged(name: str = "sheds", who: str = REPORTER, draw: str | None = "first") -> DesignJudged:
    """A juror judged the design of a project."""
    return DesignJudged(project=project(name, draw=draw), member_id=who)


def cast(vote: str = "vote", who: str = REPORTER, ballot: str = "ballot") -> BallotCast:
    """An owner voted."""
    members = named(id=id_of(ballot), vote_id=id_of(vote), member_id=who)
    return BallotCast(ballot=BallotState(**members, choice=Choice.YES, homes=(id_of("home"),)))


def written(name: str = "entry", who: str = REPORTER) -> DiaryWritten:
    """Somebody wrote into the site diary."""
    members = named(id=id_of(name), project_id=id_of("sheds"), written_by=who)
    return DiaryWritten(entry=DiaryEntryState(**members, text="今日铺设线缆"))


def stopped(name: str = "sheds", who: str = REPORTER, number: int = 1) -> WorksStopped:
    """A supervisor stopped the works."""
    return WorksStopped(project=project(name, stops=number), reason="线缆未穿管", member_id=who)


def signed(name: str = "acceptance", who: str = REPORTER) -> AcceptanceSigned:
    """One of the acceptance group signed."""
    members = named(id=id_of(name), status=AcceptanceStatus.OPEN, project_id=id_of("sheds"))
    state = AcceptanceState(**members, contract_id=id_of("contract"), clauses=(1,), acceptors=(REPORTER,))
    return AcceptanceSigned(acceptance=state, member_id=who)


def given(name: str = "opinion", who: str = REPORTER) -> OpinionGiven:
    """A resident said whether they are satisfied."""
    members = named(id=id_of(name), project_id=id_of("sheds"), member_id=who)
    return OpinionGiven(opinion=OpinionState(**members, satisfied=True))

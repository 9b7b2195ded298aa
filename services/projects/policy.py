"""The clauses of the weekly meeting and the three gates (三方联动 · 三关监督): who may move what where, only if what."""

from datetime import date, datetime
from typing import Protocol

from services.actor import MEMBER, THE_SYSTEM, Who, concerned
from services.clock import Moment
from services.errors import Words
from services.lifecycle import Gate, Move
from services.parameters import Parameter
from services.parties import THREE_PARTIES
from services.projects.contract import (
    OWNER,
    OWNERS_COMMITTEE,
    PROPERTY_MANAGER,
    Alternative,
    Doubt,
    Judgement,
    MeetingStatus,
    ProjectStatus,
    Satisfaction,
    StopOrder,
    TopicStatus,
    VoteStatus,
)

JURY_SEATS = Parameter(
    name="projects.jury_seats",
    en="jurors drawn for the design gate",
    zh="设计关抽取的评审专家人数",
    unit="persons",
    clause="关-1",
    values={date(2022, 5, 1): 5},
    least=3,
    most=15,
)

ENOUGH_JURORS_PERCENT = Parameter(
    name="projects.enough_jurors_percent",
    en="share of the jurors who must have answered before the design gate opens",
    zh="设计关须作出评审的专家比例",
    unit="percent",
    clause="关-1",
    values={date(2022, 5, 1): 60},
    least=50,
    most=100,
)

REVEAL_HOURS = Parameter(
    name="projects.reveal_hours",
    en="hours in which the three parties commit to and reveal their secrets for a draw",
    zh="三方提交并公开抽签密数的时限",
    unit="hours",
    clause="关-1",
    values={date(2022, 5, 1): 72},
    least=1,
    most=720,
)

FINAL_PAYMENT_PERCENT = Parameter(
    name="projects.final_payment_percent",
    en="least share of a contract that is kept back as the final payment",
    zh="尾款占合同价款的最低比例",
    unit="percent",
    clause="关-3",
    values={date(2022, 5, 1): 10},
    least=3,
    most=50,
)

LONGEST_VOTE_DAYS = Parameter(
    name="projects.longest_vote_days",
    en="days in which a vote of the owners must close",
    zh="业主表决的最长期限",
    unit="days",
    clause="决-2",
    values={date(2022, 5, 1): 60},
    least=5,
    most=60,
)

PARAMETERS = (JURY_SEATS, ENOUGH_JURORS_PERCENT, REVEAL_HOURS, FINAL_PAYMENT_PERCENT, LONGEST_VOTE_DAYS)


class AProject(Protocol):
    """What the checks read of a project."""

    alternatives: tuple[Alternative, ...]
    chosen: int | None
    jurors: tuple[str, ...]
    judgements: tuple[Judgement, ...]
    doubts: tuple[Doubt, ...]
    supervisors: tuple[str, ...]
    experts_supervising: tuple[str, ...]
    stop_orders: tuple[StopOrder, ...]
    acceptors: tuple[str, ...]
    final_paid: bool
    after: Satisfaction


class AVote(Protocol):
    """What the checks read of a vote; areas are in 0.01 m²."""

    area: int
    participating_area: int
    closes_at: datetime


def jury_was_drawn(project: AProject, at: Moment) -> Words | None:
    """关-1: nobody chooses the jury."""
    if not project.jurors:
        return Words("no jury was drawn for this design yet", "尚未抽取设计评审团")
    return None


def enough_jurors_answered(project: AProject, at: Moment) -> Words | None:
    """关-1: a jury of which most are silent has not judged."""
    answered = sum(each.member_id in project.jurors for each in project.judgements)
    if 100 * answered < at.value(ENOUGH_JURORS_PERCENT) * len(project.jurors):
        return Words(
            f"only {answered} of {len(project.jurors)} jurors have judged the design",
            f"{len(project.jurors)} 名评审专家中仅 {answered} 名作出评审",
        )
    return None


def most_found_it_feasible(project: AProject, at: Moment) -> Words | None:
    """关-1: more than half of the answers say feasible."""
    answers = [each.feasible for each in project.judgements if each.member_id in project.jurors]
    if 2 * sum(answers) <= len(answers):
        return Words("most of the jury did not find the design feasible", "多数评审专家认为设计不可行")
    return None


def an_expert_supervises(project: AProject, at: Moment) -> Words | None:
    """关-2: the supervision group is led by somebody who knows the trade."""
    if not project.experts_supervising:
        return Words("no expert is in the supervision group yet", "施工监督组尚无专家")
    return None


def every_doubter_was_invited(project: AProject, at: Moment) -> Words | None:
    """关-2: whoever has doubts is invited in, not kept out."""
    left = sum(doubt.invited_at is None for doubt in project.doubts)
    if left:
        return Words(
            f"{left} residents who voiced doubts were not invited to supervise",
            f"尚有 {left} 名提出疑问的居民未获邀监督",
        )
    return None


def it_was_rectified(project: AProject, at: Moment) -> Words | None:
    """关-2: the works go on when supervision has looked at what was put right."""
    if not project.stop_orders or project.stop_orders[-1].rectified_at is None:
        return Words("what the works were stopped for was not put right yet", "停工原因尚未整改")
    return None


def there_is_an_acceptance_group(project: AProject, at: Moment) -> Words | None:
    """关-3: somebody has to check the works."""
    if not project.acceptors:
        return Words("no acceptance group was appointed yet", "尚未组成竣工验收组")
    return None


def the_final_payment_was_made(project: AProject, at: Moment) -> Words | None:
    """评-1: a project is done when it is paid."""
    if not project.final_paid:
        return Words("the final payment was not confirmed yet", "尾款尚未确认支付")
    return None


def residents_were_asked(project: AProject, at: Moment) -> Words | None:
    """评-1: a project is done when its neighbours have said what they think of it."""
    if not project.after.asked:
        return Words("no resident was asked yet whether they are satisfied", "尚未进行居民满意度评价")
    return None


def its_time_is_not_over(vote: AVote, at: Moment) -> Words | None:
    """决-4: a ballot counts until the vote closes."""
    if at.now >= vote.closes_at:
        return Words("the time of this vote is over", "表决已截止")
    return None


def its_time_is_over_or_all_took_part(vote: AVote, at: Moment) -> Words | None:
    """决-3: nobody counts while somebody can still vote."""
    if at.now < vote.closes_at and vote.participating_area < vote.area:
        return Words("owners can still vote", "表决尚未截止,仍有业主未投票")
    return None


S = ProjectStatus
JUROR = concerned("jurors", "drawn juror", "被抽中的评审专家")
PARTIES_OR_SYSTEM = Who(
    en=f"{THREE_PARTIES.en}, {THE_SYSTEM.en}",
    zh=f"{THREE_PARTIES.zh}、{THE_SYSTEM.zh}",
    roles=THREE_PARTIES.roles,
    system=True,
)
SUPERVISOR = concerned("supervisors", "member of the supervision group", "施工监督组成员")

LIFECYCLE = (
    #    move                 by                from                            to               clause  only if
    Move("begin",             THREE_PARTIES,    None,                           S.DISCUSSING,    "例-3"),
    Move("propose",           MEMBER,           S.DISCUSSING,                   S.DISCUSSING,    "例-4"),
    Move("request_jury",      THREE_PARTIES,    S.DISCUSSING,                   S.JUDGING,       "关-1"),
    Move("judge",             JUROR,            S.JUDGING,                      S.JUDGING,       "关-1"),
    Move("pass_design",       THREE_PARTIES,    S.JUDGING,                      S.DESIGNED,      "关-1"),
    Move("discuss_again",     PARTIES_OR_SYSTEM, S.JUDGING,                     S.DISCUSSING,    "例-4"),
    Move("put_to_vote",       OWNERS_COMMITTEE, S.DESIGNED,                     S.VOTING,        "决-1"),
    Move("decide",            OWNERS_COMMITTEE, S.VOTING,                       S.DECIDED,       "决-1"),
    Move("vote_down",         OWNERS_COMMITTEE, S.VOTING,                       S.DISCUSSING,    "决-1"),
    Move("sign_contract",     OWNERS_COMMITTEE, S.DECIDED,                      S.CONTRACTED,    "行-1"),
    Move("start_works",       PROPERTY_MANAGER, S.CONTRACTED,                   S.BUILDING,      "关-2"),
    Move("stop_works",        SUPERVISOR,       S.BUILDING,                     S.STOPPED,       "关-2"),
    Move("rectify",           PROPERTY_MANAGER, S.STOPPED,                      S.STOPPED,       "关-2"),
    Move("resume_works",      SUPERVISOR,       S.STOPPED,                      S.BUILDING,      "关-2",
         (it_was_rectified,)),
    Move("complete",          PROPERTY_MANAGER, S.BUILDING,                     S.ACCEPTING,     "关-3",
         (there_is_an_acceptance_group,)),
    Move("accept",            THE_SYSTEM,       S.ACCEPTING,                    S.ACCEPTED,      "关-3"),
    Move("close",             THREE_PARTIES,    S.ACCEPTED,                     S.CLOSED,        "评-1",
         (the_final_payment_was_made, residents_were_asked)),
)  # fmt: skip

DESIGN_GATE = Gate(
    after=S.JUDGING,
    question=Words("Is the design feasible?", "设计是否可行?"),
    clause="关-1",
    checks=(jury_was_drawn, enough_jurors_answered, most_found_it_feasible),
)

CONSTRUCTION_GATE = Gate(
    after=S.CONTRACTED,
    question=Words("Do those who doubt look on?", "有疑问的居民是否参与监督?"),
    clause="关-2",
    checks=(an_expert_supervises, every_doubter_was_invited),
)

TOPIC_LIFECYCLE = (
    #    move                 by                from                  to                     clause
    Move("raise",             THREE_PARTIES,    None,                 TopicStatus.RAISED,    "例-1"),
    Move("adopt",             THREE_PARTIES,    TopicStatus.RAISED,   TopicStatus.ADOPTED,   "例-3"),
)  # fmt: skip

MEETING_LIFECYCLE = (
    #    move                 by                from                  to                     clause
    Move("convene",           THREE_PARTIES,    None,                 MeetingStatus.OPEN,    "例-2"),
    Move("attend",            THREE_PARTIES,    MeetingStatus.OPEN,   MeetingStatus.OPEN,    "例-2"),
    Move("move_resolution",   THREE_PARTIES,    MeetingStatus.OPEN,   MeetingStatus.OPEN,    "例-3"),
    Move("agree",             THREE_PARTIES,    MeetingStatus.OPEN,   MeetingStatus.OPEN,    "例-3"),
    Move("adopt",             THREE_PARTIES,    MeetingStatus.OPEN,   MeetingStatus.OPEN,    "例-3"),
    Move("close",             THREE_PARTIES,    MeetingStatus.OPEN,   MeetingStatus.CLOSED,  "例-2"),
)  # fmt: skip

VOTE_LIFECYCLE = (
    #    move                 by                from                  to                     clause  only if
    Move("open",              OWNERS_COMMITTEE, None,                 VoteStatus.OPEN,       "决-2"),
    Move("cast",              OWNER,            VoteStatus.OPEN,      VoteStatus.OPEN,       "决-4",
         (its_time_is_not_over,)),
    Move("enter_paper",       OWNERS_COMMITTEE, VoteStatus.OPEN,      VoteStatus.OPEN,       "决-4",
         (its_time_is_not_over,)),
    Move("pass",              OWNERS_COMMITTEE, VoteStatus.OPEN,      VoteStatus.PASSED,     "决-3",
         (its_time_is_over_or_all_took_part,)),
    Move("fail",              OWNERS_COMMITTEE, VoteStatus.OPEN,      VoteStatus.FAILED,     "决-3",
         (its_time_is_over_or_all_took_part,)),
)  # fmt: skip

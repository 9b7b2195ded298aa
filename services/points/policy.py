"""The clauses of the points scheme (社区治理积分制): what earns how much, and what becomes of a voucher."""

from datetime import date, datetime
from typing import Protocol

from services.actor import MEMBER, THE_SYSTEM, Actor, Role
from services.clock import Moment
from services.errors import Forbidden, Words
from services.lifecycle import Move
from services.parameters import Parameter
from services.points.contract import OFFERERS, PROPERTY_COMPANY, REDEEMER, RedemptionStatus


def _earned(kind: str, points: int, en: str, zh: str) -> Parameter:
    """分-1: what taking part in one way earns each time; 0 where a community gives nothing for it."""
    return Parameter(
        name=f"points.{kind}_points",
        en=f"points for {en}",
        zh=f"{zh}获得的积分",
        unit="points",
        clause="分-1",
        values={date(2022, 5, 1): points},
        least=0,
        most=1000,
    )


CONFIRMED_REPORT_POINTS = _earned(
    "confirmed_report", 5, "a report that led to a confirmed settlement", "报告的问题办结并确认后"
)
VERIFIED_EXPERT_POINTS = _earned("verified_expert", 10, "an expert's verified qualification", "专业资质通过核验后")
JUDGED_DESIGN_POINTS = _earned("judged_design", 20, "judging a design as a drawn juror", "作为抽取的评审评议设计方案")
CAST_BALLOT_POINTS = _earned("cast_ballot", 2, "voting as an owner", "参加业主表决")
DIARY_ENTRY_POINTS = _earned("diary_entry", 2, "an entry of the site diary", "填写一则施工日志")
STOP_ORDER_POINTS = _earned("stop_order", 20, "stopping works as their supervisor", "监督施工并下达停工令")
SIGNED_ACCEPTANCE_POINTS = _earned("signed_acceptance", 10, "signing an acceptance", "签署竣工验收")
GIVEN_OPINION_POINTS = _earned("given_opinion", 1, "saying whether one is satisfied", "参加满意度评价")

VOUCHER_DAYS = Parameter(
    name="points.voucher_days",
    en="days in which a voucher can be used, after the day on which it was issued",
    zh="兑换券自发出次日起的有效天数",
    unit="days",
    clause="分-3",
    values={date(2022, 5, 1): 30},
    least=1,
    most=366,
)

PARAMETERS = (
    CONFIRMED_REPORT_POINTS,
    VERIFIED_EXPERT_POINTS,
    JUDGED_DESIGN_POINTS,
    CAST_BALLOT_POINTS,
    DIARY_ENTRY_POINTS,
    STOP_ORDER_POINTS,
    SIGNED_ACCEPTANCE_POINTS,
    GIVEN_OPINION_POINTS,
    VOUCHER_DAYS,
)


class ARedemption(Protocol):
    """What the checks read of a redemption."""

    valid_until: datetime


def voucher_is_valid(redemption: ARedemption, at: Moment) -> Words | None:
    """分-4: a fee is reduced for a voucher only while it is valid."""
    if at.now >= redemption.valid_until:
        return Words("the voucher is no longer valid", "券已超过有效期")
    return None


def voucher_is_out_of_date(redemption: ARedemption, at: Moment) -> Words | None:
    """分-6: a voucher does not expire before its time."""
    if at.now < redemption.valid_until:
        return Words("the voucher is still valid", "券尚在有效期内")
    return None


def may_offer(by: Actor, held: frozenset[Role]) -> None:
    """分-7: who may offer something for points. Errors: Forbidden."""
    if not OFFERERS.allows(by, held):
        raise Forbidden(f"only {OFFERERS.en} may offer rewards here", f"只有{OFFERERS.zh}可以发布兑换项目", "分-7")


ISSUED = RedemptionStatus.ISSUED

LIFECYCLE = (
    #    move        by                from    to                          clause  only if
    Move("issue",    MEMBER,           None,   ISSUED,                     "分-3"),
    Move("confirm",  PROPERTY_COMPANY, ISSUED, RedemptionStatus.CONFIRMED, "分-4", (voucher_is_valid,)),
    Move("cancel",   REDEEMER,         ISSUED, RedemptionStatus.VOID,      "分-5"),
    Move("refuse",   PROPERTY_COMPANY, ISSUED, RedemptionStatus.VOID,      "分-5"),
    Move("expire",   THE_SYSTEM,       ISSUED, RedemptionStatus.EXPIRED,   "分-6", (voucher_is_out_of_date,)),
)  # fmt: skip

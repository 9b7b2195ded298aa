"""What earns points, as a table (分-1): which event, how many, whose they are, and what it is that they are given once for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter as the
from typing import Any

from services.experts.contract import ExpertVerified
from services.ids import derived_id
from services.issues.contract import IssueConfirmed
from services.parameters import Parameter
from services.points.policy import (
    CAST_BALLOT_POINTS,
    CONFIRMED_REPORT_POINTS,
    DIARY_ENTRY_POINTS,
    GIVEN_OPINION_POINTS,
    JUDGED_DESIGN_POINTS,
    SIGNED_ACCEPTANCE_POINTS,
    STOP_ORDER_POINTS,
    VERIFIED_EXPERT_POINTS,
)
from services.projects.contract import (
    AcceptanceSigned,
    BallotCast,
    DesignJudged,
    DiaryWritten,
    OpinionGiven,
    WorksStopped,
)


@dataclass(frozen=True)
class Earning:
    """One row of the table: the kind of transfer, its points, the member who earned them, the id of what earned them."""

    kind: str
    points: Parameter
    whose: Callable[[Any], str]
    once_for: Callable[[Any], str]


def juror_and_draw(told: DesignJudged) -> str:
    """A juror judges once for each draw of a project."""
    return derived_id(told.project.id, "judgement", told.project.draw_id or "", told.member_id)


def vote_and_voter(told: BallotCast) -> str:
    """An owner votes once, for all homes."""
    return derived_id(told.ballot.vote_id, "ballot", told.ballot.member_id)


def stop_order_and_supervisor(told: WorksStopped) -> str:
    """The event tells of the newest stop-work order."""
    return derived_id(told.project.id, "stop order", str(told.project.stop_orders[-1].number), told.member_id)


def acceptance_and_signatory(told: AcceptanceSigned) -> str:
    """Each of the acceptance group signs once."""
    return derived_id(told.acceptance.id, "signature", told.member_id)


EARNING: Mapping[type, Earning] = {
    #                         kind                 how many                  whose                     once for each
    IssueConfirmed:   Earning("confirmed_report",  CONFIRMED_REPORT_POINTS,  the("issue.reporter_id"), the("issue.id")),
    ExpertVerified:   Earning("verified_expert",   VERIFIED_EXPERT_POINTS,   the("expert.member_id"),  the("expert.id")),
    DesignJudged:     Earning("judged_design",     JUDGED_DESIGN_POINTS,     the("member_id"),         juror_and_draw),
    BallotCast:       Earning("cast_ballot",       CAST_BALLOT_POINTS,       the("ballot.member_id"),  vote_and_voter),
    DiaryWritten:     Earning("diary_entry",       DIARY_ENTRY_POINTS,       the("entry.written_by"),  the("entry.id")),
    WorksStopped:     Earning("stop_order",        STOP_ORDER_POINTS,        the("member_id"),         stop_order_and_supervisor),
    AcceptanceSigned: Earning("signed_acceptance", SIGNED_ACCEPTANCE_POINTS, the("member_id"),         acceptance_and_signatory),
    OpinionGiven:     Earning("given_opinion",     GIVEN_OPINION_POINTS,     the("opinion.member_id"), the("opinion.id")),
}  # fmt: skip

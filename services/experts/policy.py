"""The clauses of the expert pool (三组“专家”亮身份) and of the draw: which groups there are, who may do what, only if what."""

from collections.abc import Iterable, Sized
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.actor import MEMBER, THE_SYSTEM, concerned
from services.clock import Moment
from services.errors import Refused, Words
from services.experts.contract import (
    COMPLETION_ACCEPTANCE,
    CONSTRUCTION_SUPERVISION,
    PLAN_EVALUATION,
    VERIFIERS,
    Commitment,
    DrawStatus,
    ExpertStatus,
)
from services.lifecycle import Move
from services.parameters import Parameter
from services.parties import THREE_PARTIES, Party, missing

PARAMETERS: tuple[Parameter, ...] = ()

MOST_CANDIDATES = 5000


@dataclass(frozen=True)
class Group:
    """What an expert can be verified for: a code and its labels."""

    code: str
    en: str
    zh: str


GROUPS = (
    Group(PLAN_EVALUATION,          "plan evaluation",          "方案评定组"),
    Group(CONSTRUCTION_SUPERVISION, "construction supervision", "施工监督组"),
    Group(COMPLETION_ACCEPTANCE,    "completion acceptance",    "竣工验收组"),
    Group("legal_advice",           "legal advice",             "法律咨询"),
    Group("mediation",              "mediation",                "矛盾调解"),
)  # fmt: skip

SITTING_JUROR = concerned("jurors", "the sitting juror", "在席评审专家")


class ADraw(Protocol):
    """What the checks read of a draw."""

    reveal_by: datetime
    commitments: tuple[Commitment, ...]


def known_groups(codes: Iterable[str]) -> tuple[str, ...]:
    """专-3: the groups of these codes, each once, in the order of the table. Errors: Refused when one is unknown."""
    asked, known = set(codes), [group.code for group in GROUPS]
    if unknown := sorted(asked - set(known)):
        raise Refused(
            f"no such group: {', '.join(unknown)}; there are {', '.join(known)}",
            f"没有此专家组:{'、'.join(unknown)};现有:{'、'.join(group.zh for group in GROUPS)}",
            "专-3",
        )
    return tuple(code for code in known if code in asked)


def unfit_list(candidates: Sized, seats: int) -> Words | None:
    """抽-1: why nobody can be drawn from a list: too few for the seats, or more than a draw may have."""
    found = len(candidates)
    if found < seats:
        return Words(f"only {found} candidates for {seats} seats", f"候选专家仅 {found} 人,不足 {seats} 席")
    if found > MOST_CANDIDATES:
        return Words(f"more than {MOST_CANDIDATES} candidates", f"候选专家超过 {MOST_CANDIDATES} 人")
    return None


def in_time(draw: ADraw, at: Moment) -> Words | None:
    """抽-6: what comes after the deadline does not count, even while the draw is not void yet."""
    if at.now >= draw.reveal_by:
        return Words("the deadline of this draw is over", "已过本次抽签的截止时间")
    return None


def deadline_is_over(draw: ADraw, at: Moment) -> Words | None:
    """抽-6: nobody's draw is void before its deadline."""
    return None if in_time(draw, at) else Words("this draw still has time", "本次抽签尚未到截止时间")


def others_have_committed(draw: ADraw, at: Moment) -> Words | None:
    """抽-2: the last of the three parties completes the commitments."""
    if len(missing(each.party for each in draw.commitments)) > 1:
        return Words("other parties have not committed yet", "其他方尚未提交承诺")
    return None


def others_have_revealed(draw: ADraw, at: Moment) -> Words | None:
    """抽-4: the last secret draws the jury."""
    if len(missing(each.party for each in draw.commitments if each.secret)) > 1:
        return Words("other parties have not revealed their secrets yet", "其他方尚未公开密数")
    return None


def who_was_late(commitments: Iterable[Commitment]) -> Words:
    """抽-6: why a draw is void: the parties that did not commit, or else those that did not reveal."""
    given = tuple(commitments)
    if owed := missing(each.party for each in given):
        return Words(f"not committed in time: {_names(owed)}", f"未按时提交承诺:{_labels(owed)}")
    owed = missing(each.party for each in given if each.secret)
    return Words(f"not revealed in time: {_names(owed)}", f"未按时公开密数:{_labels(owed)}")


def _names(parties: Iterable[Party]) -> str:
    return ", ".join(party.replace("_", " ") for party in parties)


def _labels(parties: Iterable[Party]) -> str:
    return "、".join(party.zh for party in parties)


E, D = ExpertStatus, DrawStatus

EXPERT_LIFECYCLE = (
    #    move          by             from                        to            clause  only if
    Move("register",    MEMBER,        None,                       E.REGISTERED, "专-1"),
    Move("verify",      VERIFIERS,     (E.REGISTERED, E.VERIFIED), E.VERIFIED,   "专-2"),
)  # fmt: skip

DRAW_LIFECYCLE = (
    #    move           by             from                        to            clause  only if
    Move("freeze",      THE_SYSTEM,    None,                       D.FROZEN,     "抽-1"),
    Move("give_up",     THE_SYSTEM,    None,                       D.VOID,       "抽-1"),
    Move("commit",      THREE_PARTIES, D.FROZEN,                   D.FROZEN,     "抽-2", (in_time,)),
    Move("commit_last", THREE_PARTIES, D.FROZEN,                   D.COMMITTED,  "抽-2",
         (in_time, others_have_committed)),
    Move("reveal",      THREE_PARTIES, D.COMMITTED,                D.COMMITTED,  "抽-3", (in_time,)),
    Move("reveal_last", THREE_PARTIES, D.COMMITTED,                D.DRAWN,      "抽-4",
         (in_time, others_have_revealed)),
    Move("decline",     SITTING_JUROR, D.DRAWN,                    D.DRAWN,      "抽-5"),
    Move("expire",      THE_SYSTEM,    (D.FROZEN, D.COMMITTED),    D.VOID,       "抽-6", (deadline_is_over,)),
)  # fmt: skip

"""Recurring matters (每月一题): what comes up again and again at the same place, and the topic that could be made of it.

A matter is a category at a building, or else at a spot in the same words. It recurs when it was reported at least twice, on
more than one day of the month. What was taken back, merged or rejected is no matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from gateway.meaning import Meaning
from gateway.numbers.counting import in_span
from gateway.numbers.definitions import Count
from gateway.numbers.place import Place
from gateway.reader import Row, is_among
from gateway.sight import Sight
from gateway.store import issue_facts
from services.declare import Between, Length, value
from services.fields import Code, Id, Line, Slug
from services.issues.contract import Status

MOST_MATTERS = 20
MOST_ISSUES = 200
FEWEST_ISSUES, FEWEST_DAYS = 2, 2
WEIGHTS = {"issues": 2, "days": 2, "reopened": 3, "me_toos": 1}
_NO_MATTER = (Status.WITHDRAWN, Status.MERGED, Status.REJECTED)
_SETTLED = (Status.RESOLVED, Status.CONFIRMED, Status.TRANSFERRED)
_SCORE = Meaning(
    "2 for each issue, 2 for each day, 3 for each that was reopened, 1 for each me-too: the order of the list.",
    "每件 2 分、每个发生日 2 分、每件重开 3 分、每次附议 1 分,由高到低排列。",
)
_RAISABLE = Meaning("Stands as escalated and is in no topic: may be raised now.", "已提交例会且未列入议题,可立即提出。")
_IDS = Meaning(
    "Those that may be raised now, for POST …/topics; empty while none is escalated.", "可立即列入议题的问题编号。"
)


@value
class MatterIssue:
    """An issue of a recurring matter."""

    issue_id: Id
    status: Status
    raisable: Annotated[bool, _RAISABLE]


@value
class TopicProposal:
    """A topic as POST …/topics takes it, once `issue_ids` has one at least."""

    title: Annotated[str, Length(1, 80)]
    text: Annotated[str, Length(1, 4000, lines=True)]
    issue_ids: Annotated[tuple[Id, ...], Between(0, MOST_ISSUES), _IDS]


@value
class RecurringMatter:
    """What came up again and again in the month at one place."""

    category: Code
    category_zh: Line
    category_en: Line
    building_id: Id | None = None
    place: Annotated[Line | None, Meaning("The building's name, or the spot in words.", "楼栋名称或地点描述。")] = None
    issues: Count
    days: Annotated[Count, Meaning("Different days on which it was reported.", "发生的不同天数。")]
    reopened: Count
    me_toos: Count
    open: Count
    score: Annotated[Count, _SCORE]
    examples: Annotated[tuple[MatterIssue, ...], Between(0, MOST_ISSUES)]
    proposal: TopicProposal


@value
class RecurringMatters:
    """The recurring matters of a month, the weightiest first."""

    community_id: Slug
    month: Line
    matters: Annotated[tuple[RecurringMatter, ...], Between(0, MOST_MATTERS)]


@dataclass(frozen=True)
class Matter:
    """A row of `matters`."""

    key: str
    category: str
    building_id: str | None
    spot: str | None
    issues: int
    days: int
    reopened: int
    me_toos: int
    open: int
    score: int


def matters(sight: Sight) -> sa.Select[Any]:
    """The weightiest matters, as `Matter` has its members."""
    facts, key = issue_facts.c, _key()
    counted = {
        "issues": sa.func.count(),
        "days": sa.func.count(facts.day.distinct()),
        "reopened": sa.func.sum(sa.case((facts.reopenings > 0, 1), else_=0)),
        "me_toos": sa.func.sum(facts.me_toos),
    }
    still_open = sa.func.sum(sa.case((facts.status.not_in(_literal(_SETTLED)), 1), else_=0))
    score = sum((counted[name] * weight for name, weight in WEIGHTS.items()), start=sa.literal_column("0", sa.Integer))
    named = (sa.func.min(facts.category), sa.func.min(facts.building_id), sa.func.min(facts.spot))
    return (
        sa.select(key.label("key"), *named, *counted.values(), still_open, score.label("score"))
        .where(*_counts(sight), sa.or_(facts.building_id.is_not(None), facts.spot.is_not(None)))
        .group_by(sa.literal_column("1"))
        .having(counted["issues"] >= FEWEST_ISSUES, counted["days"] >= FEWEST_DAYS)
        .order_by(sa.desc("score"), "key")
        .limit(sa.literal_column(str(MOST_MATTERS)))
    )


def issues_of(sight: Sight, dialect: Dialect) -> sa.Select[Any]:
    """Key, id, status and topic of the issues of some matters (their keys are the value `keys`), the newest first."""
    facts = issue_facts.c
    newest = sa.func.row_number().over(
        partition_by=_key(), order_by=(_raisable().desc(), facts.created_at.desc(), facts.issue_id)
    )
    each = (
        sa.select(
            _key().label("key"), facts.issue_id, facts.status, _raisable().label("raisable"), newest.label("place")
        )
        .where(*_counts(sight), is_among(_key(), "keys", dialect))
        .cte("each_issue")
    )
    few = each.c.place <= sa.literal_column(str(MOST_ISSUES))
    return sa.select(each.c.key, each.c.issue_id, each.c.status, each.c.raisable).where(few).order_by(each.c.place)


def told(matter: Matter, issues: Sequence[MatterIssue], place: Place, month: str) -> RecurringMatter:
    """A matter with the topic that it proposes."""
    category = place.categories.get(matter.category)
    en, zh = category or (matter.category, matter.category)
    where = place.buildings.get(matter.building_id, None) if matter.building_id else matter.spot
    return RecurringMatter(
        category=matter.category,
        category_zh=zh,
        category_en=en,
        building_id=matter.building_id,
        place=where,
        issues=matter.issues,
        days=matter.days,
        reopened=matter.reopened,
        me_toos=matter.me_toos,
        open=matter.open,
        score=matter.score,
        examples=tuple(issues),
        proposal=_proposal(matter, issues, zh, where or "", month),
    )


def _proposal(matter: Matter, issues: Sequence[MatterIssue], zh: str, where: str, month: str) -> TopicProposal:
    year, number = month.split("-")
    text = (
        f"{year}年{int(number)}月,{where}「{zh}」类问题共上报 {matter.issues} 件,涉及 {matter.days} 天,"
        f"其中重开 {matter.reopened} 件、附议 {matter.me_toos} 次,尚有 {matter.open} 件未办结。建议列为每月一题,专题解决。"
    )
    ready = tuple(issue.issue_id for issue in issues if issue.raisable)
    return TopicProposal(title=f"{where[:50]}{zh}反复出现"[:80], text=text, issue_ids=ready)


def grouped(rows: Sequence[Row]) -> Mapping[str, list[MatterIssue]]:
    """The issues by the key of their matter."""
    found: dict[str, list[MatterIssue]] = {}
    for key, issue_id, status, raisable in rows:
        issue = MatterIssue(issue_id=id_of(issue_id), status=Status(status), raisable=bool(raisable))
        found.setdefault(key, []).append(issue)
    return found


def id_of(told_id: Any) -> str:
    """An id as either database tells it, in its usual form."""
    text = str(told_id).replace("-", "")
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _key() -> sa.ColumnElement[str]:
    """What makes a matter: the category, and the building or else the spot in the same words."""
    facts = issue_facts.c
    place = sa.func.coalesce(facts.building_id, facts.spot)
    return facts.category + sa.literal_column("' '") + place


def _raisable() -> sa.ColumnElement[int]:
    facts = issue_facts.c
    ready = (facts.status == sa.literal_column(f"'{Status.ESCALATED}'")) & facts.topic_id.is_(None)
    return sa.case((ready, sa.literal_column("1")), else_=sa.literal_column("0"))


def _counts(sight: Sight) -> tuple[sa.ColumnElement[bool], ...]:
    """Reported in the month, seen by the caller, and a matter at all."""
    visible = issue_facts.c.rank <= sa.literal_column(str(sight.rank))
    return in_span(), visible, issue_facts.c.status.not_in(_literal(_NO_MATTER))


def _literal(statuses: Sequence[Status]) -> list[sa.ColumnElement[Any]]:
    return [sa.literal_column(f"'{status}'") for status in statuses]

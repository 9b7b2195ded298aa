"""The daily huddle (碰头会) of a micro-grid: who came, what was decided, and what is published of it (日-15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.actor import SYSTEM, THE_SYSTEM, Actor, Role
from services.clock import Moment
from services.declare import COMMUNITY, STAFF
from services.errors import Forbidden, Refused, Words
from services.ids import derived_id
from services.issues.contract import (
    GRID_OFFICERS,
    MICRO_GRID,
    MOST_ITEMS,
    Disposition,
    HuddleAttendance,
    HuddleAttended,
    HuddleClosed,
    HuddleDisposed,
    HuddleOpened,
    HuddleState,
    HuddleStatus,
    IssueState,
    Item,
    Listed,
    Minutes,
)
from services.issues.minutes import Fate, Outcome, minutes_of
from services.issues.policy import UNSETTLED
from services.lifecycle import Move, permit

MOST_ATTENDING = 200

_CLAUSE = "日-15"


def huddle_id(community_id: str, grid_id: str | None, day: date) -> str:
    """The id of the one huddle of a micro-grid (None: of the community's own) on a local day."""
    return derived_id(community_id, "huddle", grid_id or "", day.isoformat())


def somebody_attended(huddle: "Huddle", at: Moment) -> Words | None:
    """日-15: a huddle where nobody was is no huddle."""
    if not huddle.attendance:
        return Words("nobody of the micro-grid has attended yet", "尚无微网格成员签到")
    return None


HUDDLE_LIFECYCLE = (
    #    move              by             from                to                   clause  only if
    Move("open",           THE_SYSTEM,    None,               HuddleStatus.OPEN,   _CLAUSE),
    Move("attend",         MICRO_GRID,    HuddleStatus.OPEN,  HuddleStatus.OPEN,   _CLAUSE),
    Move("dispose",        MICRO_GRID,    HuddleStatus.OPEN,  HuddleStatus.OPEN,   _CLAUSE),
    Move("close",          GRID_OFFICERS, HuddleStatus.OPEN,  HuddleStatus.CLOSED, _CLAUSE, (somebody_attended,)),
    Move("close_by_itself", THE_SYSTEM,   HuddleStatus.OPEN,  HuddleStatus.CLOSED, _CLAUSE),
)  # fmt: skip


@dataclass
class Huddle:
    """The aggregate: one row of the table `huddles`."""

    community_id: str
    id: str
    version: int
    audience: str
    status: HuddleStatus
    grid_id: str | None
    day: date
    items: tuple[Item, ...]
    more: int
    attendance: tuple[HuddleAttendance, ...]
    minutes: Minutes | None
    closed_by: str | None
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def open(
        cls, community_id: str, grid_id: str | None, items: Sequence[Item], more: int, at: Moment
    ) -> "tuple[Huddle, HuddleOpened]":
        """The huddle of today, opened by itself (日-15); an empty list is one, too."""
        move = permit(HUDDLE_LIFECYCLE, "open", None, SYSTEM, frozenset(), at)
        assert len(items) <= MOST_ITEMS, "what is more is counted, not listed"
        huddle = cls(
            community_id=community_id,
            id=huddle_id(community_id, grid_id, at.day),
            version=1,
            audience=STAFF,
            status=HuddleStatus(move.target),
            grid_id=grid_id,
            day=at.day,
            items=tuple(items),
            more=more,
            attendance=(),
            minutes=None,
            closed_by=None,
            closed_at=None,
            created_at=at.now,
            updated_at=at.now,
        )
        return huddle, HuddleOpened(huddle=huddle.state())

    def attend(self, role: Role, by: Actor, held: frozenset[Role], at: Moment) -> HuddleAttended:
        """Sit down, once, in a role of the micro-grid that one holds here (日-15). Errors: Forbidden, Refused."""
        permit(HUDDLE_LIFECYCLE, "attend", self, by, held, at)
        if role not in held or role not in MICRO_GRID.roles:
            raise Forbidden(
                f"one attends in a role of the micro-grid that one holds here: {MICRO_GRID.en}",
                f"只能以本人在本社区担任的微网格角色签到:{MICRO_GRID.zh}",
                _CLAUSE,
            )
        if any(each.member_id == by.member_id for each in self.attendance):
            raise Refused("you are here already", "您已签到,无需重复", _CLAUSE)
        if len(self.attendance) >= MOST_ATTENDING:
            raise Refused(f"at most {MOST_ATTENDING} attend", f"签到人数已达上限({MOST_ATTENDING})", _CLAUSE)
        self.attendance += (HuddleAttendance(member_id=by.member_id, role=role, at=at.now),)
        self._touch(at)
        return HuddleAttended(huddle=self.state(), member_id=by.member_id)

    def take_up(self, issue: IssueState, listed: Listed | None, by: Actor, held: frozenset[Role], at: Moment) -> None:
        """Have an issue on the list, to be decided on (日-15): one of the micro-grid's that is not settled can be added.

        `listed` is why it would have been on the list from the beginning. Errors: Forbidden, Refused.
        """
        permit(HUDDLE_LIFECYCLE, "dispose", self, by, held, at)
        if any(item.issue_id == issue.id for item in self.items):
            return
        if issue.grid_id != self.grid_id:
            raise Refused("this issue is another micro-grid's", "该问题不属于本微网格", _CLAUSE)
        if issue.status not in UNSETTLED:
            raise Refused("this issue is not on the list, and is settled", "该问题不在清单内,且已了结", _CLAUSE)
        if len(self.items) >= MOST_ITEMS:
            raise Refused(
                f"the list has {MOST_ITEMS} issues already; deal with this one by itself",
                f"清单已满({MOST_ITEMS} 件),请单独办理该问题",
                _CLAUSE,
            )
        before = issue.created_at < self.created_at
        reason = listed or (Listed.CARRIED_OVER if before else Listed.NEW)
        self.items += (Item(issue_id=issue.id, title=issue.title, listed=reason),)

    def dispose(self, issue: IssueState, disposition: Disposition, note: str | None, at: Moment) -> HuddleDisposed:
        """What was decided about an issue of the list, and where it stands by that; the last decision counts (日-15)."""
        self.items = tuple(
            replace(item, disposition=disposition, status=issue.status, why=note, at=at.now)
            if item.issue_id == issue.id
            else item
            for item in self.items
        )
        self._touch(at)
        return HuddleDisposed(huddle=self.state(), issue_id=issue.id)

    def close(self, outcomes: Mapping[str, Outcome], by: Actor, held: frozenset[Role], at: Moment) -> HuddleClosed:
        """Close it and publish its minutes (日-15); `outcomes` says what became of each issue on the list by now.

        Errors: Forbidden, Refused.
        """
        self.status = HuddleStatus(permit(HUDDLE_LIFECYCLE, "close", self, by, held, at).target)
        self.closed_by = by.member_id
        return self._publish(outcomes, at)

    def close_by_itself(self, outcomes: Mapping[str, Outcome], at: Moment) -> HuddleClosed:
        """Close what nobody closed, and publish that (日-15). Errors: Refused when it is closed already."""
        move = permit(HUDDLE_LIFECYCLE, "close_by_itself", self, SYSTEM, frozenset(), at)
        self.status = HuddleStatus(move.target)
        return self._publish(outcomes, at)

    def state(self) -> HuddleState:
        """Its visible state: the staff's while it is open, everybody's here once it is closed."""
        return HuddleState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            audience=self.audience,
            status=self.status,
            grid_id=self.grid_id,
            day=self.day,
            items=self.items,
            more=self.more,
            attendance=self.attendance,
            minutes=self.minutes,
            closed_by=self.closed_by,
            closed_at=self.closed_at,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    def _publish(self, outcomes: Mapping[str, Outcome], at: Moment) -> HuddleClosed:
        self.items = tuple(_final(item, outcomes[item.issue_id], self.day) for item in self.items)
        fates = [outcomes[item.issue_id].fate(self.day) for item in self.items]
        self.minutes = minutes_of(self.day, self.items, fates, self.more, self.attendance, by_itself=not self.closed_by)
        self.audience, self.closed_at = COMMUNITY, at.now
        self._touch(at)
        return HuddleClosed(huddle=self.state())

    def _touch(self, at: Moment) -> None:
        self.version += 1
        self.updated_at = at.now


_DISPOSITION = {
    Fate.SETTLED: Disposition.RESOLVE,
    Fate.TRANSFERRED: Disposition.TRANSFER,
    Fate.POSTPONED: Disposition.POSTPONE,
    Fate.ESCALATED: Disposition.ESCALATE,
    Fate.REJECTED: Disposition.REJECT,
}


def _final(item: Item, outcome: Outcome, day: date) -> Item:
    """The item as it is published: what is for staff only has no title and no reason."""
    fate = outcome.fate(day)
    left = fate is Fate.CARRIED_OVER
    return replace(
        item,
        title=outcome.instead_of_title or item.title,
        status=outcome.status,
        disposition=_DISPOSITION.get(fate, item.disposition),
        why=outcome.why(item.why) if left and not outcome.instead_of_title else None,
        by=outcome.handler_id if left else None,
    )

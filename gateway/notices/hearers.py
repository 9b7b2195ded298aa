"""Who hears of an event, and as what: reporters and followers of the issues behind it, handlers, whoever a ladder calls.

Nobody hears of what they did themselves, nobody twice of one event, and nobody of what they may not see.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.notices.known import Key, Known, Matter
from gateway.notices.wording import WORDING, Ear
from gateway.store import RANKS
from services.actor import Role
from services.declare import COMMUNITY
from services.issues.contract import Alarm, Bond, IssueAlarmed, IssueConfirmed, OriginalMoved, Urgency

RUNGS = {
    Alarm.GRID_OFFICER: Role.GRID_OFFICER,
    Alarm.COMMUNITY: Role.COMMUNITY_ADMIN,
    Alarm.DISTRICT: Role.DISTRICT_ADMIN,
}
"""日-14: who stands on which rung of the ladder; of an issue without a handler the grid officers hear at once."""

_BONDS = {Ear.ME_TOO: Bond.ME_TOO, Ear.FOLLOWER: Bond.FOLLOWER}


@dataclass(frozen=True)
class Heard:
    """As what somebody hears of an event, through which issue, and of what."""

    ear: Ear
    issue_id: str
    title: str


def candidates(event: Any, community_id: str, matters: Sequence[Matter], actor: str, known: Known) -> dict[str, Heard]:
    """Everybody whom an event is meant for, by member id, but for who did it."""
    found: dict[str, Heard] = {}
    told = WORDING[type(event)].to
    for ear in (each for each in Ear if each in told):
        for matter in matters:
            for issue_id in matter.issue_ids:
                for member_id in _who(ear, event, (community_id, issue_id), known):
                    found.setdefault(member_id, Heard(ear, issue_id, matter.title))
    for member_id in (actor, *_not_meant(event, community_id, known)):
        found.pop(member_id, None)
    return found


def may_hear(member_id: str, heard: Heard, community_id: str, rank: int | None, known: Known) -> bool:
    """Whether somebody may see the issue through which they hear, and what came of it, whose audience has this rank."""
    sight, issue = known.sight(community_id, member_id), known.issues[community_id, heard.issue_id]
    if sight.rendition(issue.rank, issue.reporter_id) is None:
        return False
    return rank is None or sight.rendition(rank, None) is not None


def is_urgent(event: Any) -> bool:
    """Whether it cannot wait for the end of quiet hours: staff are called about a danger."""
    return isinstance(event, IssueAlarmed) and event.issue.urgency is Urgency.DANGER


def posts_for(event: Any, community_id: str, known: Known) -> Iterator[tuple[str, str]]:
    """The posts whose holders may have to hear of an event, by place and role."""
    if isinstance(event, IssueAlarmed):
        yield _post(event.alarm, community_id, known)
    elif Ear.ADMIN in WORDING[type(event)].to:
        yield community_id, Role.COMMUNITY_ADMIN


def _who(ear: Ear, event: Any, issue: Key, known: Known) -> Iterable[str]:
    if issue not in known.issues:
        return ()
    if ear is Ear.REPORTER:
        return _one(known.issues[issue].reporter_id)
    if ear is Ear.HANDLER:
        return _one(event.issue.handler_id)
    if ear is Ear.ADMIN:
        return known.holders.get((issue[0], Role.COMMUNITY_ADMIN), ())
    if ear is Ear.LADDER:
        return _on_the_rung(event, issue[0], known)
    return [each.member_id for each in known.followers.get(issue, ()) if each.bond is _BONDS[ear]]


def _on_the_rung(event: IssueAlarmed, community_id: str, known: Known) -> Iterable[str]:
    """The handler, the officer of the micro-grid, or all who hold the post of the rung."""
    if event.alarm is Alarm.HANDLER and event.issue.handler_id:
        return _one(event.issue.handler_id)
    officer = known.officers.get((community_id, event.issue.grid_id or ""))
    if officer and event.alarm in (Alarm.HANDLER, Alarm.GRID_OFFICER):
        return _one(officer)
    return known.holders.get(_post(event.alarm, community_id, known), ())


def _post(alarm: Alarm, community_id: str, known: Known) -> tuple[str, str]:
    role = RUNGS.get(alarm, Role.GRID_OFFICER)
    return (known.place(community_id).district_id if role is Role.DISTRICT_ADMIN else community_id), role


def _not_meant(event: Any, community_id: str, known: Known) -> Iterable[str]:
    """Who confirmed hears nothing of it, and who hears of the original need not hear of the copy."""
    if isinstance(event, IssueConfirmed) and not event.by_silence:
        return _one(event.issue.reporter_id)
    if isinstance(event, OriginalMoved):
        return _hear_of_it(known, (community_id, event.issue.merged_into or ""))
    return ()


def _hear_of_it(known: Known, key: Key) -> Iterable[str]:
    """Who hears of an issue itself: its reporter, and its followers unless it is for staff only."""
    issue = known.issues.get(key)
    if issue is None:
        return ()
    open_to_followers = issue.rank <= RANKS[COMMUNITY]
    return (*_one(issue.reporter_id), *(each.member_id for each in known.followers.get(key, ()) if open_to_followers))


def _one(member_id: str | None) -> tuple[str, ...]:
    return (member_id,) if member_id else ()

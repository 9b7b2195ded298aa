"""Issues that are one: "me too" instead of reporting again, merging and taking apart, and who hears of what then."""

from dataclasses import dataclass

import sqlalchemy as sa

from services.actor import STAFF
from services.errors import NotFound, Refused
from services.issues.contract import (
    MOST_COPIES,
    Bond,
    FollowingState,
    FollowIssue,
    IssueState,
    MergeIssue,
    SecondIssue,
    UnfollowIssue,
    UnmergeIssue,
)
from services.issues.following import Following, following_id
from services.issues.model import Issue
from services.issues.policy import LIFECYCLE, UNSETTLED
from services.issues.reporting import category_of
from services.issues.store import followings
from services.issues.telling import tell
from services.issues.timing import settle_by
from services.lifecycle import permit
from services.work import Work

MOST_MOVED = 5000


@dataclass(frozen=True)
class Count:
    """So many more, or fewer, who said "me too" and who follow."""

    me_toos: int = 0
    followers: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.me_toos + other.me_toos, self.followers + other.followers)

    def __sub__(self, other: "Count") -> "Count":
        return Count(self.me_toos - other.me_toos, self.followers - other.followers)


def second_issue(work: Work, command: SecondIssue) -> IssueState:
    """Say "me too" (日-13); whoever said so already changes nothing."""
    issue = work.load(Issue, command.issue_id)
    issue.permit("second_issue", work.actor, work.held, work.moment)
    refuse_what_is_not_shown(work, issue)
    if issue.reporter_id == work.actor.member_id:
        raise Refused("one's own report needs no me-too", "不能附议自己上报的问题", "日-13")
    _count(work, issue, _bind(work, issue, work.actor.member_id, Bond.ME_TOO))
    return issue.state()


def follow_issue(work: Work, command: FollowIssue) -> FollowingState:
    """Hear of every change (日-18); whoever said "me too" hears of it anyway."""
    issue = work.load(Issue, command.issue_id)
    issue.permit("follow_issue", work.actor, work.held, work.moment)
    refuse_what_is_not_shown(work, issue)
    _count(work, issue, _bind(work, issue, work.actor.member_id, Bond.FOLLOWER))
    return work.load(Following, following_id(issue.id, work.actor.member_id)).state()


def unfollow_issue(work: Work, command: UnfollowIssue) -> FollowingState:
    """Hear of it no longer (日-18)."""
    issue = work.load(Issue, command.issue_id)
    following = work.find(Following, following_id(issue.id, work.actor.member_id))
    if following is None:
        raise Refused("you do not follow this issue", "您没有关注此问题", "日-18")
    if following.active:
        counted = Count(*following.counts())
        work.record(following.end(work.moment))
        _count(work, issue, Count() - counted)
    return following.state()


def merge_issue(work: Work, command: MergeIssue) -> IssueState:
    """Say that an issue is the same as another one (日-13): its followers and its own copies go along."""
    copy = work.load(Issue, command.issue_id)
    permit(LIFECYCLE, "merge", copy, work.actor, work.held, work.moment)
    original = work.load(Issue, command.into_id)
    refuse_to_merge(copy, original)
    told = copy.merge_into(original, command.note, work.actor, work.held, work.moment)
    grandchildren, copy.copies = copy.copies, ()
    tell(work, copy, told)
    for each in (copy.id, *grandchildren):
        work.record(original.take_copy(each, work.moment))
    for each in grandchildren:
        work.record(work.load(Issue, each).follow(original, work.moment))
    _move_followers(work, copy, original)
    return copy.state()


def unmerge_issue(work: Work, command: UnmergeIssue) -> IssueState:
    """Say that it is not the same after all (日-13); who came with it goes back with it."""
    copy = work.load(Issue, command.issue_id)
    original = work.find(Issue, copy.merged_into or "") if copy.merged_into else None
    due = settle_by(category_of(work, copy.category), work.moment)
    tell(work, copy, copy.unmerge(command.reason, work.actor, work.held, work.moment, due))
    if original is not None:
        tell(work, original, original.lose_copy(copy.id, work.moment))
        _move_back(work, copy, original)
    return copy.state()


def refuse_to_merge(copy: Issue, original: Issue) -> None:
    """日-13: no circle, no chain, nothing that is over, nothing private into what everybody sees. Errors: Refused."""
    if copy.id == original.id:
        raise Refused("an issue cannot be merged into itself", "不能并入自身", "日-13")
    if original.merged_into:
        raise Refused(
            f"that one was merged itself; merge into {original.merged_into}",
            f"目标问题已并案,请并入 {original.merged_into}",
            "日-13",
        )
    if original.status not in UNSETTLED:
        raise Refused("that one is over; reopen it instead", "目标问题已结束,请改为重开", "日-13")
    if copy.audience != original.audience:
        raise Refused("one is private and the other is not", "公开问题与不公开问题不能并案", "日-13")
    if len(original.copies) + len(copy.copies) >= MOST_COPIES:
        raise Refused(f"at most {MOST_COPIES} issues are one", f"最多并案 {MOST_COPIES} 件", "日-13")


def refuse_what_is_not_shown(work: Work, issue: Issue) -> None:
    """A private issue does not exist for whoever may not see it. Errors: NotFound."""
    if issue.audience != "community" and not work.held & STAFF and work.actor.member_id != issue.reporter_id:
        raise NotFound("no such issue here", "本社区没有此项内容")


def _bind(work: Work, issue: Issue, member_id: str, bond: Bond, through: str | None = None) -> Count:
    """Have a member hear of an issue; what that adds to its counts. A me-too is never weakened to a following."""
    known = work.find(Following, following_id(issue.id, member_id))
    if known is None:
        following, begun = Following.begin(work.community_id, issue.id, member_id, bond, work.moment, through)
        work.add(following)
        before = Count()
    elif known.active and (known.bond is bond or known.bond is Bond.ME_TOO):
        return Count()
    else:
        following, before = known, Count(*known.counts())
        begun = following.become(bond, work.moment, through)
    work.record(begun)
    return Count(*following.counts()) - before


def _count(work: Work, issue: Issue, count: Count) -> None:
    if count != Count():
        tell(work, issue, issue.count(count.me_toos, count.followers, work.moment))


def _move_followers(work: Work, copy: Issue, original: Issue) -> None:
    """Whoever heard of the copy hears of the original, its reporter among them."""
    moved = [(each.member_id, each.bond) for each in _followings(work, copy.id) if each.active]
    total = Count()
    for member_id, bond in ((copy.reporter_id, Bond.ME_TOO), *moved):
        if member_id != original.reporter_id:
            total += _bind(work, original, member_id, bond, copy.id)
    _count(work, original, total)


def _move_back(work: Work, copy: Issue, original: Issue) -> None:
    """Whoever came to the original through the copy, and has said nothing since, no longer hears of it."""
    total = Count()
    for following in _followings(work, original.id):
        if following.active and following.through == copy.id:
            total -= Count(*following.counts())
            work.record(following.end(work.moment))
    _count(work, original, total)


def _followings(work: Work, issue_id: str) -> list[Following]:
    """Everybody who follows an issue, the first to do so first, at most `MOST_MOVED`."""
    ids = work.connection.execute(
        sa.select(followings.c.id)
        .where(followings.c.community_id == work.community_id, followings.c.issue_id == issue_id)
        .order_by(followings.c.created_at, followings.c.id)
        .limit(MOST_MOVED)
    ).scalars()
    return [work.load(Following, each) for each in list(ids)]

"""How an issue begins: its category, its place and its photos decide what it promises, and it is told of only once."""

from collections.abc import Sequence
from datetime import timedelta

from services.actor import STAFF
from services.earth import inside
from services.errors import Conflict, Forbidden, Refused
from services.ids import derived_id, new_id
from services.issues.catalogue import Catalogue, catalogue_id
from services.issues.categories import BUILT_IN, OTHER, named, offered, refuse_answers
from services.issues.contract import (
    ADMINS,
    MOST_PHOTOS,
    AmendIssue,
    CatalogueState,
    Category,
    IssueState,
    Place,
    Point,
    ReportIssue,
    SetCategory,
    SetOutline,
)
from services.issues.grouping import grid_of
from services.issues.model import Issue, Promise
from services.issues.telling import tell
from services.issues.timing import respond_by, settle_by
from services.work import Work

_AHEAD = timedelta(minutes=5)
_LONG_AGO = timedelta(days=366)


def report_issue(work: Work, command: ReportIssue) -> IssueState:
    """Begin an issue (日-1); the same report sent again, known by its `report_id`, is the issue that it made."""
    return report(work, command)


def report(work: Work, command: ReportIssue, patrol_id: str | None = None) -> IssueState:
    """The issue of a report. Errors: Refused, Forbidden, before anything was changed."""
    on_behalf_is_said_by_staff(work, command)
    id_ = new_id()
    if command.report_id:
        id_ = derived_id(command.community_id, "report", work.actor.member_id, command.report_id)
        if known := work.find(Issue, id_):
            return _the_same(known, command).state()
    promise = promised(work, command, patrol_id)
    issue, reported = Issue.report(id_, command, work.actor, work.held, work.moment, promise)
    work.add(issue)
    tell(work, issue, reported)
    return reported.issue


def promised(work: Work, command: ReportIssue, patrol_id: str | None = None) -> Promise:
    """What a report leads to. Errors: Refused for an unknown category, a wrong place or answer, an impossible time."""
    catalogue = work.find(Catalogue, catalogue_id(work.community_id))
    category = offered(catalogue.categories if catalogue else BUILT_IN, command.category)
    refuse_answers(category, command.answers)
    _refuse_place(work, command.place)
    _refuse_times(work, command)
    if len(set(command.photos)) < len(command.photos):
        raise Refused("a photo is named twice", "照片重复", "日-1")
    return Promise(
        category=category,
        respond_by=respond_by(category, work.moment),
        settle_by=settle_by(category, work.moment),
        grid_id=grid_of(work, command.place.building_id),
        warnings=_warnings(catalogue.outline if catalogue else (), command.place),
        patrol_id=patrol_id,
    )


def category_of(work: Work, code: str) -> Category:
    """The category of an issue, as the community has it now; one that is gone counts as any other."""
    catalogue = work.find(Catalogue, catalogue_id(work.community_id))
    categories = catalogue.categories if catalogue else BUILT_IN
    found = named(categories, code) or named(categories, OTHER)
    assert found is not None, "every catalogue has the category for what fits nowhere else"
    return found


def on_behalf_is_said_by_staff(work: Work, command: ReportIssue) -> None:
    """日-1: staff may write down what somebody tells them on the phone; both are on record."""
    if command.on_behalf_of and not work.held & STAFF:
        raise Forbidden("only staff may report for somebody else", "只有工作人员可以代他人上报", "日-1")


def amend_issue(work: Work, command: AmendIssue) -> IssueState:
    """Change one's own words, or add photos (日-12)."""
    issue = work.load(Issue, command.issue_id)
    if command.title is None and command.text is None and not command.photos:
        raise Refused("nothing is to be changed", "没有要更改的内容", "日-12")
    tell(work, issue, issue.amend(command, work.actor, work.held, work.moment, MOST_PHOTOS))
    return issue.state()


def set_category(work: Work, command: SetCategory) -> CatalogueState:
    """Add a category, or change one (日-11)."""
    catalogue = _catalogue(work)
    work.record(catalogue.set_category(command.category, work.moment))
    return catalogue.state()


def set_outline(work: Work, command: SetOutline) -> CatalogueState:
    """Draw the outline of the community's ground (日-1)."""
    catalogue = _catalogue(work)
    work.record(catalogue.set_outline(command.outline, work.moment))
    return catalogue.state()


def _catalogue(work: Work) -> Catalogue:
    """The community's catalogue, to be changed by an admin. Errors: Forbidden."""
    if not ADMINS.allows(work.actor, work.held):
        raise Forbidden(f"only {ADMINS.en} may change this", f"只有{ADMINS.zh}可以更改", "日-11")
    found = work.find(Catalogue, catalogue_id(work.community_id))
    if found is None:
        found, _ = Catalogue.begin(work.community_id, work.moment)
        work.add(found)
    return found


def _the_same(known: Issue, command: ReportIssue) -> Issue:
    if (known.title, known.text, known.category) != (command.title, command.text, command.category):
        raise Conflict("this report id was used for another report", "此上报编号已用于其他内容")
    return known


def _refuse_place(work: Work, place: Place) -> None:
    building = place.building_id
    if building and building not in work.community.buildings:
        raise Refused("this community has no such building", "本社区没有该楼栋", "日-1")
    if (place.entrance_id or place.home_id) and not building:
        raise Refused("an entrance or a home needs its building", "填写单元或房号时须注明楼栋", "日-1")


def _refuse_times(work: Work, command: ReportIssue) -> None:
    if command.occurred_at is None:
        return
    if command.occurred_at > work.now + _AHEAD:
        raise Refused("it cannot have happened in the future", "发生时间不能晚于现在", "日-1")
    if command.occurred_at < work.now - _LONG_AGO:
        raise Refused("it happened more than a year ago", "发生时间超过一年", "日-1")


def _warnings(outline: Sequence[Point], place: Place) -> tuple[str, ...]:
    """What looks odd and is kept nevertheless (日-1)."""
    outside = place.point is not None and outline and not inside(outline, place.point)
    return ("outside_the_community",) if outside else ()

"""What the points service does; the tables at the end are its contents."""

from gateway.directory.contract import CommunityChanged, CommunityOnboarded
from services.communities import remember
from services.issues.contract import IssueConfirmed
from services.points.model import Account, Transfer, account_of, credited, issuance_of, move, transfer_id
from services.points.policy import CONFIRMED_REPORT_POINTS
from services.work import Does, Reacts, Work

CONFIRMED_REPORT = "confirmed_report"


def credit_reporter(work: Work, event: IssueConfirmed) -> None:
    """分-1: whoever reported what was settled and confirmed earns points, once for each issue."""
    points = work.moment.value(CONFIRMED_REPORT_POINTS)
    earned = work.find(Transfer, transfer_id(work.community_id, CONFIRMED_REPORT, event.issue.id))
    if earned or not points:
        return
    clause = CONFIRMED_REPORT_POINTS.clause
    reporter = _opened(work, account_of(work.community_id, event.issue.reporter_id, work.now))
    issuance = _opened(work, issuance_of(work.community_id, work.now))
    transfer, *entries = move(issuance, reporter, points, CONFIRMED_REPORT, clause, event.issue.id, work.now)
    work.add(transfer)
    for entry in entries:
        work.add(entry)
    work.record(credited(reporter, transfer))


def _opened(work: Work, account: Account) -> Account:
    found = work.find(Account, account.id)
    if found is None:
        work.add(account)
    return found or account


DOES: Does = {}

REACTS: Reacts = {
    CommunityOnboarded: remember,
    CommunityChanged: remember,
    IssueConfirmed: credit_reporter,
}

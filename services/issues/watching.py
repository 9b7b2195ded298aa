"""What happens to an issue by itself, once and however late: it stays overnight (日-5, 日-6), it climbs the ladder (日-14)."""

from services.issues.ladder import next_watch, overnight_at, rung_reached
from services.issues.model import Issue
from services.issues.telling import tell
from services.sweeping import Watched, correct
from services.work import Work


def watch(work: Work, issue_id: str) -> None:
    """Do what is due about an issue by now; where nothing is (somebody was faster), only its next time is put right."""
    issue, at = work.load(Issue, issue_id), work.moment
    missed = overnight_at(issue, at)
    if missed and missed <= at.now:
        tell(work, issue, issue.stay_overnight(at))
    elif alarm := rung_reached(issue, at):
        tell(work, issue, issue.raise_alarm(alarm, at))
    else:
        issue.watch_at = next_watch(issue, at)
        correct(work, WATCHED, issue)


WATCHED = Watched("watch_issue", Issue, "watch_at", watch)

DUE = {WATCHED.name: WATCHED.do_again}

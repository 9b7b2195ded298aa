"""After a story: wait until the system has caught up, then compare what was acknowledged with all that was kept of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import httpx

from deploy.machine import tries
from services.dead_letters import dead_letters
from tests.faults.checker import Element, Verdict, judge
from tests.faults.evidence import Evidence, all_of, elements_of
from tests.faults.load import Load
from tests.faults.town import Town

CATCH_UP_SECONDS = 30.0
_SHOWN = 10


@dataclass
class Report:
    """What an examination found: a verdict for each place, and whatever else should not be."""

    verdicts: list[Verdict] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything is as it was promised."""
        return not self.faults and all(verdict.holds for verdict in self.verdicts)

    def __str__(self) -> str:
        more = [f"… and {len(self.faults) - _SHOWN} more faults"] if len(self.faults) > _SHOWN else []
        return "\n".join([*map(str, self.verdicts), *self.notes, *self.faults[:_SHOWN], *more])


def examine(town: Town, load: Load, web_was_away: bool = False, all_heard: bool = False) -> Report:
    """Everything about a load that has ended, on a system that is whole again.

    `web_was_away` excuses reads that found nobody listening; one that was answered has to be right even then.
    `all_heard` says that whatever was done must have been acknowledged: nothing may be recovered.
    """
    evidence, history, report = Evidence(town.settings, load.community), load.history, Report()
    report.faults += _await_quiet(evidence)
    issues = evidence.issues()
    committed = all_of(issues)
    confirmed = [element for element in committed if element[0] == "confirm"]
    confirms = {element: told for element, told in history.attempted.items() if element[0] == "confirm"}
    report.verdicts += [
        judge("issues", history.attempted, committed),
        judge("journal", history.attempted, evidence.told(), committed),
        judge("views", history.attempted, _seen(load, issues), committed),
        judge("feed", history.attempted, [*history.heard, *load.listener.rest(load.address)], committed),
        judge("ledger", confirms, evidence.credited(), confirmed),
    ]
    report.faults += evidence.chain_faults()
    report.faults += evidence.feed_faults(history.foreign_events)
    report.faults += evidence.ledger_faults()
    if all_heard:
        report.faults += [f"done and not acknowledged: {element}" for element in report.verdicts[0].recovered]
    report.faults += [
        f"dead letter of {letter.queue}: {letter.reason}" for letter in dead_letters(town.settings.amqp_url)
    ]
    report.faults += history.surprises
    excused = [read for read in history.failed_reads if web_was_away and not read.status]
    report.faults += [f"GET: {read.status} {read.what}" for read in history.failed_reads if read not in excused]
    report.notes.append(
        f"{'reads':13} {history.reads} GETs · {len(history.failed_reads)} failed · slowest {history.slowest_read:.2f} s · "
        f"the live feed broke off {history.times_cut_off} times"
    )
    return report


def _await_quiet(evidence: Evidence) -> Iterator[str]:
    """Wait until every journal row is published and everybody has handled it; what is not so in time is a fault.

    Rows, inboxes and rows again: if the rows are the same before and after, nothing moved in between.
    """
    unheard: Mapping[str, int] = {}
    rows = (0, 0)
    for _ in tries(CATCH_UP_SECONDS, pause=0.2):
        rows = evidence.journals()
        if rows[1]:
            continue
        unheard = evidence.unheard()
        if not unheard and evidence.journals() == rows:
            return
    yield f"not quiet after {CATCH_UP_SECONDS:.0f} s: {rows[1]} journal rows wait, unheard of: {dict(unheard)}"


def _seen(load: Load, ids: Iterable[str]) -> Iterator[Element]:
    """What the gateway answers when it is asked for each issue."""
    headers = {"Authorization": f"Bearer {load.officer}"}
    with httpx.Client(base_url=load.address, headers=headers, timeout=10) as http:
        for id_ in ids:
            answer = http.get(f"/v1/communities/{load.community}/issues/{id_}")
            if answer.status_code == 200:
                yield from elements_of(answer.json())

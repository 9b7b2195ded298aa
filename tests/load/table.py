"""What came out, as a Markdown table: medians over the rounds, and how they stand to what must be reached."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.load.generator import Result


@dataclass(frozen=True)
class Row:
    """One line: a measure (higher is better) and the ratio, ours by theirs, that it must reach and aims at.

    `theirs` names the rival's measure where it has another name; `enough` a second will do whatever the ratio is.
    """

    words: str
    measure: str
    rival: str
    rivals: Sequence[str]
    must: float = 0.0
    aim: float = 0.0
    theirs: str = ""
    enough: float = 0.0


@dataclass(frozen=True)
class Limit:
    """One line: a figure of ours that must stay below a number; 0 = it is only shown."""

    words: str
    figure: str
    must: float
    unit: str


ROWS = (
    Row("report an issue over HTTP", "report", "(a) plain nameko", ("nameko",), must=2.5),
    Row("report an issue over HTTP", "report", "(b) FastAPI, async ORM", ("fastapi 1", "fastapi 2"), must=0.7, aim=1.0),
    Row("report an issue over HTTP", "report", "(c) database alone", ("database",)),
    Row("list 20 of the issues", "list", "(b) FastAPI, async ORM", ("fastapi 1", "fastapi 2"), must=1.5),
    Row("list 20 of the issues", "list", 'bare "ok"', ("bare",), theirs="ok"),
    Row("read one issue", "read", "(b) FastAPI, async ORM", ("fastapi 1", "fastapi 2"), must=1.5),
    Row("read one issue", "read", 'bare "ok"', ("bare",), theirs="ok"),
    Row("events from commit to a subscriber", "events", "raw confirmed publishing", ("raw",), must=0.5, enough=3000),
)
LIMITS = (
    Limit("commit to subscriber at half load, 99 of 100", "age p99", 100, "ms"),
    Limit("memory of the largest service process", "memory", 120, "MB"),
    Limit("memory of web", "memory of web", 0, "MB"),
    Limit("memory gained from one fifth of the reports to all of them", "growth", 5, "MB"),
)


@dataclass
class Figures:
    """All that was measured: a second's worth of each side and measure, round by round."""

    rates: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    results: dict[tuple[str, str], list[Result]] = field(default_factory=lambda: defaultdict(list))
    ours: dict[str, float] = field(default_factory=dict)

    def note(self, side: str, measure: str, found: Result | float) -> None:
        """Keep the outcome of one round."""
        if isinstance(found, Result):
            self.results[side, measure].append(found)
        self.rates[side, measure].append(found.per_second if isinstance(found, Result) else found)

    def median(self, sides: Sequence[str], measure: str) -> float:
        """The best of some sides; 0 if none of them was measured."""
        return max(
            (median(self.rates[side, measure]) for side in sides if self.rates.get((side, measure))), default=0.0
        )

    def markdown(self) -> str:
        """Both tables."""
        lines = ["| measure | sansan | rival | | ratio | must | aim |", "|---|--:|---|--:|--:|--:|--:|"]
        lines += [self._ratio(row) for row in ROWS]
        lines += [self._limit(limit) for limit in LIMITS if limit.figure in self.ours]
        lines += [
            "",
            "| side | measure | a second | p50 ms | p99 ms | errors | rounds |",
            "|---|---|--:|--:|--:|--:|---|",
        ]
        lines += [self._detail(side, measure) for side, measure in self.rates]
        return "\n".join(lines) + "\n"

    def _ratio(self, row: Row) -> str:
        ours = self.median(["sansan"], row.measure)
        theirs = self.median(row.rivals, row.theirs or row.measure)
        ratio = ours / theirs if theirs else 0.0
        must = f"≥ {row.must:g}" if row.must else ""
        must += f" or {row.enough:,.0f}/s" if row.enough else ""
        if must and ratio:
            must += _mark(ratio >= row.must or 0 < row.enough <= ours)
        cells = (
            row.words,
            _whole(ours),
            row.rival,
            _whole(theirs),
            f"{ratio:.2f}" if ratio else "–",
            must,
            row.aim or "",
        )
        return _line(*cells)

    def _limit(self, limit: Limit) -> str:
        found = self.ours[limit.figure]
        must = f"< {limit.must:g} {limit.unit}{_mark(found < limit.must)}" if limit.must else ""
        return _line(limit.words, f"{found:.0f} {limit.unit}", "", "", "", must, "")

    def _detail(self, side: str, measure: str) -> str:
        rates, results = self.rates[side, measure], self.results.get((side, measure), [])
        times = _latencies(results)
        rounds = ", ".join(_whole(rate) for rate in rates)
        return _line(side, measure, _whole(median(rates)), times["p50"], times["p99"], _errors(results), rounds)


def _latencies(results: Sequence[Result]) -> Mapping[str, str]:
    if not results:
        return {"p50": "", "p99": ""}
    p50, p99 = median(each.p50_ms for each in results), median(each.p99_ms for each in results)
    return {"p50": f"{p50:.1f}", "p99": f"{p99:.1f}"}


def _errors(results: Sequence[Result]) -> str:
    """How many answers were no success, by status."""
    found = sum((Counter(each.errors) for each in results), Counter[str]())
    return ", ".join(f"{number} × {status}" for status, number in sorted(found.items()))


def _whole(number: float) -> str:
    return f"{number:,.0f}" if number else "–"


def _mark(holds: bool) -> str:
    return " ✓" if holds else " ✗"


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"

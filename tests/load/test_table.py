"""The table sets medians against the best of a rival's set-ups, and says what was reached."""

from tests.load.generator import Result
from tests.load.table import Figures


def test_the_better_of_a_rivals_set_ups_counts() -> None:
    figures = Figures()
    for ours, one, two in ((900, 700, 500), (1000, 800, 1600), (5000, 900, 600)):
        figures.note("sansan", "report", ours)
        figures.note("fastapi 1", "report", one)
        figures.note("fastapi 2", "report", two)
    line = "| report an issue over HTTP | 1,000 | (b) FastAPI, async ORM | 800 | 1.25 | ≥ 0.7 ✓ | 1.0 |"
    assert line in figures.markdown().splitlines()


def test_the_relay_may_be_quick_enough_whatever_raw_publishing_does() -> None:
    figures = Figures()
    figures.note("sansan", "events", 3500)
    figures.note("raw", "events", 9000)
    assert "| 0.39 | ≥ 0.5 or 3,000/s ✓ |" in figures.markdown()
    figures.note("sansan", "events", 1000)
    assert "| 0.25 | ≥ 0.5 or 3,000/s ✗ |" in figures.markdown()


def test_a_limit_that_is_not_kept_and_errors_are_shown() -> None:
    figures = Figures()
    figures.note("sansan", "report", Result(5.0, 200.0, 3.0, 9.0, {"201": 1000, "503": 2, "closed": 1}))
    figures.ours["memory"] = 130.0
    assert "| memory of the largest service process | 130 MB |  |  |  | < 120 MB ✗ |  |" in figures.markdown()
    assert "| sansan | report | 200 | 3.0 | 9.0 | 2 × 503, 1 × closed | 200 |" in figures.markdown()

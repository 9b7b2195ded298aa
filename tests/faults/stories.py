"""What all stories have in common: people who use the town all the while, and an examination at the end."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.faults.examination import examine
from tests.faults.founding import COMMUNITY, log_in
from tests.faults.load import Load
from tests.faults.town import Town

PARTS = ("issues", "points", "edge", "web")
SEED = 20220501
BEFORE_AND_AFTER = 60

ON_SQLITE = pytest.mark.parametrize("databases_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize(
    "databases_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)

OpenTown = Callable[..., AbstractContextManager[Town]]
UnderLoad = Callable[..., AbstractContextManager[Load]]


@contextmanager
def use(
    town: Town,
    tell: Callable[[str], object],
    *,
    impatient: float = 0.3,
    web_was_away: bool = False,
    all_heard: bool = False,
) -> Iterator[Load]:
    """People use a town before, during and after what happens in the block; whatever is found then is told, and has to hold.

    `impatient` is the share of them who send a command once only; the others are for `examine`.
    """
    load = Load(town.address, COMMUNITY, log_in(town, "resident"), log_in(town, "officer"), SEED, impatient)
    with load:
        load.await_acknowledged(BEFORE_AND_AFTER)
        yield load
        load.await_acknowledged(BEFORE_AND_AFTER)
    report = examine(town, load, web_was_away, all_heard)
    tell(str(report))
    assert report.holds, f"\n{report}"

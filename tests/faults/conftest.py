"""A town for each story, and at the end of the run what each story found, in Jepsen's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.machine import Missing
from deploy.private_node import PrivateNode
from tests.faults.founding import found_community, new_town
from tests.faults.stories import PARTS, OpenTown, UnderLoad, use
from tests.faults.town import Town

TOLD_HERE = Path(__file__).parent
STORY_SECONDS = 300
FOUND = "found"


@pytest.fixture(scope="session")
def faults_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateNode]:
    """One node for all stories, which stop, kill and alarm it; each story has a virtual host of its own."""
    node = PrivateNode(tmp_path_factory.mktemp("faults") / "broker")
    try:
        node.start()
    except Missing as missing:
        pytest.skip(str(missing))
    yield node
    node.kill()


@pytest.fixture
def open_town(faults_broker: PrivateNode, databases_url: str, tmp_path: Path) -> OpenTown:
    """Opens a town on empty databases and an empty virtual host, with the processes that are named."""

    @contextmanager
    def opened(*names: str, **changed: str) -> Iterator[Town]:
        with new_town(faults_broker, databases_url, tmp_path, changed) as town:
            town.start(*names)
            found_community(town.settings)
            try:
                yield town
            finally:
                faults_broker.start().resume()
                faults_broker.unblock()

    return opened


@pytest.fixture
def town(open_town: OpenTown) -> Iterator[Town]:
    """A town with one process of each kind."""
    with open_town(*PARTS) as opened:
        yield opened


@pytest.fixture
def under_load(request: pytest.FixtureRequest) -> UnderLoad:
    """People use a town before, during and after what happens in the block; then everything is examined."""
    return lambda town, **options: use(
        town, lambda report: request.node.user_properties.append((FOUND, report)), **options
    )


def pytest_configure(config: pytest.Config) -> None:
    """Stories that go on for minutes are told only where they are asked for: `-m long`."""
    config.addinivalue_line("markers", "long: a story of minutes, left out unless `-m` names it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long ones out, and give the others time: a busy machine may need three times as long."""
    for item in items:
        if TOLD_HERE in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(STORY_SECONDS))
    if "long" not in config.option.markexpr:
        left_out = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was found, also where other processes ran the stories."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    told = [
        f"{report.nodeid.rpartition('::')[2]}\n{found}"
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, found in report.user_properties
        if name == FOUND
    ]
    if told:
        terminalreporter.section("what became of what was attempted")
        terminalreporter.write_line("\n".join(told))

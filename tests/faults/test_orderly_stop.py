"""SIGTERM under load: what was begun is finished and acknowledged, nothing runs again after the restart, and it is soon over."""

import signal

from tests.faults.stories import ON_POSTGRESQL, PARTS, OpenTown, UnderLoad

STOP_SECONDS = 10.0


@ON_POSTGRESQL
def test_whoever_is_told_to_stop_finishes_what_it_began_and_nothing_else(
    open_town: OpenTown, under_load: UnderLoad
) -> None:
    with open_town(*PARTS, COMMAND_TIMEOUT_SECONDS="15") as town:
        with under_load(town, impatient=1.0, web_was_away=True, all_heard=True) as load:
            for name in PARTS:
                load.await_acknowledged(40)
                process = town.terminate(name)
                assert process.wait(STOP_SECONDS) in (0, -signal.SIGTERM)  # uvicorn ends by the signal that it was sent
                town.await_new(name, process.pid)
        for name in ("issues", "points", "edge"):
            assert town.metric(name, "sansan_handled_total", outcome="done") > 0
            assert town.metric(name, "sansan_handled_total", outcome="repeated") == 0

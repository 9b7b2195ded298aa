"""The entry of a nameko process: patch first, then start the container, answer probes, stop in order on a signal.

Importing this module patches the standard library for eventlet; only the entry of a process imports it.
"""

import os

os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_selector")

import eventlet

eventlet.monkey_patch()

import signal  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable, Iterable  # noqa: E402
from typing import Any  # noqa: E402

from eventlet import wsgi  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

from services import observe  # noqa: E402
from services.broker import WrongTopology  # noqa: E402
from services.bus import TOPOLOGY  # noqa: E402
from services.clock import use_clock_file  # noqa: E402
from services.settings import settings  # noqa: E402
from services.wire import to_json  # noqa: E402

EX_CONFIG = 78
_STOP_SECONDS = 9

log = observe.logger("process")


def run(service: type, topology: Callable[[Any], None] = lambda channel: None) -> int:
    """Run one service until it is told to stop; returns the exit status.

    `topology` declares on a channel what all services of the system consume, so that its events find them.
    78 (`EX_CONFIG` of sysexits.h) says that a restart would not help: a queue exists with other arguments.
    """
    observe.set_up_logs(service.name, settings().log_level)  # type: ignore[attr-defined]
    if file := settings().clock_file:
        use_clock_file(file)
        log.warning("this is a rehearsal: the clock is ahead as a file says", file=str(file))
    runner = ServiceRunner({"AMQP_URI": settings().amqp_url, TOPOLOGY: topology})
    runner.add_service(service)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(_stop, runner))
    eventlet.spawn_n(_answer_probes)
    runner.start()
    log.info("started", service=service.name)  # type: ignore[attr-defined]
    try:
        eventlet.spawn(runner.wait).wait()
    except WrongTopology as error:
        log.error("cannot start", error=str(error))
        return EX_CONFIG
    log.info("stopped")
    return 0


def _stop(runner: ServiceRunner) -> None:
    with eventlet.Timeout(_STOP_SECONDS, False):
        runner.stop()
        return
    log.error("did not stop in time; what was not confirmed will be done again")
    sys.stderr.flush()
    os._exit(1)


def _answer_probes() -> None:
    host, port = settings().probe_host, settings().probe_port
    try:
        listening = eventlet.listen((host, port))
    except OSError:
        listening = eventlet.listen((host, 0))
        log.warning("probe port is taken, using another", wanted=port)
    log.info("probes", port=listening.getsockname()[1])
    wsgi.server(listening, _probe, log_output=False)


def _probe(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/metrics":
        start_response("200 OK", [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")])
        return [observe.metrics_text()]
    if path not in ("/healthz", "/readyz"):
        start_response("404 Not Found", [])
        return []
    parts = observe.HEALTH.live() if path == "/healthz" else observe.HEALTH.ready()
    well = bool(parts) and all(parts.values())
    start_response("200 OK" if well else "503 Service Unavailable", [("Content-Type", "application/json")])
    return [to_json(parts)]

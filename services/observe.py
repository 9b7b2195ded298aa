"""What an operator can see: JSON logs with ids and never a name, Prometheus metrics, and whether each loop is alive."""

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

BATCH_SIZE = Histogram(
    "sansan_batch_size",
    "Messages handled in one transaction",
    ["loop"],
    buckets=(1, 2, 5, 10, 20, 50, 100),
    registry=REGISTRY,
)
HANDLING = Histogram("sansan_batch_seconds", "Time to handle one batch", ["loop"], buckets=_SECONDS, registry=REGISTRY)
HANDLED = Counter(
    "sansan_handled_total", "Commands and events by name and outcome", ["name", "outcome"], registry=REGISTRY
)
QUEUE_DEPTH = Gauge("sansan_queue_depth", "Messages that wait in a queue", ["queue"], registry=REGISTRY)
JOURNAL_WAITING = Gauge(
    "sansan_journal_waiting", "Journal rows that are not published yet", ["service"], registry=REGISTRY
)
JOURNAL_LAG = Gauge(
    "sansan_journal_lag_seconds", "Age of the oldest unpublished journal row", ["service"], registry=REGISTRY
)
PUBLISHED = Counter("sansan_published_total", "Events published and confirmed", ["service"], registry=REGISTRY)
DEAD_LETTERED = Counter("sansan_dead_letters_total", "Messages given up, by queue", ["queue"], registry=REGISTRY)
RETRIED = Counter("sansan_retries_total", "Events that will be tried again later", ["queue"], registry=REGISTRY)
REPLIES_DROPPED = Counter("sansan_replies_dropped_total", "Replies not sent: broker away or blocked", registry=REGISTRY)
WEBHOOKS = Counter("sansan_webhooks_total", "Events sent to webhooks, by outcome", ["outcome"], registry=REGISTRY)
REQUESTS = Histogram(
    "sansan_http_seconds", "HTTP requests by route and status", ["route", "status"], buckets=_SECONDS, registry=REGISTRY
)


def set_up_logs(process: str, level: str = "INFO") -> None:
    """Log JSON lines to stderr, this process's name on each; also what libraries log through `logging`."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )

    def name_process(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"process": process, **entry}

    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            name_process,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("amqp", "kombu", "aiormq", "nameko", "uvicorn.access", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def tells_all() -> bool:
    """Whether ordinary events are logged too, so that nothing need be gathered for lines that nobody writes."""
    return logging.getLogger().isEnabledFor(logging.INFO)


def logger(name: str) -> Any:
    """The logger of a module."""
    return structlog.get_logger(name)


def metrics_text() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)


class Health:
    """Which parts of this process work: each loop says so again and again, and is unwell when it has been silent."""

    def __init__(self, silence_seconds: float = 30.0) -> None:
        self._silence = silence_seconds
        self._alive: dict[str, float] = {}
        self._ready: dict[str, bool] = {}

    def tick(self, part: str, ready: bool = True) -> None:
        """The part is alive; `ready` when it can do its work, which needs broker and database."""
        self._alive[part] = time.monotonic()
        self._ready[part] = ready

    def forget(self, part: str) -> None:
        """The part ended as it should."""
        self._alive.pop(part, None)
        self._ready.pop(part, None)

    def live(self) -> dict[str, bool]:
        """Part → whether it has shown signs of life lately."""
        now = time.monotonic()
        return {part: now - at < self._silence for part, at in self._alive.items()}

    def ready(self) -> dict[str, bool]:
        """Part → whether it lives and can do its work."""
        return {part: lives and self._ready[part] for part, lives in self.live().items()}


HEALTH = Health()

"""Rival (a): the same report in plain nameko: `@http` calls an `@rpc`, which inserts two rows and dispatches an event.

Set up as well as stock nameko goes: two processes, as many workers as the load has connections, a pool with a
connection for each (so that no worker waits for one), psycopg told to wait by `select` (otherwise it stalls all green
threads), serialisation by stock JSON, nobody subscribed to the event. It checks no identity and validates by hand.
"""

import sys
from typing import TYPE_CHECKING

import eventlet

if not TYPE_CHECKING and __name__ == "__main__":
    eventlet.monkey_patch()

import json
import signal
from typing import Any

import sqlalchemy as sa
from nameko.events import EventDispatcher
from nameko.extensions import DependencyProvider
from nameko.rpc import RpcProxy, rpc
from nameko.runners import ServiceRunner
from nameko.web.handlers import http
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.wrappers import Request

from tests.load.tables import Issue, Journal, state

WORKERS = 64
ISSUES = "sansan_bench_issues"
GATEWAY = "sansan_bench_gateway"


class Database(DependencyProvider):
    """A session for each call of a worker."""

    def setup(self) -> None:
        self.engine = sa.create_engine(self.container.config["DATABASE"], pool_size=WORKERS, max_overflow=0)
        self.sessions = sessionmaker(self.engine, expire_on_commit=False)

    def get_dependency(self, worker_ctx: Any) -> "sessionmaker[Session]":
        return self.sessions


class IssuesService:
    """The service that owns the issues."""

    name = ISSUES
    sessions = Database()
    dispatch = EventDispatcher()

    @rpc
    def report_issue(self, community_id: str, report: dict[str, Any]) -> dict[str, Any]:
        """Two inserts, one commit, one event."""
        with self.sessions() as session:
            issue = Issue(community_id=community_id, reporter_id="member-1", **report)
            session.add(issue)
            session.flush()
            told = state(issue)
            session.add(Journal(community_id=community_id, type="issue.reported", subject=issue.id, data=told))
            session.commit()
        self.dispatch("issue.reported", told)
        return told


class GatewayService:
    """The HTTP front."""

    name = GATEWAY
    issues = RpcProxy(ISSUES)

    @http("POST", "/communities/<string:community_id>/issues")
    def report(self, request: Request, community_id: str) -> tuple[int, dict[str, str], str]:
        """Parse, call, answer."""
        body = json.loads(request.get_data())
        report = {name: body[name] for name in ("category", "title", "text", "place")}
        told = self.issues.report_issue(community_id, report)
        return 201, {"Content-Type": "application/json"}, json.dumps(told)


def main() -> None:
    """Run one of the two services until SIGTERM."""
    service, port, amqp, database = sys.argv[1:]
    config = {
        "AMQP_URI": amqp,
        "DATABASE": database,
        "WEB_SERVER_ADDRESS": f"127.0.0.1:{port}",
        "max_workers": WORKERS,
    }
    runner = ServiceRunner(config)
    runner.add_service({"issues": IssuesService, "gateway": GatewayService}[service])
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(runner.stop))
    runner.start()
    print("started", flush=True)
    runner.wait()


if __name__ == "__main__":
    main()

"""The property company at work: each event is dealt with once, whether a webhook or the feed brings it, and none is lost."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.property_company.api import Api, NotYet
from tests.property_company.books import Books
from tests.property_company.signature import is_signed

TYPES = ("issues.issue.reported.v1", "points.redemption.issued.v1", "projects.payment.instructed.v1")
MOST_BYTES = 1_000_000
_REMEMBERED = 10_000


@dataclass(frozen=True)
class Config:
    """How to reach sansan, how sansan reaches us (port 0: any), where the books are kept, how often to read the feed (0: never)."""

    base: str
    community: str
    key: str
    books: Path
    secret: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    poll_seconds: float = 30.0


class PropertyCompany:
    """Switched on and off with `start` and `stop`; `told` says which events came, each with how it came first."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.books = Books(config.books)
        self.told: dict[str, str] = {}
        self._api = Api(config.base, config.community, config.key)
        self._server = ThreadingHTTPServer((config.host, config.port), _door_of(self))
        self._server.daemon_threads = False  # so that closing it waits for what is being answered
        self._one_at_a_time = threading.Lock()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._server.serve_forever, args=(0.05,), name="webhooks")]
        if config.poll_seconds:
            self._threads.append(threading.Thread(target=self._poll, name="feed"))

    @property
    def url(self) -> str:
        """Where webhooks are to be sent."""
        return f"http://{self.config.host}:{self._server.server_address[1]}/events"

    def start(self) -> None:
        """Catch up with the feed and live on webhooks, with the feed as a net, until `stop`."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what was begun, and end."""
        self._stopping.set()
        self._server.shutdown()
        for thread in self._threads:
            thread.join()
        self._server.server_close()
        self._api.close()

    def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        """A webhook came: the status to answer. Only what is signed is read, and only what is dealt with is a success."""
        if not is_signed(self.config.secret, headers, body, time.time()):
            return 401
        try:
            self._deal_with(json.loads(body), "webhook")
        except NotYet:
            return 503
        return 204

    def catch_up(self) -> None:
        """Deal with whatever the feed has after the cursor; the cursor moves past what is dealt with. Errors: NotYet."""
        more = True
        while more and not self._stopping.is_set():
            page = self._api.events(self.books.cursor, TYPES)
            for event in page["events"]:
                self._deal_with(event, "feed")
            with self._one_at_a_time:
                self.books.read_up_to(page["next"])
            more = page["more"]

    def _poll(self) -> None:
        while not self._stopping.is_set():
            try:
                self.catch_up()
            except NotYet as reason:
                print(f"property company: {reason}", flush=True)
                self._stopping.wait(min(1.0, self.config.poll_seconds))
            else:
                self._stopping.wait(self.config.poll_seconds)

    def _deal_with(self, event: dict[str, Any], came_by: str) -> None:
        with self._one_at_a_time:
            if event["id"] in self.told:
                return
            self._act(event)
            self.told[event["id"]] = came_by
            for old in list(self.told)[:-_REMEMBERED]:
                del self.told[old]

    def _act(self, event: dict[str, Any]) -> None:
        """Book it under a reference that is the same each time, then say so to sansan."""
        type_, id_, data = event["type"], event["subject"], event["data"]
        if type_ == "issues.issue.reported.v1":
            self.books.book(f"WO-{id_}", {"title": data["issue"]["title"]})
        elif type_ == "points.redemption.issued.v1":
            voucher = data["redemption"]
            self.books.book(f"FEE-{id_}", {"home": voucher["home_id"], "fen": -voucher["value"]})
            self._api.confirm("redemptions", id_, f"FEE-{id_}", f"confirm-{event['id']}")
        elif type_ == "projects.payment.instructed.v1":
            self.books.book(f"PAY-{id_}", {"fen": data["payment"]["amount"]})
            self._api.confirm("payments", id_, f"PAY-{id_}", f"confirm-{event['id']}")


def _door_of(company: PropertyCompany) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            status = 413
            if length <= MOST_BYTES:
                headers = {name.lower(): text for name, text in self.headers.items()}
                status = company.receive(headers, self.rfile.read(length))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Door

"""A receiver of webhooks as a real HTTP server on this machine, which answers as it is told to and keeps what it got."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from services.wire import from_json


@dataclass
class Receiver:
    """`answers` are the next ones, each a status and headers; after them it is always 204."""

    address: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address.rpartition(":")[2])

    def subjects(self) -> list[str]:
        """What the events were about that it got."""
        return [from_json(body)["subject"] for _, _, body in self.got]

    def ids(self) -> list[str]:
        """The ids under which they came."""
        return [headers["webhook-id"] for _, headers, _ in self.got]

    def will(self, *statuses: int, **headers: str) -> None:
        """Answer so the next times."""
        told = {name.replace("_", "-"): text for name, text in headers.items()}
        self.answers += [(status, told) for status in statuses]


@contextmanager
def receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that listens until the block ends."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.got.append((self.path, {name.lower(): text for name, text in self.headers.items()}, body))
            status, headers = kept.answers.pop(0) if kept.answers else (204, {})
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        kept.address = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()

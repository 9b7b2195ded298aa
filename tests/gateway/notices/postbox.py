"""A mail server on this machine that takes what it is given (RFC 5321, as much as a client needs), or refuses it, and keeps it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Postbox:
    """What came, each with its recipients; it refuses as often as `refuse` says, and takes nothing before others are at `meet`."""

    address: str = ""
    meet: threading.Barrier | None = None
    refuse: int = 0
    got: list[tuple[list[str], EmailMessage]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """What an operator would configure."""
        return f"mailto://{self.address}?from=sansan@example.com&mode=insecure"


@contextmanager
def postbox() -> Iterator[Postbox]:
    """One that is open until the block ends."""
    kept = Postbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            recipients: list[str] = []
            self._say("220 postbox")
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "RCPT" and kept.refuse:
                    kept.refuse -= 1
                    self._say("451 later")
                elif verb == "RCPT":
                    recipients.append(line.partition("<")[2].partition(">")[0])
                    self._say("250 ok")
                elif verb == "DATA":
                    if kept.meet is not None:
                        kept.meet.wait(20)
                    self._say("354 go on")
                    kept.got.append((recipients, self._mail()))
                    self._say("250 kept")
                elif verb == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

        def _mail(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b"."))
            return message_from_bytes(b"".join(lines), policy=policy.default)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        kept.address = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()

"""A body is sent to the address that was vetted and to no other, and whatever comes back, or does not, is a reply."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.webhooks import posting
from gateway.webhooks.guard import Target
from gateway.webhooks.posting import MEDIA_TYPE, post, seconds_of
from tests.gateway.webhooks.receiver import Receiver, receiver

NOW = datetime(2024, 5, 20, 4, 0, tzinfo=UTC)
NAME = "erp.example"


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as listening:
        yield listening


def target(port: int, host: str = NAME, secure: bool = False) -> Target:
    return Target("127.0.0.1", port, host, "/hook?a=b", secure)


@contextmanager
def saying(*pieces: bytes, pause: float = 0.0) -> Iterator[int]:
    """The port of a server that reads a request and says this, piece by piece."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            link, _ = server.accept()
            with link:
                link.recv(65536)
                for piece in pieces:
                    time.sleep(pause)
                    try:
                        link.sendall(piece)
                    except OSError:
                        return

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_it_goes_to_the_vetted_address_under_the_hosts_name(there: Receiver) -> None:
    reply = post(target(there.port), b'{"a":1}', {"webhook-id": "x"}, NOW)
    assert (reply.status, reply.is_good) == (204, True)
    path, headers, body = there.got[0]
    assert (path, body) == ("/hook?a=b", b'{"a":1}')
    assert headers["host"] == f"{NAME}:{there.port}"
    assert (headers["content-type"], headers["webhook-id"]) == (MEDIA_TYPE, "x")


@pytest.mark.parametrize("status", [300, 301, 302, 307, 400, 404, 410, 429, 500, 503])
def test_anything_but_a_success_is_none_and_a_redirect_is_not_followed(there: Receiver, status: int) -> None:
    there.will(status, location=f"http://127.0.0.1:{there.port}/inside", retry_after="7")
    reply = post(target(there.port), b"{}", {}, NOW)
    assert (reply.status, reply.is_good, reply.retry_after) == (status, False, 7)
    assert len(there.got) == 1


def test_nobody_there_is_a_reply_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    reply = post(target(port), b"{}", {}, NOW)
    assert reply.status == 0
    assert "refused" in reply.said.lower()


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 \0\xff\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a" * 70_000]
)
def test_what_is_no_http_is_a_reply_that_can_be_kept(said: bytes) -> None:
    with saying(said) as port:
        reply = post(target(port), b"{}", {}, NOW)
    assert reply.status == 0
    assert reply.said.isprintable()


def test_who_says_nothing_or_a_byte_now_and_then_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    for pieces in ((b"",), [bytes([each]) for each in b"HTTP/1.1 200 OK\r\n\r\n"]):
        with saying(*pieces, pause=0.1 if len(pieces) > 1 else 0.5) as port:
            begun = time.monotonic()
            reply = post(target(port), b"{}", {}, NOW)
            assert (reply.status, time.monotonic() - begun < 0.45) == (0, True)
            assert "no answer" in reply.said


def test_a_body_without_end_is_not_read() -> None:
    with saying(b"HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\nabc") as port:
        assert post(target(port), b"{}", {}, NOW).is_good


def test_over_tls_the_certificate_must_be_the_hosts(tmp_path: Path) -> None:
    serves, trusts = certified(tmp_path, NAME)
    with receiver(serves) as there:
        assert post(target(there.port, secure=True), b"{}", {}, NOW, trusts).is_good
        for other in (target(there.port, "other.example", secure=True), target(there.port, "127.0.0.1", secure=True)):
            assert "certificate" in post(other, b"{}", {}, NOW, trusts).said.lower()
        assert "certificate" in post(target(there.port, secure=True), b"{}", {}, NOW).said.lower()
        assert len(there.got) == 1


def test_a_wait_is_asked_for_in_seconds_or_by_a_date() -> None:
    assert seconds_of("120", NOW) == 120
    assert seconds_of("Mon, 20 May 2024 04:02:00 GMT", NOW) == 120
    for nothing in ("", "soon", "-5", "Mon, 20 May 2024 03:00:00 GMT", "1e9", "9" * 30):
        assert seconds_of(nothing, NOW) == 0


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for a name, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    whose = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(whose)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.9"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both = folder / "server.pem"
    both.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serves.load_cert_chain(both)
    return serves, ssl.create_default_context(cadata=certificate.public_bytes(serialization.Encoding.PEM).decode())

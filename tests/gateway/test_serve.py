"""The web process as a server: it sends away who dawdles or sends too much, and stops at once although somebody listens."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from deploy import parts
from deploy.local import Fleet
from deploy.machine import free_port
from gateway.serve import MOST_HEAD_BYTES, server_of
from gateway.web import Web
from services.migrate import upgrade
from services.settings import read_settings


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A server without a broker; gives the port where it answers."""
    chosen = replace(read_settings(), data_directory=tmp_path, amqp_url=f"amqp://127.0.0.1:{free_port()}//")
    for service in ("directory", "gateway"):
        upgrade(chosen.database(service), parts.migrations_of(service))
    port = free_port()
    server = server_of(Web(chosen), "127.0.0.1", port)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield port
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def say(port: int, *texts: bytes) -> bytes:
    """What a connection hears until it is closed."""
    heard = b""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        for text in texts:
            try:
                connection.sendall(text)
            except ConnectionError:
                break
        try:
            while part := connection.recv(65_536):
                heard += part
        except ConnectionError:
            return heard
    return heard


def test_a_request_is_answered_and_the_connection_kept(port: int) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    heard = say(port, request + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert heard.count(b"HTTP/1.1 200 OK") == 2
    assert b"server:" not in heard.lower()


def test_a_head_that_is_too_large_is_refused(port: int) -> None:
    header = b"X-A: " + b"a" * 1000 + b"\r\n"
    heard = say(port, b"GET /healthz HTTP/1.1\r\n" + header * (MOST_HEAD_BYTES // 1000 + 2) + b"\r\n")
    assert b" 400 " in heard.split(b"\r\n")[0]
    long = say(port, b"GET /" + b"a" * (MOST_HEAD_BYTES + 1000) + b" HTTP/1.1\r\n\r\n")
    assert b" 400 " in long.split(b"\r\n")[0]


def test_whoever_never_finishes_a_head_is_sent_away(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.serve.HEAD_SECONDS", 0.2)
    assert say(port) == b""
    assert say(port, b"GET /healthz HTTP/1.1\r\nX-A: ") == b""


def test_what_is_no_http_is_refused(port: int) -> None:
    for text in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET http:// HTTP/1.1\r\n\r\n",
    ):
        assert b" 400 " in say(port, text).split(b"\r\n")[0]


def test_a_stream_does_not_keep_the_process_from_stopping(amqp_url: str, tmp_path: Path) -> None:
    port = free_port()
    environment = {"AMQP_URL": amqp_url, "DATA_DIRECTORY": str(tmp_path), "HTTP_PORT": str(port)}
    chosen = replace(read_settings(), data_directory=tmp_path)
    for service in ("directory", "gateway"):
        upgrade(chosen.database(service), parts.migrations_of(service))
    fleet = Fleet(["web"], environment, tmp_path / "log")
    try:
        fleet.start()
        fleet.await_ready()
        process = fleet.children["web"].process
        assert process is not None
        query = f"http://127.0.0.1:{port}/v1/events?community=wuhan-caochang"
        with httpx.stream("GET", query, headers={"accept": "text/event-stream"}, timeout=20) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("retry:")
            fleet._stopping.set()
            begun = time.monotonic()
            os.kill(process.pid, signal.SIGTERM)
            list(lines)
            process.wait(10)
            assert time.monotonic() - begun < 5
    finally:
        fleet.stop()

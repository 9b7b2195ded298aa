"""Messages really go out, to a mail server, an SMS gateway, robots and webhooks on this machine; no address is logged."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.wecombot import NotifyWeComBot

from gateway.directory.contract import Channel, ChannelKind, Language
from gateway.notices.channels import NOT_CONFIGURED, Channels
from gateway.notices.message import Item, Message, compose
from gateway.webhooks.guard import Guard
from services.clock import utc_now
from services.wire import from_json
from tests.gateway.notices.postbox import Postbox, postbox
from tests.gateway.webhooks.receiver import Receiver
from tests.shared.samples import COMMUNITY, ISSUE, NOON

TEXT = "您反映的“井盖<破损>”已办结:已更换。"
EMAIL = Channel(kind=ChannelKind.EMAIL, address="li.guihua@example.com")
SMS = Channel(kind=ChannelKind.SMS, address="+8613800000000")
WECOM = Channel(kind=ChannelKind.WECOM, address="693a91f6-7aaa-4bc4-97a0-0ec2sifa5aaa")
DINGTALK = Channel(kind=ChannelKind.DINGTALK, address="SECabcdef0123456789@0123456789abcdef0123456789abcdef")


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as opened:
        yield opened


def channels(**configured: Any) -> Channels:
    return Channels(Guard(["127.0.0.0/8"]), utc_now, **configured)


def message(text: str = TEXT, kind: ChannelKind = ChannelKind.EMAIL) -> Message:
    item = Item(COMMUNITY, "1", "issues.issue.resolved.v1", "outcome", ISSUE, ISSUE, text, "It was settled.", NOON)
    return compose([item], Language.ZH, kind)


def sms_url(phone: Receiver) -> str:
    """An SMS gateway of one's own: this kind takes a bare 200 for a yes."""
    return f"signal://{phone.address}/+8610000000000"


def test_an_e_mail_comes_as_plain_text_to_one_recipient(box: Postbox) -> None:
    assert channels(email=box.url).send(EMAIL, message()) == ""
    ((recipients, mail),) = box.got
    assert recipients == ["li.guihua@example.com"]
    assert (mail["to"], mail["from"], mail["subject"]) == (EMAIL.address, "sansan@example.com", "三三成事 · 办理结果")
    assert mail.get_content().strip() == TEXT


def test_recipients_in_the_operators_url_get_nothing(box: Postbox) -> None:
    assert channels(email=box.url + "&to=somebody@example.com").send(EMAIL, message()) == ""
    assert [recipients for recipients, _ in box.got] == [[EMAIL.address]]


def test_a_refused_e_mail_is_not_sent_and_no_address_is_in_the_reason(box: Postbox) -> None:
    box.refuse = 1
    said = channels(email=box.url).send(EMAIL, message())
    assert said
    assert "example" not in said
    assert box.got == []


def test_a_text_message_goes_to_the_members_number(phone: Receiver) -> None:
    phone.will(200)
    assert channels(sms=sms_url(phone)).send(SMS, message(kind=ChannelKind.SMS)) == ""
    told = from_json(phone.got[0][2])
    assert told["recipients"] == [SMS.address]
    assert TEXT in told["message"]


def test_a_gateway_that_does_not_take_it_says_with_which_status(phone: Receiver) -> None:
    phone.will(503)
    assert channels(sms=sms_url(phone)).send(SMS, message()) == "HTTP 503"


def test_a_redirect_is_not_followed(phone: Receiver) -> None:
    phone.will(302, location=f"http://{phone.address}/elsewhere")
    phone.will(302, location=f"http://{phone.address}/elsewhere")
    assert channels(sms=sms_url(phone)).send(SMS, message()) == "HTTP 302"
    hook = Channel(kind=ChannelKind.WEBHOOK, address=f"http://{phone.address}/hook")
    assert channels().send(hook, message()) == "HTTP 302"
    assert "/elsewhere" not in [path for path, _, _ in phone.got]


@pytest.mark.parametrize(("channel", "plugin"), [(WECOM, NotifyWeComBot), (DINGTALK, NotifyDingTalk)])
def test_robots_are_told_at_their_own_place(
    channel: Channel, plugin: Any, phone: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert plugin.notify_url.startswith(("https://qyapi.weixin.qq.com/", "https://oapi.dingtalk.com/"))
    monkeypatch.setattr(plugin, "notify_url", f"http://{phone.address}/robot?key={{key}}{{token}}".replace(
        "{key}{token}", "{key}" if channel is WECOM else "{token}"
    ))  # fmt: skip
    phone.will(200)
    channels().send(channel, message())
    path, _, body = phone.got[0]
    assert path.startswith(f"/robot?key={channel.address.rpartition('@')[2]}")
    assert ("sign=" in path) == (channel is DINGTALK), "signed with its secret"
    told = from_json(body)
    assert told["msgtype"] == "text"
    assert TEXT in told["text"]["content"]


def test_a_webhook_gets_json_with_the_notices(phone: Receiver) -> None:
    hook = Channel(kind=ChannelKind.WEBHOOK, address=f"http://{phone.address}/hook?key=1")
    assert channels().send(hook, message()) == ""
    path, headers, body = phone.got[0]
    told = from_json(body)
    assert (path, headers["content-type"]) == ("/hook?key=1", "application/json; charset=utf-8")
    assert (told["text"], told["items"][0]["subject"], told["items"][0]["en"]) == (TEXT, ISSUE, "It was settled.")


def test_a_webhook_that_leads_inside_by_now_gets_nothing(phone: Receiver) -> None:
    hook = Channel(kind=ChannelKind.WEBHOOK, address=f"http://{phone.address}/hook")
    said = Channels(Guard(), utc_now).send(hook, message())
    assert "not on the public Internet" in said
    assert "127" not in said
    assert phone.got == []


def test_what_is_not_configured_is_not_sent(phone: Receiver) -> None:
    nothing = channels(web=False)
    hook = Channel(kind=ChannelKind.WEBHOOK, address=f"http://{phone.address}/hook")
    for channel in (EMAIL, SMS, WECOM, DINGTALK, hook):
        assert not nothing.takes(channel.kind)
        assert nothing.send(channel, message()) == NOT_CONFIGURED
    assert [kind for kind in ChannelKind if channels().takes(kind)] == ["wecom", "dingtalk", "webhook"]


def test_nobody_there_is_a_reason_too() -> None:
    gone = "127.0.0.1:1"
    hook = Channel(kind=ChannelKind.WEBHOOK, address=f"http://{gone}/")
    sender = channels(email=f"mailto://{gone}?from=a@example.com", sms=f"signal://{gone}/+8610000000000")
    for channel in (EMAIL, SMS, hook):
        assert sender.send(channel, message())


@pytest.mark.parametrize("url", ["nonsense", "nonsense://secret@host", "mailto://", "http://", "smtp://secret@mail"])
def test_an_operators_url_that_is_none_is_named_without_its_secrets(url: str) -> None:
    for name in ("email", "sms"):
        with pytest.raises(ValueError, match=f"SANSAN_NOTICE_{name.upper()}") as wrong:
            channels(**{name: url})
        assert "secret" not in str(wrong.value)


class Log(logging.Handler):
    """All that would be written."""

    def __init__(self) -> None:
        super().__init__(level=1)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def test_nothing_of_it_is_logged(box: Postbox, phone: Receiver) -> None:
    log, root = Log(), logging.getLogger()
    before = root.level
    root.addHandler(log)
    root.setLevel(1)
    try:
        box.refuse = 1
        sender = channels(email=box.url, sms=sms_url(phone))
        for channel in (EMAIL, EMAIL, SMS, Channel(kind=ChannelKind.WEBHOOK, address=f"http://{phone.address}/key")):
            sender.send(channel, message())
    finally:
        root.setLevel(before)
        root.removeHandler(log)
    assert (len(box.got), len(phone.got)) == (1, 2)
    assert log.lines == []


@contextmanager
def meeting_place(barrier: threading.Barrier) -> Iterator[str]:
    """The address of an HTTP server that answers when others are at the barrier too."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            barrier.wait(20)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_in_a_green_process_two_are_sent_at_once(box: Postbox) -> None:
    """Each server answers only while the other one is asked, too: whoever blocked the process would wait in vain."""
    box.meet = threading.Barrier(2)
    with meeting_place(box.meet) as place:
        urls = (box.url, f"signal://{place}/+8610000000000")
        program = f"import services.process; from tests.gateway.notices.green_sender import main; main(*{urls!r})"
        arguments = [sys.executable, "-W", "ignore", "-c", program]
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "['', '']", done.stdout + done.stderr
    assert [recipients for recipients, _ in box.got] == [["li@example.com"]]

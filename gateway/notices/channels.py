"""The ways out: e-mail, text messages and robots through the Apprise library, a member's own webhook to an address that was vetted.

A member gives an address and nothing else: what Apprise is told is put together here from parts, never from a URL of theirs.
Apprise's own log lines name addresses, so that none of them is written; all that is kept of them is an HTTP status.
"""

import copy
import logging
import re
import threading
from functools import cache
from typing import Any

from gateway.directory.contract import Channel, ChannelKind
from gateway.notices.message import Message
from gateway.webhooks.guard import Guard
from gateway.webhooks.posting import post
from services.clock import Clock
from services.errors import Refused
from services.wire import to_json

NOT_CONFIGURED = "not configured"
_NOT_TAKEN = "the message was not taken"
_STATUS = re.compile(r"error=(\d{3})\b")
_SAMPLE = {ChannelKind.EMAIL: "somebody@example.com", ChannelKind.SMS: "+8613800000000"}
_JSON = {"content-type": "application/json; charset=utf-8"}


class Channels:
    """What the operator configured; `email` and `sms` are Apprise URLs without a recipient, empty where there is none.

    Errors: ValueError for a URL that Apprise does not understand, without the URL, for it may hold a password.
    """

    def __init__(self, guard: Guard, clock: Clock, email: str = "", sms: str = "", web: bool = True) -> None:
        self._guard = guard
        self._clock = clock
        self._web = web
        self._operators = {
            kind: self._parsed(kind, url) for kind, url in ((ChannelKind.EMAIL, email), (ChannelKind.SMS, sms)) if url
        }

    def takes(self, kind: ChannelKind) -> bool:
        """Whether messages of this kind can be sent at all."""
        return kind in self._operators if kind in _SAMPLE else self._web

    def send(self, channel: Channel, message: Message) -> str:
        """Send a message; "" when the other side has taken it, else why not, in words that hold no address.

        It blocks for some seconds at most. A robot that answers 200 may still have thrown the message away.
        """
        if not self.takes(channel.kind):
            return NOT_CONFIGURED
        if channel.kind is ChannelKind.WEBHOOK:
            return self._post(channel.address, message)
        plugin = self._plugin(self._parts(channel))
        if plugin is None:
            return "this address cannot be right"
        _heard.status = ""
        try:
            taken = plugin.notify(body=message.text, title=message.title, body_format="text")
        except (OSError, ValueError, RuntimeError) as error:
            return type(error).__name__
        return "" if taken else f"HTTP {_heard.status}" if _heard.status else _NOT_TAKEN

    def _post(self, url: str, message: Message) -> str:
        """Send it as JSON; where the URL leads is looked at again each time, and redirects are not followed."""
        try:
            target = self._guard.target(url)
        except Refused as error:
            return error.reason.en[:200]
        reply = post(target, to_json(message), _JSON, self._clock())
        return "" if reply.is_good else f"HTTP {reply.status}" if reply.status else "no answer"

    def _parts(self, channel: Channel) -> dict[str, Any]:
        """What Apprise makes its plugin of."""
        if channel.kind is ChannelKind.WECOM:
            return {"schema": "wecombot", "key": channel.address}
        if channel.kind is ChannelKind.DINGTALK:
            secret, _, token = channel.address.rpartition("@")
            return {"schema": "dingtalk", "token": token, "secret": secret or None}
        return {**copy.deepcopy(self._operators[channel.kind]), "targets": [channel.address]}

    def _parsed(self, kind: ChannelKind, url: str) -> dict[str, Any]:
        parts: dict[str, Any] | None = _library().plugins.url_to_dict(url, secure_logging=True)
        if parts is None or self._plugin({**copy.deepcopy(parts), "targets": [_SAMPLE[kind]]}) is None:
            raise ValueError(f"SANSAN_NOTICE_{kind.name} is no URL that Apprise understands")
        return parts

    def _plugin(self, parts: dict[str, Any]) -> Any:
        asset = _library().AppriseAsset(app_id="sansan", http_redirects=False, secure_logging=True)
        return _library().Apprise.instantiate({**parts, "overflow": "split"}, asset=asset)


class _Heard(threading.local):
    """The last HTTP status that Apprise complained of, in this thread."""

    status = ""


_heard = _Heard()


class _Ear(logging.Handler):
    """Takes the place of a log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the HTTP status, if there is one."""
        if found := _STATUS.search(record.getMessage()):
            _heard.status = found[1]


@cache
def _library() -> Any:
    """Apprise, read when something is to be sent by it: it takes 20 MB of memory, and most desks only have the inbox."""
    import apprise

    _silence()
    return apprise


def _silence() -> None:
    """Have nothing logged of what the libraries say: addresses, keys, URLs."""
    log = logging.getLogger("apprise")
    log.propagate = False
    log.setLevel(logging.WARNING)
    log.handlers[:] = [_Ear()]
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)

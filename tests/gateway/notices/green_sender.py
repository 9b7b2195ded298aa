"""Sends an e-mail and a text message at the same time, for a green process, as the edge is one."""

import eventlet

from gateway.directory.contract import Channel, ChannelKind, Language
from gateway.notices.channels import Channels
from gateway.notices.message import Item, compose
from gateway.webhooks.guard import Guard
from services.clock import utc_now

ADDRESSES = {ChannelKind.EMAIL: "li@example.com", ChannelKind.SMS: "+8613800000000"}


def main(email: str, sms: str) -> None:
    """Say why each was not taken; nothing if it was."""
    channels = Channels(Guard(), utc_now, email, sms)
    item = Item("c", "1", "t", "outcome", "s", None, "已办结", "settled", utc_now())
    message = compose([item], Language.ZH, ChannelKind.SMS)
    sending = [
        eventlet.spawn(channels.send, Channel(kind=kind, address=address), message)
        for kind, address in ADDRESSES.items()
    ]
    print([each.wait() for each in sending])

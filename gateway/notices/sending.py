"""Send what is due, one channel of one member at a time: alone, or all that gathered there in one message.

What the other side does not take is tried again after 1 min, 2 min, 4 min … 1 h, eight times in all, and not in quiet hours.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy.engine import Engine

from gateway.directory.contract import Channel, NoticePreferences
from gateway.directory.subscribers import preferences_of
from gateway.notices import known
from gateway.notices.channels import NOT_CONFIGURED, Channels
from gateway.notices.deliveries import Due, Group, due, give_up, mark, take
from gateway.notices.hours import quiet_until
from gateway.notices.message import compose
from gateway.notices.planning import PLANNED_AT_ONCE, plan, wants
from gateway.notices.tables import DeliveryState
from services import observe
from services.clock import Clock, zone_of
from services.database import reading

PAUSE_SECONDS = 2.0
MOST_ATTEMPTS = 8
LONGEST_WAIT_MINUTES = 60
_LOOK_SECONDS = 1.0

log = observe.logger("notices")


class Sender:
    """What the edge's hands do: each call is one turn, and any number of processes may take turns at once."""

    def __init__(self, gateway: Engine, directory: Engine, channels: Channels, clock: Clock) -> None:
        self._gateway = gateway
        self._directory = directory
        self._channels = channels
        self._clock = clock
        self._look_at = 0.0

    def turn(self) -> float:
        """Plan what is new, serve one channel; after how many seconds to look again. Errors: DBAPIError."""
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + _LOOK_SECONDS
            self.plan()
        return 0.0 if self._serve_one() else PAUSE_SECONDS

    def plan(self) -> None:
        """Plan all that is new."""
        while plan(self._gateway, self._directory, self._channels, self._clock()) == PLANNED_AT_ONCE:
            pass

    def _serve_one(self) -> bool:
        now = self._clock()
        with reading(self._gateway) as connection:
            groups = due(connection, now)
        for group in groups:
            with self._gateway.begin() as connection:
                taken = take(connection, group, now)
                place = known.places(connection, [group.community_id]).get(group.community_id, known.KnownPlace())
            if taken:
                self._serve(group, taken, place.zone, now)
                return True
        return False

    def _serve(self, group: Group, taken: Sequence[Due], zone: str, now: datetime) -> None:
        with reading(self._directory) as connection:
            wanted = preferences_of(connection, [group.member_id]).get(group.member_id, NoticePreferences())
        channel = _channel(wanted, group, taken)
        left = [each for each in taken if channel is not None and wants(wanted, each.item.kind)]
        unwanted = [each for each in taken if each not in left]
        self._mark(group, unwanted, lambda tried: give_up("this is not wanted any more"))
        until = quiet_until(wanted, now, zone_of(zone))
        waiting = [each for each in left if until is not None and not each.urgent]
        self._mark(group, waiting, lambda tried: {"state": DeliveryState.WAITING_QUIET_HOURS, "next_at": until})
        ready = [each for each in left if each not in waiting]
        if channel is not None and ready:
            self._send(group, ready, channel, wanted)

    def _send(self, group: Group, some: Sequence[Due], channel: Channel, wanted: NoticePreferences) -> None:
        """One message with all of them; they share its fate."""
        message = compose([each.item for each in some], wanted.language, channel.kind)
        error = self._channels.send(channel, message)
        log.info("message", member=group.member_id, kind=str(channel.kind), notices=len(some), error=error)
        now = self._clock()
        self._mark(group, some, lambda tried: _after(error, tried + 1, now))

    def _mark(self, group: Group, some: Sequence[Due], outcome: Callable[[int], dict[str, Any]]) -> None:
        """Change some as the outcome says, which is told how often each of them was tried before."""
        if not some:
            return
        with self._gateway.begin() as connection:
            for tried, same in groupby(sorted(some, key=_tried), key=_tried):
                mark(connection, group, list(same), **outcome(tried))


def _after(error: str, attempts: int, now: datetime) -> dict[str, Any]:
    """What has become of a message after so many attempts, of which the last ended like this."""
    if not error:
        return {"state": DeliveryState.SENT, "attempts": attempts, "error": "", "next_at": None, "sent_at": now}
    if error == NOT_CONFIGURED:
        return {"state": DeliveryState.FAILED, "error": error, "next_at": None}
    if attempts >= MOST_ATTEMPTS:
        return {**give_up(error[:200]), "attempts": attempts}
    wait = timedelta(minutes=min(2 ** (attempts - 1), LONGEST_WAIT_MINUTES))
    return {"state": DeliveryState.FAILED, "attempts": attempts, "error": error[:200], "next_at": now + wait}


def _channel(wanted: NoticePreferences, group: Group, taken: Sequence[Due]) -> Channel | None:
    """The channel of the number, if it is still of the kind for which the messages were planned."""
    found = wanted.channels[group.number - 1] if group.number <= len(wanted.channels) else None
    return found if found is not None and all(each.kind == found.kind for each in taken) else None


def _tried(each: Due) -> int:
    return each.attempts

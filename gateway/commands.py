"""Commands go out to the services over the bus, in stock nameko's format, and their replies come back to this process.

Publishing is not confirmed and waits for nothing: what got lost is answered with `Unavailable` or a time-out, and the
same command may be sent again with the same id.
"""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from pamqp.commands import Basic

from gateway.line import AWAY, Line
from services.clock import utc_now
from services.errors import CODES, Unavailable, from_wire

MOST_IN_FLIGHT = 2000


class TimedOut(Exception):
    """No reply came in time; the command may have been done nevertheless."""


class RemoteDefect(Exception):
    """The service failed in a way that is none of the six errors."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command on its way: `service.method`, its members, and what travels with it in the headers."""

    name: str
    members: dict[str, Any]
    token: str
    command_id: str
    traceparent: str
    if_version: int | None = None

    def headers(self, deadline_ms: int) -> dict[str, Any]:
        """The message headers; `deadline_ms` is the Unix time after which nobody waits for the reply."""
        told: dict[str, Any] = {
            "nameko.auth_token": self.token,
            "nameko.command_id": self.command_id,
            "nameko.deadline": str(deadline_ms),
            "traceparent": self.traceparent,
        }
        if self.if_version is not None:
            told["nameko.if_version"] = str(self.if_version)
        return told


class Commands:
    """The client: `send` a command, get the data of its reply."""

    def __init__(self, url: str, timeout_seconds: float, most_in_flight: int = MOST_IN_FLIGHT) -> None:
        self._timeout = timeout_seconds
        self._expiration = str(int(timeout_seconds * 1000))
        self._most = most_in_flight
        self._pending: dict[str, asyncio.Future[bytes]] = {}
        self._line = Line(url, self._on_reply, self._on_return, self._on_useless)

    @property
    def ready(self) -> bool:
        """Whether a command could be sent now."""
        return self._line.usable

    async def open(self, patience_seconds: float = 2.0) -> None:
        """Begin to connect; a broker that is away is looked for in the background."""
        await self._line.open(patience_seconds)

    async def close(self) -> None:
        """Answer what is pending with `Unavailable` and hang up."""
        await self._line.close()

    async def send(self, command: Command) -> Any:
        """The result in the reply, as plain data.

        Errors: any error of `errors.py` that the service answered; Unavailable when nobody takes the command;
        TimedOut; RemoteDefect.
        """
        if not self._line.usable:
            raise _broker_away()
        if len(self._pending) >= self._most:
            raise Unavailable("too many commands are waiting", "当前请求过多,请稍后再试")
        correlation_id = str(uuid4())
        reply = self._pending[correlation_id] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._timeout):
                await self._publish(command, correlation_id)
                return _result(await reply)
        except TimeoutError:
            pass
        except AWAY as error:
            raise _broker_away() from error
        finally:
            del self._pending[correlation_id]
        if not await self._line.is_served(command.name.partition(".")[0]):
            raise _service_away()
        raise TimedOut(command.name)

    async def _publish(self, command: Command, correlation_id: str) -> None:
        properties = Basic.Properties(
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=1,
            reply_to=self._line.reply_to,
            correlation_id=correlation_id,
            message_id=correlation_id,
            expiration=self._expiration,
            headers=command.headers(int((utc_now().timestamp() + self._timeout) * 1000)),
        )
        body = orjson.dumps({"args": [], "kwargs": command.members})
        await self._line.publish(command.name, body, properties)

    def _on_reply(self, correlation_id: str, body: bytes) -> None:
        reply = self._pending.get(correlation_id)
        if reply is not None and not reply.done():
            reply.set_result(body)

    def _on_return(self, correlation_id: str) -> None:
        reply = self._pending.get(correlation_id)
        if reply is not None and not reply.done():
            reply.set_exception(_service_away())

    def _on_useless(self) -> None:
        for reply in self._pending.values():
            if not reply.done():
                reply.set_exception(_broker_away())


def _broker_away() -> Unavailable:
    return Unavailable("the message broker is away", "消息服务暂时不可用,请稍后再试")


def _service_away() -> Unavailable:
    return Unavailable("the service is away", "该服务暂时不可用,请稍后再试")


def _result(body: bytes) -> Any:
    """The result in a reply. Errors: the error that it holds; RemoteDefect when nobody here knows that error."""
    try:
        reply = orjson.loads(body)
        result, error = reply["result"], reply["error"]
    except (ValueError, TypeError, KeyError) as wrong:
        raise RemoteDefect("the reply is not of the agreed form") from wrong
    if error is None:
        return result
    if not isinstance(error, dict) or error.get("code") not in CODES:
        raise RemoteDefect(f"the service failed: {str(error)[:500]}")
    raise from_wire(error)

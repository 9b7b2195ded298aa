"""A service of a few lines on a real broker, which answers commands in any way a test wants."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiormq
from aiormq.abc import DeliveredMessage
from pamqp.commands import Basic

from gateway.commands import Command
from services.ids import new_id

SILENT = b""
TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"

Reply = Callable[[DeliveredMessage], bytes]


@asynccontextmanager
async def replier(url: str, service: str, reply: Reply) -> AsyncIterator[list[DeliveredMessage]]:
    """Take the commands of a service and reply; gives what it was sent."""
    received: list[DeliveredMessage] = []
    async with aiormq.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=False)
        await channel.exchange_declare("nameko-rpc", exchange_type="topic", durable=True)
        await channel.queue_declare(f"rpc-{service}", durable=True)
        await channel.queue_bind(f"rpc-{service}", "nameko-rpc", f"{service}.*")

        async def take(message: DeliveredMessage) -> None:
            received.append(message)
            told = message.header.properties
            if body := reply(message):
                properties = Basic.Properties(correlation_id=told.correlation_id, content_type="application/json")
                to = str(told.reply_to)
                await channel.basic_publish(body, exchange="nameko-rpc", routing_key=to, properties=properties)

        await channel.basic_consume(f"rpc-{service}", take, no_ack=True)
        yield received


def command(name: str, **members: Any) -> Command:
    """A command on its way."""
    return Command(name, members, "token", new_id(), TRACE)


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Return when something has come about."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)

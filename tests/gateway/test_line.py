"""The line to the broker: it stands by while the broker is away, notices at once when it blocks, and comes back by itself."""

import asyncio
import time

import pytest

from deploy.machine import free_port
from deploy.private_node import PrivateNode, node_url
from gateway.commands import Commands
from services.errors import Unavailable
from tests.gateway.replier import SILENT, command, replier, until


async def refused_within(client: Commands, seconds: float) -> None:
    """A command is answered with Unavailable, and soon."""
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        await client.send(command("echo.back"))
    assert time.monotonic() - begun < seconds


def test_a_broker_that_is_away_is_said_at_once() -> None:
    async def story() -> None:
        client = Commands(node_url(free_port()), 30.0)
        begun = time.monotonic()
        await client.open(patience_seconds=0.2)
        assert time.monotonic() - begun < 2
        assert not client.ready
        await refused_within(client, 0.1)
        await client.close()

    asyncio.run(story())


@pytest.mark.timeout(300)
def test_a_broker_that_blocks_or_dies_is_noticed_and_one_that_is_back_is_used(private_broker: PrivateNode) -> None:
    async def story() -> None:
        client = Commands(private_broker.url, 30.0)
        await client.open(20)
        async with replier(private_broker.url, "echo", lambda _: SILENT) as received:
            waiting = asyncio.create_task(client.send(command("echo.back")))
            await until(lambda: len(received) == 1)

            await asyncio.to_thread(private_broker.block)
            await refused_within(client, 1.0)
            with pytest.raises(Unavailable):
                await waiting
            assert not client.ready
            await refused_within(client, 0.05)
            await asyncio.to_thread(private_broker.unblock)
            await until(lambda: client.ready)

            waiting = asyncio.create_task(client.send(command("echo.back")))
            await until(lambda: len(received) >= 2)
            await asyncio.to_thread(private_broker.kill)
            with pytest.raises(Unavailable):
                await waiting
        await until(lambda: not client.ready)
        await refused_within(client, 0.05)
        await asyncio.to_thread(private_broker.start)
        await until(lambda: client.ready)
        async with replier(private_broker.url, "echo", lambda _: b'{"result": 1, "error": null}'):
            assert await client.send(command("echo.back")) == 1
        await client.close()

    asyncio.run(story())


def test_a_reply_queue_that_is_taken_away_is_made_again(private_broker: PrivateNode) -> None:
    async def story() -> None:
        client = Commands(private_broker.url, 30.0)
        await client.open(20)
        queues = await asyncio.to_thread(private_broker.ctl, "-q", "list_queues", "name", "--no-table-headers")
        queue = next(name for name in queues.split() if name.startswith("rpc.reply-web-"))
        await asyncio.to_thread(private_broker.ctl, "-q", "delete_queue", queue)
        await until(lambda: not client.ready)
        await until(lambda: client.ready)
        async with replier(private_broker.url, "echo", lambda _: b'{"result": 1, "error": null}'):
            assert await client.send(command("echo.back")) == 1
        await client.close()

    asyncio.run(story())

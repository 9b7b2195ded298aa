"""A command gets its own reply, or soon an error that says why not: over a real broker, with a service of a few lines."""

import asyncio
import json
import time
from typing import Any

import pytest
from aiormq.abc import DeliveredMessage

from gateway.commands import Command, Commands, RemoteDefect, TimedOut
from services.errors import Forbidden, Unavailable
from services.ids import new_id
from tests.gateway.replier import SILENT, TRACE, Reply, command, replier


def echo(message: DeliveredMessage) -> bytes:
    return json.dumps({"result": json.loads(message.body)["kwargs"], "error": None}).encode()


async def ask(url: str, reply: Reply, *commands: Command, timeout: float = 5.0) -> list[Any]:
    """The results or errors of some commands sent at once."""
    client = Commands(url, timeout)
    await client.open(10)
    try:
        async with replier(url, "echo", reply):
            return await asyncio.gather(*(client.send(each) for each in commands), return_exceptions=True)
    finally:
        await client.close()


def test_many_commands_at_once_get_each_their_own_reply(fresh_amqp_url: str) -> None:
    commands = [command("echo.back", number=number) for number in range(500)]
    assert asyncio.run(ask(fresh_amqp_url, echo, *commands)) == [{"number": number} for number in range(500)]


def test_a_command_travels_in_the_stock_format(fresh_amqp_url: str) -> None:
    async def story() -> None:
        client = Commands(fresh_amqp_url, 5.0)
        await client.open(10)
        async with replier(fresh_amqp_url, "echo", echo) as received:
            told = Command("echo.back", {"note": "修好了"}, "the token", new_id(), TRACE, if_version=3)
            await client.send(told)
            await client.send(command("echo.back"))
        first, second = received
        assert first.routing_key == "echo.back"
        assert json.loads(first.body) == {"args": [], "kwargs": {"note": "修好了"}}
        properties = first.header.properties
        assert (properties.content_type, properties.expiration) == ("application/json", "5000")
        headers = dict(properties.headers or {})
        deadline = int(str(headers.pop("nameko.deadline")))
        assert abs(deadline - time.time() * 1000 - 5000) < 3000
        assert headers == {
            "nameko.auth_token": "the token",
            "nameko.command_id": told.command_id,
            "nameko.if_version": "3",
            "traceparent": TRACE,
        }
        assert properties.correlation_id != second.header.properties.correlation_id
        assert "nameko.if_version" not in (second.header.properties.headers or {})
        await client.close()

    asyncio.run(story())


def test_the_services_refusal_arrives_as_it_was_said(fresh_amqp_url: str) -> None:
    error = Forbidden("only the reporter may", "只有报告人可以", "日-7", ({"member": "/note"},)).to_wire()
    nameko = {"exc_type": "Forbidden", "exc_path": "services.errors.Forbidden", "exc_args": [], "value": "no"}
    body = json.dumps({"result": None, "error": {**nameko, **error}}).encode()
    (refused,) = asyncio.run(ask(fresh_amqp_url, lambda _: body, command("echo.back")))
    assert isinstance(refused, Forbidden)
    assert refused.to_wire() == error


@pytest.mark.parametrize(
    "body",
    [
        b"no json", b"[]", b"{}", b'{"result": 1}', b'{"result": null, "error": "x"}',
        b'{"result": null, "error": {"exc_type": "KeyError", "value": "x"}}',
    ],
)  # fmt: skip
def test_what_is_none_of_the_six_errors_is_a_defect(fresh_amqp_url: str, body: bytes) -> None:
    (failed,) = asyncio.run(ask(fresh_amqp_url, lambda _: body, command("echo.back")))
    assert isinstance(failed, RemoteDefect)


def test_a_service_that_nobody_has_ever_started_is_unavailable_at_once(fresh_amqp_url: str) -> None:
    begun = time.monotonic()
    (refused,) = asyncio.run(ask(fresh_amqp_url, echo, command("nobody.knows"), timeout=30.0))
    assert isinstance(refused, Unavailable)
    assert time.monotonic() - begun < 10


def test_no_reply_in_time_is_a_time_out_and_a_late_one_disturbs_nobody(fresh_amqp_url: str) -> None:
    (late,) = asyncio.run(ask(fresh_amqp_url, lambda _: SILENT, command("echo.back"), timeout=0.3))
    assert isinstance(late, TimedOut)


def test_a_service_that_is_down_is_unavailable_within_the_time_out(fresh_amqp_url: str) -> None:
    async def story() -> object:
        async with replier(fresh_amqp_url, "down", echo):
            pass
        return (await ask(fresh_amqp_url, echo, command("down.x"), timeout=0.5))[0]

    assert isinstance(asyncio.run(story()), Unavailable)


def test_too_many_at_once_are_turned_away_and_the_others_served(fresh_amqp_url: str) -> None:
    async def story() -> None:
        client = Commands(fresh_amqp_url, 10.0, most_in_flight=3)
        await client.open(10)
        async with replier(fresh_amqp_url, "echo", echo):
            sent = [client.send(command("echo.back", number=number)) for number in range(5)]
            answers = await asyncio.gather(*sent, return_exceptions=True)
            assert answers[:3] == [{"number": 0}, {"number": 1}, {"number": 2}]
            assert all(isinstance(each, Unavailable) for each in answers[3:])
            assert await client.send(command("echo.back")) == {}
        await client.close()

    asyncio.run(story())


def test_whoever_waits_when_the_process_ends_is_answered(fresh_amqp_url: str) -> None:
    async def story() -> None:
        client = Commands(fresh_amqp_url, 30.0)
        await client.open(10)
        async with replier(fresh_amqp_url, "echo", lambda _: SILENT) as received:
            waiting = asyncio.create_task(client.send(command("echo.back")))
            while not received:
                await asyncio.sleep(0.01)
            await client.close()
            with pytest.raises(Unavailable):
                await waiting
        assert not client.ready

    asyncio.run(story())

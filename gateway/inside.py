"""The directory from the event loop: its calls run in a few threads, and a database that is away is an answer like any other."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa

from gateway.call import Call
from gateway.directory.facade import Directory
from gateway.limits import address_of
from services.database import is_away
from services.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
MOST_WAITING = 200


class Inside:
    """The directory of this process."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._threads = ThreadPoolExecutor(THREADS, "directory")
        self._waiting = 0

    async def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a method of the directory gives. Errors: its own; Unavailable when too many wait or its database is away."""
        if self._waiting >= MOST_WAITING:
            raise Unavailable("too many requests are waiting", "当前请求过多,请稍后再试")
        self._waiting += 1
        try:
            call = partial(function, *args, **kwargs)
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except sa.exc.DBAPIError as error:
            if not is_away(error):
                raise
            raise Unavailable("the directory is away", "目录服务暂时不可用,请稍后再试") from None
        finally:
            self._waiting -= 1

    async def perform(self, command: Any, call: Call, expected: int | None) -> dict[str, Any]:
        """Do a command of the directory for a caller."""
        return await self.do(
            self.directory.perform,
            command,
            call.actor,
            command_id=call.command_id(),
            if_version=expected,
            traceparent=call.traceparent,
            source=address_of(call.scope),
        )

    def close(self) -> None:
        """End what runs, and hang up."""
        self._threads.shutdown()
        self.directory.close()

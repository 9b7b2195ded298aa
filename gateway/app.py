"""The web process as an ASGI app: every request becomes a call, finds its door and gets one answer, whatever goes wrong."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from time import perf_counter
from typing import Any

from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from gateway.call import Answer, Call
from gateway.commands import TimedOut
from gateway.handlers import Handler
from gateway.headers import CommonHeaders
from gateway.problems import MEDIA_TYPE, Header, Problem, problem_of
from gateway.sending import send_answer
from services import observe
from services.errors import SansanError

log = observe.logger("web")

Doors = Mapping[str, Mapping[str, Handler]]


class Door:
    """One path of the table: hands the call to the handler of its method."""

    def __init__(self, path: str, handlers: Mapping[str, Handler]) -> None:
        self._path = path
        self._handlers = dict(handlers)
        if "GET" in handlers:
            self._handlers["HEAD"] = handlers["GET"]
        self._allow: Header = (b"allow", ", ".join(sorted((*self._handlers, "OPTIONS"))).encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the handler answer the call. Errors: whatever the caller is to hear instead."""
        call: Call = scope["call"]
        call.route = self._path
        if handler := self._handlers.get(call.method):
            call.answer = await handler(call)
        elif call.method == "OPTIONS":
            call.answer = Answer(204, headers=(self._allow,))
        else:
            raise Problem("method_not_allowed", headers=(self._allow,))


async def no_door(scope: Scope, receive: Receive, send: Send) -> None:
    """What happens at a path that the table does not have."""
    raise Problem("not_found", "there is nothing at this address", "此地址没有内容")


class Gateway:
    """The outermost layer: it knows the trace, adds the common headers, and turns every error into a problem."""

    def __init__(self, doors: Doors, common: CommonHeaders, lifespan: Any) -> None:
        routes = [Route(path, Door(path, handlers)) for path, handlers in doors.items()]
        self._router = Router(routes, redirect_slashes=False, default=no_door, lifespan=lifespan)
        self._common = common
        self._timers: dict[tuple[str, int], Any] = {}

    def running(self) -> AbstractAsyncContextManager[Any]:
        """From its start to its end, for whoever runs it without a server."""
        return self._router.lifespan_context(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; anything but HTTP is sent away."""
        if scope["type"] == "lifespan":
            await self._router(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
            return
        call = scope["call"] = Call(scope, receive)
        try:
            await self._serve(call, scope, receive, send)
        finally:
            del scope["call"]  # they hold each other: what was answered would stay until the garbage is looked for

    async def _serve(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        begun = perf_counter()
        answer = self._common.preflight(call) or await self._answer(call, scope, receive, send)
        if answer is not None:
            await send_answer(send, call, answer, self._common.of(call, answer))
            if answer.stream is None:
                self._observe(call, answer.status, perf_counter() - begun)

    async def _answer(self, call: Call, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """The handler's answer, or the problem that came instead; None when the caller has gone."""
        try:
            await self._router(scope, receive, send)
            return call.answer
        except Problem as problem:
            return self._told(call, problem)
        except SansanError as error:
            return self._told(call, problem_of(error, b"if-match" in call.headers))
        except TimedOut:
            return self._told(call, Problem("timed_out"))
        except ConnectionResetError:
            return None
        except Exception as defect:
            log.error("defect", route=call.route, trace=call.trace_id, member=call.actor.member_id, exc_info=defect)
            return self._told(call, Problem("defect"))

    def _told(self, call: Call, problem: Problem) -> Answer:
        status = problem.kind.status
        if status >= 503:
            log.warning("not answered", route=call.route, trace=call.trace_id, reason=problem.reason.en)
        headers = (*problem.headers, (b"cache-control", b"no-store"), (b"content-language", call.language.encode()))
        return Answer(status, problem.body(call.language, call.trace_id), headers, MEDIA_TYPE)

    def _observe(self, call: Call, status: int, seconds: float) -> None:
        """Count the request, and log it if it was to change something, with the ids by which it can be followed."""
        timer = self._timers.get((call.route, status))
        if timer is None:
            timer = self._timers[call.route, status] = observe.REQUESTS.labels(call.route, str(status))
        timer.observe(seconds)
        if call.method not in ("GET", "HEAD", "OPTIONS") and observe.tells_all():
            who = call.actor.member_id
            log.info("request", method=call.method, route=call.route, status=status, trace=call.trace_id, member=who)

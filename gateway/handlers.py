"""What happens for each kind of row of the endpoint table: a command is sent, a list or one thing is read from the views."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zlib import crc32

from gateway.call import JSON, Answer, Call
from gateway.commands import Command, Commands
from gateway.districts import Districts
from gateway.endpoints import ENDPOINTS, Endpoint, Listing, Reading
from gateway.foreign import Foreign, names_something
from gateway.inside import Inside
from gateway.limits import Rate, address_of
from gateway.paging import question
from gateway.problems import Header, Problem, not_authenticated
from gateway.sight import NOBODY_SEES, Sight, declared, state_for
from gateway.views import Views
from services import observe, tokens
from services.actor import Actor
from services.clock import utc_now
from services.declare import COMMANDS, PUBLIC, VIEWS
from services.errors import Forbidden, Invalid, NotAuthenticated, NotFound, Unavailable
from services.fields import SLUG
from services.schemas import load
from services.wire import from_json, hints_of, shown_to, to_json

Handler = Callable[[Call], Awaitable[Answer]]

PRIVATE: tuple[Header, ...] = ((b"cache-control", b"private, no-cache"), (b"vary", b"authorization"))

_SLUG = re.compile(SLUG)

log = observe.logger("handlers")


@dataclass
class Parts:
    """What the handlers work with."""

    commands: Commands
    inside: Inside
    views: Views
    districts: Districts
    rate: Rate
    body_limit_bytes: int
    foreign: Foreign


class Handlers:
    """Makes the handler of each row."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def admit(self, call: Call, public: bool = False, media: bytes = JSON) -> Actor:
        """Who calls, counted against their rate.

        Errors: Problem 429; 401 for a token that does not hold, and for none unless the endpoint is public; 406.
        """
        token = call.bearer()
        if token:
            try:
                call.actor = tokens.verify(token, utc_now())
            except NotAuthenticated as error:
                self._parts.rate.take(address_of(call.scope))
                raise not_authenticated(*error.reason) from None
            call.token = token
        self._parts.rate.take(call.actor.member_id or address_of(call.scope))
        if not token and not public:
            raise not_authenticated()
        if not call.accepts(media):
            raise Problem("not_acceptable")
        return call.actor

    def command(self, row: Endpoint) -> Handler:
        """Read, check, send; store the new state; answer it."""
        parts, spec = self._parts, COMMANDS[row.command]
        inside = spec.service == "directory"
        names = names_something(row.command)

        async def handle(call: Call) -> Answer:
            self.admit(call, row.public)
            no_query(call)
            if not inside:
                await self.member_here(call)
            expected = call.expected_version(possible=bool(spec.subject))
            members = merged(await call.json(parts.body_limit_bytes), call.path)
            command: Any = load(row.command, members)
            if inside:
                result = await parts.inside.perform(command, call, expected)
            else:
                sent = Command(spec.name, members, call.token, call.command_id(), call.traceparent, expected)
                if names:
                    await parts.foreign.refuse_foreign(call.actor, known_place(call), command, expected)
                result = await parts.commands.send(sent)
            return await self.done(call, spec.returns, result, row.status)

        return handle

    async def done(self, call: Call, returns: type, result: Mapping[str, Any], status: int = 200) -> Answer:
        """The answer of a command; whoever wrote reads their own write from now on."""
        name, cls = view_in(returns)
        state = result[name] if name else result
        try:
            await self._parts.views.put([(cls, state)])
        except Unavailable:
            log.warning("not in the views yet; the event will bring it", trace=call.trace_id, id=state["id"])
        if name:
            shown = to_json(result)
        else:
            sight = await self._parts.districts.sight(call.actor, state["community_id"])
            shown = state_for(cls, state, sight) or shown_to(cls, declared(cls, state), PUBLIC)
        headers: tuple[Header, ...] = (etag(state["version"], shown), *PRIVATE)
        if status == 201:
            headers = ((b"location", location(cls, state).encode()), *headers)
        return Answer(status, shown, headers)

    def listing(self, row: Listing) -> Handler:
        """A page of the newest things that the caller may see."""
        views = self._parts.views

        async def handle(call: Call) -> Answer:
            sight = await self._sight(call, row.public)
            asked = question(row.view, call.query)
            page = await views.list(
                row.view,
                call.path.get("community_id", ""),
                sight,
                filters=asked.filters,
                q=asked.q,
                mine=asked.mine,
                since=asked.since,
                until=asked.until,
                after=asked.cursor,
                limit=asked.limit,
            )
            return Answer(200, b'{"items":%b,"next":%b}' % (page.items, to_json(page.next or None)), PRIVATE)

        return handle

    def reading(self, row: Reading) -> Handler:
        """One thing, or that the caller has its newest version already."""
        id_name = row.path.rpartition("{")[2].rstrip("}")
        sole = id_name == "community_id" or not row.path.endswith("}")

        async def handle(call: Call) -> Answer:
            sight = await self._sight(call, row.public)
            no_query(call)
            found = await (self._sole(call, row, sight) if sole else self._by_id(call, row, sight, id_name))
            if found is None:
                raise NotFound("there is no such thing here", "本社区没有此项内容")
            tag = etag(found[1], found[0])
            if call.has(tag[1]):
                return Answer(304, headers=(tag, *PRIVATE))
            return Answer(200, found[0], (tag, *PRIVATE))

        return handle

    async def _by_id(self, call: Call, row: Reading, sight: Sight, id_name: str) -> tuple[bytes, int] | None:
        return await self._parts.views.get(row.view, call.path["community_id"], call.path[id_name], sight)

    async def _sole(self, call: Call, row: Reading, sight: Sight) -> tuple[bytes, int] | None:
        """The one thing of its kind that a community has."""
        page = await self._parts.views.list(row.view, call.path["community_id"], sight, limit=1)
        return (page.items[1:-1], from_json(page.items)[0]["version"]) if page.count else None

    async def _sight(self, call: Call, public: bool) -> Sight:
        """What the caller sees where they look. Errors: Forbidden for a stranger where nothing is public."""
        self.admit(call, public)
        if "community_id" not in call.path:
            return NOBODY_SEES
        if not public:
            return await self.member_here(call)
        return await self._parts.districts.sight(call.actor, known_place(call))

    async def member_here(self, call: Call) -> Sight:
        """What a caller who has any role in the community sees there. Errors: Forbidden for everybody else."""
        sight = await self._parts.districts.sight(call.actor, known_place(call))
        if sight.audience == PUBLIC:
            raise Forbidden("you have no role in this community", "您不是本社区成员")
        return sight


def known_place(call: Call) -> str:
    """The community in the path. Errors: NotFound when no community could have this id."""
    community_id = call.path["community_id"]
    if not _SLUG.fullmatch(community_id):
        raise NotFound("there is no such community", "没有此社区")
    return community_id


def merged(body: Any, path: Mapping[str, str]) -> dict[str, Any]:
    """The members of a command: those of the body and those of the path, which a body may not name. Errors: Invalid."""
    if not isinstance(body, dict):
        raise Invalid("the body is not an object", "请求内容应为对象")
    if twice := [name for name in path if name in body]:
        details = tuple({"member": f"/{name}", "en": "is given by the path", "zh": "已由路径给出"} for name in twice)
        raise Invalid(f"given by the path: {', '.join(twice)}", f"已由路径给出:{'、'.join(twice)}", details=details)
    return {**path, **body}


def no_query(call: Call) -> None:
    """Refuse query parameters where there are none (422)."""
    if call.query:
        raise Invalid("there are no query parameters here", "此处没有查询参数")


def etag(version: int, shown: bytes) -> Header:
    """The entity tag of one rendition of a version: `"3-1a2b3c4d"`; If-Match also takes just `"3"`."""
    return b"etag", b'"%d-%08x"' % (version, crc32(shown))


@cache
def view_in(returns: type) -> tuple[str, type]:
    """The view in what a command answers: its member's name ("" where the whole is one) and class."""
    if returns in VIEWS:
        return "", returns
    return next((name, hint) for name, hint in hints_of(returns).items() if hint in VIEWS)


_READ_AT = {row.view: row.path for rows in ENDPOINTS.values() for row in rows if isinstance(row, Reading)}


def location(cls: type, state: Mapping[str, Any]) -> str:
    """Where a thing is read."""
    *place, last = _READ_AT[cls].replace("{community_id}", state["community_id"]).split("/")
    return "/".join((*place, state["id"] if last.startswith("{") else last))

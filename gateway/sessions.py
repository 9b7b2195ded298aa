"""Log in, stay logged in, log out, and see who one is; tokens are kept by nobody but the caller."""

from typing import TypeVar

from gateway.call import Answer, Call
from gateway.directory.answers import LogIn, Profile, WithKey, WithRefreshToken
from gateway.handlers import PRIVATE, Handlers, merged, no_query
from gateway.inside import Inside
from gateway.limits import address_of
from gateway.problems import Header
from gateway.questions import Held, Me
from services.errors import NotFound
from services.schemas import load
from services.wire import to_json

T = TypeVar("T")

SECRET: tuple[Header, ...] = ((b"cache-control", b"no-store"),)


class Sessions:
    """The handlers of the endpoints below /v1/sessions, /v1/client-tokens and /v1/me."""

    def __init__(self, handlers: Handlers, inside: Inside, body_limit_bytes: int) -> None:
        self._handlers = handlers
        self._inside = inside
        self._body_limit_bytes = body_limit_bytes

    async def log_in(self, call: Call) -> Answer:
        """A new session for a login and its password."""
        given = await self._given(call, LogIn)
        log_in = self._inside.directory.log_in
        session = await self._inside.do(log_in, given.login, given.password, address_of(call.scope))
        return Answer(201, to_json(session), SECRET)

    async def refresh(self, call: Call) -> Answer:
        """The next tokens of a session."""
        given = await self._given(call, WithRefreshToken)
        session = await self._inside.do(self._inside.directory.refresh, given.refresh_token)
        return Answer(200, to_json(session), SECRET)

    async def log_out(self, call: Call) -> Answer:
        """The end of a session, also of one that has ended already."""
        given = await self._given(call, WithRefreshToken)
        await self._inside.do(self._inside.directory.log_out, given.refresh_token)
        return Answer(204, headers=SECRET)

    async def client_token(self, call: Call) -> Answer:
        """An access token for the key of an API client."""
        given = await self._given(call, WithKey)
        session = await self._inside.do(self._inside.directory.client_token, given.key)
        return Answer(201, to_json(session), SECRET)

    async def me(self, call: Call) -> Answer:
        """Who the token proves."""
        actor = self._handlers.admit(call)
        no_query(call)
        profile: Profile | None = None
        try:
            profile = await self._inside.do(self._inside.directory.profile, actor.member_id, actor)
        except NotFound:
            assert profile is None, "an API client, or somebody who was forgotten, has no name"
        held = [Held(place=place, roles=tuple(sorted(roles))) for place, roles in sorted(actor.roles.items())]
        held += [
            Held(place=place, roles=tuple(sorted(roles)), in_district=True)
            for place, roles in sorted(actor.districts.items())
        ]
        return Answer(200, to_json(Me(id=actor.member_id, kind=actor.kind, held=tuple(held), profile=profile)), PRIVATE)

    async def _given(self, call: Call, cls: type[T]) -> T:
        self._handlers.admit(call, public=True)
        no_query(call)
        return load(cls, merged(await call.json(self._body_limit_bytes), {}))

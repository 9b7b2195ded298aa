"""Where and when somebody wants to be told besides their inbox: over HTTP, for themselves only, with masked addresses."""

from gateway.call import Answer, Call
from gateway.directory.contract import NoticePreferences
from gateway.handlers import PRIVATE, Handlers, merged, no_query
from gateway.inside import Inside
from services.schemas import load
from services.wire import to_json


class Wishes:
    """The handlers of /v1/me/notice-preferences."""

    def __init__(self, handlers: Handlers, inside: Inside, body_limit_bytes: int) -> None:
        self._handlers = handlers
        self._inside = inside
        self._body_limit_bytes = body_limit_bytes

    async def notice_preferences(self, call: Call) -> Answer:
        """What the caller said, or what holds until they say something."""
        actor = self._handlers.admit(call)
        no_query(call)
        found = await self._inside.do(self._inside.directory.notice_preferences, actor)
        return Answer(200, to_json(found), PRIVATE)

    async def set_notice_preferences(self, call: Call) -> Answer:
        """Take over what the caller wants; what is left out becomes what it was at first."""
        actor = self._handlers.admit(call)
        no_query(call)
        wanted = load(NoticePreferences, merged(await call.json(self._body_limit_bytes), {}))
        kept = await self._inside.do(
            self._inside.directory.set_notice_preferences,
            wanted,
            actor,
            command_id=call.command_id(),
            traceparent=call.traceparent,
        )
        return Answer(200, to_json(kept), PRIVATE)

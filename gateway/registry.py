"""What the directory tells of homes, names and the roll to those who may know, and how a roll comes in."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

from gateway.call import Answer, Call
from gateway.directory.contract import RollState
from gateway.handlers import PRIVATE, Handlers, known_place, no_query
from gateway.inside import Inside
from gateway.limits import body_parts
from gateway.paging import read_query
from gateway.questions import Homes, Profiles, ProfilesQuestion, RollQuestion
from services.wire import to_json

MOST_ROLL_BYTES = 32_000_000
ROLL_SECONDS = 120.0
CSV = b"text/csv"
_IN_MEMORY_BYTES = 1_000_000
_PIECE_BYTES = 65_536


class Registry:
    """The handlers of the endpoints for homes, profiles and the roll."""

    def __init__(self, handlers: Handlers, inside: Inside) -> None:
        self._handlers = handlers
        self._inside = inside

    async def homes(self, call: Call) -> Answer:
        """The homes of an entrance."""
        self._handlers.admit(call, public=True)
        no_query(call)
        homes = await self._inside.do(self._inside.directory.homes, known_place(call), call.path["entrance_id"])
        return Answer(200, to_json(Homes(items=homes)), PRIVATE)

    async def profile(self, call: Call) -> Answer:
        """One member's name."""
        actor = self._handlers.admit(call)
        no_query(call)
        known_place(call)
        profile = await self._inside.do(self._inside.directory.profile, call.path["member_id"], actor)
        return Answer(200, to_json(profile), PRIVATE)

    async def profiles(self, call: Call) -> Answer:
        """Some members' names."""
        actor = self._handlers.admit(call)
        asked = read_query(ProfilesQuestion, call.query)
        found = await self._inside.do(self._inside.directory.profiles, known_place(call), asked.ids.split(","), actor)
        return Answer(200, to_json(Profiles(items=found)), PRIVATE)

    async def roll_entries(self, call: Call) -> Answer:
        """A page of the roll with its owners."""
        actor = self._handlers.admit(call)
        asked = read_query(RollQuestion, call.query)
        read = self._inside.directory.roll
        page = await self._inside.do(read, known_place(call), actor, asked.cursor or "", asked.limit)
        return Answer(200, to_json(page), PRIVATE)

    async def import_roll(self, call: Call) -> Answer:
        """Replace the roll by the CSV file in the body; If-Match names the version that it replaces, none the first."""
        actor = self._handlers.admit(call)
        no_query(call)
        replaces = call.expected_version(possible=True) or 0
        call.expect(CSV)
        with SpooledTemporaryFile(_IN_MEMORY_BYTES) as file:
            declared = call.headers.get(b"content-length", b"")
            async for part in body_parts(call.receive, declared, MOST_ROLL_BYTES, ROLL_SECONDS):
                file.write(part)
            file.seek(0)
            state = await self._inside.do(
                self._inside.directory.import_roll,
                known_place(call),
                _pieces(file),
                actor,
                replaces=replaces,
                command_id=call.command_id(),
                traceparent=call.traceparent,
            )
        return await self._handlers.done(call, RollState, state)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE_BYTES):
        yield piece

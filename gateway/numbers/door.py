"""Who comes in to numbers and exports: whoever has a role in the community, and takes what there is."""

from gateway.call import JSON, Call
from gateway.districts import Districts
from gateway.handlers import Handlers, known_place
from gateway.sight import Sight
from services.declare import PUBLIC
from services.errors import Forbidden

CSV = b"text/csv"
GEOJSON = b"application/geo+json"


class Door:
    """Who comes in: whoever has a role in the community."""

    def __init__(self, handlers: Handlers, districts: Districts) -> None:
        self._handlers = handlers
        self._districts = districts

    def admit(self, call: Call, media: bytes, public: bool = False) -> None:
        """Let a caller in who takes what there is; GeoJSON is JSON, too. Errors: as `Handlers.admit`."""
        self._handlers.admit(call, public, media if media != GEOJSON or call.accepts(media) else JSON)

    async def enter(self, call: Call, media: bytes) -> tuple[str, Sight]:
        """Where the caller looks, and what they see there. Errors: Forbidden for a stranger."""
        self.admit(call, media)
        here = known_place(call)
        sight = await self._districts.sight(call.actor, here)
        if sight.audience == PUBLIC:
            raise Forbidden("you have no role in this community", "您不是本社区成员")
        return here, sight

"""The points service on the bus."""

from services.bus import Commands, Office, Subscriptions
from services.points.store import STORE
from services.points.use_cases import DOES, REACTS


class PointsService:
    """Hears what members did, credits them, tells of it."""

    name = "points"

    office = Office(STORE)
    commands = Commands(DOES)
    subscriptions = Subscriptions(REACTS)

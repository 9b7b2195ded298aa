"""The points service on the bus."""

from services.bus import Commands, Office, Subscriptions
from services.points.store import STORE
from services.points.use_cases import DOES, DUE, REACTS


class PointsService:
    """Hears what members did, credits them, takes commands about what points are spent on, tells of it."""

    name = "points"

    office = Office(STORE, DUE)
    commands = Commands(DOES)
    subscriptions = Subscriptions(REACTS)

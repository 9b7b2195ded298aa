"""The experts service on the bus."""

from services.bus import Commands, Office, Subscriptions
from services.experts.store import STORE
from services.experts.use_cases import DOES, DUE, REACTS


class ExpertsService:
    """Takes commands about the pool and the draws, hears of communities and of juries wanted, tells what happened."""

    name = "experts"

    office = Office(STORE, DUE)
    commands = Commands(DOES)
    subscriptions = Subscriptions(REACTS)

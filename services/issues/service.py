"""The issues service on the bus."""

from services.bus import Commands, Office, Subscriptions
from services.chore import Watch
from services.issues.store import STORE
from services.issues.use_cases import DOES, DUE, REACTS
from services.issues.watching import WATCHED


class IssuesService:
    """Takes commands about issues, hears of communities, tells what happened."""

    name = "issues"

    office = Office(STORE, DUE)
    commands = Commands(DOES)
    subscriptions = Subscriptions(REACTS)
    watching = Watch(WATCHED)

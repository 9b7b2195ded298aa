"""The projects service on the bus."""

from services.bus import Commands, Office, Subscriptions
from services.projects.store import STORE
from services.projects.use_cases import DOES, REACTS


class ProjectsService:
    """Takes commands about meetings, projects and votes, hears what they rest on, tells what happened."""

    name = "projects"

    office = Office(STORE)
    commands = Commands(DOES)
    subscriptions = Subscriptions(REACTS)

"""The processes that sansan consists of, and the stores that they keep."""

from importlib import import_module
from pathlib import Path
from typing import Any

from services.parameters import Parameter

SERVICES = {
    "issues": "services.issues.service:IssuesService",
    "projects": "services.projects.service:ProjectsService",
    "experts": "services.experts.service:ExpertsService",
    "points": "services.points.service:PointsService",
    "edge": "gateway.edge:EdgeService",
}
PROCESSES = (*SERVICES, "web")

OWNERS = ("issues", "projects", "experts", "points")

STORES = {
    "issues": "services.issues",
    "projects": "services.projects",
    "experts": "services.experts",
    "points": "services.points",
    "directory": "gateway.directory",
    "gateway": "gateway",
}


def parameters() -> tuple[Parameter, ...]:
    """The numbers of all services that a community may set for itself."""
    return tuple(each for name in OWNERS for each in named(f"{STORES[name]}.policy:PARAMETERS"))


def named(path: str) -> Any:
    """What stands at `module:name`."""
    module, name = path.split(":")
    return getattr(import_module(module), name)


def store_of(service: str) -> Any:
    """The store of a service."""
    return named(f"{STORES[service]}.store:STORE")


def migrations_of(service: str) -> Path:
    """The folder of a service's migrations."""
    return Path(str(import_module(STORES[service]).__file__)).parent / "migrations"

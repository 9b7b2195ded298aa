"""A new town: empty databases of the newest schema, the processes, and a small community with its people in the directory."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from deploy import parts
from deploy.machine import free_port, tries
from deploy.private_node import PrivateNode
from deploy.topology import declare_topology
from gateway.directory.blueprint import read_blueprint
from gateway.directory.facade import Directory
from gateway.directory.onboarding import onboard
from services.migrate import upgrade
from services.settings import Settings, read_settings
from tests.faults.evidence import Evidence
from tests.faults.town import NotThere, Town

DISTRICT = "wuhan-jiangan"
COMMUNITY = "wuhan-caochang"
PASSWORD = "operating-caochang-2026"
TOKEN_SECONDS = 3600
HEARD_SECONDS = 30.0
_PLAN = """
district: {{id: {district}, name: 江岸区}}
community: {{id: {community}, name: 操场社区}}
estates:
  - {{name: 东立国际, buildings: [{{names: 1-3, entrances: 1, floors: 2, homes_per_floor: 2}}]}}
people:
  - {{login: "{community}-admin", name: 区管理员, phone: "13800000000", password: {password}, roles: [district_admin]}}
  - {{login: "{community}-resident", name: 李桂华, phone: "13800000001", password: {password}, homes: [{{home: 1栋 1单元 101}}]}}
  - {{login: "{community}-officer", name: 陈静, phone: "13800000002", password: {password}, roles: [grid_officer]}}
"""


@contextmanager
def new_town(node: PrivateNode, databases_url: str, directory: Path, changed: Mapping[str, str]) -> Iterator[Town]:
    """A town on empty databases and an empty virtual host of a node; nothing of it runs yet.

    `changed` are settings of its processes by name, without the prefix; whatever was started is stopped in the end.
    """
    with node.vhost() as url:
        settings = replace(
            read_settings(),
            amqp_url=url,
            database_url=databases_url,
            data_directory=directory / "var",
            http_port=free_port(),
        )
        for service in parts.STORES:
            upgrade(settings.database(service), parts.migrations_of(service))
        declare_topology(url)
        limits = {"RATE_PER_SECOND": "0", "ACCESS_TOKEN_SECONDS": str(TOKEN_SECONDS)}
        town = Town(settings, node, directory / "log", {**limits, **changed})
        try:
            yield town
        finally:
            town.stop()


def found_community(settings: Settings, community: str = COMMUNITY) -> None:
    """Onboard a community, and return when the services have heard of it. Errors: NotThere when they do not in time."""
    onboard_community(settings, community)
    evidence = Evidence(settings, community)
    if not any(evidence.is_known("issues") and evidence.is_known("points") for _ in tries(HEARD_SECONDS)):
        raise NotThere(f"the services have not heard of {community} in {HEARD_SECONDS:.0f} s")


def onboard_community(settings: Settings, community: str = COMMUNITY) -> None:
    """Onboard a community of a few homes with a resident and a grid officer, as an operator does it."""
    directory = Directory.open(settings)
    try:
        plan = _PLAN.format(district=DISTRICT, community=community, password=PASSWORD)
        onboard(directory, read_blueprint(plan.encode()))
    finally:
        directory.close()


def log_in(town: Town, who: str, community: str = COMMUNITY) -> str:
    """The token of the community's `resident`, `officer` or `admin`."""
    login = {"login": f"{community}-{who}", "password": PASSWORD}
    answer = httpx.post(f"{town.address}/v1/sessions", json=login, timeout=10).raise_for_status()
    return str(answer.json()["access_token"])

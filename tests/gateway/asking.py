"""Questions to the views, for the tests."""

from typing import Any

from gateway.sight import Sight
from services.issues.contract import IssueState
from services.wire import from_json
from tests.gateway.world import World
from tests.shared.samples import COMMUNITY, ISSUE


def get(world: World, seen_by: Sight, id_: str = ISSUE, community_id: str = COMMUNITY) -> Any:
    found = world.run(world.views.get(IssueState, community_id, id_, seen_by))
    return found and from_json(found[0])


def listed(world: World, seen_by: Sight, community_id: str = COMMUNITY, **asked: Any) -> list[str]:
    page = world.run(world.views.list(IssueState, community_id, seen_by, **asked))
    items = from_json(page.items)
    assert len(items) == page.count
    return [item["id"] for item in items]


def walked(world: World, seen_by: Sight, limit: int, **asked: Any) -> list[str]:
    """All ids of a list, page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        page = world.run(world.views.list(IssueState, COMMUNITY, seen_by, after=cursor, limit=limit, **asked))
        found += [item["id"] for item in from_json(page.items)]
        if not page.next:
            return found
        cursor = page.next

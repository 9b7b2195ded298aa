"""Issues in any state, as they come out of the table."""

from typing import Any

from services.issues.contract import Place, Status
from services.issues.model import Issue
from tests.shared.samples import BUILDING, COMMUNITY, ISSUE, NOON, OFFICER, REPORTER


def issue(status: Status | None, **changed: Any) -> Issue:
    """An issue in a state, settled at noon by the grid officer unless something else is said."""
    assert status is not None
    return Issue(
        **{
            "community_id": COMMUNITY,
            "id": ISSUE,
            "version": 3,
            "status": status,
            "category": "facility",
            "title": "井盖破损",
            "text": "三号楼前的井盖破了。",
            "place": Place(building_id=BUILDING),
            "audience": "community",
            "reporter_id": REPORTER,
            "handler_id": OFFICER,
            "created_at": NOON,
            "updated_at": NOON,
            "settle_by": NOON,
            "resolved_at": NOON,
            **changed,
        }
    )

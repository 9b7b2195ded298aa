"""The people, places and issues that the tests speak of."""

import dataclasses
from datetime import UTC, datetime
from typing import Any

from services.actor import Actor, Role
from services.clock import Moment
from services.communities import Community
from services.ids import derived_id
from services.issues.contract import IssueState, Place, ReportIssue, Status, Turn
from services.parameters import Overrides
from services.projects.contract import ProjectState, ProjectStatus

COMMUNITY = "wuhan-caochang"
ANOTHER_COMMUNITY = "wuhan-baibuting"
DISTRICT = "wuhan-jiangan"
BUILDING = derived_id("building", "1")
REPORTER = derived_id("member", "reporter")
OFFICER = derived_id("member", "officer")
NEIGHBOUR = derived_id("member", "neighbour")
ISSUE = derived_id("issue", "manhole cover")
PROJECT = derived_id("project", "sheds")
NOON = datetime(2024, 5, 20, 4, 0, tzinfo=UTC)  # in Shanghai


def member(member_id: str, *roles: Role, community_id: str = COMMUNITY) -> Actor:
    """A member with some roles in one community."""
    return Actor(member_id, {community_id: frozenset(roles)})


RESIDENT = member(REPORTER, Role.RESIDENT)
GRID_OFFICER = member(OFFICER, Role.GRID_OFFICER)
ANOTHER_RESIDENT = member(NEIGHBOUR, Role.RESIDENT)


def moment(now: datetime = NOON, zone: str = "Asia/Shanghai", **overrides: Overrides) -> Moment:
    """A moment; a community's own number is given with `__` for the dot in its name."""
    return Moment(now, zone, {name.replace("__", "."): values for name, values in overrides.items()})


def caochang(community_id: str = COMMUNITY, version: int = 1, **changed: Any) -> Community:
    """A community as the directory told of it."""
    known = Community(community_id, version, DISTRICT, "Asia/Shanghai", buildings=frozenset({BUILDING}))
    return dataclasses.replace(known, **changed)


def report(**changed: Any) -> ReportIssue:
    """A command that reports a broken manhole cover."""
    return ReportIssue(
        **{
            "community_id": COMMUNITY,
            "category": "facility",
            "title": "井盖破损",
            "text": "三号楼前的井盖破了,晚上很危险。",
            "place": Place(building_id=BUILDING, spot="三号楼前"),
            **changed,
        }
    )


def issue_state(**changed: Any) -> IssueState:
    """An issue that was settled by the grid officer."""
    return IssueState(
        **{
            "community_id": COMMUNITY,
            "id": ISSUE,
            "version": 3,
            "status": Status.RESOLVED,
            "category": "facility",
            "title": "井盖破损",
            "text": "三号楼前的井盖破了。",
            "place": Place(building_id=BUILDING, spot="三号楼前"),
            "building_id": BUILDING,
            "reporter_id": REPORTER,
            "handler_id": OFFICER,
            "created_at": NOON,
            "updated_at": NOON,
            "resolved_at": NOON,
            "history": (
                Turn(move="report", at=NOON, status=Status.REPORTED, by=REPORTER),
                Turn(move="accept", at=NOON, status=Status.ACCEPTED, by=OFFICER),
                Turn(move="resolve", at=NOON, status=Status.RESOLVED, note="已更换", by=OFFICER),
            ),
            **changed,
        }
    )


def project_state(**changed: Any) -> ProjectState:
    """A project whose works were accepted."""
    return ProjectState(
        **{
            "community_id": COMMUNITY,
            "id": PROJECT,
            "version": 20,
            "status": ProjectStatus.ACCEPTED,
            "step": ProjectStatus.ACCEPTED.step,
            "title": "新建充电车棚",
            "purpose": "在小区内新建带智能充电的车棚。",
            "budget": 60_000_000,
            "topic_id": derived_id("topic", "sheds"),
            "issue_ids": (ISSUE,),
            "created_at": NOON,
            "updated_at": NOON,
            **changed,
        }
    )

"""The endpoints that say what may have been reported before: before somebody submits, and of what was submitted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.call import Answer, Call
from gateway.districts import Districts
from gateway.handlers import PRIVATE, Handlers, known_place
from gateway.paging import read_query
from gateway.sight import Sight
from gateway.similar.answers import LikeThisQuestion, SimilarIssues, SimilarQuestion
from gateway.similar.finding import Similar, Sought
from gateway.views import Views
from services.clock import utc_now
from services.declare import PUBLIC
from services.errors import Forbidden, Invalid, NotFound
from services.issues.contract import IssueState, Point
from services.wire import from_json, to_json


class SimilarDoors:
    """The handlers of both."""

    def __init__(self, handlers: Handlers, districts: Districts, views: Views) -> None:
        self._handlers = handlers
        self._districts = districts
        self._views = views
        self._similar = Similar(views.reader)

    async def similar_issues(self, call: Call) -> Answer:
        """Open issues that may be the one that the caller is about to report."""
        here, sight = await self._member(call)
        asked = read_query(SimilarQuestion, call.query)
        found = await self._similar.find(sought(here, asked, utc_now()), sight, asked.limit)
        return Answer(200, to_json(SimilarIssues(items=found)), PRIVATE)

    async def like_this(self, call: Call) -> Answer:
        """Open issues that may be the same as this one, for whoever may see it."""
        here, sight = await self._member(call)
        asked = read_query(LikeThisQuestion, call.query)
        seen = await self._views.get(IssueState, here, call.path["issue_id"], sight)
        if seen is None:
            raise NotFound("there is no such thing here", "本社区没有此项内容")
        found = await self._similar.find(sought_again(here, from_json(seen[0])), sight, asked.limit)
        return Answer(200, to_json(SimilarIssues(items=found)), PRIVATE)

    async def _member(self, call: Call) -> tuple[str, Sight]:
        """The community, and what a caller who has any role in it sees there. Errors: Forbidden for everybody else."""
        actor = self._handlers.admit(call)
        here = known_place(call)
        sight = await self._districts.sight(actor, here)
        if sight.audience == PUBLIC:
            raise Forbidden("you have no role in this community", "您不是本社区成员")
        return here, sight


def sought(community_id: str, asked: Any, now: datetime) -> Sought:
    """What is looked for before it is reported. Errors: Invalid for half a point, and where there is nothing to go by."""
    if (asked.lat is None) != (asked.lon is None):
        raise Invalid("give lat and lon together", "请同时提供纬度和经度")
    point = None if asked.lat is None else Point(lat=asked.lat, lon=asked.lon)
    if not (asked.title or asked.text or asked.building_id or point):
        raise Invalid("give some words or a place to look for", "请提供要查找的文字或位置")
    return Sought(community_id, asked.category, asked.title or "", asked.text or "", asked.building_id, point, now)


def sought_again(community_id: str, state: Mapping[str, Any]) -> Sought:
    """What is looked for once it was reported: the issue's state (plain data), of which only others are found."""
    point = state["place"]["point"]
    return Sought(
        community_id,
        state["category"],
        state["title"],
        state["text"],
        state["building_id"],
        Point(**point) if point else None,
        datetime.fromisoformat(state["created_at"]),
        but=state["id"],
    )

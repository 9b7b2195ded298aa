"""Finds what may be the same: looked up by place and words, sorted by a rough likeness, judged by the true one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gateway.reader import Prepared, Reader, Row, instant
from gateway.sight import Sight
from gateway.similar import asking
from gateway.similar.answers import MOST_FOUND, SimilarIssue
from gateway.similar.catalogue import Catalogue, Categories
from gateway.similar.cells import cells_around
from gateway.similar.kept import (
    FOR_MEMBERS,
    FOR_STAFF,
    KEYS,
    Trace,
    first_pairs,
    in_building,
    in_category,
    in_cell,
    saying,
    trace_of,
)
from gateway.similar.likeness import Wording, likeness, nearly, sketch, wording
from gateway.similar.ranking import DUPLICATE_DAYS, LEAST, Compared, is_elsewhere, reasons, score
from services.declare import STAFF
from services.earth import metres
from services.issues.contract import Point, Status
from services.wire import from_json

MOST_JUDGED = 25


@dataclass(frozen=True)
class Sought:
    """What is looked for: an issue that is about to be reported, or (then `but` is its id) one that was."""

    community_id: str
    category: str
    title: str
    text: str
    building_id: str | None
    point: Point | None
    at: datetime
    but: str = ""


class Similar:
    """The candidates for a duplicate, as a caller may see them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._catalogue = Catalogue(reader)
        self._under = {key: Prepared(asking.under(key, reader.dialect), reader.dialect) for key in KEYS}
        self._own: dict[str, Prepared] = {}
        self._shown: dict[str, Prepared] = {}

    async def find(self, sought: Sought, sight: Sight, limit: int = MOST_FOUND) -> tuple[SimilarIssue, ...]:
        """The most likely candidates first: open, created in the `DUPLICATE_DAYS` before or after. Errors: Unavailable."""
        categories = await self._catalogue.of(sought.community_id)
        found = await self._candidates(sought, sight, categories)
        rough = int.from_bytes(sketch(sought.title, sought.text))
        family, radius = frozenset(categories.related(sought.category)), categories.radius_of(sought.category)
        ranked: list[tuple[int, Any, Compared]] = []
        for id_, (_, category, building_id, created_at, kept_as) in found.items():
            if category not in family or kept_as is None:
                continue
            known = _compared(sought, rough, category, building_id, instant(created_at), trace_of(kept_as), radius)
            if not is_elsewhere(known):
                ranked.append((score(known), id_, known))
        ranked.sort(key=lambda each: (-each[0], str(each[1])))
        return await self._judged(sought, sight, {id_: known for _, id_, known in ranked[:MOST_JUDGED]}, limit)

    async def _candidates(self, sought: Sought, sight: Sight, categories: Categories) -> Mapping[Any, Row]:
        values: dict[str, Any] = {
            "since": sought.at - timedelta(days=DUPLICATE_DAYS),
            "community_id": sought.community_id,
            "member_id": sight.member_id,
        }
        rows: list[Row] = []
        for key, numbers in _numbers(sought, sight, categories).items():
            rows += await self._reader.search(self._under[key], values | {"numbers": numbers})
        if sight.member_id is not None:
            rows += await self._reader.search(self._prepared_own(sight), values)
        return {row[0]: row for row in rows}

    async def _judged(
        self, sought: Sought, sight: Sight, found: Mapping[Any, Compared], limit: int
    ) -> tuple[SimilarIssue, ...]:
        """Those that the caller may see, with the true likeness of their words."""
        values = {"community_id": sought.community_id, "member_id": sight.member_id, "ids": list(found)}
        words = wording(sought.title, sought.text)
        items = [
            item
            for id_, seen in (await self._reader.search(self._prepared_shown(sight), values) if found else ())
            if seen is not None and (item := _item(words, from_json(seen), found[id_])) is not None
        ]
        items.sort(key=lambda item: (-item.score, item.created_at, item.id))
        return tuple(item for item in items if item.id != sought.but)[:limit]

    def _prepared_own(self, sight: Sight) -> Prepared:
        if sight.audience not in self._own:
            self._own[sight.audience] = Prepared(asking.own(sight), self._reader.dialect)
        return self._own[sight.audience]

    def _prepared_shown(self, sight: Sight) -> Prepared:
        if sight.audience not in self._shown:
            self._shown[sight.audience] = Prepared(asking.shown(sight, self._reader.dialect), self._reader.dialect)
        return self._shown[sight.audience]


def _numbers(sought: Sought, sight: Sight, categories: Categories) -> dict[str, list[int]]:
    """Under which numbers, by key, candidates are looked for: the same category before related ones, near before far."""
    here = sought.community_id
    audiences = (FOR_MEMBERS, FOR_STAFF) if sight.audience == STAFF else (FOR_MEMBERS,)
    groups = [(audience, code) for code in categories.related(sought.category) for audience in audiences]
    found = {
        "words_key": [
            saying(here, audience, sought.category, pair)
            for pair in first_pairs(sought.title, sought.text)
            for audience in audiences
        ]
    }
    cells = cells_around(sought.point, categories.radius_of(sought.category)) if sought.point else None
    if cells:
        found["cell_key"] = [in_cell(here, *group, cell) for group in groups for cell in cells]
    if sought.building_id:
        found["building_key"] = [in_building(here, *group, sought.building_id) for group in groups]
    if not cells and not sought.building_id:
        found["category_key"] = [in_category(here, *group) for group in groups]
    return {key: numbers for key, numbers in found.items() if numbers}


def _compared(
    sought: Sought, rough: int, category: str, building_id: str | None, at: datetime, trace: Trace, radius: int
) -> Compared:
    """How a candidate lies to what is looked for, with the likeness of their sketches for that of their words."""
    return Compared(
        words=nearly(rough, trace.sketch),
        metres=metres(sought.point, trace.point) if sought.point and trace.point else None,
        radius=radius,
        same_building=sought.building_id == building_id if sought.building_id and building_id else None,
        same_category=category == sought.category,
        apart=sought.at - at,
    )


def _item(words: Wording, state: Mapping[str, Any], known: Compared) -> SimilarIssue | None:
    """A candidate as it is answered, unless it is not likely enough."""
    judged = replace(known, words=likeness(words, wording(state["title"], state["text"])))
    scored = score(judged)
    if scored < LEAST:
        return None
    return SimilarIssue(
        id=state["id"],
        title=state["title"],
        status=Status(state["status"]),
        category=state["category"],
        created_at=datetime.fromisoformat(state["created_at"]),
        distance=None if judged.metres is None else round(judged.metres),
        score=scored,
        me_toos=state["me_toos"],
        reasons=reasons(judged),
    )

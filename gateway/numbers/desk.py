"""The endpoints for what is counted: numbers, heat map, recurring matters, and what each number means."""

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from gateway.call import JSON, Answer, Call
from gateway.districts import Districts
from gateway.handlers import PRIVATE, Handlers, no_query
from gateway.numbers import heat, recurring
from gateway.numbers.asking import By, HeatQuestion, MonthQuestion, NumbersQuestion, Span, month_of, span_of
from gateway.numbers.columns import COLUMNS
from gateway.numbers.counting import Counted, Counting
from gateway.numbers.definitions import NUMBERS, SOURCES, Definition, Definitions, NumbersRow
from gateway.numbers.door import CSV, GEOJSON, Door
from gateway.numbers.place import WITHHELD, Place, place_of
from gateway.numbers.writing import BOM, lines, safe
from gateway.paging import read_query
from gateway.problems import Header
from gateway.reader import Prepared
from gateway.views import Views
from services.clock import Clock, utc_now
from services.declare import STAFF
from services.errors import Forbidden, Words
from services.wire import to_json

_SHARED: tuple[Header, ...] = ((b"cache-control", b"public, max-age=300"),)


class Numbers:
    """The handlers of what is counted."""

    def __init__(self, handlers: Handlers, districts: Districts, views: Views, clock: Clock = utc_now) -> None:
        self._door = Door(handlers, districts)
        self._views = views
        self._counting = Counting(views.reader)
        self._clock = clock
        self._prepared: dict[Any, Prepared] = {}
        self._definitions = to_json(_definitions())

    async def numbers(self, call: Call) -> Answer:
        """The numbers of some days as JSON."""
        return Answer(200, to_json(await self._numbers(call, JSON)), PRIVATE)

    async def numbers_csv(self, call: Call) -> Answer:
        """The rows of the same numbers as CSV."""
        rows = (await self._numbers(call, CSV))["rows"]
        names = [field.name for field in fields(NumbersRow) if field.name != "withheld"]
        table = [names, *([safe(row[name]) for name in names] for row in rows)]
        return Answer(200, BOM + lines(table), PRIVATE, CSV + b"; charset=utf-8")

    async def number_definitions(self, call: Call) -> Answer:
        """What every number and column means."""
        self._door.admit(call, JSON, public=True)
        no_query(call)
        return Answer(200, self._definitions, _SHARED)

    async def heat_map(self, call: Call) -> Answer:
        """Where issues were reported."""
        here, sight = await self._door.enter(call, GEOJSON)
        asked = read_query(HeatQuestion, call.query)
        place = await place_of(self._views, here, sight)
        span = span_of(asked.from_, asked.until, place.today(self._clock()))
        question = self._ask(
            ("heat", sight.rank, bool(asked.category)), lambda: heat.cells(sight, bool(asked.category))
        )
        found = await self._views.reader.search(question, _values(here, span, category=asked.category))
        return Answer(200, to_json(heat.heat_map(found, sight)), PRIVATE, GEOJSON)

    async def recurring_matters(self, call: Call) -> Answer:
        """What came up again and again in a month."""
        here, sight = await self._door.enter(call, JSON)
        asked = read_query(MonthQuestion, call.query)
        place = await place_of(self._views, here, sight)
        span = month_of(asked.month, place.today(self._clock()))
        month, reader = f"{span.first:%Y-%m}", self._views.reader
        question = self._ask(("matters", sight.rank), lambda: recurring.matters(sight))
        found = [recurring.Matter(*row) for row in await reader.search(question, _values(here, span))]
        question = self._ask(("issues", sight.rank), lambda: recurring.issues_of(sight, reader.dialect))
        rows = await reader.search(question, _values(here, span, keys=[each.key for each in found])) if found else ()
        issues = recurring.grouped(rows)
        matters = tuple(recurring.told(each, issues.get(each.key, ()), place, month) for each in found)
        return Answer(
            200, to_json(recurring.RecurringMatters(community_id=here, month=month, matters=matters)), PRIVATE
        )

    async def _numbers(self, call: Call, media: bytes) -> dict[str, Any]:
        here, sight = await self._door.enter(call, media)
        asked = read_query(NumbersQuestion, call.query)
        if asked.by is By.HANDLER and sight.audience != STAFF:
            raise Forbidden("numbers by handler are for staff", "按经办人统计仅限工作人员查看")
        place = await place_of(self._views, here, sight, with_grids=asked.by is By.GRID)
        now = self._clock()
        span = span_of(asked.from_, asked.until, place.today(now))
        total, rows = await self._counting.count(here, span, asked.by, sight, place.complaints, now)
        return {
            "community_id": here,
            "first_day": span.first,
            "last_day": span.last,
            "by": asked.by,
            "counted_at": now,
            "total": _row(Counted(here, False, total.numbers), By.COMMUNITY, place),
            "rows": [_row(each, asked.by, place) for each in rows],
        }

    def _ask(self, key: Any, made: Callable[[], Any]) -> Prepared:
        if key not in self._prepared:
            self._prepared[key] = Prepared(made(), self._views.reader.dialect)
        return self._prepared[key]


def _values(here: str, span: Span, **more: Any) -> dict[str, Any]:
    return {"community_id": here, "first": span.first, "last": span.last, **more}


def _row(counted: Counted, by: By, place: Place) -> dict[str, Any]:
    if counted.withheld:
        label = WITHHELD
    elif by is By.COMMUNITY:
        label = Words(place.name, place.name)
    else:
        label = place.label(by, counted.key)
    return {"key": counted.key, "zh": label.zh, "en": label.en, "withheld": counted.withheld, **counted.numbers}


def _definitions() -> Definitions:
    numbers = (Definition(**{**asdict(number), "kind": number.kind.value}) for number in NUMBERS)
    columns = (
        Definition(
            name=column.name,
            kind="column",
            zh=column.zh,
            en=column.en,
            meaning_zh=column.meaning.zh,
            meaning_en=column.meaning.en,
        )
        for column in COLUMNS
    )
    return Definitions(sources=SOURCES, numbers=tuple(numbers), columns=tuple(columns))

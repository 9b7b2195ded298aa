"""An export is one moment, whole or visibly broken off; it holds what its reader may see, and as much as the numbers say."""

import asyncio
import csv
import io
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from gateway.numbers.exports import MOST_EXPORTS, Exports, Pieces
from gateway.numbers.snapshot import PIECE_ROWS
from services.declare import STAFF
from services.ids import derived_id
from services.issues.contract import Place, Status
from tests import servers
from tests.gateway.numbers.office import DAY, HERE, TWO, Office, issue, office_on
from tests.gateway.numbers.the_day import THE_DAY
from tests.gateway.wire import Wire

SPAN = {"from": DAY, "until": DAY}
MANY = 6 * PIECE_ROWS
LONG = "长" * 2000  # so that the file is larger than what a connection holds back


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def many() -> list[Any]:
    return [issue(str(each), Status.ACCEPTED, text=LONG) for each in range(MANY)]


def reader(office: Office) -> httpx.Client:
    """A client of the officer that takes little at once."""
    little = httpx.HTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 200_000)])
    return httpx.Client(headers=office.token("officer"), timeout=60, transport=little)


def test_the_totals_of_the_file_are_the_numbers_shown(office: Office) -> None:
    office.say(*THE_DAY)
    answer = office.get("officer", f"{HERE}/issues.csv", **SPAN)
    rows, total = rows_of(answer), office.numbers()["total"]
    assert answer.headers["x-total-count"] == str(total["reported"]) == str(len(rows))
    settled = [row for row in rows if row["status"] in ("resolved", "confirmed")]
    assert len(settled) == total["settled"]
    assert sum(row["created_at"][:10] == row["resolved_at"][:10] for row in settled) == total["settled_same_day"]
    assert sum(row["escalated"] == "1" for row in rows) == total["escalated"]
    assert sum(int(row["overnights"]) > 0 for row in rows) == total["overnight"]
    assert sum(int(row["stars"] or 0) >= 3 for row in rows) == total["satisfied"]
    assert sorted(int(row["settle_minutes"]) for row in settled)[2] == total["settle_minutes_median"]
    features = office.get("officer", f"{HERE}/issues.geojson", **SPAN)
    assert len(features.json()["features"]) == int(features.headers["x-total-count"]) == total["reported"]


def test_excel_reads_it_and_takes_nothing_for_a_formula(office: Office) -> None:
    bad = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1", "a\r\n=1", '"; drop', '井盖,\n"破"')
    office.say(*(issue(text, Status.ACCEPTED, text=text, place=Place(spot="西门")) for text in bad))
    answer = office.get("officer", f"{HERE}/issues.csv", **SPAN)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="issues-wuhan-caochang.csv"'
    assert answer.content.startswith("\ufeffid,day,status,".encode())
    rows = rows_of(answer)
    told = {row["title"].removeprefix("问题 "): row["text"] for row in rows}
    assert told == {text: f"'{text}" if text[0] in "=+-@＝" else text for text in bad}
    row = rows[0]
    assert (row["category_zh"], row["building"], row["spot"], row["created_at"]) == (
        "井盖", "1栋", "西门", "2024-05-20T12:00:00+08:00",
    )  # fmt: skip
    named = office.get("officer", f"{HERE}/issues.csv", lang="zh").content.decode("utf-8-sig")
    assert named.startswith("编号,上报日,")


def test_geojson_has_a_point_for_what_has_one_and_none_for_the_rest(office: Office) -> None:
    office.say(*THE_DAY)
    answer = office.get("officer", f"{HERE}/issues.geojson", status="waiting")
    assert answer.headers["content-type"] == "application/geo+json"
    (waiting,) = answer.json()["features"]
    assert waiting["geometry"] == {"type": "Point", "coordinates": [114.31, 30.61]}
    assert (waiting["id"], waiting["properties"]["spot"]) == (derived_id("issue", "F"), "小区 西门")
    (reported,) = office.get("officer", f"{HERE}/issues.geojson", status="reported", **SPAN).json()["features"]
    assert reported["geometry"] is None
    assert office.get("officer", f"{HERE}/issues.geojson", category="no_such").json()["features"] == []


def test_everybody_gets_what_they_may_see(office: Office) -> None:
    office.say(*THE_DAY)
    secret, neighbours = derived_id("issue", "N"), office.get("neighbour", f"{HERE}/issues.csv", **SPAN)
    assert neighbours.headers["x-total-count"] == "13"
    assert secret not in {row["id"] for row in rows_of(neighbours)}
    assert {row["handler_id"] for row in rows_of(neighbours)} == {""}
    assert "邻里" not in neighbours.text
    own = {row["id"]: row for row in rows_of(office.get("resident", f"{HERE}/issues.csv", **SPAN))}
    assert own[secret]["handler_id"], "the reporter sees their own, and who handles it"
    assert len(own) == 14


def test_what_is_only_for_staff_stays_out_of_every_filter(office: Office) -> None:
    office.say(*THE_DAY, issue("Z", Status.REPORTED, audience=STAFF, reporter_id=derived_id("somebody")))
    for who, expected in (("officer", 3), ("neighbour", 2)):
        answer = office.get(who, f"{HERE}/issues.csv", building_id=TWO)
        assert len(rows_of(answer)) == int(answer.headers["x-total-count"]) == expected
    assert rows_of(office.get("neighbour", f"{HERE}/issues.csv", category="quarrel")) == []


def test_rows_stand_in_the_order_of_day_and_id(office: Office) -> None:
    office.say(*reversed(THE_DAY))
    places = [(row["day"], row["id"]) for row in rows_of(office.get("officer", f"{HERE}/issues.csv"))]
    assert places == sorted(places)
    assert len(places) == len(THE_DAY)


def test_a_head_tells_how_many_and_sends_nothing(office: Office) -> None:
    office.say(*THE_DAY)
    for _ in range(MOST_EXPORTS + 1):
        told = office.get("officer", f"{HERE}/issues.csv", method="HEAD", **SPAN)
        assert (told.status_code, told.headers["x-total-count"], told.content) == (200, "14", b"")


def test_a_file_is_of_one_moment_though_issues_change_and_come_meanwhile(office: Office) -> None:
    office.say(*many())
    with (
        office.served() as (address, _),
        reader(office) as client,
        client.stream("GET", f"{address}{HERE}/issues.csv") as answer,
    ):
        pieces = answer.iter_bytes(1000)
        heard = next(pieces)
        office.say(*(issue(f"late {number}", Status.REPORTED) for number in range(20)))
        office.say(*(issue(str(number), Status.RESOLVED, 1, 2, version=9) for number in range(50)))
        heard += b"".join(pieces)
    rows = list(csv.DictReader(io.StringIO(heard.decode("utf-8-sig"), newline="")))
    assert len(rows) == int(answer.headers["x-total-count"]) == MANY
    assert {row["status"] for row in rows} == {"accepted"}
    total = office.numbers()["total"]
    assert (total["reported"], total["settled"]) == (MANY + 20, 50)


def test_only_a_few_run_at_once_and_the_next_one_is_told_when_to_come(office: Office) -> None:
    office.say(*many())
    with office.served() as (address, exports), reader(office) as client:
        path = f"{address}{HERE}/issues.csv"
        with client.stream("GET", path) as one, client.stream("GET", path) as two:
            readers = [answer.iter_raw() for answer in (one, two)]
            assert all(map(next, readers))
            assert exports.running == MOST_EXPORTS
            third = client.get(path)
            assert (third.status_code, third.json()["code"]) == (503, "unavailable")
            assert int(third.headers["retry-after"]) > 1
            assert "导出" in third.json()["zh"]
        await_room(exports)
        assert len(rows_of(client.get(path))) == MANY


def await_room(exports: Exports, seconds: float = 30) -> None:
    """Return when nothing is exported any more."""
    until, tries = time.monotonic() + seconds, threading.Event()
    while exports.running:
        assert time.monotonic() < until, "it goes on and on"
        tries.wait(0.01)


def test_a_file_that_takes_too_long_breaks_off_visibly(office: Office) -> None:
    office.say(*many())
    with (
        office.served(seconds=1.0) as (address, exports),
        reader(office) as client,
        client.stream("GET", f"{address}{HERE}/issues.csv") as answer,
    ):
        pieces = answer.iter_raw()
        next(pieces)
        await_room(exports)  # nobody reads on; it ends by itself
        with pytest.raises(httpx.RemoteProtocolError):
            list(pieces)


def test_a_database_that_goes_away_breaks_the_file_off_visibly(postgres_url: URL, keys_folder: Path) -> None:
    with (
        servers.fresh_database(postgres_url) as url,
        office_on(url.set(drivername="postgresql+psycopg"), keys_folder) as office,
        wired(office.desk.url) as wire,
    ):
        office.say(*many())
        with office.served(reached_by=wire.url) as (address, exports):
            heard: list[bytes] = []
            with (
                reader(office) as client,
                client.stream("GET", f"{address}{HERE}/issues.geojson") as answer,
                pytest.raises(httpx.RemoteProtocolError),
            ):
                hear(answer, heard, wire)
            await_room(exports)
        with pytest.raises(json.JSONDecodeError):
            json.loads(b"".join(heard))


def hear(answer: httpx.Response, heard: list[bytes], wire: "Cut") -> None:
    """Read, and cut the wire when the first piece has come."""
    for piece in answer.iter_raw():
        if not heard:
            wire.cut()
        heard.append(piece)


@dataclass
class Cut:
    """A way to the database that can be cut off."""

    url: URL
    loop: asyncio.AbstractEventLoop
    wire: Wire

    def cut(self) -> None:
        """Break every connection."""
        asyncio.run_coroutine_threadsafe(self.wire.cut(), self.loop).result(10)


@contextmanager
def wired(url: URL) -> Iterator[Cut]:
    """A wire in a thread of its own."""
    loop, wire = asyncio.new_event_loop(), Wire(url)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(wire.connect(), loop).result(10)
    yield Cut(wire.url, loop, wire)
    asyncio.run_coroutine_threadsafe(_quiet(loop), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


async def _quiet(loop: asyncio.AbstractEventLoop) -> None:
    """Wait until whatever was passed on has ended."""
    others = asyncio.all_tasks(loop) - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def test_whatever_becomes_of_a_reader_everything_is_given_back_once() -> None:
    async def story() -> None:
        for read_all in (True, False):
            ended: list[bool] = []

            async def pieces() -> Any:
                yield b"one"
                yield b"two"

            async def end() -> None:
                ended.append(True)  # noqa: B023  (called within the turn)

            stream = Pieces(pieces(), end, 60)
            assert await anext(stream) == b"one"
            if read_all:
                assert [piece async for piece in stream] == [b"two"]
            await stream.aclose()
            await stream.aclose()
            assert ended == [True]

    asyncio.run(story())

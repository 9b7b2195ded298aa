"""What is counted equals what is counted by hand, and everybody sees what is for them."""

import csv
import io
from typing import Any

from gateway.numbers.definitions import COUNTS, NUMBERS
from services.declare import STAFF
from services.ids import derived_id
from services.issues.contract import IssueState, Place, Point, Status
from tests.gateway.numbers.office import DAY, HERE, ONE, TWO, Office, issue
from tests.gateway.numbers.the_day import COUNTED_BY_HAND, THE_DAY
from tests.shared.samples import COMMUNITY, NOON, OFFICER

MONTH = {"month": "2024-05"}


def numbers_of(row: dict[str, Any]) -> dict[str, Any]:
    return {number.name: row[number.name] for number in NUMBERS}


def test_every_number_of_the_day_is_the_one_counted_by_hand(office: Office) -> None:
    office.say(*THE_DAY)
    answer = office.numbers()
    assert numbers_of(answer["total"]) == COUNTED_BY_HAND
    assert [numbers_of(row) for row in answer["rows"]] == [COUNTED_BY_HAND]
    assert (answer["first_day"], answer["last_day"], answer["total"]["key"]) == (DAY, DAY, COMMUNITY)
    assert answer["total"]["zh"] == "操场社区"


def test_a_resident_sees_the_same_total(office: Office) -> None:
    office.say(*THE_DAY)
    assert office.numbers("resident")["total"] == office.numbers("officer")["total"]


def test_rows_are_called_by_their_names_the_most_first(office: Office) -> None:
    office.say(*THE_DAY)
    rows = office.numbers(by="building")["rows"]
    assert [(row["zh"], row["key"], row["reported"]) for row in rows] == [
        ("1栋", ONE, 8),
        ("2栋", TWO, 3),
        ("未指明楼栋", None, 3),
    ]
    named = {row["key"]: (row["zh"], row["en"], row["reported"]) for row in office.numbers(by="category")["rows"]}
    assert named == {
        "manhole": ("井盖", "Manhole covers", 12), "noise": ("噪音", "Noise", 1), "quarrel": ("邻里纠纷", "Quarrels", 1),
    }  # fmt: skip


def test_what_only_staff_may_see_is_one_row_for_a_resident(office: Office) -> None:
    office.say(*THE_DAY)
    for by in ("building", "category", "grid"):
        *open_rows, withheld = office.numbers("resident", by=by)["rows"]
        assert (withheld["withheld"], withheld["key"], withheld["zh"], withheld["reported"]) == (
            True,
            None,
            "不公开",
            1,
        )
        assert not any(row["withheld"] for row in open_rows)
        assert "quarrel" not in {row["key"] for row in open_rows}
    assert {row["key"]: row["reported"] for row in office.numbers("resident", by="building")["rows"]}[TWO] == 2


def test_days_come_in_their_order(office: Office) -> None:
    office.say(*THE_DAY)
    rows = office.numbers(by="day", **{"from": "2024-05-01"})["rows"]
    assert [(row["key"], row["reported"]) for row in rows] == [("2024-05-19", 1), ("2024-05-20", 14)]


def test_numbers_by_handler_are_for_staff(office: Office) -> None:
    office.say(*THE_DAY)
    rows = office.numbers(by="handler")["rows"]
    assert [(row["key"], row["reported"]) for row in rows] == [(OFFICER, 13), (None, 1)]
    refused = office.get("resident", f"{HERE}/numbers", by="handler")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert "经办人" in refused.json()["zh"]


PATHS = ("numbers", "numbers.csv", "heat-map", "recurring-matters", "issues.csv", "issues.geojson")
BAD: list[tuple[str, dict[str, str]]] = [
    ("numbers", {"from": "2024-05-21", "until": "2024-05-20"}),
    ("numbers", {"from": "2023-05-20", "until": "2024-05-20"}),
    ("numbers", {"from": "yesterday"}),
    ("numbers", {"until": "2024-02-30"}),
    ("numbers", {"until": "0001-01-01"}),
    ("numbers", {"until": "9999-12-31"}),
    ("numbers", {"from": ""}),
    ("numbers", {"by": "person"}),
    ("numbers", {"from_": "2024-05-20"}),
    ("numbers", {"nonsense": "1"}),
    ("heat-map", {"category": "NO"}),
    ("heat-map", {"category": "' OR 1=1"}),
    ("recurring-matters", {"month": "2024-13"}),
    ("recurring-matters", {"month": "2024-5"}),
    ("recurring-matters", {"month": "0001-01"}),
    ("issues.csv", {"status": "gone"}),
    ("issues.csv", {"building_id": "1"}),
    ("issues.csv", {"lang": "fr"}),
    ("issues.geojson", {"lang": "zh"}),
    ("issues.geojson", {"from": "2024-05-21", "until": "2024-05-20"}),
]  # fmt: skip


def test_a_stranger_and_nobody_hear_nothing(office: Office) -> None:
    for path in PATHS:
        assert office.get("stranger", f"{HERE}/{path}").status_code == 403
        assert office.get("nobody", f"{HERE}/{path}").status_code == 401
        assert office.get("officer", f"{HERE}/{path}", headers={"accept": "image/png"}).status_code == 406
        assert office.get("officer", f"/v1/communities/NO/{path}").status_code == 404


def test_what_cannot_be_counted_is_refused_in_both_languages(office: Office) -> None:
    for path, query in BAD:
        problem = office.get("officer", f"{HERE}/{path}", **query)
        assert problem.status_code == 422, (path, query, problem.text)
        told = problem.json()
        assert (told["code"], bool(told["zh"])) == ("invalid", True)
        assert told["errors"][0]["member"].removeprefix("/") in query, (query, told)


def test_a_leap_year_can_be_counted_at_once(office: Office) -> None:
    office.say(*THE_DAY)
    answer = office.numbers(**{"from": "2024-01-01", "until": "2024-12-31"})
    assert answer["total"]["reported"] == 15


def test_without_days_the_last_thirty_are_counted(office: Office) -> None:
    answer = office.get("officer", f"{HERE}/numbers").json()
    assert (answer["first_day"], answer["last_day"]) == ("2024-04-22", "2024-05-21")
    assert answer["total"]["reported"] == 0
    assert answer["total"]["response_rate"] is None
    assert answer["rows"] == []


def test_numbers_come_as_csv_with_the_same_names_and_figures(office: Office) -> None:
    office.say(*THE_DAY)
    answer = office.get("officer", f"{HERE}/numbers.csv", **{"from": DAY, "until": DAY, "by": "category"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    told = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    rows = office.numbers(by="category")["rows"]
    assert [{name: int(row[name]) for name in COUNTS} for row in told] == [
        {name: row[name] for name in COUNTS} for row in rows
    ]


def test_anybody_reads_what_every_number_means(office: Office) -> None:
    told = office.get("nobody", "/v1/numbers/definitions").json()
    assert [each["name"] for each in told["numbers"]] == [number.name for number in NUMBERS]
    assert "12345" in told["sources"]
    rate = next(each for each in told["numbers"] if each["name"] == "response_rate")
    assert (rate["kind"], rate["numerator"], rate["denominator"]) == ("rate", "responded_in_time", "to_answer")
    assert {"id", "title", "created_at"} <= {each["name"] for each in told["columns"]}


def at(number: int, lat: float, lon: float, status: Status = Status.ACCEPTED, **changed: Any) -> IssueState:
    return issue(f"at {number}", status, place=Place(point=Point(lat=lat, lon=lon)), **changed)


def test_the_heat_map_counts_squares_and_shows_residents_none_that_could_be_a_home(office: Office) -> None:
    crowd = [at(number, 30.6101 + number / 1e5, 114.3102) for number in range(3)]
    quarrel = at(4, 30.61011, 114.31021, audience=STAFF)
    alone = at(5, -33.8688, -70.6000)
    office.say(*crowd, quarrel, alone, issue("nowhere", Status.REPORTED), at(6, 30.6101, 114.3102, Status.MERGED))
    asked = {"from": DAY, "until": DAY}
    staff = office.get("officer", f"{HERE}/heat-map", **asked)
    assert staff.headers["content-type"] == "application/geo+json"
    told = staff.json()
    assert [cell["properties"] for cell in told["features"]] == [{"issues": 4, "open": 4}, {"issues": 1, "open": 1}]
    assert (told["type"], told["issues"], told["without_point"], told["not_shown"]) == ("FeatureCollection", 5, 1, 0)
    (ring,) = told["features"][0]["geometry"]["coordinates"]
    assert ring == [[114.31, 30.61], [114.3105, 30.61], [114.3105, 30.6105], [114.31, 30.6105], [114.31, 30.61]]
    (south,) = told["features"][1]["geometry"]["coordinates"]
    assert south[0] == [-70.6, -33.869]
    resident = office.get("neighbour", f"{HERE}/heat-map", **asked).json()
    assert [cell["properties"]["issues"] for cell in resident["features"]] == [3]
    assert (resident["issues"], resident["not_shown"]) == (3, 1)
    assert office.get("officer", f"{HERE}/heat-map", category="noise", **asked).json()["features"] == []


def recurring(office: Office, who: str = "officer") -> Any:
    answer = office.get(who, f"{HERE}/recurring-matters", **MONTH)
    assert answer.status_code == 200, answer.text
    return answer.json()["matters"]


def on(day: int, name: str, status: Status = Status.ESCALATED, **changed: Any) -> IssueState:
    return issue(f"{name} {day}", status, **{"day": NOON.date().replace(day=day), **changed})


def test_a_recurring_matter_proposes_a_topic_of_its_escalated_issues(office: Office) -> None:
    office.say(
        on(1, "cover", Status.RESOLVED, reopenings=1),
        on(2, "cover", me_toos=4),
        on(3, "cover", topic_id=derived_id("topic")),
        on(3, "withdrawn", Status.WITHDRAWN),
        on(5, "noise", category="noise", building_id=TWO),
        on(5, "noise too", category="noise", building_id=TWO),
        *(on(day, "gate", Status.REPORTED, building_id=None, place=Place(spot="西门")) for day in (7, 8)),
    )
    cover, gate = recurring(office)
    assert {name: cover[name] for name in ("category", "place", "issues", "days", "reopened", "me_toos", "open", "score")} == {
        "category": "manhole", "place": "1栋", "issues": 3, "days": 3, "reopened": 1, "me_toos": 4, "open": 2,
        "score": 2 * 3 + 2 * 3 + 3 * 1 + 4,
    }  # fmt: skip
    ready = [each["issue_id"] for each in cover["examples"] if each["raisable"]]
    assert cover["proposal"]["issue_ids"] == ready == [derived_id("issue", "cover 2")]
    assert cover["proposal"]["title"] == "1栋井盖反复出现"
    assert "2024年5月" in cover["proposal"]["text"]
    assert (gate["place"], gate["building_id"], gate["proposal"]["issue_ids"]) == ("西门", None, [])


def test_residents_hear_of_no_matter_that_only_staff_may_see(office: Office) -> None:
    office.say(*(on(day, "quarrel", category="quarrel", audience=STAFF) for day in (1, 2)))
    assert [matter["category"] for matter in recurring(office)] == ["quarrel"]
    assert recurring(office, "resident") == []

"""One day of the estate with every outcome, small enough to be counted by hand: fourteen issues, and one of the day before."""

from datetime import timedelta
from typing import Any

from services.declare import STAFF
from services.issues.contract import Appeal, IssueState, Place, Point, Status
from tests.gateway.numbers.office import TWO, issue, rated, turn
from tests.shared.samples import NOON

_REPORTED, _ESCALATED = turn("report", Status.REPORTED), turn("escalate", Status.ESCALATED)
_CONFIRMED, _SILENT = turn("confirm", Status.CONFIRMED), turn("confirm_by_silence", Status.CONFIRMED)
_UNFAIR = Appeal(reason="不实", at=NOON, unfair=True)
_LATER = NOON + timedelta(days=5)
_SPOT: dict[str, Any] = {
    "building_id": None,
    "grid_id": None,
    "place": Place(spot="小区 西门", point=Point(lat=30.61, lon=114.31)),
}

THE_DAY: tuple[IssueState, ...] = (
    issue("A", Status.CONFIRMED, 10, 30, rating=rated(5), history=(_REPORTED, _CONFIRMED)),
    issue("B", Status.RESOLVED, 20, 60),
    issue("C", Status.CONFIRMED, 30, 90, category="noise", building_id=TWO, rating=rated(2), history=(_REPORTED, _SILENT)),
    issue("D", Status.RESOLVED, 200, 300, building_id=TWO),
    issue("E", Status.RESOLVED, 40, 780, overnight=True, overnights=1, history=(_REPORTED, _ESCALATED)),
    issue("F", Status.WAITING, 50, settle_by=_LATER, **_SPOT),
    issue("G", Status.TRANSFERRED, 60, **_SPOT),
    issue("H", Status.REJECTED, 15),
    issue("I", Status.WITHDRAWN),
    issue("J", Status.MERGED, 25, **_SPOT),
    issue("K", Status.ESCALATED, 70),
    issue("L", Status.REOPENED, 80, 100, reopenings=1, settle_by=_LATER),
    issue("M", Status.REPORTED, handler_id=None),
    issue(
        "N", Status.CONFIRMED, 5, 15, category="quarrel", audience=STAFF, building_id=TWO,
        rating=rated(1, appeal=_UNFAIR), history=(_REPORTED, _CONFIRMED),
    ),
    issue("O", Status.REPORTED, day=NOON.date() - timedelta(days=1), created_at=NOON - timedelta(days=1)),
)  # fmt: skip

COUNTED_BY_HAND = {
    "reported": 14,
    "withdrawn": 1,  # I
    "merged": 1,  # J
    "to_answer": 12,  # all but I and J
    "responded_in_time": 10,  # all of these but D (after 200 minutes) and M (never)
    "rejected": 1,  # H
    "transferred": 1,  # G
    "to_settle": 10,  # A B C D E F K L M N
    "settled": 6,  # A B C D E N
    "settled_same_day": 5,  # these but E, in the small hours
    "confirmed": 2,  # A N
    "confirmed_by_silence": 1,  # C
    "open": 4,  # F K L M
    "waiting": 1,  # F
    "overnight": 1,  # E
    "overdue": 3,  # E late; K and M still open; F and L have time
    "escalated": 2,  # E K
    "reopened": 1,  # L
    "rated": 2,  # A C; the rating of N was unfair
    "satisfied": 1,  # A
    "complaints": 2,  # C N
    "respond_minutes_median": 40,  # the 6th of 5 10 15 20 30 40 50 60 70 80 200
    "respond_minutes_p90": 80,  # the 10th of them
    "settle_minutes_median": 60,  # the 3rd of 15 30 60 90 300 780
    "settle_minutes_p90": 780,  # the 6th of them
    "response_rate": 0.8333,  # 10 / 12
    "settlement_rate": 0.6,  # 6 / 10
    "same_day_rate": 0.5,  # 5 / 10
    "satisfaction_rate": 0.5,  # 1 / 2
    "complaint_share": 0.1429,  # 2 / 14
}

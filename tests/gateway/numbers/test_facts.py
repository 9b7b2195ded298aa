"""Facts are kept with the event, the newest version wins, and they can be made again from the view."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from gateway.numbers.facts import Facts, fact_of, fill
from gateway.store import METADATA, STORE, issue_facts
from gateway.told import write_told
from services.database import open_engine
from services.declare import STAFF
from services.ids import derived_id
from services.issues.contract import Appeal, IssueReported, Place, Point, Status
from services.wire import to_data
from tests.gateway.numbers.office import community, issue, rated, turn
from tests.gateway.numbers.the_day import THE_DAY
from tests.gateway.world import told
from tests.shared.samples import NOON, issue_state

LATE = NOON.replace(hour=17)  # past midnight in Shanghai


def fact(**changed: Any) -> dict[str, Any]:
    return fact_of(to_data(issue_state(**changed)), "Asia/Shanghai")


@pytest.fixture
def engine(database_url: URL) -> Iterator[sa.Engine]:
    engine = open_engine(database_url)
    METADATA.create_all(engine)
    yield engine
    engine.dispose()


def keep(engine: sa.Engine, *issues: Any, facts: Facts | None = None) -> None:
    rows = [told(IssueReported(issue=each)) for each in issues]
    with engine.begin() as connection:
        (facts or Facts()).write(connection, STORE, rows)
        write_told(connection, STORE, rows)


def kept(engine: sa.Engine) -> list[dict[str, Any]]:
    query = sa.select(issue_facts).order_by(issue_facts.c.issue_id)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def test_the_newest_version_wins_whatever_comes_first(engine: sa.Engine) -> None:
    first, second, third = (issue("A", status, version=version) for version, status in
                            ((1, Status.REPORTED), (2, Status.ACCEPTED), (3, Status.RESOLVED)))  # fmt: skip
    for told_now in ([second], [first], [third, first], [second]):
        keep(engine, *told_now)
    (row,) = kept(engine)
    assert (row["version"], row["status"]) == (3, "resolved")


def test_what_is_kept_is_what_was_made_on_both_databases(engine: sa.Engine) -> None:
    keep(engine, *THE_DAY)
    made = {state.id: fact_of(to_data(state), "Asia/Shanghai") for state in THE_DAY}
    assert {row["issue_id"]: row for row in kept(engine)} == made


def test_they_can_be_made_again_from_the_view(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.numbers.facts.FILLED_AT_ONCE", 4)
    keep(engine, *THE_DAY)
    before = kept(engine)
    with engine.begin() as connection:
        connection.execute(sa.delete(issue_facts))
        assert fill(connection) == len(THE_DAY)
    assert kept(engine) == before
    with engine.begin() as connection:
        fill(connection)
    assert kept(engine) == before, "once more changes nothing"


def test_the_days_are_those_of_the_community(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        write_told(connection, STORE, [told(community("Pacific/Kiritimati"))])
    keep(engine, issue_state(created_at=NOON, resolved_at=NOON - timedelta(hours=10)))
    (row,) = kept(engine)
    assert (row["day"], row["resolved_day"]) == (date(2024, 5, 20), date(2024, 5, 20))
    with engine.begin() as connection:
        Facts().keep(
            connection,
            [to_data(issue_state(id=derived_id("another"), created_at=datetime(2024, 5, 20, 10, tzinfo=UTC)))],
        )
    assert {row["day"] for row in kept(engine)} == {date(2024, 5, 20), date(2024, 5, 21)}


def test_a_day_that_the_issue_tells_counts_and_else_its_time_decides() -> None:
    assert fact(created_at=LATE)["day"] == date(2024, 5, 21)
    assert fact(created_at=LATE, day=date(2024, 5, 20))["day"] == date(2024, 5, 20)
    assert fact(resolved_at=LATE)["resolved_day"] == date(2024, 5, 21)


def test_a_settlement_answers_too() -> None:
    settled = fact(resolved_at=NOON + timedelta(minutes=7, seconds=59))
    assert (settled["respond_minutes"], settled["settle_minutes"]) == (7, 7)
    assert fact(responded_at=NOON + timedelta(minutes=2))["respond_minutes"] == 2
    assert fact(resolved_at=NOON - timedelta(minutes=2))["settle_minutes"] == 0
    unanswered = fact(status=Status.REPORTED, resolved_at=None)
    assert (unanswered["respond_minutes"], unanswered["responded_at"], unanswered["settle_minutes"]) == (
        None,
        None,
        None,
    )


def test_what_was_reopened_is_not_settled_but_was() -> None:
    told_of = fact(status=Status.REOPENED, resolved_at=None, first_resolved_at=NOON, reopenings=1)
    assert (told_of["settle_minutes"], told_of["resolved_day"], told_of["first_resolved_at"]) == (None, None, NOON)


def test_how_it_was_confirmed_and_whether_it_ever_was_escalated_is_read_from_its_history() -> None:
    silent = (
        turn("escalate", Status.ESCALATED),
        turn("confirm_by_silence", Status.CONFIRMED),
        turn("rate", Status.CONFIRMED),
    )
    told_of = fact(status=Status.CONFIRMED, history=silent)
    assert (told_of["confirmed"], told_of["escalated"]) == ("silence", True)
    assert fact(status=Status.REOPENED, history=silent)["confirmed"] is None
    assert fact()["escalated"] is False


def test_a_rating_that_was_found_unfair_is_none() -> None:
    assert fact(rating=rated(4))["stars"] == 4
    assert fact(rating=rated(1, appeal=Appeal(reason="x", at=NOON)))["stars"] == 1
    assert fact(rating=rated(1, appeal=Appeal(reason="x", at=NOON, unfair=False)))["stars"] == 1
    assert fact(rating=rated(1, appeal=Appeal(reason="x", at=NOON, unfair=True)))["stars"] is None
    assert fact()["stars"] is None


def test_places_are_whole_millionths_and_spots_one_line() -> None:
    told_of = fact(place=Place(spot="  西门\t 岗亭 ", point=Point(lat=-33.8688197, lon=151.2092955)))
    assert (told_of["latitude"], told_of["longitude"], told_of["spot"]) == (-33_868_820, 151_209_296, "西门 岗亭")
    assert fact(place=Place(spot=None))["spot"] is None


def test_an_older_state_that_tells_little_is_enough() -> None:
    data = to_data(issue_state(audience=STAFF))
    for name in (
        "grid_id",
        "me_toos",
        "overnights",
        "rating",
        "day",
        "respond_by",
        "first_resolved_at",
        "history",
        "reopenings",
    ):
        del data[name]
    told_of = fact_of(data, "Asia/Shanghai")
    assert (told_of["me_toos"], told_of["overnights"], told_of["rank"], told_of["first_resolved_at"]) == (0, 0, 2, NOON)


def test_what_is_no_issue_has_no_facts(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        Facts().write(connection, STORE, [told(community())])
    assert kept(engine) == []

"""A chore is done again and again, waits while its database is away, is seen by the probes, and ends with its process."""

import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from deploy.machine import tries
from services.database import open_engine, reading
from services.ids import new_id
from services.issues.contract import Status
from services.issues.store import STORE as ISSUES
from services.issues.store import issues
from services.issues.watching import WATCHED
from services.many import insert_all
from services.work import Desk
from tests import servers
from tests.issues.made import issue
from tests.shared.desks import SetClock, another_desk, job, perform
from tests.shared.running import House
from tests.shared.samples import NOON, report

OVERDUE = 2000
SERVICE = "services.issues.service:IssuesService"
STAYED = "issues.issue.stayed_overnight.v1"


def test_a_chore_goes_on_after_a_failure_and_ends_in_order(fresh_amqp_url: str, tmp_path: Path) -> None:
    house = House(fresh_amqp_url, f"sqlite:///{tmp_path}/{{service}}.db", tmp_path).prepare(ISSUES)
    try:
        running = house.start("tests.shared.chores:Busy")
        assert running.get("/readyz").json()["issues.counting"] is True
        assert [line["chore"] for line in running.said("chore waits")] == ["issues.counting"]
        before = house.rows(ISSUES, "communities")[0].version
        for _ in tries(10):
            if house.rows(ISSUES, "communities")[0].version > before + 3:
                break
        else:
            raise AssertionError("the chore is not done again")
        status, seconds = running.stop()
        assert (status, seconds < 5) == (0, True)
    finally:
        house.end()


def test_what_must_happen_to_things_by_itself_is_done_and_what_failed_is_said(
    fresh_amqp_url: str, tmp_path: Path
) -> None:
    house = House(fresh_amqp_url, f"sqlite:///{tmp_path}/{{service}}.db", tmp_path).prepare(ISSUES)
    titles = ["broken", *(str(number) for number in range(120))]
    made = [issue(Status.ACCEPTED, id=new_id(), title=title, watch_at=NOON) for title in titles]
    engine = open_engine(house.url_of(ISSUES))
    with engine.begin() as connection:
        rows = [{str(column.name): getattr(each, column.name) for column in issues.columns} for each in made]
        insert_all(connection, issues, rows)
    engine.dispose()
    try:
        running = house.start("tests.shared.chores:Watching")
        assert running.get("/readyz").json()["issues.watching"] is True
        for _ in tries(20):
            left = [row.title for row in house.rows(ISSUES, "issues") if row.version == 3]
            if len(left) == 1:
                break
        assert left == ["broken"]
        (said,) = running.said("watch failed")
        assert (said["kind"], said["subject"]) == ("count_one", made[0].id)
        assert [row.subject for row in house.rows(ISSUES, "due")] == [made[0].id]
        status, seconds = running.stop()
        assert (status, seconds < 5) == (0, True)
    finally:
        house.end()


def test_a_sweep_that_is_killed_is_gone_on_with_and_nothing_is_done_twice(
    fresh_amqp_url: str, postgres_url: URL, tmp_path: Path
) -> None:
    """Two of three processes are killed in the middle of the cut-off; what they had begun is done by the others, once."""
    with servers.fresh_databases(postgres_url) as (prefix, _):
        url = postgres_url.set(database=prefix).render_as_string(hide_password=False) + "_{service}"
        house = House(fresh_amqp_url, url, tmp_path).prepare(ISSUES)
        desk = another_desk(ISSUES, house.url_of(ISSUES), SetClock(NOON - timedelta(days=1)))
        try:
            for _ in range(OVERDUE // 500):
                perform(desk, *(job(report(category="parking")) for _ in range(500)))
            house.begin(SERVICE)
            assert 0 < await_overnight(desk, 1) < OVERDUE
            house.running[0].stop(signal.SIGKILL)
            house.begin(SERVICE)
            house.begin(SERVICE)
            assert await_overnight(desk, OVERDUE // 2) < OVERDUE
            house.running[1].stop(signal.SIGKILL)
            await_overnight(desk, OVERDUE)
            assert {row.overnights for row in house.rows(ISSUES, "issues")} == {1}
            told = Counter(row.subject for row in house.rows(ISSUES, "journal") if row.type == STAYED)
            assert (len(told), set(told.values())) == (OVERDUE, {1})
            assert [row.kind for row in house.rows(ISSUES, "due") if row.kind == WATCHED.name] == []
        finally:
            house.end()
            desk.engine.dispose()


def await_overnight(desk: Desk, wanted: int) -> int:
    """How many have stayed overnight, as soon as there are so many."""
    number = sa.select(sa.func.count()).where(issues.c.overnights > 0)
    for _ in tries(60, pause=0.005):
        with reading(desk.engine) as connection:
            if (found := int(connection.execute(number).scalar_one())) >= wanted:
                return found
    raise AssertionError(f"only {found} of {wanted} have stayed overnight")
